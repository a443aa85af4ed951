#include "ops/conv/winograd_rows_packing.h"

namespace snug {

extern const Primitive conv_winograd_3_3_c16;
const Primitive conv_winograd_3_3_c16{
    .name = "conv_winograd_3_3_c16",
    .family = "winograd 1d",
    .input = kC16,
    .output = kC16,
    .source = kWinogradRowsSource,
    .classic = false,
    .in_place = true,
    .refusal = refuse_unless_winograd_rows<3>,
    .blocks = winograd_rows_blocks<3, 3>,
    .workspace_bytes = winograd_rows_workspace_bytes<3, 3>,
    .workspace = kWinogradRowsWorkspace,
    .pack = winograd_rows_pack<3, 3>,
    .pack_bytes = winograd_rows_pack_bytes<3, 3>,
    .work = winograd_rows_work<3, 3>,
};

}  // namespace snug
