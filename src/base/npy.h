// NumPy's .npy files, version 1.0: what snug reads and writes tensors as.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace snug {

struct NpyArray {
  std::vector<int64_t> dims;
  std::vector<float> floats;  ///< row-major
};

/// Reads little-endian float32, float64, uint8, int32 or int64 in C order, as float32. Throws UserError.
NpyArray read_npy(const std::filesystem::path& file);

/// Writes little-endian float32. Throws UserError.
void write_npy(const std::filesystem::path& file, const NpyArray& array);

}  // namespace snug
