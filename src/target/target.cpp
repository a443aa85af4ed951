// Targets: their files, and the tools they name.
#include "target/target.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "target/process.h"
#include "target/target_files.h"

namespace snug {

namespace {

using Json = nlohmann::json;

template <typename Value>
void take(const Json& json, const char* key, Value& value) {
  if (json.contains(key)) json.at(key).get_to(value);
}

void check_keys(const Json& json) {
  static const std::vector<std::string> kKeys{
      "description",          "compiler", "flags",       "runner", "measures_time", "giga_multiply_adds_per_second",
      "gigabytes_per_second", "openmp",   "fork_join_ns"};
  if (!json.is_object()) throw UserError("a target is a JSON object");
  for (const auto& [key, value] : json.items()) {
    if (std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end()) continue;
    throw UserError(fmt::format("\"{}\" is not a field of a target; there are {}", key, join(kKeys, ", ")));
  }
  if (!json.contains("compiler")) throw UserError("the field \"compiler\" is missing");
}

Target read_target(const std::string& name, std::string_view text) {
  const Json json = Json::parse(text);
  check_keys(json);
  Target target{.name = name};
  take(json, "description", target.description);
  take(json, "compiler", target.compiler);
  take(json, "flags", target.flags);
  take(json, "runner", target.runner);
  take(json, "measures_time", target.measures_time);
  take(json, "giga_multiply_adds_per_second", target.giga_multiply_adds_per_second);
  take(json, "gigabytes_per_second", target.gigabytes_per_second);
  take(json, "openmp", target.openmp);
  take(json, "fork_join_ns", target.fork_join_ns);
  if (target.compiler.empty()) throw UserError("the field \"compiler\" is empty");
  if (!(target.giga_multiply_adds_per_second > 0) || !(target.gigabytes_per_second > 0)) {
    throw UserError("its rates must be greater than 0");
  }
  if (!(target.fork_join_ns >= 0)) throw UserError("fork_join_ns must not be negative");
  return target;
}

std::string stem(const std::string& file) {
  return std::filesystem::path(file).stem().string();
}

/// The processor of this machine.
std::string processor() {
  std::ifstream stream("/proc/cpuinfo");
  std::string line, parts;
  while (std::getline(stream, line)) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos || colon + 2 > line.size()) continue;
    const std::string value = line.substr(colon + 2);
    if (line.starts_with("model name")) return value;
    // ARM processors have numbers in place of a name.
    const bool names_it = line.starts_with("CPU implementer") || line.starts_with("CPU part");
    if (names_it && parts.find(value) == std::string::npos) parts += (parts.empty() ? "" : " ") + value;
  }
  return parts.empty() ? "unknown processor" : parts;
}

}  // namespace

Target target_from_text(const std::string& name, const std::string& origin, std::string_view text) {
  try {
    return read_target(name, text);
  } catch (const Json::exception& error) {
    throw UserError(fmt::format("{}: {}", origin, error.what()));
  } catch (const UserError& error) {
    throw UserError(fmt::format("{}: {}", origin, error.what()));
  }
}

std::string target_text(const Target& target) {
  return Json{{"description", target.description},
              {"compiler", target.compiler},
              {"flags", target.flags},
              {"runner", target.runner},
              {"measures_time", target.measures_time},
              {"giga_multiply_adds_per_second", target.giga_multiply_adds_per_second},
              {"gigabytes_per_second", target.gigabytes_per_second},
              {"openmp", target.openmp},
              {"fork_join_ns", target.fork_join_ns}}
      .dump();
}

Target find_target(const std::string& name_or_file) {
  if (name_or_file.find('/') != std::string::npos || name_or_file.ends_with(".json")) {
    return target_from_text(stem(name_or_file), name_or_file, read_file(name_or_file));
  }
  std::vector<std::string> names;
  for (const auto& [file, text] : target_files()) {
    names.push_back(stem(file));
    if (names.back() == name_or_file) return target_from_text(name_or_file, file, text);
  }
  const std::string near = closest(name_or_file, names);
  throw UserError(fmt::format("there is no target \"{}\"{}; there are {}, or give the path of a JSON file",
                              name_or_file, near.empty() ? "" : fmt::format(" (\"{}\"?)", near), join(names, ", ")));
}

std::vector<Target> all_targets() {
  std::vector<Target> targets;
  for (const auto& [file, text] : target_files()) targets.push_back(target_from_text(stem(file), file, text));
  return targets;
}

std::string identity(const Target& target) {
  const RunResult version = run_process({target.compiler, "--version"});
  if (version.exit_code != 0) {
    throw UserError(fmt::format("target {}: {} --version failed: {}", target.name, target.compiler, version.errors));
  }
  std::string result = version.output.substr(0, version.output.find('\n'));
  for (const std::string& flag : target.flags) result += " " + flag;
  if (target.runner.empty()) return result + ", " + processor();
  return result + ", run by " + join(target.runner, " ");
}

}  // namespace snug
