// Writes a project's files: all of them, or none.
#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

#include "base/error.h"
#include "emit/emit.h"

namespace snug {

namespace fs = std::filesystem;

void write_folder(const CFiles& files, const fs::path& folder) {
  const fs::path target = folder.has_filename() ? folder : folder.parent_path();
  const auto fail = [&](const std::string& cause) { throw UserError(fmt::format("{}: {}", folder.string(), cause)); };
  if (fs::exists(target) && !fs::is_directory(target)) fail("is a file; give -o a folder");
  if (fs::exists(target) && !fs::is_empty(target) && !fs::exists(target / "plan.json")) {
    fail("holds files that snug did not write; give -o a new or an empty folder");
  }
  std::error_code error;
  if (!target.parent_path().empty()) fs::create_directories(target.parent_path(), error);
  if (error) fail("cannot create the folder: " + error.message());
  const fs::path temporary = target.string() + fmt::format(".{}.tmp", ::getpid());
  fs::remove_all(temporary, error);
  if (!fs::create_directory(temporary, error)) fail("cannot write beside it: " + error.message());
  for (const auto& [name, contents] : files.files) {
    std::ofstream stream(temporary / name, std::ios::binary);
    stream.write(contents.data(), static_cast<std::streamsize>(contents.size()));
    stream.close();
    if (!stream) {
      fs::remove_all(temporary, error);
      fail("cannot write " + name + "; is the disk full?");
    }
  }
  fs::remove_all(target, error);
  if (!error) fs::rename(temporary, target, error);
  if (error) {
    const std::string cause = error.message();
    fs::remove_all(temporary, error);
    fail("cannot replace it: " + cause);
  }
}

}  // namespace snug
