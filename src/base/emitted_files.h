// Shipped files as emitted projects hold them: every file and every symbol begins with "snug_", so that none meets a
// name of the user's, of the C library's or of a network's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace snug {

/// "gemm.h" → "snug_gemm.h"; "snug.h" keeps its name.
std::string emitted_name(const std::string& shipped_name);

/// The C function of a primitive's kernel: "snug_conv_direct_chw_1f0c9a52". The digits are a hash of the kernel's text
/// and of all that it includes: programs share kernels that are equal, and none is linked in place of another.
std::string kernel_symbol(std::string_view primitive);

/// A shipped file's text: it names files by their emitted names, and a kernel's function has its kernel_symbol().
std::string emitted_text(const std::string& shipped_name);

/// Whether this is the emitted name of a primitive's C file: its text says all about it, so its object can be kept.
bool is_kernel_file(const std::string& emitted_name);

/// Names in `#include "NAME"` lines of a C file.
std::vector<std::string> quoted_includes(std::string_view text);

}  // namespace snug
