#include "emit/output_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
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
/// All new files, complete, before they are put in place. With ".PID" behind it they may not be complete.
constexpr std::string_view kNew = ".snug_new";

using Hashes = std::map<std::string, std::string>;  ///< file name → SHA-256

[[noreturn]] void fail(const fs::path& path, const std::string& cause) {
  throw UserError(fmt::format("{}: {}", path.string(), cause));
}

[[noreturn]] void fail(const fs::path& folder, const fs::filesystem_error& error) {
  fail(error.path1().empty() ? folder : error.path1(), error.code().message());
}

/// One snug at a time writes into a folder; others wait. Where the file system knows no locks, they do not.
class Lock {
 public:
  explicit Lock(const fs::path& folder) : folder_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (folder_ < 0) fail(folder, std::strerror(errno));
    while (::flock(folder_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~Lock() { ::close(folder_); }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  int folder_;
};

std::string marker_text(const Hashes& files) {
  return nlohmann::json{{"written_by", "snug " SNUG_VERSION},
                        {"note", "snug replaces these files, and no others, when it writes here again"},
                        {"files", files}}
             .dump(1) +
         "\n";
}

bool may_be_listed(const std::string& name, const std::string& hash) {
  const bool plain = !name.empty() && name.size() <= 255 && name != "." && name != ".." && name != kMarker &&
                     name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
  return plain && !name.starts_with(kNew) && hash.size() == 64 &&
         hash.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// Whether something of this name is there, whatever it is.
bool is_there(const fs::path& path) {
  return fs::exists(fs::symlink_status(path));
}

/// What the marker in this folder lists; nothing where there is none.
std::optional<Hashes> read_marker(const fs::path& folder) {
  const fs::path file = folder / kMarker;
  if (!is_there(file)) return std::nullopt;
  if (!fs::is_regular_file(file)) fail(file, "is no file, so what snug wrote here is not known; move it away");
  const nlohmann::json marker = nlohmann::json::parse(read_file(file), nullptr, false);
  Hashes files;
  try {
    files = marker.at("files").get<Hashes>();
  } catch (const nlohmann::json::exception&) {
    fail(file, "is damaged, so what snug wrote here is not known; remove it and the files that snug wrote");
  }
  for (const auto& [name, hash] : files) {
    if (!may_be_listed(name, hash))
      fail(file, fmt::format("is damaged: it lists \"{}\", which snug never writes", name));
    if (fs::is_directory(fs::symlink_status(folder / name)))
      fail(folder / name, "is a folder where snug wrote a file; move it away");
  }
  return files;
}

/// The hash of a plain file; empty for anything else.
std::string file_hash(const fs::path& file) {
  return fs::is_regular_file(fs::symlink_status(file)) ? sha256(read_file(file)) : "";
}

bool lists(const Hashes& files, const std::string& name, const std::string& hash) {
  const auto found = files.find(name);
  return found != files.end() && found->second == hash;
}

/// The new files that an interrupted snug completed, or nothing. Fails where something else is in their place.
std::optional<Hashes> complete_files(const fs::path& folder) {
  const fs::path complete = folder / kNew;
  if (!is_there(complete)) return std::nullopt;
  const std::optional<Hashes> files =
      fs::is_directory(fs::symlink_status(complete)) ? read_marker(complete) : std::nullopt;
  const bool whole = files && std::ranges::all_of(*files, [&](const auto& file) {
                       return file_hash(complete / file.first) == file.second;
                     });
  if (!whole) fail(complete, "is in the way: snug writes new files there, and these are not its own; move it away");
  return files;
}

/// Moves a file aside that is neither what snug wrote before nor what it writes now. Returns its new name.
std::string keep_aside(const fs::path& folder, const std::string& name) {
  std::string kept = name + ".edited";
  for (int i = 2; is_there(folder / kept); ++i) kept = fmt::format("{}.edited_{}", name, i);
  fs::rename(folder / name, folder / kept);
  return kept;
}

/// A second name for each new file: what is left to do after it needs no room on the disk.
void link_files(const fs::path& complete, const fs::path& links, const Hashes& files) {
  fs::remove_all(links);
  fs::create_directory(links);
  const auto link = [&](const std::string& name) {
    std::error_code error;
    fs::create_hard_link(complete / name, links / name, error);
    if (error) fs::copy_file(complete / name, links / name);
  };
  for (const auto& [name, hash] : files) link(name);
  link(kMarker);
}

/// Puts the complete new files in place of the old. May be interrupted anywhere and begun again.
KeptAside put_all_in_place(const fs::path& folder, const Hashes& new_files) {
  const fs::path complete = folder / kNew, links = complete / "links";
  const Hashes old_files = read_marker(folder).value_or(Hashes{});
  link_files(complete, links, new_files);
  KeptAside kept;
  Hashes all = new_files;
  all.insert(old_files.begin(), old_files.end());
  for (const auto& [name, any_hash] : all) {
    const fs::path place = folder / name;
    const std::string hash = file_hash(place);
    const bool is_new = lists(new_files, name, hash);
    if (is_there(place) && !is_new && !lists(old_files, name, hash)) kept[name] = keep_aside(folder, name);
    if (new_files.count(name) == 0) {
      fs::remove(place);
    } else if (!is_new) {
      fs::rename(links / name, place);
    }
  }
  fs::rename(links / kMarker, folder / kMarker);
  const fs::path done = folder / fmt::format("{}.{}", kNew, ::getpid());
  fs::rename(complete, done);
  fs::remove_all(done);
  return kept;
}

/// Removes what a snug that was interrupted left half-written. Under the lock no other is at work.
void remove_leftovers(const fs::path& folder) {
  const std::string prefix = std::string(kNew) + ".";
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool own = name.starts_with(prefix) && name.size() > prefix.size() &&
                     name.find_first_not_of("0123456789", prefix.size()) == std::string::npos;
    if (own && fs::is_directory(entry.symlink_status())) fs::remove_all(entry.path());
  }
}

/// Completes what was interrupted. Under the lock.
KeptAside complete_interrupted(const fs::path& folder) {
  remove_leftovers(folder);
  const std::optional<Hashes> files = complete_files(folder);
  return files ? put_all_in_place(folder, *files) : KeptAside{};
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

Hashes write_complete(const CFiles& files, const fs::path& folder) {
  fs::path unfinished = folder / fmt::format("{}.{}", kNew, ::getpid());
  const RemovedOnInterrupt removed([&] {
    fs::create_directory(unfinished);
    return unfinished;
  });
  try {
    Hashes hashes;
    for (const auto& [name, contents] : files.files) {
      hashes[name] = sha256(contents);
      write_file(unfinished / name, contents);
    }
    write_file(unfinished / kMarker, marker_text(hashes));
    fs::rename(unfinished, folder / kNew);
    return hashes;
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(unfinished, ignored);
    throw;
  }
}

KeptAside replace_files(const CFiles& files, const fs::path& folder) {
  const Lock lock(folder);
  KeptAside kept = complete_interrupted(folder);
  const Hashes old_files = read_marker(folder).value_or(Hashes{});
  for (const auto& [name, contents] : files.files) {
    if (old_files.count(name) != 0 || !is_there(folder / name)) continue;
    fail(folder, fmt::format("holds a {} that snug did not write; move it away, or give -o another folder", name));
  }
  const Hashes new_files = write_complete(files, folder);
  try {
    kept.merge(put_all_in_place(folder, new_files));
  } catch (const fs::filesystem_error& error) {
    fail(error.path1(), fmt::format("{}; all new files are in {}, and the next command puts them in place once it can",
                                    error.code().message(), (folder / kNew).string()));
  }
  return kept;
}

}  // namespace

KeptAside check_output_folder(const fs::path& path) {
  const fs::path folder = without_slash(path);
  try {
    const fs::path there = nearest_there(folder);
    if (!fs::is_directory(there)) fail(there, "is not a folder; give -o a folder");
    if (::access(there.c_str(), W_OK | X_OK) != 0) fail(there, "cannot be written; check its permissions");
    if (there != folder) return {};
    const Lock lock(folder);
    KeptAside kept = complete_interrupted(folder);
    read_marker(folder);
    return kept;
  } catch (const fs::filesystem_error& error) {
    fail(folder, error);
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

KeptAside write_folder(const CFiles& files, const fs::path& path) {
  const fs::path folder = without_slash(path);
  bool made = false;
  try {
    made = fs::create_directories(folder);
    return replace_files(files, folder);
  } catch (const std::exception& error) {
    std::error_code ignored;
    if (made) fs::remove(folder, ignored);  // does nothing unless it is empty
    if (const auto* failure = dynamic_cast<const fs::filesystem_error*>(&error)) fail(folder, *failure);
    throw;
  }
}

}  // namespace snug
