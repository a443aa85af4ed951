#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <map>

#include "base/error.h"

namespace snug {

int64_t parse_bytes(std::string_view text) {
  static const std::map<std::string, int64_t> kUnits{
      {"", 1},         {"b", 1},         {"k", 1 << 10},   {"kb", 1 << 10},   {"kib", 1 << 10},  {"m", 1 << 20},
      {"mb", 1 << 20}, {"mib", 1 << 20}, {"g", 1LL << 30}, {"gb", 1LL << 30}, {"gib", 1LL << 30}};
  double number = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  std::string unit;
  for (const char* c = rest; c != text.data() + text.size(); ++c) {
    if (*c != ' ') unit += static_cast<char>(std::tolower(static_cast<unsigned char>(*c)));
  }
  const auto found = kUnits.find(unit);
  const double bytes = found == kUnits.end() ? 0 : number * static_cast<double>(found->second);
  const bool sensible = std::isfinite(bytes) && bytes >= 0 && bytes < 1e15 && (number == 0 || bytes >= 1) &&
                        (bytes == std::floor(bytes) || found->second > 1);
  if (failure != std::errc{} || found == kUnits.end() || !sensible) {
    throw UserError(fmt::format("\"{}\" is not a size; write bytes, or 512K, 8MiB, 1.5G", text));
  }
  return static_cast<int64_t>(bytes);
}

std::string format_bytes(int64_t bytes) {
  const double value = static_cast<double>(bytes);
  if (bytes < 1024) return fmt::format("{} B", bytes);
  if (bytes < 1024 * 1024) return fmt::format("{:.1f} KiB", value / 1024);
  if (bytes < 1024LL * 1024 * 1024) return fmt::format("{:.2f} MiB", value / (1024 * 1024));
  return fmt::format("{:.2f} GiB", value / (1024.0 * 1024 * 1024));
}

std::string format_ns(double nanoseconds) {
  if (nanoseconds < 1e3) return fmt::format("{:.0f} ns", nanoseconds);
  if (nanoseconds < 1e6) return fmt::format("{:.1f} us", nanoseconds / 1e3);
  if (nanoseconds < 1e9) return fmt::format("{:.2f} ms", nanoseconds / 1e6);
  return fmt::format("{:.2f} s", nanoseconds / 1e9);
}

std::string join(const std::vector<std::string>& words, std::string_view separator) {
  return fmt::format("{}", fmt::join(words, separator));
}

/// A character of UTF-8, and its bytes; 0 bytes where there is none.
struct Utf8Character {
  uint32_t code = 0;
  size_t bytes = 0;
};

static Utf8Character utf8_character(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < bytes) return {};
  uint32_t code = first & (0xffU >> (bytes + 1));
  for (size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0U) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3fU);
  }
  constexpr uint32_t kLeast[] = {0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  if (code < kLeast[bytes - 2] || code > 0x10ffff || surrogate) return {};
  return {code, bytes};
}

/// Controls, line and paragraph separators, marks of direction, the byte order mark.
static bool is_unprintable(uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c || code == 0x200e || code == 0x200f ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto [code, bytes] = utf8_character(text);
    if (bytes == 0 || (code < 0x80 && is_unprintable(code) && code != '\n' && code != '\t')) {
      result += fmt::format("\\x{:02x}", static_cast<uint8_t>(text[0]));
    } else if (code == '\n' || code == '\t') {
      result += code == '\n' ? "\\n" : "\\t";
    } else if (is_unprintable(code)) {
      result += fmt::format("\\u{:04x}", code);
    } else {
      result += text.substr(0, bytes);
    }
    text.remove_prefix(std::max<size_t>(bytes, 1));
  }
  return result;
}

std::string shortened(const std::string& text, size_t most) {
  if (text.size() <= most) return text;
  const auto continues = [&](size_t at) { return (static_cast<uint8_t>(text[at]) & 0xc0U) == 0x80; };
  size_t head = most / 2, tail = text.size() - most / 2;
  while (head > 0 && continues(head)) --head;
  while (tail < text.size() && continues(tail)) ++tail;
  return text.substr(0, head) + "..." + text.substr(tail);
}

std::string shell_word(const std::string& word) {
  const bool plain = !word.empty() && std::ranges::all_of(word, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("_-+=:,./@%").find(c) != std::string::npos;
  });
  if (plain) return word;
  std::string result = "'";
  for (const char c : word) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string lower_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

static size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

std::string closest(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr size_t kLongest = 100;
  std::string best;
  if (word.size() > kLongest) return best;
  size_t least = word.size() / 3 + 2;
  for (const std::string& candidate : candidates) {
    // The distance is at least the difference in length.
    if (candidate.size() > word.size() + least) continue;
    const size_t distance = edit_distance(word, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace snug
