/* conv_winograd_3_3_hwc - one-dimensional Winograd convolution F(3, 3) along rows, or along columns, on
 * interleaved maps. The idea and the workspace are in winograd_rows.h. 185 effective GFLOP/s on a core of
 * 118 for 128 channels, 28x28, with 180 KiB, and 180 with 86 KiB (direct 121): wins where the workspace of
 * the two-dimensional kind does not fit. */
#define SNUG_ROWS_OUTPUT 3
#define SNUG_ROWS_TAPS 3
#include "winograd_rows.h"

SNUG_CONV_KERNEL(conv_winograd_3_3_hwc);

SNUG_CONV_KERNEL(conv_winograd_3_3_hwc)
{
    snug_winograd_rows(layer, snug_row_groups_hwc(), input, weights, bias, residual, output,
                       (float *)workspace);
}
