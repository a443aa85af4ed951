#include "base/cache_folder.h"

#include <cstdlib>

namespace snug {

std::filesystem::path cache_folder() {
  const auto variable = [](const char* name) -> std::filesystem::path {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  if (const auto cache = variable("XDG_CACHE_HOME"); !cache.empty()) return cache / "snug";
  if (const auto home = variable("HOME"); !home.empty()) return home / ".cache" / "snug";
  return {};
}

}  // namespace snug
