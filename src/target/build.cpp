// C files → a program, and the program's run.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "base/cache_folder.h"
#include "base/emitted_files.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "target/process.h"
#include "target/target.h"

namespace snug {

namespace {

namespace fs = std::filesystem;

/// Messages of a failed compiler are cut here: the first ones say what is wrong.
constexpr size_t kMostErrorBytes = 6000;

std::vector<std::string> compiler_command(const Target& target, const std::vector<std::string>& extra_flags) {
  std::vector<std::string> command{target.compiler};
  command.insert(command.end(), target.flags.begin(), target.flags.end());
  command.insert(command.end(), extra_flags.begin(), extra_flags.end());
  return command;
}

/// Why the command failed, or empty.
std::string failure_of(const std::vector<std::string>& command) {
  const RunResult result = run_process(command);
  if (result.exit_code == 0) return {};
  return fmt::format("{} failed with exit code {}\n{}", join(command, " "), result.exit_code,
                     (result.errors + result.output).substr(0, kMostErrorBytes));
}

/// Runs the commands, as many at once as there are processors; the first failure in their order, or empty.
std::string run_all(const std::vector<std::vector<std::string>>& commands, const BuildProgress& progress) {
  std::vector<std::string> failures(commands.size());
  std::mutex reporting;
  size_t done = 0;
  std::atomic<size_t> next = 0;
  std::atomic<bool> failed = false;
  const auto work = [&] {
    for (size_t index = next++; index < commands.size() && !failed; index = next++) {
      try {
        failures[index] = failure_of(commands[index]);
      } catch (const UserError& error) {
        failures[index] = error.what();
      }
      if (!failures[index].empty()) failed = true;
      const std::lock_guard lock(reporting);
      if (progress) progress(++done, commands.size());
    }
  };
  std::vector<std::jthread> workers;
  const size_t count = std::clamp<size_t>(std::thread::hardware_concurrency(), 1, std::max<size_t>(commands.size(), 1));
  for (size_t k = 0; k < count; ++k) workers.emplace_back(work);
  workers.clear();
  const auto found = std::find_if(failures.begin(), failures.end(), [](const std::string& f) { return !f.empty(); });
  return found == failures.end() ? "" : *found;
}

/// Copies an object into the cache, whole or not at all: where that fails it is compiled again next time.
void keep(const fs::path& object, const fs::path& kept) {
  std::error_code error;
  fs::create_directories(kept.parent_path(), error);
  const fs::path unfinished = kept.string() + fmt::format(".{}", ::getpid());
  if (fs::copy_file(object, unfinished, error)) fs::rename(unfinished, kept, error);
}

/// Adds a file and all that it includes from its own folder or the others, by name.
void add_with_includes(const fs::path& file, const std::vector<fs::path>& folders,
                       std::map<std::string, std::string>& texts) {
  const auto [added, is_new] = texts.try_emplace(file.filename().string(), read_file(file));
  if (!is_new) return;
  for (const std::string& name : quoted_includes(added->second)) {
    fs::path found = file.parent_path() / name;
    for (const fs::path& folder : folders) {
      if (!fs::exists(found)) found = folder / name;
    }
    if (fs::exists(found)) add_with_includes(found, folders, texts);
  }
}

/// Where the object of a kernel is kept, by everything that it depends on; empty for other sources.
fs::path cached_object(const fs::path& source, const std::vector<fs::path>& include_folders,
                       const std::string& compiled_with) {
  if (!is_kernel_file(source.filename().string()) || cache_folder().empty()) return {};
  std::map<std::string, std::string> texts;
  add_with_includes(source, include_folders, texts);
  std::string contents = compiled_with;
  for (const auto& [name, text] : texts) contents += name + "\n" + text;
  return cache_folder() / "objects" / (source.stem().string() + "-" + sha256(contents).substr(0, 32) + ".o");
}

}  // namespace

std::vector<fs::path> build_objects(const Target& target, const std::vector<fs::path>& sources,
                                    const std::vector<fs::path>& include_folders, const fs::path& folder,
                                    const std::vector<std::string>& extra_flags, const BuildProgress& progress) {
  std::vector<std::vector<std::string>> commands;
  std::vector<fs::path> objects;
  std::vector<std::pair<fs::path, fs::path>> to_keep;
  const std::string compiled_with = identity(target) + join(extra_flags, " ");
  for (const fs::path& source : sources) {
    const fs::path kept = cached_object(source, include_folders, compiled_with);
    if (!kept.empty() && fs::exists(kept)) {
      objects.push_back(kept);
      continue;
    }
    const fs::path object = folder / fmt::format("{}_{}.o", objects.size(), source.stem().string());
    std::vector<std::string> command = compiler_command(target, extra_flags);
    for (const fs::path& include : include_folders) command.push_back("-I" + include.string());
    command.insert(command.end(), {"-c", source.string(), "-o", object.string()});
    commands.push_back(std::move(command));
    objects.push_back(object);
    if (!kept.empty()) to_keep.emplace_back(object, kept);
  }
  const std::string failure = run_all(commands, progress);
  if (!failure.empty()) throw UserError(fmt::format("target {}: {}", target.name, failure));
  for (const auto& [object, kept] : to_keep) keep(object, kept);
  return objects;
}

void link_program(const Target& target, const std::vector<fs::path>& objects, const fs::path& program,
                  const std::vector<std::string>& extra_flags) {
  std::vector<std::string> link = compiler_command(target, extra_flags);
  for (const fs::path& object : objects) link.push_back(object.string());
  link.insert(link.end(), {"-o", program.string(), "-lm"});
  const std::string failure = failure_of(link);
  if (!failure.empty()) throw UserError(fmt::format("target {}: {}", target.name, failure));
}

void build_program(const Target& target, const std::vector<fs::path>& sources,
                   const std::vector<fs::path>& include_folders, const fs::path& program,
                   const std::vector<std::string>& extra_flags, const BuildProgress& progress) {
  const TemporaryFolder folder;
  link_program(target, build_objects(target, sources, include_folders, folder.path(), extra_flags, progress), program,
               extra_flags);
}

RunResult run_program(const Target& target, const fs::path& program, const std::vector<std::string>& arguments,
                      const std::string& standard_input) {
  return run_process(program_command(target, program, arguments), standard_input);
}

std::vector<std::string> program_command(const Target& target, const fs::path& program,
                                         const std::vector<std::string>& arguments) {
  std::vector<std::string> command = target.runner;
  command.push_back(fs::absolute(program).string());
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

}  // namespace snug
