#include "ops/conv/winograd_packing.h"

namespace snug {

using Variant = Winograd<3, 3, 3, WinogradMaps::kInterleaved>;

extern const Primitive conv_winograd_3x3_3x3_hwc;
const Primitive conv_winograd_3x3_3x3_hwc{
    .name = "conv_winograd_3x3_3x3_hwc",
    .family = "winograd",
    .input = kHwc,
    .output = kHwc,
    .source = kWinogradSource,
    .classic = true,
    .in_place = true,
    .refusal = Variant::refusal,
    .blocks = Variant::blocks,
    .workspace_bytes = Variant::workspace_bytes,
    .workspace = kWinogradStagedWorkspace,
    .pack = Variant::pack,
    .pack_bytes = Variant::pack_bytes,
    .work = Variant::work,
    .splitting = {.rows = 3, .channels = 32},
};

}  // namespace snug
