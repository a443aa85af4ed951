// Names of layers and networks as C identifiers.
#pragma once

#include <set>
#include <string>

namespace snug {

/// Hands out each name once: "conv", "conv_2", "conv_3".
class UniqueNames {
 public:
  std::string take(const std::string& wanted);

 private:
  std::set<std::string> taken_;
};

/// Names that no function of the emitted program may take, taken: C's words, library functions, parameters; those of
/// layers in parts where there are any.
UniqueNames c_names(bool has_parts = false);

std::string upper(std::string text);

/// Text that cannot end the C comment around it.
std::string in_comment(const std::string& text);

}  // namespace snug
