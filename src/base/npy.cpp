#include "base/npy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>
#include <fstream>
#include <regex>
#include <sstream>

#include "base/error.h"
#include "base/text.h"

namespace snug {

namespace {

constexpr char kMagic[] = "\x93NUMPY";

template <typename Element>
std::vector<float> as_floats(const std::string& bytes, size_t count) {
  std::vector<float> floats(count);
  for (size_t i = 0; i < count; ++i) {
    Element value;
    std::memcpy(&value, bytes.data() + i * sizeof(Element), sizeof(Element));
    floats[i] = static_cast<float>(value);
  }
  return floats;
}

struct ElementFormat {
  const char* description;  ///< NumPy's dtype.descr
  size_t bytes;
  std::vector<float> (*decode)(const std::string& bytes, size_t count);
};
constexpr ElementFormat kFormats[] = {{"<f4", 4, as_floats<float>},
                                      {"<f8", 8, as_floats<double>},
                                      {"|u1", 1, as_floats<uint8_t>},
                                      {"<i4", 4, as_floats<int32_t>},
                                      {"<i8", 8, as_floats<int64_t>}};

std::vector<int64_t> parse_shape(const std::string& shape) {
  std::vector<int64_t> dims;
  std::istringstream words(shape);
  for (std::string word; std::getline(words, word, ',');) {
    if (word.find_first_of("0123456789") != std::string::npos) dims.push_back(std::stoll(word));
  }
  return dims;
}

}  // namespace

NpyArray read_npy(const std::filesystem::path& file) {
  const auto fail = [&](const std::string& cause) -> void { throw UserError(file.string() + ": " + cause); };
  std::ifstream stream(file, std::ios::binary);
  if (!stream) fail("cannot open it");
  const std::string bytes((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
  if (bytes.size() < 10 || bytes.compare(0, 6, kMagic) != 0) fail("is not a .npy file");
  const auto byte = [&](size_t i) { return static_cast<size_t>(static_cast<unsigned char>(bytes[i])); };
  const bool long_header = bytes[6] >= 2;
  const size_t start = long_header ? 12 : 10;
  if (bytes.size() < start) fail("is truncated");
  const size_t length = byte(8) | byte(9) << 8 | (long_header ? byte(10) << 16 | byte(11) << 24 : 0);
  if (bytes.size() < start + length) fail("is truncated");
  const std::string header = bytes.substr(start, length);
  std::smatch description, shape;
  static const std::regex kDescription("'descr': *'([^']*)'"), kShape("'shape': *\\(([0-9, ]*)\\)");
  if (!std::regex_search(header, description, kDescription) || !std::regex_search(header, shape, kShape)) {
    fail("has a header that is not understood: " + header);
  }
  if (header.find("'fortran_order': False") == std::string::npos) fail("is in Fortran order; save it in C order");
  NpyArray array{.dims = parse_shape(shape[1]), .floats = {}};
  size_t count = 1;
  for (const int64_t dim : array.dims) count *= static_cast<size_t>(dim);
  for (const ElementFormat& format : kFormats) {
    if (description[1] != format.description) continue;
    if ((bytes.size() - start - length) / format.bytes < count) fail("is truncated");
    array.floats = format.decode(bytes.substr(start + length, count * format.bytes), count);
    return array;
  }
  throw UserError(fmt::format("{}: has elements of type {}; save it as float32", file.string(), description[1].str()));
}

void write_npy(const std::filesystem::path& file, const NpyArray& array) {
  std::string shape = fmt::format("{}", fmt::join(array.dims, ", "));
  if (array.dims.size() == 1) shape += ",";
  std::string header = fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}), }}", shape);
  header.resize(round_up(static_cast<int64_t>(header.size()) + 11, 64) - 11, ' ');
  header += '\n';
  std::ofstream stream(file, std::ios::binary);
  stream.write(kMagic, 6);
  const char version_and_length[] = {1, 0, static_cast<char>(header.size() & 255),
                                     static_cast<char>(header.size() >> 8)};
  stream.write(version_and_length, 4);
  stream << header;
  stream.write(reinterpret_cast<const char*>(array.floats.data()),
               static_cast<std::streamsize>(array.floats.size() * sizeof(float)));
  stream.close();
  if (!stream) throw UserError(file.string() + ": cannot write it");
}

}  // namespace snug
