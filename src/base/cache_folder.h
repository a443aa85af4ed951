// Where snug keeps what it would otherwise measure or compile again.
#pragma once

#include <filesystem>

namespace snug {

/// $XDG_CACHE_HOME/snug, else ~/.cache/snug; empty where neither variable is set.
std::filesystem::path cache_folder();

}  // namespace snug
