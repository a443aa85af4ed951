#include "ops/conv/packing.h"

namespace snug {

static std::string_view refusal(const snug_layer& layer) {
  if (layer.groups == 1) return "one group";
  if (refuse_unless_depthwise(layer).empty()) return "depthwise";
  if (channels_per_group(layer) > 16) return "more than 16 input channels per group";
  return {};
}

/// Panels hold the channels of 16 outputs' own groups one after another, as if there was one group of so few channels.
static snug_layer flat(const snug_layer& layer) {
  snug_layer one = layer;
  one.in_channels = layer.in_channels / layer.groups;
  one.groups = 1;
  return one;
}

static int64_t pack_bytes(const snug_layer& layer) {
  return panel_bytes(flat(layer), TapOrder::kChannelRowColumn);
}

static std::vector<std::byte> pack(const snug_layer& layer, std::span<const float> weights) {
  return pack_panels(flat(layer), weights, TapOrder::kChannelRowColumn);
}

static int64_t workspace_bytes(const snug_layer& layer) {
  return int64_t{layer.in_height} * layer.in_width * 16 * int64_t{sizeof(float)};
}

static Work work(const snug_layer& layer) {
  const int64_t passes = channels_per_group(layer) * ((layer.out_channels + 15) / 16);
  return direct_work(layer, kC16, kC16, pack_bytes(layer), passes * workspace_bytes(layer));
}

extern const Primitive conv_grouped_c16;
const Primitive conv_grouped_c16{
    .name = "conv_grouped_c16",
    .family = "depthwise",
    .input = kC16,
    .output = kC16,
    .source = "a sum of depthwise convolutions, one per channel of a group",
    .in_place = true,
    .refusal = refusal,
    .workspace_bytes = workspace_bytes,
    .workspace = "64 in_height in_width",
    .pack = pack,
    .pack_bytes = pack_bytes,
    .work = work,
};

}  // namespace snug
