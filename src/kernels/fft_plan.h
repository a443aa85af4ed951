/* fft_plan.h - how conv_fft_c16 divides a layer into tiles and points: read by the kernel and by the
 * compiler, which packs the weights for it. C99 and C++. */
#ifndef SNUG_FFT_PLAN_H
#define SNUG_FFT_PLAN_H

#include "snug.h"

/* Pairs of tiles whose products are made together at most: 32 rows of a matrix product. */
#define SNUG_FFT_MOST_PAIRS 8

typedef struct snug_fft_plan {
    int32_t tiles_y, tiles_x;
    int32_t tile_height, tile_width; /* outputs of a tile */
    int32_t height, width;           /* of the transform */
    int32_t pairs;                   /* of tiles whose products are made together */
    int32_t own;                     /* points that are their own conjugates: 1, 2 or 4 */
    int32_t points;                  /* half of them, since the others have the conjugate weights */
} snug_fft_plan;

/* The least size, n or more, that has no other prime factors than 2, 3 and 5. */
static inline int32_t snug_fft_size(int32_t n)
{
    for (;; n++) {
        int32_t rest = n;
        while (rest % 2 == 0)
            rest /= 2;
        while (rest % 3 == 0)
            rest /= 3;
        while (rest % 5 == 0)
            rest /= 5;
        if (rest == 1)
            return n;
    }
}

static inline snug_fft_plan snug_make_fft_plan(const snug_layer *l)
{
    snug_fft_plan plan;
    plan.tiles_y = (l->out_height + l->block - 1) / l->block;
    plan.tiles_x = (l->out_width + l->block - 1) / l->block;
    if (plan.tiles_y == 1 && plan.tiles_x == 1 && l->out_height > 1)
        plan.tiles_y = 2; /* the halves of the map are a pair */
    plan.tile_height = (l->out_height + plan.tiles_y - 1) / plan.tiles_y;
    plan.tile_width = (l->out_width + plan.tiles_x - 1) / plan.tiles_x;
    plan.height = snug_fft_size(plan.tile_height + (l->kernel_height - 1) * l->dilation_y);
    plan.width = snug_fft_size(plan.tile_width + (l->kernel_width - 1) * l->dilation_x);
    const int32_t pairs = (plan.tiles_y * plan.tiles_x + 1) / 2;
    const int32_t rounds = (pairs + SNUG_FFT_MOST_PAIRS - 1) / SNUG_FFT_MOST_PAIRS;
    plan.pairs = (pairs + rounds - 1) / rounds;
    plan.own = (2 - plan.height % 2) * (2 - plan.width % 2);
    plan.points = (plan.height * plan.width + plan.own) / 2;
    return plan;
}

/* Floats before the weights: the roots of unity of both sizes. */
static inline int32_t snug_fft_roots(const snug_fft_plan *plan)
{
    return (2 * (plan->height + plan->width) + 15) / 16 * 16;
}

#endif
