#include "ops/conv/winograd_rows_packing.h"

namespace snug {

extern const Primitive conv_winograd_2_5_chw;
const Primitive conv_winograd_2_5_chw{
    .name = "conv_winograd_2_5_chw",
    .family = "winograd 1d",
    .input = kChw,
    .output = kChw,
    .source = kWinogradRowsSource,
    .classic = true,
    .in_place = true,
    .refusal = refuse_unless_winograd_rows<5>,
    .blocks = winograd_rows_blocks<2, 5>,
    .workspace_bytes = winograd_rows_workspace_bytes<2, 5>,
    .workspace = kWinogradRowsWorkspace,
    .pack = winograd_rows_pack<2, 5>,
    .pack_bytes = winograd_rows_pack_bytes<2, 5>,
    .work = winograd_rows_work<2, 5>,
};

}  // namespace snug
