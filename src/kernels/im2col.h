/* im2col.h - convolution on planar maps by a copied matrix of taps x output pixels (Chellapilla, Puri,
 * Simard, High Performance Convolutional Neural Networks for Document Processing, 2006), in panels of 16
 * pixels.
 *
 * The product is taken in either order. With the panels as lanes and output channels as rows of the register
 * tiles the sums are rows of planes: planar output. With the panels transposed, that is with their pixels as
 * rows (a register tile broadcasts the left operand, and does not mind that its rows lie one float apart) and
 * 16 output channels as lanes, the sums are interleaved or in blocks of 16: a planar map becomes hwc or c16
 * without a conversion. Both read the same panels; only the weights' role differs.
 *
 * Workspace: taps x output pixels for the whole map, or for a strip of it. A strip that stays in the cache is
 * also the faster one: on 64 channels of 56x56, kernel 3x3, the matrix of the whole map is 7 MB. */
#ifndef SNUG_IM2COL_H
#define SNUG_IM2COL_H

#include "any_rows.h"
#include "conv_regions.h"

/* Where the windows of a panel's 16 pixels begin in the input. */
typedef struct snug_origins {
    int32_t y[16], x[16];
    int one_row; /* they are side by side in one row of the input */
} snug_origins;

/* Where the 16 pixels of a panel lie for one tap, in any plane of the input. */
typedef struct snug_lane_offsets {
    int32_t offset[16], inside[16];
    int all_inside, consecutive;
} snug_lane_offsets;

/* The pixels from `pixel` on; those past the last one read like it. */
static inline void snug_find_origins(const snug_layer *l, int32_t pixel, snug_origins *origins)
{
    const int32_t last = l->out_height * l->out_width - 1;
    int32_t out_y = pixel / l->out_width, out_x = pixel % l->out_width;
    origins->one_row = out_x + 16 <= l->out_width && l->stride_x == 1 && l->in_pixel == 1;
    for (int32_t lane = 0; lane < 16; lane++) {
        origins->y[lane] = out_y * l->stride_y - l->pad_top;
        origins->x[lane] = out_x * l->stride_x - l->pad_left;
        if (pixel + lane < last && ++out_x == l->out_width) {
            out_x = 0;
            out_y++;
        }
    }
}

static inline void snug_find_lanes(const snug_layer *l, const snug_origins *origins, int32_t dy, int32_t dx,
                                   snug_lane_offsets *lanes)
{
    const int32_t first_y = origins->y[0] + dy, first_x = origins->x[0] + dx;
    lanes->all_inside = 1;
    lanes->consecutive = 1;
    lanes->offset[0] = first_y * l->in_row + first_x * l->in_pixel;
    if (origins->one_row && first_y >= 0 && first_y < l->in_height && first_x >= 0 &&
        first_x + 16 <= l->in_width)
        return;
    for (int32_t lane = 0; lane < 16; lane++) {
        const int32_t y = origins->y[lane] + dy, x = origins->x[lane] + dx;
        const int inside = (y >= 0) & (y < l->in_height) & (x >= 0) & (x < l->in_width);
        lanes->inside[lane] = inside;
        lanes->offset[lane] = inside ? y * l->in_row + x * l->in_pixel : 0;
        lanes->all_inside &= inside;
    }
    for (int32_t lane = 1; lane < 16; lane++)
        lanes->consecutive &= lanes->offset[lane] == lanes->offset[0] + lane;
}

/* The panel of the 16 pixels from `pixel` on: taps x 16, in the order channel, kernel row, kernel column. */
static inline void snug_im2col_panel(const snug_layer *l, int32_t channels, int32_t pixel, const float *input,
                                     float *panel)
{
    const ptrdiff_t step = (ptrdiff_t)l->kernel_height * l->kernel_width * 16;
    snug_origins origins;
    snug_lane_offsets lanes;
    snug_find_origins(l, pixel, &origins);
    for (int32_t ky = 0; ky < l->kernel_height; ky++)
        for (int32_t kx = 0; kx < l->kernel_width; kx++, panel += 16) {
            snug_find_lanes(l, &origins, ky * l->dilation_y, kx * l->dilation_x, &lanes);
            const float *plane = input;
            float *out = panel;
            for (int32_t c = 0; c < channels; c++, plane += l->in_plane, out += step) {
                if (lanes.consecutive && lanes.all_inside)
                    for (int32_t lane = 0; lane < 16; lane += SNUG_VL)
                        snug_store(out + lane, snug_load(plane + lanes.offset[0] + lane));
                else if (lanes.all_inside)
                    for (int32_t lane = 0; lane < 16; lane++)
                        out[lane] = plane[lanes.offset[lane]];
                else
                    for (int32_t lane = 0; lane < 16; lane++)
                        out[lane] = lanes.inside[lane] ? plane[lanes.offset[lane]] : 0.0f;
            }
        }
}

/* Whether the matrix of im2col is the map as it lies: a 1x1 kernel that reads every pixel, rows without gaps.
 */
static inline int snug_im2col_is_copy(const snug_layer *l)
{
    return l->kernel_height == 1 && l->kernel_width == 1 && l->stride_y == 1 && l->stride_x == 1 &&
           l->pad_top == 0 && l->pad_left == 0 && l->in_pixel == 1 && l->in_row == l->out_width;
}

/* The panels of the pixels [begin, end), for all of them a channel at a time where they lie together: planes
 * are pages apart. */
static inline void snug_im2col_panels(const snug_layer *l, int32_t channels, int32_t begin, int32_t end,
                                      const float *input, float *panels)
{
    const ptrdiff_t panel_floats = (ptrdiff_t)channels * l->kernel_height * l->kernel_width * 16;
    int32_t whole = begin; /* panels before this pixel are done */
    if (snug_im2col_is_copy(l)) {
        whole = end - (end - begin) % 16;
        for (int32_t c = 0; c < channels; c++) {
            const float *plane = input + c * (ptrdiff_t)l->in_plane;
            for (int32_t pixel = begin; pixel < whole; pixel += 16)
                for (int32_t lane = 0; lane < 16; lane += SNUG_VL)
                    snug_store(panels + (pixel - begin) / 16 * panel_floats + c * 16 + lane,
                               snug_load(plane + pixel + lane));
        }
    }
    for (int32_t pixel = whole; pixel < end; pixel += 16)
        snug_im2col_panel(l, channels, pixel, input, panels + (pixel - begin) / 16 * panel_floats);
}

/* Adds the residual to 16 rows (channels) of finished sums, limits and activates them, and stores them pixel
 * by pixel: for maps whose rows have gaps. */
static inline void snug_im2col_scatter(const snug_layer *l, int32_t channels, int32_t pixel, int32_t pixels,
                                       const float *tile, const float *residual, float *output)
{
    for (int32_t c = 0; c < channels; c++)
        for (int32_t lane = 0; lane < pixels; lane++) {
            const int32_t y = (pixel + lane) / l->out_width, x = (pixel + lane) % l->out_width;
            float sum = tile[c * 16 + lane];
            if (residual)
                sum += residual[(ptrdiff_t)c * l->other_plane + (ptrdiff_t)y * l->other_row +
                                (ptrdiff_t)x * l->other_pixel];
            output[(ptrdiff_t)c * l->out_plane + (ptrdiff_t)y * l->out_row + (ptrdiff_t)x * l->out_pixel] =
                snug_activated(l, sum);
        }
}

/* Pixels of as many panels as a register tile takes at once: at most two. */
static inline int32_t snug_im2col_pixels_at_once(const snug_gemm *g)
{
    return 16 * snug_panels_for(2, snug_gemm_steps(g), 2);
}

/* Up to 16 output channels times the pixels of some panels. */
static inline void snug_im2col_product(const snug_layer *l, const snug_gemm *base, int dense,
                                       int32_t channels, int32_t pixel, int32_t pixels, const float *panels,
                                       const float *weights, const float *bias, const float *residual,
                                       float *output)
{
    float begin[256], sums[2 * 256];
    for (int32_t c = 0; c < channels; c++)
        for (int32_t lane = 0; lane < 16; lane++)
            begin[c * 16 + lane] = bias[c];
    if (dense) {
        snug_gemm_lanes(base, channels, pixels, weights, panels, begin, residual ? residual + pixel : NULL,
                        output + pixel);
        snug_activate_rows(l, channels, pixels, output + pixel, l->out_plane);
        return;
    }
    snug_gemm g = *base;
    g.clamp = 0;
    g.out_row = 16;
    g.out_panel = 256;
    const int32_t at_once = snug_im2col_pixels_at_once(base);
    for (int32_t part = 0; part < pixels; part += at_once) {
        const int32_t rest = pixels - part < at_once ? pixels - part : at_once;
        snug_gemm_lanes(&g, channels, (rest + 15) / 16 * 16, weights, panels + part / 16 * g.b_panel, begin,
                        NULL, sums);
        for (int32_t first = 0; first < rest; first += 16)
            snug_im2col_scatter(l, channels, pixel + part + first, rest - first < 16 ? rest - first : 16,
                                sums + first * 16, residual, output);
    }
}

/* The output pixels [begin, end) of one group, whose panels go to the workspace. */
static inline void snug_im2col_strip(const snug_layer *l, const snug_gemm *g, int dense, int32_t begin,
                                     int32_t end, const float *input, const float *weights, const float *bias,
                                     const float *residual, float *output, float *matrix)
{
    const int32_t channels = l->in_channels / l->groups, outputs = l->out_channels / l->groups;
    const ptrdiff_t panel_floats = (ptrdiff_t)g->depth * 16;
    snug_im2col_panels(l, channels, begin, end, input, matrix);
    /* As many panels as stay in the second-level cache while the weights go by. */
    const ptrdiff_t fit = 32768 / panel_floats;
    const int32_t at_once = snug_im2col_pixels_at_once(g);
    const int32_t step = fit * 16 < at_once ? at_once : (int32_t)fit * 16 / at_once * at_once;
    for (int32_t part = begin; part < end; part += step)
        for (int32_t o = 0; o < outputs; o += 16)
            snug_im2col_product(
                l, g, dense, outputs - o < 16 ? outputs - o : 16, part, end - part < step ? end - part : step,
                matrix + (part - begin) / 16 * panel_floats, weights + o * (ptrdiff_t)g->depth, bias + o,
                residual ? residual + (ptrdiff_t)o * l->other_plane : NULL,
                output + (ptrdiff_t)o * l->out_plane);
}

/* pixels: output pixels per strip. workspace: pixels rounded up to 16, x taps, floats. */
static inline void snug_im2col(const snug_layer *l, int32_t pixels, const float *input, const float *weights,
                               const float *bias, const float *residual, float *output, float *workspace)
{
    const int32_t channels = l->in_channels / l->groups, outputs = l->out_channels / l->groups;
    const int32_t all = l->out_height * l->out_width;
    const int dense = l->out_pixel == 1 && l->out_row == l->out_width &&
                      (!residual || (l->other_pixel == 1 && l->other_row == l->out_width));
    snug_gemm g = {0};
    g.blocks = 1;
    g.taps_y = 1;
    g.taps_x = 1;
    g.depth = channels * l->kernel_height * l->kernel_width;
    g.a_row = 1;
    g.a_depth = 16;
    g.b_depth = 16;
    g.b_panel = (ptrdiff_t)g.depth * 16;
    g.init_row = 16; /* and init_panel 0: all pixels begin alike */
    g.add_panel = 16;
    g.out_panel = 16;
    g.add_row = l->other_plane;
    g.out_row = l->out_plane;
    snug_gemm_limit(&g, l);
    const ptrdiff_t group_floats = (ptrdiff_t)(outputs + 15) / 16 * g.depth * 16;
    for (int32_t group = 0; group < l->groups; group++) {
        const ptrdiff_t first = (ptrdiff_t)group * outputs;
        for (int32_t pixel = 0; pixel < all; pixel += pixels)
            snug_im2col_strip(l, &g, dense, pixel, pixel + pixels < all ? pixel + pixels : all,
                              input + (ptrdiff_t)group * channels * l->in_plane,
                              weights + group * group_floats, bias + first,
                              residual ? residual + first * l->other_plane : NULL,
                              output + first * l->out_plane, workspace);
    }
}

/* The same panels as the left operand: pixels are the rows of the register tiles, 16 output channels their
 * lanes, so that the output is interleaved (whole = 0) or in blocks of 16 (whole = 1). */
static inline void snug_im2col_rows(const snug_layer *l, const snug_gemm *base, int32_t lanes, int32_t pixel,
                                    int32_t pixels, const float *panel, const float *weights,
                                    const float *bias, const float *residual, float *output)
{
    for (int32_t done = 0; done < pixels;) {
        const int32_t y = (pixel + done) / l->out_width, x = (pixel + done) % l->out_width;
        const int one_run = l->out_row == l->out_width * l->out_pixel &&
                            (!residual || l->other_row == l->out_width * l->other_pixel);
        const int32_t rest = pixels - done;
        const int32_t count = one_run || l->out_width - x > rest ? rest : l->out_width - x;
        float *out = output + (ptrdiff_t)y * l->out_row + (ptrdiff_t)x * l->out_pixel;
        const float *other = NULL;
        if (residual)
            other = residual + (ptrdiff_t)y * l->other_row + (ptrdiff_t)x * l->other_pixel;
        snug_gemm_lanes(base, count, lanes, panel + done, weights, bias, other, out);
        snug_activate_rows(l, count, lanes, out, l->out_pixel);
        done += count;
    }
}

/* The output pixels [begin, end) of one group, whose panels lie in `matrix`. */
static inline void snug_im2col_rows_strip(const snug_layer *l, const snug_gemm *g, int whole, int32_t begin,
                                          int32_t end, const float *matrix, const float *weights,
                                          const float *bias, const float *residual, float *output)
{
    const int32_t outputs = l->out_channels / l->groups;
    const ptrdiff_t panel_floats = (ptrdiff_t)g->depth * 16;
    const ptrdiff_t fit = 32768 / panel_floats;
    const int32_t step = fit < 1 ? 16 : (int32_t)fit * 16;
    for (int32_t part = begin; part < end; part += step)
        for (int32_t o = 0; o < outputs; o += 16) {
            const ptrdiff_t to = whole ? (ptrdiff_t)(o / 16) * l->out_plane : o;
            const ptrdiff_t other = whole ? (ptrdiff_t)(o / 16) * l->other_plane : o;
            for (int32_t pixel = part; pixel < end && pixel < part + step; pixel += 16)
                snug_im2col_rows(l, g, whole || outputs - o > 16 ? 16 : outputs - o, pixel,
                                 end - pixel < 16 ? end - pixel : 16,
                                 matrix + (pixel - begin) / 16 * panel_floats,
                                 weights + o * (ptrdiff_t)g->depth, bias + o,
                                 residual ? residual + other : NULL, output + to);
        }
}

/* pixels: output pixels per strip. workspace: pixels rounded up to 16, x taps, floats. whole: groups are
 * whole blocks. */
static inline void snug_im2col_transposed(const snug_layer *l, int32_t pixels, int whole, const float *input,
                                          const float *weights, const float *bias, const float *residual,
                                          float *output, float *workspace)
{
    const int32_t channels = l->in_channels / l->groups, outputs = l->out_channels / l->groups;
    const int32_t all = l->out_height * l->out_width;
    snug_gemm g = {0};
    g.blocks = 1;
    g.taps_y = 1;
    g.taps_x = 1;
    g.depth = channels * l->kernel_height * l->kernel_width;
    g.a_row = 1;
    g.a_depth = 16;
    g.b_depth = 16;
    g.add_row = l->other_pixel;
    g.out_row = l->out_pixel;
    snug_gemm_limit(&g, l);
    const ptrdiff_t panel_floats = (ptrdiff_t)g.depth * 16;
    for (int32_t group = 0; group < l->groups; group++) {
        const ptrdiff_t first = (ptrdiff_t)group * outputs;
        const ptrdiff_t to = whole ? first / 16 * l->out_plane : first;
        const ptrdiff_t other = whole ? first / 16 * l->other_plane : first;
        for (int32_t begin = 0; begin < all; begin += pixels) {
            const int32_t end = all - begin < pixels ? all : begin + pixels;
            snug_im2col_panels(l, channels, begin, end, input + (ptrdiff_t)group * channels * l->in_plane,
                               workspace);
            snug_im2col_rows_strip(l, &g, whole, begin, end, workspace,
                                   weights + group * ((outputs + 15) / 16) * panel_floats, bias + first,
                                   residual ? residual + other : NULL, output + to);
        }
    }
}

#endif
