// Aligned tables and progress lines for the terminal.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace snug {

enum class Align { kLeft, kRight };

struct Column {
  std::string title;
  Align align = Align::kLeft;
};

/// Names of layers are cut to about as many bytes in tables; JSON holds all of them.
inline constexpr size_t kLongestName = 60;

/// Columns as wide as their widest cell (counted in characters, not bytes), two spaces apart.
std::string table(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows);

/// To the error stream. Where that is closed or full, nothing happens: what is printed there must not decide.
void print_to_errors(const std::string& text);

/// Rewrites one line on the terminal; where the error stream is no terminal it prints a line every tenth part.
class ProgressLine {
 public:
  explicit ProgressLine(std::string title) : title_(std::move(title)) {}
  ~ProgressLine();
  void show(size_t done, size_t total, const std::string& detail);

 private:
  std::string title_;
  size_t printed_tenths_ = 0;
  bool on_terminal_line_ = false;
};

}  // namespace snug
