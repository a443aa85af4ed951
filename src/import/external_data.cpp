#include "import/external_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>

#include "base/error.h"
#include "base/number.h"

namespace snug {

namespace {

namespace fs = std::filesystem;

struct Place {
  std::string location;
  int64_t offset = 0;
  std::optional<int64_t> length;
};

int64_t plain_number(const std::string& key, const std::string& value) {
  const std::optional<int64_t> number = number_of<int64_t>(value);
  if (!number || *number < 0) {
    throw UserError(fmt::format("the {} of its external data is \"{}\", no decimal number of bytes", key, value));
  }
  return *number;
}

Place read_place(const onnx::TensorProto& proto) {
  Place place;
  for (const auto& entry : proto.external_data()) {
    if (entry.key() == "location") place.location = entry.value();
    if (entry.key() == "offset") place.offset = plain_number("offset", entry.value());
    if (entry.key() == "length") place.length = plain_number("length", entry.value());
  }
  return place;
}

bool lies_within(const fs::path& file, const fs::path& folder) {
  const fs::path relative = file.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

/// Opens nothing: opening a pipe would wait for its other end.
fs::path regular_file(const std::string& location, const fs::path& model_folder) {
  const fs::path relative(location);
  const bool plain = !location.empty() && location.find('\0') == std::string::npos && !relative.is_absolute() &&
                     std::find(relative.begin(), relative.end(), "..") == relative.end();
  // A NUL in the location would end the message, too.
  if (!plain) throw UserError(fmt::format("external data at \"{}\", which is not beside the model", location.c_str()));
  std::error_code failure;
  const fs::path folder = fs::weakly_canonical(model_folder.empty() ? fs::path(".") : model_folder, failure);
  const fs::path file = fs::weakly_canonical(folder / relative, failure);
  if (failure || !fs::exists(file, failure)) {
    throw UserError(fmt::format("its external data \"{}\" cannot be read; put the file beside the model",
                                (model_folder / relative).string()));
  }
  if (!lies_within(file, folder)) {
    throw UserError(fmt::format("external data at \"{}\", which links to \"{}\" outside the model's folder", location,
                                file.string()));
  }
  if (!fs::is_regular_file(file, failure)) {
    throw UserError(fmt::format("external data at \"{}\", which is no regular file", location));
  }
  return file;
}

}  // namespace

std::string external_data(const onnx::TensorProto& proto, const fs::path& folder, int64_t needed_bytes) {
  const Place place = read_place(proto);
  const fs::path file = regular_file(place.location, folder);
  if (place.length && *place.length != needed_bytes) {
    throw UserError(fmt::format("its external data has {} bytes where its dimensions need {}; the file is damaged",
                                *place.length, needed_bytes));
  }
  std::error_code failure;
  const uintmax_t size = fs::file_size(file, failure);
  const bool inside = !failure && static_cast<uintmax_t>(place.offset) <= size &&
                      static_cast<uintmax_t>(needed_bytes) <= size - static_cast<uintmax_t>(place.offset);
  if (!inside) {
    throw UserError(fmt::format("\"{}\" ends before its {} bytes at {}; the file is truncated", place.location,
                                needed_bytes, place.offset));
  }
  std::string bytes(static_cast<size_t>(needed_bytes), '\0');
  std::ifstream stream(file, std::ios::binary);
  stream.seekg(place.offset);
  stream.read(bytes.data(), needed_bytes);
  if (!stream) throw UserError(fmt::format("\"{}\" cannot be read; check its permissions", place.location));
  return bytes;
}

}  // namespace snug
