#include "kernels/first_int8x3_plan.h"
#include "ops/conv/packing.h"
#include "ops/conv/packing_int8x3.h"

namespace snug {

namespace {

constexpr int64_t kLanes = 16;

std::string_view refusal(const snug_layer& layer) {
  if (layer.groups != 1) return "groups";
  if (layer.in_channels > SNUG_PATCH) return "more than 4 input channels";
  if (layer.dilation_y != 1 || layer.dilation_x != 1) return "dilation";
  if (SNUG_PATCH % layer.stride_y != 0 || SNUG_PATCH % layer.stride_x != 0) return "a stride other than 1, 2 and 4";
  if (snug_first_int8x3_plan_of(&layer).steps > SNUG_INT8X3_MOST_STEPS)
    return "a kernel of more than 682 patches of 4x4";
  return {};
}

int64_t workspace_bytes(const snug_layer& layer) {
  return snug_first_int8x3_plan_of(&layer).bytes;
}

int64_t pack_bytes(const snug_layer& layer) {
  return output_panels(layer) * snug_int8x3_panel_bytes(snug_first_int8x3_plan_of(&layer).steps);
}

/// Patches are [column][row][channel].
std::vector<std::byte> pack(const snug_layer& layer, std::span<const float> weights) {
  const snug_first_int8x3_plan plan = snug_first_int8x3_plan_of(&layer);
  const int64_t panel_inputs = int64_t{plan.steps} * SNUG_INT8X3_DEPTH;
  std::vector<float> panels(output_panels(layer) * panel_inputs * kLanes);
  auto weight = weights.begin();
  for (int64_t o = 0; o < layer.out_channels; ++o) {
    for (int64_t channel = 0; channel < layer.in_channels; ++channel) {
      for (int64_t y = 0; y < layer.kernel_height; ++y) {
        for (int64_t x = 0; x < layer.kernel_width; ++x) {
          const int64_t step = y / SNUG_PATCH * plan.patches_x + x / SNUG_PATCH;
          const int64_t place = (x % SNUG_PATCH * SNUG_PATCH + y % SNUG_PATCH) * SNUG_PATCH + channel;
          const int64_t input = o / kLanes * panel_inputs + step * SNUG_INT8X3_DEPTH + place;
          panels[input * kLanes + o % kLanes] = *weight++;
        }
      }
    }
  }
  return pack_int8x3_panels(panels, plan.steps);
}

Work work(const snug_layer& layer) {
  return direct_work(layer, kChw, kC16, pack_bytes(layer), workspace_bytes(layer));
}

}  // namespace

extern const Primitive conv_first_int8x3_chw_c16;
const Primitive conv_first_int8x3_chw_c16{
    .name = "conv_first_int8x3_chw_c16",
    .family = "int8x3",
    .input = kChw,
    .output = kC16,
    .source = kInt8x3Source,
    .in_place = true,
    .refusal = refusal,
    .blocks = strip_heights,
    .workspace_bytes = workspace_bytes,
    .workspace =
        "for P = block + ceil(kernel_height / 4 - 1) 4 / stride_y and C the columns that kernels read in "
        "ceil(out_width "
        "/ 32) times two tiles, made a multiple of 16: 48 C P + 12 C ((P - 1) stride_y + 4) + 6144",
    .pack = pack,
    .pack_bytes = pack_bytes,
    .work = work,
};

}  // namespace snug
