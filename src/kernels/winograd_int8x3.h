/* winograd_int8x3.h - the products of a Winograd convolution by tiles of bytes: see winograd.h, whose loops
 * these are, and int8x3.h.
 *
 * The transformed inputs of a block become digits, 64 channels at a time:
 *
 *     digits   [point][64 channels][digit][tile] of 64 channels, 64 bytes
 *     weights  [K/32][point][K: 2] panels (int8x3_plan.h)
 *
 * A point's unit follows from the block's largest input: B^T makes of it, in the worst case, the sum of the
 * magnitudes in the point's row. In both dimensions that is a few times what occurs, which costs some of the
 * 24 bits; the transforms lose more.
 *
 * The transformed weights take three quarters of what floats take, and so do the transformed inputs. Wins
 * from 128 channels on maps of 28 x 28 or more; with fewer, transforms take more of the time than products,
 * and on smaller maps a block has too few tiles for weights that come from the third-level cache.
 *
 * Measured, one core with AMX and a peak of 236 GFLOP/s for vectors (Granite Rapids), 3x3, padding 1, in
 * GFLOP/s of a direct convolution:
 *
 *      C = K, map      F(4x4) by bytes   F(6x6) by floats   conv_int8x3_c16
 *      64, 56 x 56           675               638                660
 *     128, 112 x 112         907               643                550
 *     128, 28 x 28           962               687                600
 *     256, 56 x 56          1038               630                699
 *     512, 28 x 28           935               658                713
 *     256, 14 x 14           553               409                676 */
#ifndef SNUG_WINOGRAD_INT8X3_H
#define SNUG_WINOGRAD_INT8X3_H

#include "int8x3_sums.h"
#include "winograd_int8x3_plan.h"
#include "winograd_transform.h"

typedef struct snug_winograd_digits {
    snug_winograd_int8x3_plan plan;
    int amx;
    float *sums, *units; /* a unit per point, of the block at work */
    int8_t *digits;
    float bounds_y[SNUG_WINOGRAD_SIDE], bounds_x[SNUG_WINOGRAD_SIDE]; /* by what inputs grow at most */
} snug_winograd_digits;

/* How much larger than the inputs a point of a dimension can be, of n points, if weights were made for
 * `most`.
 */
static inline float snug_winograd_bound(int32_t point, int32_t n, int32_t most)
{
    float bound = 0.0f;
    for (int32_t k = 0; k < n; k++) {
        snug_vec d[SNUG_WINOGRAD_SIDE], o[SNUG_WINOGRAD_SIDE];
        float value[SNUG_VL];
        for (int32_t i = 0; i < SNUG_WINOGRAD_SIDE; i++)
            d[i] = o[i] = snug_set1(i == k ? 1.0f : 0.0f);
        snug_winograd_input(n, d, o);
        snug_store(value, o[point]);
        bound += value[0] < 0 ? -value[0] : value[0];
    }
    const float factor = snug_winograd_factor(point, n, most);
    return factor < 0 ? -factor * bound : factor * bound;
}

static inline void snug_winograd_find_bounds(const snug_winograd_axis *axis, float *bounds)
{
    for (int32_t point = 0; point < axis->points; point++) {
        const float whole = snug_winograd_bound(point, axis->points, axis->points),
                    last = point < axis->last_points
                               ? snug_winograd_bound(point, axis->last_points, axis->points)
                               : 0.0f;
        bounds[point] = whole > last ? whole : last;
    }
}

static inline snug_winograd_digits snug_winograd_digits_of(const snug_winograd_plan *plan, float *memory)
{
    snug_winograd_digits d;
    d.plan = snug_winograd_int8x3_plan_of(plan);
    d.amx = snug_amx_begin(d.plan.pixels);
    d.sums = memory;
    d.units = d.sums + SNUG_INT8X3_SUM_BYTES / 4;
    d.digits = (int8_t *)(d.units + SNUG_WINOGRAD_SIDE * SNUG_WINOGRAD_SIDE);
    snug_winograd_find_bounds(&plan->y, d.bounds_y);
    snug_winograd_find_bounds(&plan->x, d.bounds_x);
    return d;
}

/* Units of all points for these inputs, rows and columns of the map. */
static inline void snug_winograd_find_units(const snug_winograd_digits *d, const snug_winograd_plan *plan,
                                            const snug_layer *l, const float *input, int32_t top,
                                            int32_t bottom, int32_t left, int32_t right)
{
    uint32_t largest[16] = {0};
    for (int32_t group = 0; group < plan->groups; group++, input += l->in_plane) {
        const int32_t lanes = snug_winograd_least(16, l->in_channels - group * 16);
        for (int32_t y = top; y < bottom; y++) {
            const float *const row = input + (ptrdiff_t)y * l->in_row;
            if (lanes == 16)
                snug_int8x3_find_largest(row + (ptrdiff_t)left * l->in_pixel, l->in_pixel,
                                         (right - left) * 16, largest);
            else
                for (int32_t x = left; x < right; x++)
                    snug_int8x3_find_largest(row + (ptrdiff_t)x * l->in_pixel, 0, lanes, largest);
        }
    }
    const float unit = snug_int8x3_unit(largest);
    for (int32_t i = 0; i < plan->y.points; i++)
        for (int32_t j = 0; j < plan->x.points; j++)
            d->units[i * plan->x.points + j] = unit * (d->bounds_y[i] * d->bounds_x[j]);
}

/* The digits of a point's `tiles` tiles, of up to 64 channels that have been transformed. */
static inline void snug_winograd_to_digits(const snug_winograd_digits *d, int32_t point, int32_t step,
                                           int32_t tiles, int32_t channels, const float *in,
                                           ptrdiff_t in_group)
{
    const float unit = d->units[point], per_unit = unit > 0 ? 1 / unit : 0;
    int8_t *const digits = d->digits + point * d->plan.point_bytes + step * d->plan.step_bytes;
    for (int32_t tile = 0; tile < tiles; tile++)
        snug_int8x3_split(in + (ptrdiff_t)tile * 16, in_group, channels, per_unit,
                          digits + (ptrdiff_t)tile * SNUG_INT8X3_DEPTH, d->plan.digit_bytes);
}

/* Sums of two tiles and a panel that are not yet in their place. */
typedef struct snug_winograd_pending {
    snug_int8x3_outputs outputs;
    snug_int8x3_sums sums;
} snug_winograd_pending;

/* All tiles of a point times `panels` panels, [tile][panel][16] from o->output on. The last sums are left,
 * and so may be those of the point before. */
static inline void snug_winograd_multiply_digits(const snug_winograd_digits *d, int32_t point, int32_t panels,
                                                 const snug_int8x3_outputs *o, snug_winograd_pending *pending)
{
    const snug_winograd_int8x3_plan *const plan = &d->plan;
    const int32_t both = SNUG_INT8X3_TILES * plan->pixels, pairs = (o->width + both - 1) / both,
                  lines = (4 + pairs - 1) / pairs, slice = snug_int8x3_slice(both, 2 * plan->steps);
    for (int32_t panel = 0; panel < panels; panel++) {
        snug_int8x3_fetch next = snug_int8x3_fetch_panel(o, panel + 1, plan->steps);
        for (int32_t pair = 0; pair < pairs; pair++) {
            const int8_t *w = snug_int8x3_panel(o, panel), *x = d->digits + point * plan->point_bytes +
                                                                (ptrdiff_t)pair * both * SNUG_INT8X3_DEPTH;
            if (!d->amx)
                snug_int8x3_finish(&pending->outputs, &pending->sums, pending->sums.left);
            snug_int8x3_begin(d->amx, d->sums);
            for (int32_t step = 0; step < plan->steps; step++, x += plan->step_bytes)
                for (int32_t group = 0; group < SNUG_INT8X3_GROUPS; group++, w += SNUG_INT8X3_TILE_BYTES) {
                    snug_int8x3_group(d->amx, plan->pixels, group, x, SNUG_INT8X3_DEPTH, plan->digit_bytes,
                                      w - group * SNUG_INT8X3_TILE_BYTES, d->sums);
                    snug_int8x3_go_on_fetch(&next, lines);
                    if (group > 0 && pending->sums.left > 0)
                        snug_int8x3_finish(&pending->outputs, &pending->sums, slice);
                }
            snug_int8x3_finish(&pending->outputs, &pending->sums, pending->sums.left);
            snug_int8x3_end(d->amx, d->sums);
            const snug_int8x3_sums sums = {panel, both, 0, 0, pair * both, 1, d->units[point]};
            pending->outputs = *o;
            pending->sums = sums;
        }
    }
}

#endif
