// Whole files.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace snug {

/// All bytes of a file. Throws UserError: not there, not readable, a folder.
std::string read_file(const std::filesystem::path& file);

/// Throws UserError where the file cannot be written whole.
void write_file(const std::filesystem::path& file, std::string_view contents);

}  // namespace snug
