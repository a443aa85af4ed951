/* conv_mec_chw - memory-efficient convolution on planar maps: lowers the input along its columns only,
 * channels innermost, and multiplies overlapping slices of the lowered map with the weights. Register tiles
 * hold pixels x 16 output channels, so that narrow maps fill them; they are turned into planes as they are
 * stored. Workspace: out_width x in_height x kernel_width x channels, about kernel_height / stride_y times
 * less than im2col. */
#include "mec.h"

SNUG_CONV_KERNEL(conv_mec_chw);

/* Pixels of a tile on the stack. */
enum { TILE_PIXELS = 56 };

/* Adds the residual to a tile of [pixels][16] sums, activates them and stores them as planes. */
static void store_planes(const snug_layer *l, int32_t channels, int32_t pixels, const float *tile,
                         const float *residual, float *output)
{
    for (int32_t o = 0; o < channels; o++) {
        float line[TILE_PIXELS];
        for (int32_t x = 0; x < pixels; x++)
            line[x] = tile[x * 16 + o];
        if (residual)
            for (int32_t x = 0; x < pixels; x++)
                line[x] += residual[(ptrdiff_t)o * l->other_plane + (ptrdiff_t)x * l->other_pixel];
        snug_activate(l, line, pixels);
        float *out = output + (ptrdiff_t)o * l->out_plane;
        if (l->out_pixel == 1)
            snug_copy(out, line, pixels);
        else
            for (int32_t x = 0; x < pixels; x++)
                out[(ptrdiff_t)x * l->out_pixel] = line[x];
    }
}

/* One panel of up to 16 output channels. */
static void multiply(const snug_layer *l, int32_t channels, const float *input, const float *weights,
                     const float *bias, const float *residual, float *output)
{
    const snug_axis axis = snug_axis_y(l);
    float first[16] = {0}; /* a group's bias does not reach to 16 */
    for (int32_t o = 0; o < channels; o++)
        first[o] = bias[o];
    snug_gemm base = snug_mec_gemm(l);
    base.clamp = 0;
    base.a_row = l->in_pixel;
    base.a_y = (ptrdiff_t)l->dilation_y * l->in_row;
    base.taps_x = 1;
    base.out_row = 16;
    for (snug_run rows = {0, 0, 0, 0}; rows.end < l->out_height;) {
        rows = snug_next_run(&axis, rows.end);
        snug_gemm g = base;
        g.taps_y = rows.last - rows.first;
        g.blocks = g.taps_y > 0;
        snug_gemm_merge(&g);
        for (int32_t y = rows.begin; y < rows.end; y++) {
            const int32_t in_y = g.blocks ? y * l->stride_y - l->pad_top + rows.first * l->dilation_y : 0;
            for (int32_t x = 0; x < l->out_width; x += TILE_PIXELS) {
                const int32_t pixels = l->out_width - x < TILE_PIXELS ? l->out_width - x : TILE_PIXELS;
                float tile[TILE_PIXELS * 16];
                snug_gemm_lanes(&g, pixels, 16, input + (ptrdiff_t)in_y * l->in_row + x * g.a_row,
                                weights + rows.first * g.b_y, first, NULL, tile);
                const float *other = NULL;
                if (residual)
                    other = residual + (ptrdiff_t)y * l->other_row + (ptrdiff_t)x * l->other_pixel;
                store_planes(l, channels, pixels, tile, other,
                             output + (ptrdiff_t)y * l->out_row + (ptrdiff_t)x * l->out_pixel);
            }
        }
    }
}

SNUG_CONV_KERNEL(conv_mec_chw)
{
    const int32_t channels = layer->in_channels / layer->groups;
    const snug_layer lowered = snug_mec_lowered_layer(layer, channels);
    const ptrdiff_t panel_floats = (ptrdiff_t)lowered.in_channels * lowered.kernel_height * 16;
    for (int32_t group = 0; group < layer->groups; group++) {
        const int32_t first = group * lowered.out_channels;
        const float *const group_weights =
            weights + (ptrdiff_t)group * ((lowered.out_channels + 15) / 16) * panel_floats;
        snug_mec_lower(layer, channels, layer->in_plane,
                       input + (ptrdiff_t)group * channels * layer->in_plane, workspace);
        for (int32_t y = 0; y < layer->out_height;) {
            const float *map = workspace;
            const snug_layer strip = snug_mec_strip(&lowered, y, &map);
            for (int32_t o = 0; o < lowered.out_channels; o += 16) {
                const float *other = NULL;
                if (residual)
                    other = residual + (ptrdiff_t)(first + o) * layer->other_plane +
                            (ptrdiff_t)y * layer->other_row;
                multiply(&strip, lowered.out_channels - o < 16 ? lowered.out_channels - o : 16, map,
                         group_weights + o / 16 * panel_floats, bias + first + o, other,
                         output + (ptrdiff_t)(first + o) * layer->out_plane + (ptrdiff_t)y * layer->out_row);
            }
            y += strip.out_height;
        }
    }
}
