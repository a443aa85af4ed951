/* conv_polyphase_2x2_3x3_c16 - 3x3 convolution of stride 2 on channel blocks: the even phase by Winograd F(2,
 * 2), the odd phase passes through. The idea and the workspace are in polyphase.h. 2x2 outputs a tile: the
 * least error, that of a direct convolution, and the smallest weights: wins on 7x7 outputs, where reading the
 * weights takes the time. */
#define SNUG_POLYPHASE_OUTPUT 2
#include "polyphase.h"

SNUG_CONV_KERNEL(conv_polyphase_2x2_3x3_c16);

SNUG_CONV_KERNEL(conv_polyphase_2x2_3x3_c16)
{
    snug_polyphase(layer, input, weights, bias, residual, output, (float *)workspace);
}
