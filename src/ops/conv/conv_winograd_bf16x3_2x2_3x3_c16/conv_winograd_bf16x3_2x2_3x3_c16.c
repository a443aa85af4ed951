/* conv_winograd_bf16x3_2x2_3x3_c16 - conv_winograd_2x2_3x3_c16 with matrix products by tiles of bfloat16, for
 * processors with AMX. The idea, the workspace and when it wins are in winograd_bf16x3.h. */
#define SNUG_WINOGRAD_OUTPUT_HEIGHT 2
#define SNUG_WINOGRAD_OUTPUT_WIDTH 2
#define SNUG_WINOGRAD_KERNEL 3
#include "winograd_bf16x3.h"

SNUG_CONV_KERNEL(conv_winograd_bf16x3_2x2_3x3_c16);

SNUG_CONV_KERNEL(conv_winograd_bf16x3_2x2_3x3_c16)
{
    snug_winograd_bf16x3_c16(layer, input, weights, bias, residual, output, workspace);
}
