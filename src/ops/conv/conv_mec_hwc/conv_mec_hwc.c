/* conv_mec_hwc - memory-efficient convolution on interleaved maps: lowers the input along its columns only
 * and multiplies overlapping slices of the lowered map with the weights. Workspace: out_width x in_height x
 * kernel_width x channels, about kernel_height / stride_y times less than im2row. Wins over im2row wherever
 * the kernel is higher than its stride. */
#include "mec.h"

SNUG_CONV_KERNEL(conv_mec_hwc);

static void multiply(const snug_layer *l, const float *input, const float *weights, const float *bias,
                     const float *residual, float *output)
{
    const snug_gemm g = snug_mec_gemm(l);
    const ptrdiff_t panel_floats = (ptrdiff_t)l->in_channels * l->kernel_height * 16;
    for (int32_t o = 0; o < l->out_channels; o += 16, weights += panel_floats)
        snug_conv_panel(l, &g, l->out_channels - o < 16 ? l->out_channels - o : 16, input, weights, bias + o,
                        residual ? residual + o : NULL, output + o);
}

SNUG_CONV_KERNEL(conv_mec_hwc)
{
    const int32_t channels = layer->in_channels / layer->groups;
    const snug_layer lowered = snug_mec_lowered_layer(layer, channels);
    const ptrdiff_t group_floats =
        (ptrdiff_t)(lowered.out_channels + 15) / 16 * 16 * lowered.in_channels * lowered.kernel_height;
    for (int32_t group = 0; group < layer->groups; group++, weights += group_floats) {
        const ptrdiff_t first = (ptrdiff_t)group * lowered.out_channels;
        snug_mec_lower(layer, channels, 1, input + (ptrdiff_t)group * channels, workspace);
        for (int32_t y = 0; y < layer->out_height;) {
            const float *map = workspace;
            const snug_layer strip = snug_mec_strip(&lowered, y, &map);
            multiply(&strip, map, weights, bias + first,
                     residual ? residual + first + (ptrdiff_t)y * layer->other_row : NULL,
                     output + first + (ptrdiff_t)y * layer->out_row);
            y += strip.out_height;
        }
    }
}
