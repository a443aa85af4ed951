/* conv_first_hwc_c16 - the first layer of a network: few interleaved input channels (such as RGB) to blocks
 * of 16 output channels, no workspace. All taps of a kernel row are contiguous in the input, one loop of
 * width x channels. Wins for up to about 8 channels, where channel blocks would be mostly padding. */
#include "conv_regions.h"

SNUG_CONV_KERNEL(conv_first_hwc_c16);

static void strip(const snug_layer *l, const float *input, const float *weights, const float *bias,
                  const float *residual, float *output)
{
    const ptrdiff_t panel_floats = (ptrdiff_t)l->in_channels * l->kernel_height * l->kernel_width * 16;
    snug_gemm g = {0};
    g.blocks = 1;
    g.depth = l->in_channels;
    g.a_depth = 1;
    g.b_depth = 16;
    g.b_x = (ptrdiff_t)l->in_channels * 16;
    g.b_y = g.b_x * l->kernel_width;
    snug_gemm_limit(&g, l);
    for (int32_t panel = 0; panel * 16 < l->out_channels; panel++)
        snug_conv_panel(l, &g, 16, input, weights + panel * panel_floats, bias + panel * 16,
                        residual ? residual + (ptrdiff_t)panel * l->other_plane : NULL,
                        output + (ptrdiff_t)panel * l->out_plane);
}

SNUG_CONV_KERNEL(conv_first_hwc_c16)
{
    (void)workspace;
    strip(layer, input, weights, bias, residual, output);
}
