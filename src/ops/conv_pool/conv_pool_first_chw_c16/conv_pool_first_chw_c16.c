/* conv_pool_first_chw_c16 - conv_first_chw_c16 and the pool behind it in bands, see conv_pool.h. The
 * workspace is the band of all output channels, then the interleaved input rows of one step. */
#include "conv_first.h"
#include "conv_pool.h"

SNUG_CONV_KERNEL(conv_pool_first_chw_c16);

SNUG_CONV_KERNEL(conv_pool_first_chw_c16)
{
    float *band = workspace;
    (void)residual;
    snug_conv_pool(layer, snug_conv_first_chw_c16, layer->block * layer->pool_stride_y, input, weights, bias,
                   output, band, band + snug_pool_band_floats(layer));
}
