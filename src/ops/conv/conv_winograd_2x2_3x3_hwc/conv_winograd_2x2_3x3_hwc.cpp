#include "ops/conv/winograd_packing.h"

namespace snug {

extern const Primitive conv_winograd_2x2_3x3_hwc;
const Primitive conv_winograd_2x2_3x3_hwc{
    .name = "conv_winograd_2x2_3x3_hwc",
    .family = "winograd",
    .input = kHwc,
    .output = kHwc,
    .source = kWinogradSource,
    .classic = true,
    .in_place = true,
    .refusal = refuse_unless_winograd,
    .blocks = winograd_blocks<2>,
    .workspace_bytes = winograd_workspace_bytes<2>,
    .workspace = kWinogradWorkspace,
    .pack = winograd_pack<2>,
    .pack_bytes = winograd_pack_bytes<2>,
    .work = winograd_work<2>,
};

}  // namespace snug
