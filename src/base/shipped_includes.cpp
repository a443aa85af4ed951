#include <regex>

#include "base/shipped_files.h"

namespace snug {

static void add_with_includes(const std::string& name, std::set<std::string>& names) {
  const auto found = shipped_files().find(name);
  if (found == shipped_files().end() || !names.insert(name).second) return;
  static const std::regex kInclude("#include \"([a-z0-9_]+\\.h)\"");
  const std::string_view text = found->second;
  for (std::cregex_iterator match(text.begin(), text.end(), kInclude), end; match != end; ++match) {
    add_with_includes((*match)[1], names);
  }
}

std::set<std::string> with_includes(const std::string& name) {
  std::set<std::string> names;
  add_with_includes(name, names);
  return names;
}

}  // namespace snug
