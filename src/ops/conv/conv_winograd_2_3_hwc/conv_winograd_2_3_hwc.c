/* conv_winograd_2_3_hwc - one-dimensional Winograd convolution F(2, 3) along rows, or along columns, on
 * interleaved maps. The idea and the workspace are in winograd_rows.h. Of the three-tap ones the more exact:
 * 168 effective GFLOP/s on a core of 118 for 128 channels, 28x28, with 200 KiB (direct 121). */
#define SNUG_ROWS_OUTPUT 2
#define SNUG_ROWS_TAPS 3
#include "winograd_rows.h"

SNUG_CONV_KERNEL(conv_winograd_2_3_hwc);

SNUG_CONV_KERNEL(conv_winograd_2_3_hwc)
{
    snug_winograd_rows(layer, snug_row_groups_hwc(), input, weights, bias, residual, output,
                       (float *)workspace);
}
