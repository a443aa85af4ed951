// Numbers and words as people write them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snug {

/// "512K", "8MiB", "1.5M", "70000", "64 KiB" → bytes; K, M, G are powers of 1024. Throws UserError.
int64_t parse_bytes(std::string_view text);

std::string format_bytes(int64_t bytes);    ///< "3.93 MiB", "812 KiB", "64 B"
std::string format_ns(double nanoseconds);  ///< "11.9 ms", "812 us"
std::string join(const std::vector<std::string>& words, std::string_view separator);

/// Text that is safe to show: control characters, bytes that are not UTF-8, and marks that turn the direction of text
/// or begin a line stand as escapes: "\\n", "\\x1b", "\\u202e".
std::string printable(std::string_view text);

/// At most about `most` bytes: where there are more, "..." stands for those in the middle. Keeps UTF-8 whole.
std::string shortened(const std::string& text, size_t most);

/// A word as a shell takes it: in quotes where it has to be.
std::string shell_word(const std::string& word);

/// With the letters of ASCII in lower case.
std::string lower_case(std::string text);

/// The candidate nearest to a misspelt word, or empty if none is near: for error messages. Nobody misspells
/// a word of more than 100 letters.
std::string closest(std::string_view word, const std::vector<std::string>& candidates);

/// Rounds up to a multiple.
constexpr int64_t round_up(int64_t value, int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

/// Every buffer, offset and weight span is a multiple of this.
inline constexpr int64_t kAlignmentBytes = 64;

}  // namespace snug
