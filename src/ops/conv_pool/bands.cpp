#include "ops/conv_pool/bands.h"

#include <algorithm>

#include "base/text.h"

namespace snug {

snug_layer convolution_of(const snug_layer& layer, int32_t conv_block) {
  snug_layer conv = layer;
  conv.out_height = layer.middle_height;
  conv.out_width = layer.middle_width;
  conv.block = conv_block;
  return conv;
}

int64_t band_bytes(const snug_layer& layer, int64_t channels) {
  const int64_t rows =
      std::min(int64_t{layer.block} * layer.pool_stride_y + layer.pool_height - 1, int64_t{layer.middle_height});
  return round_up(channels, 16) * rows * layer.middle_width * int64_t{sizeof(float)};
}

std::vector<int32_t> pooled_rows(const snug_layer& layer) {
  std::vector<int32_t> rows;
  for (const int32_t count : {1, 4, 16}) {
    if (count < layer.out_height) rows.push_back(count);
  }
  rows.push_back(layer.out_height);
  return rows;
}

Work conv_pool_work(const snug_layer& layer, const Primitive& conv, int64_t workspace_bytes) {
  constexpr int64_t kCacheBytes = int64_t{512} << 10;
  const double taps = static_cast<double>(layer.pool_height) * layer.pool_width;
  double bytes = map_bytes(layer, conv.input, conv.output) + static_cast<double>(conv.pack_bytes(layer));
  if (workspace_bytes > kCacheBytes) {
    bytes += 2 * static_cast<double>(stored_floats(conv.output, output_shape(convolution_of(layer)))) * sizeof(float);
  }
  return {.multiply_adds = conv.work(convolution_of(layer, layer.block)).multiply_adds +
                           taps * static_cast<double>(output_shape(layer).floats()),
          .bytes_moved = bytes};
}

}  // namespace snug
