// Names of layers and networks as C identifiers.
#pragma once

#include <map>
#include <set>
#include <string>

namespace snug {

/// A name as a part of a C identifier: "/features/0/Conv" → "features_0_conv". Empty where nothing in it is a letter or
/// digit of ASCII. Of a long name the end is left, which says most.
std::string c_identifier(const std::string& name);

/// The C name of a network, from its model's name: what its files, functions and macros begin with. Begins with a
/// letter and is no word of C, no function or header of its library, no target that CMake or make knows, and not snug's
/// own. A name without a letter of ASCII becomes "network_" and a hash, so that two of them differ.
std::string network_symbol(const std::string& name);

/// Hands out each name once: "conv", "conv_2", "conv_3".
class UniqueNames {
 public:
  std::string take(const std::string& wanted);

 private:
  std::set<std::string> taken_;
  std::map<std::string, int> next_;  ///< number to try for a name that was taken
};

std::string upper(std::string text);

/// Text that can neither end the C comment around it nor begin another.
std::string in_comment(const std::string& text);

}  // namespace snug
