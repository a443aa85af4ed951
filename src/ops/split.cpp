#include "ops/split.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace snug {

std::string_view name(Split split) {
  switch (split) {
    case Split::kWhole:
      return "whole";
    case Split::kRows:
      return "rows";
    case Split::kChannels:
      break;
  }
  return "channels";
}

namespace {

struct Range {
  int32_t begin = 0, end = 0;
};

/// [0, extent) in at most `threads` ranges of whole steps. The last step may be a short one, so later ranges get the
/// steps that are left over.
std::vector<Range> ranges(int32_t extent, int32_t step, int threads) {
  if (step <= 0) return {};
  const int64_t steps = (int64_t{extent} + step - 1) / step, parts = std::min<int64_t>(threads, steps);
  std::vector<Range> result;
  for (int64_t part = 0; part < parts; ++part) {
    const int64_t begin = steps * part / parts * step, end = steps * (part + 1) / parts * step;
    result.push_back({static_cast<int32_t>(begin), static_cast<int32_t>(std::min<int64_t>(end, extent))});
  }
  return result;
}

Strides input_strides(const snug_layer& layer) {
  return {.plane = layer.in_plane, .row = layer.in_row, .pixel = layer.in_pixel};
}
Strides other_strides(const snug_layer& layer) {
  return {.plane = layer.other_plane, .row = layer.other_row, .pixel = layer.other_pixel};
}
Strides output_strides(const snug_layer& layer) {
  return {.plane = layer.out_plane, .row = layer.out_row, .pixel = layer.out_pixel};
}

/// Windows that slide over rows: a window's rows, and how many rows the first one lies above row 0.
struct Windows {
  int32_t stride, reach, pad;
};

Windows convolution_windows(const snug_layer& layer) {
  const int32_t taps = std::max(layer.kernel_height, 1);
  return {std::max(layer.stride_y, 1), (taps - 1) * std::max(layer.dilation_y, 1) + 1, layer.pad_top};
}

/// The rows of a map of `height` rows that some windows read, and how far the first of them begins above those.
struct Reading {
  Range rows;
  int32_t pad = 0;
};
Reading rows_read(const Windows& windows, Range range, int32_t height) {
  const int32_t origin = range.begin * windows.stride - windows.pad;
  const int32_t end = origin + (range.end - range.begin - 1) * windows.stride + windows.reach;
  const int32_t first = std::clamp(origin, 0, height);
  return {{first, std::clamp(end, first, height)}, first - origin};
}

/// A band of output rows with the input rows that it reads; where a pool reads what a convolution writes, those that
/// the pool's rows need of both. No rows: the band lies on padding alone, which kernels need not understand.
Part band(const Primitive& primitive, const snug_layer& whole, Range rows) {
  Part part{.layer = whole};
  part.layer.out_height = rows.end - rows.begin;
  Range computed = rows;
  if (whole.pool_height > 0) {
    const Windows pool{whole.pool_stride_y, whole.pool_height, whole.pool_top};
    const Reading middle = rows_read(pool, rows, whole.middle_height);
    computed = middle.rows;
    part.layer.middle_height = computed.end - computed.begin;
    part.layer.pool_top = middle.pad;
  }
  const Reading input = rows_read(convolution_windows(whole), computed, whole.in_height);
  part.layer.in_height = input.rows.end - input.rows.begin;
  part.layer.pad_top = input.pad;
  part.input_floats = offset(primitive.input, input_strides(whole), 0, input.rows.begin, 0);
  part.output_floats = offset(primitive.output, output_strides(whole), 0, rows.begin, 0);
  const bool broadcast = whole.other_height == 1;  // 0: a residual, which is a map like the output
  if (!broadcast) part.other_floats = offset(primitive.output, other_strides(whole), 0, rows.begin, 0);
  if (whole.other_height > 1) part.layer.other_height = part.layer.out_height;
  return part;
}

/// Whether output channel c comes from input channel c alone: poolings, depthwise convolutions, elementwise operators.
bool is_channelwise(const snug_layer& layer) {
  const bool conv = layer.groups > 0;
  return layer.in_channels == layer.out_channels && (!conv || layer.groups == layer.out_channels);
}

snug_layer with_out_channels(snug_layer layer, int32_t channels) {
  if (is_channelwise(layer)) layer.in_channels = channels;
  if (layer.groups > 1) layer.groups = channels;
  if (layer.other_channels > 1) layer.other_channels = channels;
  layer.out_channels = channels;
  return layer;
}

/// A slice of output channels. Its weights begin where those of all channels before it end.
Part channel_slice(const Primitive& primitive, const snug_layer& whole, Range channels) {
  Part part{.layer = with_out_channels(whole, channels.end - channels.begin)};
  if (is_channelwise(whole)) {
    part.input_floats = offset(primitive.input, input_strides(whole), channels.begin, 0, 0);
  }
  part.output_floats = offset(primitive.output, output_strides(whole), channels.begin, 0, 0);
  if (whole.other_channels != 1) {
    part.other_floats = offset(primitive.output, other_strides(whole), channels.begin, 0, 0);
  }
  if (whole.groups == 0) return part;
  part.bias_floats = channels.begin;
  if (channels.begin == 0 || primitive.pack_bytes == nullptr) return part;
  const int64_t bytes_before = primitive.pack_bytes(with_out_channels(whole, channels.begin));
  part.weight_floats = bytes_before / static_cast<int64_t>(sizeof(float));
  return part;
}

bool can_slice_channels(const snug_layer& layer) {
  if (layer.sibling_channel[0] > 0) return false;
  const bool grouped = layer.groups > 1 && layer.groups != layer.out_channels;
  return !grouped && (layer.groups == 1 || is_channelwise(layer));
}

/// The knob that a part runs with: the whole's, or the next smaller one where the part is too small for that. False
/// where there is none.
bool set_block(const Primitive& primitive, snug_layer& layer) {
  if (primitive.blocks == nullptr) return true;
  int32_t best = -1;
  for (const int32_t block : primitive.blocks(layer)) {
    if (block <= layer.block) best = std::max(best, block);
  }
  layer.block = best;
  return best >= 0;
}

/// Whether the kernel takes the part as a layer of its own, with weights that were packed for the whole.
bool is_served(const Primitive& primitive, const snug_layer& whole, Part& part, Split split) {
  const bool no_rows = part.layer.in_height <= 0 || (whole.pool_height > 0 && part.layer.middle_height <= 0);
  if (no_rows || !set_block(primitive, part.layer)) return false;
  if (primitive.refusal != nullptr && !primitive.refusal(part.layer).empty()) return false;
  const bool packed = whole.groups > 0 && primitive.pack_bytes != nullptr;
  return !packed || split != Split::kRows || primitive.pack_bytes(part.layer) == primitive.pack_bytes(whole);
}

std::vector<Part> split_in_steps(const Primitive& primitive, const snug_layer& layer, Split split, int32_t step,
                                 int threads) {
  const bool rows = split == Split::kRows;
  const std::vector<Range> slices = ranges(rows ? layer.out_height : layer.out_channels, step, threads);
  if (slices.size() < 2) return {};
  std::vector<Part> parts;
  int64_t workspace = 0;
  for (const Range& slice : slices) {
    Part part = rows ? band(primitive, layer, slice) : channel_slice(primitive, layer, slice);
    if (!is_served(primitive, layer, part, split)) return {};
    if (primitive.workspace_bytes != nullptr) {
      part.workspace_bytes = round_up(primitive.workspace_bytes(part.layer), kAlignmentBytes);
    }
    part.workspace_offset_bytes = workspace;
    workspace += part.workspace_bytes;
    parts.push_back(part);
  }
  return parts;
}

}  // namespace

std::array<PartMember, 17> members(const Part& part) {
  const snug_layer& layer = part.layer;
  return {{{"in_channels", layer.in_channels},
           {"in_height", layer.in_height},
           {"out_channels", layer.out_channels},
           {"out_height", layer.out_height},
           {"pad_top", layer.pad_top},
           {"groups", layer.groups},
           {"block", layer.block},
           {"other_channels", layer.other_channels},
           {"other_height", layer.other_height},
           {"middle_height", layer.middle_height},
           {"pool_top", layer.pool_top},
           {"input", part.input_floats},
           {"other", part.other_floats},
           {"weights", part.weight_floats},
           {"bias", part.bias_floats},
           {"output", part.output_floats},
           {"workspace", part.workspace_offset_bytes}}};
}

std::vector<Part> split_layer(const Primitive& primitive, const snug_layer& layer, Split split, int threads) {
  CHECK(threads >= 1 && threads <= kMostThreads, std::to_string(threads));
  if (split == Split::kWhole) return {};
  if (split == Split::kChannels) {
    if (!can_slice_channels(layer)) return {};
    return split_in_steps(primitive, layer, split, primitive.splitting.channels, threads);
  }
  if (primitive.splitting.rows == 0) return {};
  std::vector<Part> parts = split_in_steps(primitive, layer, split, 1, threads);
  return parts.empty() ? split_in_steps(primitive, layer, split, primitive.splitting.rows, threads) : parts;
}

int64_t workspace_bytes(const std::vector<Part>& parts) {
  return parts.empty() ? 0 : parts.back().workspace_offset_bytes + parts.back().workspace_bytes;
}

}  // namespace snug
