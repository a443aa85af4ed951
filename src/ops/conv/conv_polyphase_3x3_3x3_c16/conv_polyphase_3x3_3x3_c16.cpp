#include "ops/conv/polyphase_packing.h"

namespace snug {

extern const Primitive conv_polyphase_3x3_3x3_c16;
const Primitive conv_polyphase_3x3_3x3_c16{
    .name = "conv_polyphase_3x3_3x3_c16",
    .family = "polyphase winograd",
    .input = kC16,
    .output = kC16,
    .source = kPolyphaseSource,
    .in_place = true,
    .refusal = refuse_unless_polyphase,
    .blocks = polyphase_blocks<3>,
    .workspace_bytes = polyphase_workspace_bytes<3>,
    .workspace = kPolyphaseWorkspace,
    .pack = polyphase_pack<3>,
    .pack_bytes = polyphase_pack_bytes<3>,
    .work = polyphase_work<3>,
    .splitting = {.rows = 3, .channels = 32},
};

}  // namespace snug
