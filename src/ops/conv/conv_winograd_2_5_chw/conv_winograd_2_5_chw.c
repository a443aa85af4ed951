/* conv_winograd_2_5_chw - one-dimensional Winograd convolution F(2, 5) along rows, or along columns, on
 * planar maps, whose rows are transposed 16 channels at a time. The idea and the workspace are in
 * winograd_rows.h. 185 effective GFLOP/s on a core of 118 for 32 to 96 channels, 28x28 (direct 125); more
 * exact than F(3, 5). */
#define SNUG_ROWS_OUTPUT 2
#define SNUG_ROWS_TAPS 5
#include "winograd_rows.h"

SNUG_CONV_KERNEL(conv_winograd_2_5_chw);

SNUG_CONV_KERNEL(conv_winograd_2_5_chw)
{
    snug_winograd_rows(layer, snug_row_groups_chw(layer), input, weights, bias, residual, output,
                       (float *)workspace);
}
