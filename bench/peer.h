// Other libraries' convolutions on the layers that snug's primitives are timed on. Each is there only if its package
// is.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "bench/conv_layer.h"

namespace snug {

/// A library's computation of a layer, with its data in the layout that it likes best.
struct Peer {
  std::string name;
  std::string how;  ///< which of its implementations
  std::function<void()> run;
  std::optional<double> error;  ///< as sampled_error, where it computes the layer's output
};

/// Why there is no such peer in this build, or empty.
std::string onednn_is_missing();
std::string openblas_is_missing();

/// oneDNN's own choice of algorithm and layouts; nothing where it does not take the layer.
std::optional<Peer> onednn_convolution(const ConvData& data);

/// OpenBLAS's product of matrices of the size that im2row would make, without im2row: what no convolution by one GEMM
/// can beat. Nothing for grouped layers.
std::optional<Peer> openblas_product(const ConvData& data);

}  // namespace snug
