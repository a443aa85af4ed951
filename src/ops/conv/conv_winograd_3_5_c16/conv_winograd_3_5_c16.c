/* conv_winograd_3_5_c16 - one-dimensional Winograd convolution F(3, 5) along rows, or along columns, on
 * channel blocks. The idea and the workspace are in winograd_rows.h. 221 effective GFLOP/s on a core of 118
 * for 32 to 96 channels, 28x28, with 320 KiB, and 204 with 58 KiB (direct 125). */
#define SNUG_ROWS_OUTPUT 3
#define SNUG_ROWS_TAPS 5
#include "winograd_rows.h"

SNUG_CONV_KERNEL(conv_winograd_3_5_c16);

SNUG_CONV_KERNEL(conv_winograd_3_5_c16)
{
    snug_winograd_rows(layer, snug_row_groups_c16(layer), input, weights, bias, residual, output,
                       (float *)workspace);
}
