/* first_int8x3.h - the convolution of conv_first_int8x3_chw_c16, for it and for the kernel that runs the pool
 * behind it.
 *
 * A tile's rows are 64 bytes that lie side by side, here a patch: digits of 4 columns of 4 rows of 4
 * channels. Of a kernel of 7x7 on 3 channels, four patches hold the 147 taps; what else is in them meets
 * weights of 0.
 *
 *     rows   [input row][digit][column][4 channels]         each value becomes digits once
 *     maps   [patch row][digit][column][4 rows][4 channels]   one for every output row's first input row
 *
 * The pixels of a tile are stride_x columns apart and overlap. Patch rows of a kernel below its first are the
 * first of other output rows: their strides are those of maps.
 *
 * Wins on kernels of 7x7 and 11x11. A kernel of 3x3 is one step, after which storing the sums takes longer
 * than the products did.
 *
 * Measured, one core with AMX and a peak of 236 GFLOP/s for vectors (Granite Rapids), ms beside those of
 * conv_first_hwc_c16:
 *
 *     3 to 64,  224 x 224,  7x7, stride 2     0.84    1.21
 *     3 to 96,  227 x 227, 11x11, stride 4    0.55    1.06
 *     3 to 64,  224 x 224,  3x3               1.22    0.94 */
#ifndef SNUG_FIRST_INT8X3_H
#define SNUG_FIRST_INT8X3_H

#include "first_int8x3_plan.h"
#include "int8x3_sums.h"

/* Input row y of all channels in digits, beside and above the map as 0. */
static inline void snug_first_digits(const snug_layer *l, const snug_first_int8x3_plan *plan,
                                     const float *input, int32_t y, float per_unit, int8_t *row)
{
    const float *const from = input + (ptrdiff_t)y * l->in_row;
    const int32_t room = plan->columns - l->pad_left, width = l->in_width < room ? l->in_width : room;
    int32_t x = 0;
    memset(row, 0, (size_t)plan->row_bytes);
    if (y < 0 || y >= l->in_height)
        return;
    for (; x + 16 <= width; x += 16)
        snug_int8x3_split(from + x, l->in_plane, l->in_channels * 16, per_unit,
                          row + (x + l->pad_left) * SNUG_PATCH, plan->row_digit_bytes);
    if (x < width) {
        float last[SNUG_PATCH * 16] = {0};
        int8_t digits[SNUG_INT8X3_DIGITS * SNUG_PATCH * 16];
        for (int32_t channel = 0; channel < l->in_channels; channel++)
            memcpy(last + channel * 16, from + channel * (ptrdiff_t)l->in_plane + x,
                   (size_t)(width - x) * sizeof(float));
        snug_int8x3_split(last, 16, l->in_channels * 16, per_unit, digits, SNUG_PATCH * 16);
        for (int32_t digit = 0; digit < SNUG_INT8X3_DIGITS; digit++)
            memcpy(row + digit * plan->row_digit_bytes + (x + l->pad_left) * SNUG_PATCH,
                   digits + digit * SNUG_PATCH * 16, (size_t)(width - x) * SNUG_PATCH);
    }
}

/* One digit of 16 columns of four rows, column by column. */
static inline void snug_first_weave(const int8_t *row, ptrdiff_t row_bytes, int8_t *map)
{
#ifdef SNUG_AMX
    const __m512i a = _mm512_loadu_si512(row), b = _mm512_loadu_si512(row + row_bytes),
                  c = _mm512_loadu_si512(row + 2 * row_bytes), d = _mm512_loadu_si512(row + 3 * row_bytes);
    const __m512i ab = _mm512_unpacklo_epi32(a, b), cd = _mm512_unpacklo_epi32(c, d),
                  ab2 = _mm512_unpackhi_epi32(a, b), cd2 = _mm512_unpackhi_epi32(c, d);
    /* Columns 0, 4, 8, 12, then 1, 5, ... */
    const __m512i x0 = _mm512_unpacklo_epi64(ab, cd), x1 = _mm512_unpackhi_epi64(ab, cd),
                  x2 = _mm512_unpacklo_epi64(ab2, cd2), x3 = _mm512_unpackhi_epi64(ab2, cd2);
    const __m512i low01 = _mm512_shuffle_i32x4(x0, x1, 0x44), low23 = _mm512_shuffle_i32x4(x2, x3, 0x44),
                  high01 = _mm512_shuffle_i32x4(x0, x1, 0xee), high23 = _mm512_shuffle_i32x4(x2, x3, 0xee);
    _mm512_storeu_si512(map, _mm512_shuffle_i32x4(low01, low23, 0x88));
    _mm512_storeu_si512(map + 64, _mm512_shuffle_i32x4(low01, low23, 0xdd));
    _mm512_storeu_si512(map + 128, _mm512_shuffle_i32x4(high01, high23, 0x88));
    _mm512_storeu_si512(map + 192, _mm512_shuffle_i32x4(high01, high23, 0xdd));
#else
    for (int32_t column = 0; column < 16; column++)
        for (int32_t y = 0; y < SNUG_PATCH; y++, map += SNUG_PATCH)
            memcpy(map, row + y * row_bytes + column * SNUG_PATCH, SNUG_PATCH);
#endif
}

/* The magnitudes' largest of so many rows, as far as they are in the map. */
static inline float snug_first_unit(const snug_layer *l, const float *input, int32_t y, int32_t rows)
{
    uint32_t largest[16] = {0};
    const int32_t end = y + rows < l->in_height ? y + rows : l->in_height;
    for (y = y < 0 ? 0 : y; y < end; y++)
        for (int32_t channel = 0; channel < l->in_channels; channel++)
            snug_int8x3_find_largest(input + channel * (ptrdiff_t)l->in_plane + y * (ptrdiff_t)l->in_row, 16,
                                     l->in_width, largest);
    return snug_int8x3_unit(largest);
}

/* An output row of a strip, whose first map is given. */
static inline void snug_first_row(const snug_first_int8x3_plan *plan, const snug_int8x3_outputs *o, int32_t y,
                                  float unit, const int8_t *map, snug_int8x3_sums *sums)
{
    const snug_layer *const l = o->layer;
    const int32_t both = SNUG_INT8X3_TILES * plan->pixels, slice = snug_int8x3_slice(both, 2 * plan->steps);
    const ptrdiff_t pixel_bytes = (ptrdiff_t)l->stride_x * SNUG_PATCH_COLUMN_BYTES;
    for (int32_t x = 0; x < o->width; x += both)
        for (int32_t panel = 0; panel < (l->out_channels + 15) / 16; panel++) {
            const int8_t *w = snug_int8x3_panel(o, panel);
            if (!o->amx)
                snug_int8x3_finish(o, sums, sums->left);
            snug_int8x3_begin(o->amx, o->sums);
            for (int32_t step = 0; step < plan->steps; step++, w += SNUG_INT8X3_STEP_BYTES) {
                const int8_t *const from = map + step / plan->patches_x * plan->patch_maps * plan->map_bytes +
                                           step % plan->patches_x * SNUG_PATCH * SNUG_PATCH_COLUMN_BYTES +
                                           x * pixel_bytes;
                for (int32_t group = 0; group < SNUG_INT8X3_GROUPS; group++) {
                    snug_int8x3_group(o->amx, plan->pixels, group, from, pixel_bytes, plan->map_digit_bytes,
                                      w, o->sums);
                    if (group > 0 && sums->left > 0)
                        snug_int8x3_finish(o, sums, slice);
                }
            }
            if (sums->left > 0)
                snug_int8x3_finish(o, sums, sums->left);
            snug_int8x3_end(o->amx, o->sums);
            const snug_int8x3_sums next = {panel, both, 0, y, x, y + 1, unit};
            *sums = next;
        }
}

static inline SNUG_CONV_KERNEL(snug_conv_first_int8x3)
{
    const snug_first_int8x3_plan plan = snug_first_int8x3_plan_of(layer);
    int8_t *const maps = (int8_t *)workspace + SNUG_INT8X3_SUM_BYTES, *const rows =
                                                                          maps + plan.maps * plan.map_bytes;
    snug_int8x3_sums sums = {0};
    snug_int8x3_outputs o = snug_int8x3_outputs_of(layer, 0, snug_int8x3_panel_bytes(plan.steps), weights,
                                                   bias, residual, output);
    o.pixels = plan.pixels;
    o.width = plan.width;
    o.sums = (float *)workspace;
    o.amx = snug_amx_begin(plan.pixels);
    for (int32_t y = 0; y < layer->out_height; y += layer->block) {
        const int32_t count = layer->out_height - y < layer->block ? layer->out_height - y : layer->block,
                      maps_of = count + (plan.patches_y - 1) * plan.patch_maps,
                      rows_of = (maps_of - 1) * layer->stride_y + SNUG_PATCH,
                      first = y * layer->stride_y - layer->pad_top;
        const float unit = snug_first_unit(layer, input, first, rows_of), per_unit = unit > 0 ? 1 / unit : 0;
        for (int32_t row = 0; row < rows_of; row++)
            snug_first_digits(layer, &plan, input, first + row, per_unit, rows + row * plan.row_bytes);
        for (int32_t map = 0; map < maps_of; map++)
            for (int32_t digit = 0; digit < SNUG_INT8X3_DIGITS; digit++)
                for (int32_t column = 0; column < plan.columns; column += 16)
                    snug_first_weave(rows + map * layer->stride_y * plan.row_bytes +
                                         digit * plan.row_digit_bytes + column * SNUG_PATCH,
                                     plan.row_bytes,
                                     maps + map * plan.map_bytes + digit * plan.map_digit_bytes +
                                         column * SNUG_PATCH_COLUMN_BYTES);
        for (int32_t row = 0; row < count; row++)
            snug_first_row(&plan, &o, y + row, unit, maps + row * plan.map_bytes, &sums);
    }
    snug_int8x3_finish(&o, &sums, sums.left);
    snug_amx_end(o.amx);
}

#endif
