// The target files of src/target/targets, inside the snug binary.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace snug {

/// File name ("host.json") → contents.
const std::map<std::string, std::string_view>& target_files();

}  // namespace snug
