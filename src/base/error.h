// The three kinds of failure: UserError for bad input, CHECK for bugs; Infeasible is a value (select/).
#pragma once

#include <stdexcept>
#include <string>

namespace snug {

/// Bad input: a file, an option or a model that snug cannot take. Thrown anywhere, caught once in main.
/// The text names the file or node, the cause and what to do about it.
class UserError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Prints `file:line: CHECK failed: expression: message` and aborts.
[[noreturn]] void check_failed(const char* file, int line, const char* expression, const std::string& message);

}  // namespace snug

/// A condition that only a bug in snug can break. CHECK(condition) or CHECK(condition, "message").
#define CHECK(condition, ...)                                                                         \
  do {                                                                                                \
    if (!(condition)) ::snug::check_failed(__FILE__, __LINE__, #condition, std::string{__VA_ARGS__}); \
  } while (false)
