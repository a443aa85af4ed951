// A call in parts for several threads: every part is an ordinary call of the same kernel on a slice of the maps.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "ops/primitive.h"

namespace snug {

enum class Split : uint8_t {
  kWhole,     ///< one call, on one thread
  kRows,      ///< bands of output rows
  kChannels,  ///< slices of output channels
};
std::string_view name(Split split);  ///< "whole", "rows", "channels"

/// The threads that a network may be compiled for.
inline constexpr int kMostThreads = 64;

/// One part. Offsets say where its maps, weights and bias begin in those of the whole, in floats; they follow from the
/// strides of the whole layer.
struct Part {
  snug_layer layer{};
  int64_t input_floats = 0, other_floats = 0, output_floats = 0;
  int64_t weight_floats = 0, bias_floats = 0;
  int64_t workspace_offset_bytes = 0, workspace_bytes = 0;  ///< multiples of 64
};

/// A member of the C struct snug_part (kernels/parallel.h).
struct PartMember {
  const char* name = nullptr;
  int64_t value = 0;
};

/// A part as C knows it: every member of snug_part, in their order there.
std::array<PartMember, 17> members(const Part& part);

/// The parts of a call on at most `threads` threads, as even as the primitive allows, in the order of their rows or
/// channels. Together they write every output once, and each has a workspace of its own. Empty where the primitive
/// cannot be split this way, or not into two parts at least.
std::vector<Part> split_layer(const Primitive& primitive, const snug_layer& layer, Split split, int threads);

/// What the workspaces of all parts need together.
int64_t workspace_bytes(const std::vector<Part>& parts);

}  // namespace snug
