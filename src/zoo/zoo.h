// The zoo: ONNX models of well-known networks with seeded random weights, so that nothing need be downloaded.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace snug {

/// One network that the zoo can write.
struct ZooEntry {
  std::string name;                 ///< as given to write_zoo_model
  std::string description;          ///< one line: what distinguishes it
  std::vector<int64_t> input_dims;  ///< batch, channels, height, width of the input "data"
  std::string paper;                ///< authors, title, year
};

/// Every network of the zoo, in the order in which they were published.
std::vector<ZooEntry> zoo_networks();

/// Writes the network as an ONNX file (operator set 13): input "data", output "logits" of 1 x 1000. Weights
/// are normal with variance 2 / fan-in (He et al., "Delving Deep into Rectifiers", 2015); the same name and
/// seed give the same bytes everywhere. The file appears whole or not at all: it is written beside itself
/// with
/// ".tmp" appended and then renamed. Throws UserError for a name that is not in the zoo and for a file that
/// cannot be written.
void write_zoo_model(std::string_view name, const std::filesystem::path& file, uint64_t seed = 1);

}  // namespace snug
