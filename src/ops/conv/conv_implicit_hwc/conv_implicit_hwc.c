/* conv_implicit_hwc - direct convolution on interleaved maps as an implicit matrix product, without
 * workspace: a register tile of pixels x 16 output channels runs over the kernel's rows, columns and the
 * input channels; where the taps of a row are contiguous in the input they are one long loop. Taps on the
 * padding are skipped by region. Wins over im2row where its copy costs more than it saves: always in memory,
 * mostly in time. */
#include "conv_regions.h"

SNUG_CONV_KERNEL(conv_implicit_hwc);

SNUG_CONV_KERNEL(conv_implicit_hwc)
{
    (void)workspace;
    const int32_t channels = layer->in_channels / layer->groups,
                  group_size = layer->out_channels / layer->groups;
    const ptrdiff_t panel_floats = (ptrdiff_t)channels * layer->kernel_height * layer->kernel_width * 16;
    snug_gemm g = {0};
    g.blocks = 1;
    g.depth = channels;
    g.a_depth = 1;
    g.b_depth = 16;
    g.b_x = (ptrdiff_t)channels * 16;
    g.b_y = g.b_x * layer->kernel_width;
    snug_gemm_limit(&g, layer);
    for (int32_t group = 0; group < layer->groups; group++)
        for (int32_t o = 0; o < group_size; o += 16, weights += panel_floats) {
            const int32_t first = group * group_size + o, rest = group_size - o;
            snug_conv_panel(layer, &g, rest < 16 ? rest : 16, input + group * channels, weights, bias + first,
                            residual ? residual + first : NULL, output + first);
        }
}
