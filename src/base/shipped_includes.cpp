#include "base/emitted_files.h"
#include "base/shipped_files.h"

namespace snug {

static void add_with_includes(const std::string& name, std::set<std::string>& names) {
  const auto found = shipped_files().find(name);
  if (found == shipped_files().end() || !names.insert(name).second) return;
  for (const std::string& included : quoted_includes(found->second)) add_with_includes(included, names);
}

std::set<std::string> with_includes(const std::string& name) {
  std::set<std::string> names;
  add_with_includes(name, names);
  return names;
}

}  // namespace snug
