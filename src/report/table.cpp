#include "report/table.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace snug {

namespace {

/// Characters of UTF-8 text.
size_t width(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string line(const std::vector<Column>& columns, const std::vector<size_t>& widths,
                 const std::vector<std::string>& cells) {
  std::string result;
  for (size_t i = 0; i < columns.size(); ++i) {
    const std::string blank(widths[i] - width(cells[i]), ' ');
    if (i > 0) result += "  ";
    result += columns[i].align == Align::kLeft ? cells[i] + blank : blank + cells[i];
  }
  while (!result.empty() && result.back() == ' ') result.pop_back();
  return result + "\n";
}

}  // namespace

std::string table(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths;
  std::vector<std::string> titles;
  for (size_t i = 0; i < columns.size(); ++i) {
    size_t widest = width(columns[i].title);
    for (const auto& row : rows) widest = std::max(widest, width(row[i]));
    widths.push_back(widest);
    titles.push_back(columns[i].title);
  }
  std::string result = line(columns, widths, titles);
  for (const auto& row : rows) result += line(columns, widths, row);
  return result;
}

void print_to_errors(const std::string& text) {
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

void ProgressLine::show(size_t done, size_t total, const std::string& detail) {
  constexpr size_t kBar = 24;
  const size_t filled = total == 0 ? kBar : done * kBar / total;
  if (::isatty(STDERR_FILENO) != 0) {
    print_to_errors(fmt::format("\r\033[K{} [{}{}] {}/{}  {}", title_, std::string(filled, '#'),
                                std::string(kBar - filled, '.'), done, total, detail));
    on_terminal_line_ = true;
    return;
  }
  const size_t tenths = total == 0 ? 10 : done * 10 / total;
  if (tenths <= printed_tenths_) return;
  printed_tenths_ = tenths;
  print_to_errors(fmt::format("{} {}/{}  {}\n", title_, done, total, detail));
}

ProgressLine::~ProgressLine() {
  if (on_terminal_line_) print_to_errors("\r\033[K");
}

}  // namespace snug
