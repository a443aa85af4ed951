/* conv_depthwise_c16 - every channel is convolved with its own kernel (groups = channels), on channel blocks:
 * 3x3 four output rows at a time, column by column (depthwise_columns.h), other kernels seven outputs of a
 * row at a time (depthwise.h). No workspace. Measured with AVX-512, maps warm, taps on the padding counted,
 * on Zen 4: 97 to 112 % of the peak for 3x3 at stride 1 (32 channels of 112x112 to 960 of 7x7), 62 to 82 % at
 * stride 2, which maps larger than the second-level cache bound; 5x5 97 to 135 %. On Granite Rapids, with
 * twice the multiply-adds and no faster caches, 3x3 take about as long as copying their maps: 84 to 100 % of
 * the roof (bench_primitives), 100 at stride 2. */
#include "conv_depthwise.h"

SNUG_CONV_KERNEL(conv_depthwise_c16);

SNUG_CONV_KERNEL(conv_depthwise_c16)
{
    snug_conv_depthwise_c16(layer, input, weights, bias, residual, output, workspace);
}
