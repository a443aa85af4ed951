/* conv_direct_rows_chw - the textbook loops on planar maps with vectors of pixels: an output row stays in the
 * first-level cache while the taps of one input channel after another are added to it. Weights in ONNX's
 * order, not padded; workspace one row. Wins where output channels are very few, and so would waste a panel
 * of 16. */
#include "direct_vector.h"

SNUG_CONV_KERNEL(conv_direct_rows_chw);

SNUG_CONV_KERNEL(conv_direct_rows_chw)
{
    snug_direct_rows(layer, input, weights, bias, residual, output, workspace);
}
