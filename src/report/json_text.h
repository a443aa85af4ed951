// JSON for machines.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace snug {

/// Indented. Bytes that are not UTF-8, as a file's name may hold, are replaced.
std::string json_text(const nlohmann::json& value);

/// Prints it to the standard output.
void print_json(const nlohmann::json& value);

}  // namespace snug
