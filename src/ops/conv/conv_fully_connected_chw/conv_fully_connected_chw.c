/* conv_fully_connected_chw - the kernel covers the whole input and there is one output pixel: a matrix times
 * a vector, bound by how fast the weights stream from memory. They lie in the order in which this layout's
 * input is read; panels of 16 outputs are read side by side, each a stream for the prefetcher. No
 * workspace. */
#include "gemv.h"

SNUG_CONV_KERNEL(conv_fully_connected_chw);

SNUG_CONV_KERNEL(conv_fully_connected_chw)
{
    (void)workspace;
    snug_gemv(layer, snug_gemv_chw(layer), 1, input, weights, bias, residual, output);
}
