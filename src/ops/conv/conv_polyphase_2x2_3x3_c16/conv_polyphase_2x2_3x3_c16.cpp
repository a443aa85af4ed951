#include "ops/conv/polyphase_packing.h"

namespace snug {

extern const Primitive conv_polyphase_2x2_3x3_c16;
const Primitive conv_polyphase_2x2_3x3_c16{
    .name = "conv_polyphase_2x2_3x3_c16",
    .family = "polyphase winograd",
    .input = kC16,
    .output = kC16,
    .source = kPolyphaseSource,
    .in_place = true,
    .refusal = refuse_unless_polyphase,
    .blocks = polyphase_blocks<2>,
    .workspace_bytes = polyphase_workspace_bytes<2>,
    .workspace = kPolyphaseWorkspace,
    .pack = polyphase_pack<2>,
    .pack_bytes = polyphase_pack_bytes<2>,
    .work = polyphase_work<2>,
    .splitting = {.rows = 2, .channels = 32},
};

}  // namespace snug
