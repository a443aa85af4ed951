#include "ops/conv/winograd_packing.h"

namespace snug {

using Variant = Winograd<3, 3, 3, WinogradMaps::kBlocks>;

extern const Primitive conv_winograd_3x3_3x3_c16;
const Primitive conv_winograd_3x3_3x3_c16{
    .name = "conv_winograd_3x3_3x3_c16",
    .family = "winograd",
    .input = kC16,
    .output = kC16,
    .source = kWinogradSource,
    .classic = false,
    .in_place = true,
    .refusal = Variant::refusal,
    .blocks = Variant::blocks,
    .workspace_bytes = Variant::workspace_bytes,
    .workspace = kWinogradWorkspace,
    .pack = Variant::pack,
    .pack_bytes = Variant::pack_bytes,
    .work = Variant::work,
    .splitting = {.rows = 3, .channels = 32},
};

}  // namespace snug
