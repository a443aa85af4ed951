/* conv_polyphase_3x3_3x3_c16 - 3x3 convolution of stride 2 on channel blocks: the even phase by Winograd F(3,
 * 2), the odd phase passes through. The idea and the workspace are in polyphase.h. 3x3 outputs a tile: as
 * exact as a direct convolution. Wins on 14x14 outputs, where larger tiles have larger weights and smaller
 * ones more products. */
#define SNUG_POLYPHASE_OUTPUT 3
#include "polyphase.h"

SNUG_CONV_KERNEL(conv_polyphase_3x3_3x3_c16);

SNUG_CONV_KERNEL(conv_polyphase_3x3_3x3_c16)
{
    snug_polyphase(layer, input, weights, bias, residual, output, (float *)workspace);
}
