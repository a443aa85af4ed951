// What the descriptors of this room share: the band's size, and what is the convolution's own.
#pragma once

#include "ops/primitive.h"

namespace snug {

/// The convolution alone, with its own knob.
snug_layer convolution_of(const snug_layer& layer, int32_t conv_block = 0);

/// The band of a step, for so many output channels.
int64_t band_bytes(const snug_layer& layer, int64_t channels);

/// Pooled rows per step worth trying.
std::vector<int32_t> pooled_rows(const snug_layer& layer);

/// The convolution's work and one operation per tap of the pool; the map between them is written and read once only
/// where a step's part of it, of so many bytes, does not stay in the cache.
Work conv_pool_work(const snug_layer& layer, const Primitive& conv, int64_t step_bytes);

template <const Primitive& conv>
std::string_view refusal_of_conv(const snug_layer& layer) {
  if (layer.residual != 0) return "a residual";
  return conv.refusal == nullptr ? "" : conv.refusal(convolution_of(layer));
}
template <const Primitive& conv>
std::vector<std::byte> pack_conv(const snug_layer& layer, std::span<const float> weights) {
  return conv.pack(convolution_of(layer), weights);
}
template <const Primitive& conv>
int64_t pack_bytes_of_conv(const snug_layer& layer) {
  return conv.pack_bytes(convolution_of(layer));
}

}  // namespace snug
