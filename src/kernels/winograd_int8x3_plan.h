/* winograd_int8x3_plan.h - what winograd_int8x3.h adds to the plan of a Winograd convolution. The kernel and
 * the compiler both use it: C99 and C++. */
#ifndef SNUG_WINOGRAD_INT8X3_PLAN_H
#define SNUG_WINOGRAD_INT8X3_PLAN_H

#include "int8x3_plan.h"
#include "winograd_plan.h"

/* Groups of 16 channels that are transformed before they become digits: a step of the sums. */
enum { SNUG_WINOGRAD_STEP_GROUPS = SNUG_INT8X3_DEPTH / 16 };

typedef struct snug_winograd_int8x3_plan {
    int32_t steps;                                  /* of a sum */
    int32_t pixels;                                 /* of a tile in the sense of int8x3.h: Winograd's tiles */
    ptrdiff_t digit_bytes, step_bytes, point_bytes; /* of transformed inputs, from one to the next */
    ptrdiff_t panel_bytes;                          /* of weights of a point */
    ptrdiff_t in_floats;                            /* transformed inputs before they become digits */
    ptrdiff_t floats;                               /* sums, a unit per point, digits */
} snug_winograd_int8x3_plan;

static inline snug_winograd_int8x3_plan snug_winograd_int8x3_plan_of(const snug_winograd_plan *winograd)
{
    const int32_t tiles = winograd->rows * winograd->columns,
                  points = winograd->y.points * winograd->x.points,
                  most = SNUG_WINOGRAD_MOST_POINTS * SNUG_WINOGRAD_MOST_POINTS;
    snug_winograd_int8x3_plan plan;
    plan.steps = snug_int8x3_depths(winograd->groups * 16);
    plan.pixels = snug_int8x3_tile_pixels(tiles);
    plan.digit_bytes =
        (ptrdiff_t)(SNUG_INT8X3_TILES * snug_int8x3_pairs(tiles) * plan.pixels | 1) * SNUG_INT8X3_DEPTH;
    plan.step_bytes = SNUG_INT8X3_DIGITS * plan.digit_bytes;
    plan.point_bytes = plan.steps * plan.step_bytes;
    plan.panel_bytes = snug_int8x3_panel_bytes(plan.steps);
    plan.in_floats =
        (winograd->groups < SNUG_WINOGRAD_STEP_GROUPS ? winograd->groups : SNUG_WINOGRAD_STEP_GROUPS) *
        winograd->in_group;
    plan.floats = SNUG_INT8X3_SUM_BYTES / 4 + most + points * plan.point_bytes / 4;
    return plan;
}

#endif
