#include "base/file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "base/error.h"

namespace snug {

std::string read_file(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) throw UserError(fmt::format("{}: is a folder", file.string()));
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  std::string contents;
  if (stream) {
    contents.resize(static_cast<size_t>(std::max<std::streamoff>(stream.tellg(), 0)));
    stream.seekg(0);
    stream.read(contents.data(), static_cast<std::streamsize>(contents.size()));
  }
  if (!stream) throw UserError(fmt::format("{}: cannot be read: {}", file.string(), std::strerror(errno)));
  return contents;
}

void write_file(const std::filesystem::path& file, std::string_view contents) {
  std::ofstream stream(file, std::ios::binary);
  stream.write(contents.data(), static_cast<std::streamsize>(contents.size()));
  stream.close();
  if (!stream) throw UserError(fmt::format("{}: cannot be written: {}", file.string(), std::strerror(errno)));
}

}  // namespace snug
