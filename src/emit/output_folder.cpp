#include "emit/output_folder.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/interrupt.h"

namespace snug {

namespace {

namespace fs = std::filesystem;

constexpr const char* kMarker = "snug_files.json";
/// New files before they are in place: under this name they are complete, with ".PID" behind it they may not be.
constexpr const char* kNew = ".snug_new";

using Hashes = std::map<std::string, std::string>;  ///< file name → SHA-256

[[noreturn]] void fail(const fs::path& folder, const std::string& cause) {
  throw UserError(fmt::format("{}: {}", folder.string(), cause));
}

std::string marker_text(const Hashes& files) {
  return nlohmann::json{{"written_by", "snug " SNUG_VERSION},
                        {"note", "snug replaces these files, and no others, when it writes here again"},
                        {"files", files}}
             .dump(1) +
         "\n";
}

/// What the marker in this folder lists; nothing where there is none.
std::optional<Hashes> read_marker(const fs::path& folder) {
  const fs::path file = folder / kMarker;
  if (!fs::exists(file)) return std::nullopt;
  const nlohmann::json marker = nlohmann::json::parse(read_file(file), nullptr, false);
  Hashes files;
  try {
    files = marker.at("files").get<Hashes>();
  } catch (const nlohmann::json::exception&) {
    fail(file, "is damaged, so what snug wrote here is not known; remove it and the files that snug wrote");
  }
  for (const auto& [name, hash] : files) {
    if (fs::path(name).filename() != name || name == "." || name == "..")
      fail(file, fmt::format("lists \"{}\", which is no file of this folder; remove the marker", name));
  }
  return files;
}

/// Whether something of this name is there, whatever it is.
bool is_there(const fs::path& path) {
  return fs::exists(fs::symlink_status(path));
}

/// The hash of a plain file; empty for anything else.
std::string file_hash(const fs::path& file) {
  return fs::is_regular_file(fs::symlink_status(file)) ? sha256(read_file(file)) : "";
}

bool lists(const Hashes& files, const std::string& name, const std::string& hash) {
  const auto found = files.find(name);
  return found != files.end() && found->second == hash;
}

/// Moves a file aside that is neither what snug wrote before nor what it writes now. Returns its new name.
std::string keep_aside(const fs::path& folder, const std::string& name) {
  std::string kept = name + ".edited";
  for (int i = 2; is_there(folder / kept); ++i) kept = fmt::format("{}.edited_{}", name, i);
  fs::rename(folder / name, folder / kept);
  return kept;
}

/// Puts a copy of a new file in its place in one step; the new file stays where it is.
void put_in_place(const fs::path& from, const fs::path& to) {
  const fs::path beside = to.parent_path() / fmt::format("{}.link", kNew);
  std::error_code error;
  fs::remove(beside, error);
  fs::create_hard_link(from, beside, error);
  if (error) fs::copy_file(from, beside);
  fs::rename(beside, to);
}

/// Puts the complete new files in place of the old. May be interrupted anywhere and begun again.
std::vector<std::string> put_all_in_place(const fs::path& folder) {
  const fs::path complete = folder / kNew;
  const Hashes old_files = read_marker(folder).value_or(Hashes{});
  const Hashes new_files = read_marker(complete).value();
  std::vector<std::string> kept;
  Hashes all = new_files;
  all.insert(old_files.begin(), old_files.end());
  for (const auto& [name, any_hash] : all) {
    const fs::path place = folder / name;
    const std::string hash = file_hash(place);
    const bool is_new = lists(new_files, name, hash);
    if (is_there(place) && !is_new && !lists(old_files, name, hash)) kept.push_back(keep_aside(folder, name));
    if (new_files.count(name) == 0) {
      fs::remove(place);
    } else if (!is_new) {
      put_in_place(complete / name, place);
    }
  }
  put_in_place(complete / kMarker, folder / kMarker);
  const fs::path done = folder / fmt::format("{}.{}", kNew, ::getpid());
  fs::rename(complete, done);
  fs::remove_all(done);
  return kept;
}

/// Removes what a snug that no longer runs left half-written.
void remove_leftovers(const fs::path& folder) {
  const std::string prefix = std::string(kNew) + ".";
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix)) continue;
    const pid_t pid = std::atoi(name.c_str() + prefix.size());
    const bool runs = pid > 0 && (::kill(pid, 0) == 0 || errno == EPERM);
    if (!runs) fs::remove_all(entry.path());
  }
}

/// The folder's nearest ancestor that is there, or itself.
fs::path nearest_there(fs::path folder) {
  while (!is_there(folder)) {
    const fs::path parent = folder.parent_path();
    folder = parent.empty() || parent == folder ? fs::path(".") : parent;
  }
  return folder;
}

/// A path that ends in "/" names the same folder.
fs::path without_slash(const fs::path& folder) {
  return folder.has_filename() || folder == folder.root_path() ? folder : folder.parent_path();
}

void write_complete(const CFiles& files, const fs::path& folder) {
  const fs::path unfinished = folder / fmt::format("{}.{}", kNew, ::getpid());
  fs::remove_all(unfinished);
  const RemovedOnInterrupt removed(unfinished);
  fs::create_directory(unfinished);
  try {
    Hashes hashes;
    for (const auto& [name, contents] : files.files) {
      hashes[name] = sha256(contents);
      write_file(unfinished / name, contents);
    }
    write_file(unfinished / kMarker, marker_text(hashes));
    fs::rename(unfinished, folder / kNew);
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(unfinished, ignored);
    throw;
  }
}

}  // namespace

void check_output_folder(const fs::path& path) {
  const fs::path folder = without_slash(path);
  try {
    const fs::path there = nearest_there(folder);
    if (!fs::is_directory(there)) fail(there, "is not a folder; give -o a folder");
    if (::access(there.c_str(), W_OK | X_OK) != 0) fail(there, "cannot be written; check its permissions");
    if (there != folder) return;
    remove_leftovers(folder);
    if (fs::exists(folder / kNew)) put_all_in_place(folder);
    read_marker(folder);
  } catch (const fs::filesystem_error& error) {
    fail(folder, error.what());
  }
}

std::vector<std::string> files_of_folder(const fs::path& folder) {
  const std::optional<Hashes> files = fs::is_directory(folder) ? read_marker(folder) : std::nullopt;
  if (!files) {
    fail(folder, fmt::format("holds no network compiled by this version of snug (no {}); make one with snug compile "
                             "MODEL.onnx -o {}",
                             kMarker, folder.string()));
  }
  std::vector<std::string> names;
  for (const auto& [name, hash] : *files) names.push_back(name);
  return names;
}

std::vector<std::string> write_folder(const CFiles& files, const fs::path& path) {
  const fs::path folder = without_slash(path);
  check_output_folder(folder);
  const bool made = !is_there(folder);
  try {
    fs::create_directories(folder);
    const Hashes old_files = read_marker(folder).value_or(Hashes{});
    for (const auto& [name, contents] : files.files) {
      if (old_files.count(name) != 0 || !is_there(folder / name)) continue;
      fail(folder, fmt::format("holds a {} that snug did not write; move it away, or give -o another folder", name));
    }
    write_complete(files, folder);
    return put_all_in_place(folder);
  } catch (const std::exception& error) {
    std::error_code ignored;
    if (made) fs::remove(folder, ignored);  // does nothing unless it is empty
    if (dynamic_cast<const fs::filesystem_error*>(&error) != nullptr) fail(folder, error.what());
    throw;
  }
}

}  // namespace snug
