/* conv_pool_first_int8x3_chw_c16 - conv_first_int8x3_chw_c16 and the pool behind it in bands, see
 * conv_pool.h. The workspace is the band of all output channels, then that of the convolution of one step. */
#include "conv_pool.h"
#include "first_int8x3.h"

SNUG_CONV_KERNEL(conv_pool_first_int8x3_chw_c16);

SNUG_CONV_KERNEL(conv_pool_first_int8x3_chw_c16)
{
    float *band = workspace;
    (void)residual;
    snug_conv_pool(layer, snug_conv_first_int8x3, layer->block * layer->pool_stride_y, input, weights, bias,
                   output, band, band + snug_pool_band_floats(layer));
}
