// Numbers as whole texts.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace snug {

/// The number that all of a text is, in decimal; nothing where something else stands in it, or it does not fit.
template <typename Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace snug
