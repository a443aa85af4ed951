#include "ops/conv/winograd_packing.h"

namespace snug {

using Variant = Winograd<6, 6, 3, WinogradMaps::kInterleaved>;

extern const Primitive conv_winograd_6x6_3x3_hwc;
const Primitive conv_winograd_6x6_3x3_hwc{
    .name = "conv_winograd_6x6_3x3_hwc",
    .family = "winograd",
    .input = kHwc,
    .output = kHwc,
    .source = kWinogradSource,
    .classic = false,
    .in_place = true,
    .refusal = Variant::refusal,
    .blocks = Variant::blocks,
    .workspace_bytes = Variant::workspace_bytes,
    .workspace = kWinogradStagedWorkspace,
    .pack = Variant::pack,
    .pack_bytes = Variant::pack_bytes,
    .work = Variant::work,
    .splitting = {.rows = 6, .channels = 32},
};

}  // namespace snug
