/* conv_winograd_3_5_hwc - one-dimensional Winograd convolution F(3, 5) along rows, or along columns, on
 * interleaved maps. The idea and the workspace are in winograd_rows.h. 221 effective GFLOP/s on a core of
 * 118 for 32 to 96 channels, 28x28, with 320 KiB, and 204 with 58 KiB (direct 125). */
#define SNUG_ROWS_OUTPUT 3
#define SNUG_ROWS_TAPS 5
#include "winograd_rows.h"

SNUG_CONV_KERNEL(conv_winograd_3_5_hwc);

SNUG_CONV_KERNEL(conv_winograd_3_5_hwc)
{
    snug_winograd_rows(layer, snug_row_groups_hwc(), input, weights, bias, residual, output,
                       (float *)workspace);
}
