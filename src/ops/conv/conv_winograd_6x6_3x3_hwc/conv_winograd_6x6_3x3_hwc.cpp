#include "ops/conv/winograd_packing.h"

namespace snug {

extern const Primitive conv_winograd_6x6_3x3_hwc;
const Primitive conv_winograd_6x6_3x3_hwc{
    .name = "conv_winograd_6x6_3x3_hwc",
    .family = "winograd",
    .input = kHwc,
    .output = kHwc,
    .source = kWinogradSource,
    .classic = false,
    .in_place = true,
    .refusal = refuse_unless_winograd,
    .blocks = winograd_blocks<6>,
    .workspace_bytes = winograd_workspace_bytes<6>,
    .workspace = kWinogradWorkspace,
    .pack = winograd_pack<6>,
    .pack_bytes = winograd_pack_bytes<6>,
    .work = winograd_work<6>,
};

}  // namespace snug
