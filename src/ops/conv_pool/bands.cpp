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

Work conv_pool_work(const snug_layer& layer, const Primitive& conv, int64_t step_bytes) {
  constexpr int64_t kCacheBytes = int64_t{512} << 10;
  const snug_layer first = convolution_of(layer, layer.block);
  const double taps = static_cast<double>(layer.pool_height) * layer.pool_width;
  Work work = conv.work(first);
  work.multiply_adds += taps * static_cast<double>(output_shape(layer).floats());
  work.bytes_moved += map_bytes(layer, conv.input, conv.output) - map_bytes(first, conv.input, conv.output);
  if (step_bytes > kCacheBytes) {
    work.bytes_moved += 2 * static_cast<double>(stored_floats(conv.output, output_shape(first))) * sizeof(float);
  }
  return work;
}

}  // namespace snug
