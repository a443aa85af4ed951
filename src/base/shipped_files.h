// The C files that emitted projects and the profile program are made of, byte for byte as in this repository.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace snug {

/// File name ("snug.h", "conv_direct_chw.c", "kernel_table.c") → contents.
const std::map<std::string, std::string_view>& shipped_files();

/// A shipped file's name and those of all shipped files that it includes, directly or not.
std::set<std::string> with_includes(const std::string& name);

}  // namespace snug
