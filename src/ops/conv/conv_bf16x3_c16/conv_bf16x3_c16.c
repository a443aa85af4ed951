/* conv_bf16x3_c16 - convolution on channel blocks as an implicit matrix product by tiles of bfloat16: every
 * float is the sum of three, and six of their nine products make as exact a product as floats do (bf16x3.h).
 * For processors with AMX, where it takes half of the time of other matrix products.
 *
 * The input of a strip of layer->block output rows is split into parts, with its padding, and for strides
 * into the phases of rows and columns in which a tap's inputs lie side by side. A tile is 16 of them in a
 * row, wherever rows end: what lies between an output row and the next is computed as well, and not stored.
 *
 *     parts    [phase][32 channels][part][row][column] of 32 channels, 64 bytes
 *     weights  [group][pair of panels][32 channels][tap][part][panel] of 32 channels x 16 outputs, 1 KiB
 *
 * Channels i and 16 + i of 32 share a word. A pair of panels goes over the strip in stretches of four steps
 * of 32 channels, whose weights stay in the first-level cache meanwhile.
 *
 * Workspace: 6 bytes for every input value of a strip, 4 KiB per 32 pixels, 8 bytes per tap. Wins on 1x1
 * kernels, and on 3x3 on small maps, where Winograd reads more weights than it saves products. */
#include "bf16x3.h"

SNUG_CONV_KERNEL(conv_bf16x3_c16);

/* One group. */
static void convolve(snug_bf16x3 *b, const float *input, const uint32_t *weights, uint32_t *parts,
                     const float *bias, const float *residual, float *output)
{
    const snug_layer *const l = b->layer;
    const int32_t panels = (l->out_channels / l->groups + 15) / 16;
    const ptrdiff_t panel_words =
        (ptrdiff_t)b->plan.depths * b->taps * SNUG_BF16X3_PARTS * SNUG_BF16X3_TILE_WORDS;
    for (int32_t y = 0; y < l->out_height; y += b->plan.rows) {
        const int32_t rows = l->out_height - y < b->plan.rows ? l->out_height - y : b->plan.rows;
        snug_bf16x3_split_strip(b, input, y, rows, parts);
        for (int32_t panel = 0; panel < panels; panel += 2) {
            const int32_t count = panels - panel < 2 ? 1 : 2;
            const int again = panel + count == panels && y + rows < l->out_height;
            snug_bf16x3_panels(
                b, rows, count, weights + panel * panel_words,
                weights + (again ? 0 : panel + count) * panel_words, bias + panel * 16,
                residual ? residual + panel * (ptrdiff_t)l->other_plane + y * (ptrdiff_t)l->other_row : NULL,
                output + panel * (ptrdiff_t)l->out_plane + y * (ptrdiff_t)l->out_row);
        }
    }
}

/* Where a tap's inputs begin: in its phase, as many rows and columns on as it is strides away. */
static void find_taps(const snug_layer *l, const snug_bf16x3_plan *plan, int64_t *tap_words)
{
    for (int32_t ky = 0; ky < l->kernel_height; ky++)
        for (int32_t kx = 0; kx < l->kernel_width; kx++) {
            const int32_t y = ky * l->dilation_y, x = kx * l->dilation_x;
            const int32_t phase = y % l->stride_y * plan->phases_x + x % l->stride_x;
            *tap_words++ = phase * plan->phase_words +
                           ((ptrdiff_t)(y / l->stride_y) * plan->width + x / l->stride_x) * 16;
        }
}

SNUG_CONV_KERNEL(conv_bf16x3_c16)
{
    const snug_bf16x3_plan plan = snug_bf16x3_plan_of(layer);
    char *const memory = (char *)workspace;
    int64_t *const tap_words = (int64_t *)workspace;
    uint32_t *const parts = (uint32_t *)(void *)(memory + plan.tap_bytes + plan.sum_bytes);
    const int32_t blocks = (layer->in_channels / layer->groups + 15) / 16,
                  panels = (layer->out_channels / layer->groups + 15) / 16;
    snug_bf16x3 b = {0};
    b.layer = layer;
    b.plan = plan;
    b.finisher = snug_make_finisher(layer);
    b.taps = layer->kernel_height * layer->kernel_width;
    b.tap_words = tap_words;
    b.parts = parts;
    b.sums = (float *)(void *)(memory + plan.tap_bytes);
    find_taps(layer, &plan, tap_words);
#ifdef SNUG_AMX
    b.amx = snug_amx_begin();
#endif
    for (int32_t group = 0; group < layer->groups; group++) {
        const ptrdiff_t panel = (ptrdiff_t)group * panels;
        convolve(&b, input + (ptrdiff_t)group * blocks * layer->in_plane,
                 (const uint32_t *)(const void *)weights +
                     panel * plan.depths * b.taps * SNUG_BF16X3_PARTS * SNUG_BF16X3_TILE_WORDS,
                 parts, bias + panel * 16, residual ? residual + panel * layer->other_plane : NULL,
                 output + panel * layer->out_plane);
    }
#ifdef SNUG_AMX
    if (b.amx)
        _tile_release();
#endif
}
