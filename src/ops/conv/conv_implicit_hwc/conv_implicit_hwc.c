/* conv_implicit_hwc - direct convolution on interleaved maps as an implicit matrix product, without
 * workspace: a register tile of pixels x 16 output channels runs over the kernel's rows, columns and the
 * input channels; where the taps of a row are contiguous in the input they are one long loop. Taps on the
 * padding are skipped by region. Wins over im2row where its copy costs more than it saves: always in memory,
 * mostly in time. */
#define SNUG_GEMM_BORDERS
#define SNUG_GEMM_PIXEL_ROWS
#include "conv_regions.h"

SNUG_CONV_KERNEL(conv_implicit_hwc);

SNUG_CONV_KERNEL(conv_implicit_hwc)
{
    (void)workspace;
    const int32_t channels = layer->in_channels / layer->groups,
                  group_size = layer->out_channels / layer->groups;
    snug_gemm g = {0};
    g.blocks = (channels + 63) / 64;
    g.depth = (channels + g.blocks - 1) / g.blocks;
    g.last_depth = channels % g.depth;
    g.a_block = g.depth;
    g.a_depth = 1;
    g.b_depth = 16;
    g.b_block = (ptrdiff_t)g.depth * 16;
    g.b_x = (ptrdiff_t)channels * 16;
    g.b_y = g.b_x * layer->kernel_width;
    g.b_panel = g.b_y * layer->kernel_height;
    g.add_panel = 16;
    g.out_panel = 16;
    snug_gemm_limit(&g, layer);
    for (int32_t group = 0; group < layer->groups; group++) {
        const ptrdiff_t first = (ptrdiff_t)group * group_size;
        snug_conv_panels(layer, &g, group_size, input + (ptrdiff_t)group * channels,
                         weights + (ptrdiff_t)group * ((group_size + 15) / 16) * g.b_panel, bias + first,
                         residual ? residual + first : NULL, output + first);
    }
}
