/* conv_layouts.h - direct convolution from any layout to any other: the conversion between two layers is
 * folded into the layer that was going to read or write every value anyway.
 *
 * The idea. A register tile of pixels x 16 output channels (gemm_tile.h, gemm.h) reads one input value per
 * row and step and broadcasts it, so it does not care how far apart the values of neighbouring pixels,
 * channels or taps lie: strides say that. What a layout decides is only which loops there are:
 *
 *     input      innermost loop                    outer loops             broadcast values of a tile lie
 *     chw, hcw   channels, one plane apart         kernel rows, columns    side by side (a row of pixels)
 *     hwc        channels, side by side            kernel rows, columns    in_channels apart
 *     c4 c8 c16  channels of a block               blocks, rows, columns   a block apart
 *
 * and how the finished sums leave the registers. Vectors of output channels are what hwc and c16 store: there
 * the tile writes its place in the output. For all others a strip of [pixels][32] sums is written to a small
 * workspace, which stays in the first-level cache, and moved from there: transposed into planes (chw, hcw),
 * or cut into blocks (c4, c8). That move is out_channels x pixels loads and stores against out_channels x
 * pixels x taps x in_channels / 16 vector multiply-adds: nothing where there are a few dozen input channels,
 * and always less than a conversion, which reads and writes the map again from further away and needs a
 * second buffer.
 *
 * Source. Blocked direct convolution is that of Georganas et al., Anatomy of High-Performance Deep Learning
 * Convolutions, 2018; the implicit matrix that of Chetlur et al., cuDNN, 2014, section 3. Kernels whose
 * layouts differ stand in the library of Anderson and Gregg, Optimal DNN Primitive Selection with PBQP, 2018,
 * as GEMMs with transposed operands.
 *
 * Workspace. None for hwc and c16 outputs; else SNUG_STORE_CHANNELS floats for each of SNUG_STORE_PIXELS
 * pixels (28 KiB), or of one row where that is longer.
 *
 * Memory traffic. The map is taken in strips of about 224 output pixels, and all panels of 16 output channels
 * go over a strip while its input is in the second-level cache. Planar inputs of many channels touch one page
 * per channel; up to some thousand of them the second-level TLB hides that. Taps on the padding are skipped
 * by conv_regions.h; 1x1 layers whose rows follow on one another are one long row. */
#ifndef SNUG_CONV_LAYOUTS_H
#define SNUG_CONV_LAYOUTS_H

#include "any_rows.h"
#include "conv_regions.h"
#include "tile_store.h"

/* Output rows of a strip. */
static inline int32_t snug_layout_rows(const snug_layer *l)
{
    const int32_t fit = SNUG_STORE_PIXELS / l->out_width;
    return fit < 1 ? 1 : fit < l->out_height ? fit : l->out_height;
}

/* What the register tiles multiply in a layout with blocks of `block` channels: 1 planar, 0 interleaved. */
static inline snug_gemm snug_layout_gemm(const snug_layer *l, int32_t block, int32_t channels)
{
    const int32_t depth = block > 1 ? block : channels;
    snug_gemm g = {0};
    g.blocks = block > 1 ? (channels + block - 1) / block : 1;
    g.depth = depth;
    g.last_depth = block > 1 ? channels % block : 0;
    g.a_block = block > 1 ? l->in_plane : 0;
    g.a_depth = block == 1 ? l->in_plane : 1;
    g.b_depth = 16;
    g.b_x = (ptrdiff_t)depth * 16;
    g.b_y = g.b_x * l->kernel_width;
    g.b_block = g.b_y * l->kernel_height;
    g.b_panel = g.blocks * g.b_block;
    snug_gemm_limit(&g, l);
    return g;
}

/* A 1x1 layer whose pixels follow on one another in all its maps is one row; others stay as they are. */
static inline snug_layer snug_layout_flattened(const snug_layer *l)
{
    snug_layer flat = *l;
    const int dense = l->kernel_height == 1 && l->kernel_width == 1 && l->pad_top == 0 && l->pad_left == 0 &&
                      l->stride_y == 1 && l->stride_x == 1 && l->in_width == l->out_width &&
                      l->in_height == l->out_height && l->in_row == l->in_width * l->in_pixel &&
                      l->out_row == l->out_width * l->out_pixel &&
                      (!l->residual || l->other_row == l->out_width * l->other_pixel);
    if (dense) {
        flat.in_width = flat.out_width = l->out_width * l->out_height;
        flat.in_height = flat.out_height = 1;
    }
    return flat;
}

/* The part of the layer that computes `rows` output rows from `begin` on; moves the input to where it begins.
 */
static inline snug_layer snug_layout_strip(const snug_layer *l, int32_t begin, int32_t rows,
                                           const float **input)
{
    snug_layer strip = *l;
    const int32_t origin = begin * l->stride_y - l->pad_top;
    const int32_t first = origin < 0 ? 0 : origin < l->in_height ? origin : l->in_height;
    strip.out_height = l->out_height - begin < rows ? l->out_height - begin : rows;
    strip.in_height = l->in_height - first;
    strip.pad_top = first - origin;
    *input += (ptrdiff_t)first * l->in_row;
    return strip;
}

/* The panels that a register tile takes at once, from output channel `o` on of a group that begins at the
 * pointers. */
static inline void snug_layout_panels(const snug_layer *strip, const snug_gemm *base, int32_t out_block,
                                      int32_t o, int32_t channels, const float *input, const float *weights,
                                      const float *bias, const float *residual, float *output, float *tile)
{
    const int32_t panels = (channels + 15) / 16;
    snug_gemm g = *base;
    weights += o / 16 * g.b_panel;
    if (out_block == 0) {
        g.out_panel = g.add_panel = 16;
        snug_conv_panel(strip, &g, channels, input, weights, bias + o, residual ? residual + o : NULL,
                        output + o);
        return;
    }
    const float *other = residual ? residual + (ptrdiff_t)(o / out_block) * strip->other_plane : NULL;
    float *out = output + (ptrdiff_t)(o / out_block) * strip->out_plane;
    if (out_block == 16) {
        g.out_panel = strip->out_plane;
        g.add_panel = strip->other_plane;
        snug_conv_panel(strip, &g, panels * 16, input, weights, bias + o, other, out);
        return;
    }
    snug_layer sums = *strip;
    float first[SNUG_STORE_CHANNELS] = {0}; /* a group's bias does not reach to whole panels */
    for (int32_t lane = 0; lane < channels; lane++)
        first[lane] = bias[o + lane];
    sums.out_pixel = SNUG_STORE_CHANNELS;
    sums.out_row = strip->out_width * SNUG_STORE_CHANNELS;
    g.out_panel = 16;
    if (!snug_only_limits(strip) || residual) {
        sums.activation = SNUG_NO_ACTIVATION;
        g.clamp = 0;
    }
    snug_conv_panel(&sums, &g, panels * 16, input, weights, first, NULL, tile);
    snug_store_tiles(strip, out_block, channels, tile, other, out);
}

/* All panels of a group over one strip. */
static inline void snug_layout_channels(const snug_layer *strip, const snug_gemm *g, int32_t out_block,
                                        const float *input, const float *weights, const float *bias,
                                        const float *residual, float *output, float *tile)
{
    const int32_t outputs = strip->out_channels / strip->groups;
    for (int32_t o = 0; o < outputs;) {
        const int32_t rest = outputs - o, width = snug_panels_at_once((rest + 15) / 16) * 16;
        const int32_t channels = rest < width ? rest : width;
        snug_layout_panels(strip, g, out_block, o, channels, input, weights, bias, residual, output, tile);
        o += channels;
    }
}

/* A flattened 1x1 layer in parts of SNUG_STORE_PIXELS pixels. */
static inline void snug_layout_row(const snug_layer *l, const snug_gemm *g, int32_t out_block,
                                   const float *input, const float *weights, const float *bias,
                                   const float *residual, float *output, float *tile)
{
    for (int32_t x = 0; x < l->out_width; x += SNUG_STORE_PIXELS) {
        snug_layer part = *l;
        part.out_width = l->out_width - x < SNUG_STORE_PIXELS ? l->out_width - x : SNUG_STORE_PIXELS;
        part.in_width = part.out_width;
        snug_layout_channels(&part, g, out_block, input + (ptrdiff_t)x * l->in_pixel, weights, bias,
                             residual ? residual + (ptrdiff_t)x * l->other_pixel : NULL,
                             output + (ptrdiff_t)x * l->out_pixel, tile);
    }
}

/* One group, strip by strip. */
static inline void snug_layout_group(const snug_layer *l, const snug_gemm *g, int32_t out_block,
                                     const float *input, const float *weights, const float *bias,
                                     const float *residual, float *output, float *tile)
{
    const int32_t rows = snug_layout_rows(l);
    for (int32_t y = 0; y < l->out_height; y += rows) {
        const float *map = input;
        const snug_layer strip = snug_layout_strip(l, y, rows, &map);
        snug_layout_channels(&strip, g, out_block, map, weights, bias,
                             residual ? residual + (ptrdiff_t)y * l->other_row : NULL,
                             output + (ptrdiff_t)y * l->out_row, tile);
    }
}

/* in_block, out_block: channels that lie together in the layouts of input and output, 1 planar, 0
 * interleaved; constant at every call. weights: panels whose taps are in the order (block of in_block
 * channels,) kernel row, column, channel. Groups: where there are blocks, groups of whole blocks. */
static inline void snug_conv_layouts(const snug_layer *layer, int32_t in_block, int32_t out_block,
                                     const float *input, const float *weights, const float *bias,
                                     const float *residual, float *output, float *workspace)
{
    const snug_layer flat = snug_layout_flattened(layer);
    const int32_t channels = flat.in_channels / flat.groups, outputs = flat.out_channels / flat.groups;
    const snug_gemm g = snug_layout_gemm(&flat, in_block, channels);
    for (int32_t group = 0; group < flat.groups; group++) {
        const int32_t first = group * outputs;
        const ptrdiff_t from =
            in_block == 0 ? group * channels : (ptrdiff_t)(group * channels / in_block) * flat.in_plane;
        const ptrdiff_t to = out_block == 0 ? first : (ptrdiff_t)(first / out_block) * flat.out_plane;
        const ptrdiff_t other = out_block == 0 ? first : (ptrdiff_t)(first / out_block) * flat.other_plane;
        const float *group_weights = weights + group * ((outputs + 15) / 16) * g.b_panel;
        if (flat.out_height == 1 && layer->out_height > 1)
            snug_layout_row(&flat, &g, out_block, input + from, group_weights, bias + first,
                            residual ? residual + other : NULL, output + to, workspace);
        else
            snug_layout_group(&flat, &g, out_block, input + from, group_weights, bias + first,
                              residual ? residual + other : NULL, output + to, workspace);
    }
}

#endif
