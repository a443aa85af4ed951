// What the benchmarks of convolutions share: layers that matter, the machine's peak, every primitive on a layer.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "bench/conv_layer.h"

namespace snug {

/// What decides the speed of the well-known networks.
const std::vector<std::string>& known_layers();

/// Throws UserError unless the text is that of a convolution.
snug_layer parse_conv(const std::string& text);

double ns_since(std::chrono::steady_clock::time_point start);

/// The rate of fused multiply-adds in registers, times two.
double peak_gflops();

/// The rate at which one core reads what no cache holds, on huge pages.
double memory_gb_per_s();

struct ConvTime {
  std::string layer;
  const Primitive* primitive = nullptr;
  int32_t block = 0;
  double multiply_adds = 0, ns = 0;
  double peak_between = 0;  ///< GFLOP/s of multiply-adds in registers between the runs, at the clock of this load
  double move_ns = 0;       ///< to read input and packed weights and to write the output, computing nothing
  int64_t workspace_bytes = 0, weight_bytes = 0;
  int64_t moved_bytes = 0;  ///< at least: input, packed weights and output, each once
  std::optional<double> error;

  /// Of the layer as a direct convolution computes it, whatever the primitive saves.
  double gflops() const { return 2 * multiply_adds / ns; }

  double gb_per_s() const { return static_cast<double>(moved_bytes) / ns; }

  /// What a direct convolution takes at least: all its multiply-adds at the peak, or moving its data (S. Williams et
  /// al., Roofline, Communications of the ACM 52, 2009).
  double roof_ns() const { return std::max(2 * multiply_adds / peak_between, move_ns); }
};

struct ConvBenchOptions {
  std::string primitive;  ///< only those with this in their name
  double least_ms = 50;   ///< of runs of each
  bool cold = false;      ///< every call reads another copy of the weights
};

/// Every primitive that serves the layer, with each value of its knob, fastest first. Throws UserError where none does.
std::vector<ConvTime> time_primitives(const std::string& layer, const ConvBenchOptions& options);

}  // namespace snug
