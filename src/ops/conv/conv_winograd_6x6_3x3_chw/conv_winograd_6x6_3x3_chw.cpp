#include "ops/conv/winograd_packing.h"

namespace snug {

using Variant = Winograd<6, 6, 3, WinogradMaps::kPlanar>;

extern const Primitive conv_winograd_6x6_3x3_chw;
const Primitive conv_winograd_6x6_3x3_chw{
    .name = "conv_winograd_6x6_3x3_chw",
    .family = "winograd",
    .input = kChw,
    .output = kChw,
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
