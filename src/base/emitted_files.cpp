#include "base/emitted_files.h"

#include <fmt/format.h>

#include <regex>

#include "base/error.h"
#include "base/hash.h"
#include "base/shipped_files.h"

namespace snug {

static constexpr std::string_view kInclude = "#include \"";

std::vector<std::string> quoted_includes(std::string_view text) {
  std::vector<std::string> names;
  for (size_t at = text.find(kInclude); at != std::string_view::npos; at = text.find(kInclude, at)) {
    at += kInclude.size();
    names.emplace_back(text.substr(at, text.find('"', at) - at));
  }
  return names;
}

std::string emitted_name(const std::string& shipped_name) {
  return shipped_name == "snug.h" ? shipped_name : "snug_" + shipped_name;
}

/// Whether a shipped text defines the function of a kernel.
static bool defines_kernel(std::string_view text, std::string_view stem) {
  return text.find(fmt::format("_KERNEL({})", stem)) != std::string_view::npos;
}

bool is_kernel_file(const std::string& emitted_name) {
  constexpr std::string_view kPrefix = "snug_", kExtension = ".c";
  if (!emitted_name.starts_with(kPrefix) || !emitted_name.ends_with(kExtension)) return false;
  const std::string name = emitted_name.substr(kPrefix.size());
  const auto found = shipped_files().find(name);
  return found != shipped_files().end() &&
         defines_kernel(found->second, name.substr(0, name.size() - kExtension.size()));
}

std::string kernel_symbol(std::string_view primitive) {
  std::string contents;
  for (const std::string& name : with_includes(std::string(primitive) + ".c")) contents += shipped_files().at(name);
  CHECK(!contents.empty(), std::string(primitive));
  return fmt::format("snug_{}_{}", primitive, sha256(contents).substr(0, 8));
}

/// Every mention of a shipped file by its emitted name.
static std::string with_emitted_names(std::string_view text) {
  static const std::regex kFile("[a-z0-9_]+\\.[ch]\\b");
  std::string result;
  const char* rest = text.data();
  for (std::cregex_iterator match(rest, text.data() + text.size(), kFile), end; match != end; ++match) {
    const std::string name = match->str();
    result.append(rest, (*match)[0].first).append(shipped_files().count(name) != 0 ? emitted_name(name) : name);
    rest = (*match)[0].second;
  }
  return result.append(rest, text.data() + text.size());
}

std::string emitted_text(const std::string& shipped_name) {
  std::string text = with_emitted_names(shipped_files().at(shipped_name));
  const std::string stem = shipped_name.substr(0, shipped_name.find('.'));
  if (!shipped_name.ends_with(".c") || !defines_kernel(text, stem)) return text;
  const std::string symbol = kernel_symbol(stem), short_name = fmt::format("_KERNEL({})", stem);
  for (size_t at = text.find(short_name); at != std::string::npos; at = text.find(short_name, at)) {
    text.replace(at, short_name.size(), fmt::format("_KERNEL({})", symbol));
  }
  return text;
}

}  // namespace snug
