/* winograd_pool_plan.h - how a Winograd convolution and the pool behind it go by blocks, and their workspace.
 * The kernel (winograd_pool.h) and the compiler both use it: C99 and C++. */
#ifndef SNUG_WINOGRAD_POOL_PLAN_H
#define SNUG_WINOGRAD_POOL_PLAN_H

#include "window_axis.h"
#include "winograd_plan.h"

typedef struct snug_winograd_pool_plan {
    snug_window_axis y, x;           /* of the convolution's output, which the pool reads, as they begin */
    int in_tiles;                    /* 1: the transform back pools, and nothing else is needed */
    int32_t kept_rows, kept_columns; /* at most, between blocks */
    int32_t stage_width;             /* pixels: a block's output and what is kept to its left */
    ptrdiff_t stage_floats;
    ptrdiff_t above_floats, left_floats; /* of 16 channels: what is kept */
    ptrdiff_t floats;                    /* of all this, without the convolution's own workspace */
} snug_winograd_pool_plan;

static inline int32_t snug_winograd_pool_side(int32_t extent, int32_t step, int32_t kept)
{
    return step + kept < extent ? step + kept : extent;
}

/* Whether windows are pairs, and every tile holds whole ones. */
static inline int snug_winograd_pairs(const snug_window_axis *axis, int32_t tile)
{
    return axis->reach == 2 && axis->stride == 2 && axis->pad == 0 && axis->extent == 2 * axis->windows &&
           tile % 2 == 0;
}

/* conv: the plan of the convolution. */
static inline snug_winograd_pool_plan snug_winograd_pool_plan_of(const snug_layer *layer,
                                                                 const snug_winograd_plan *conv)
{
    const int32_t rows = conv->rows * conv->y.size, columns = conv->columns * conv->x.size;
    const ptrdiff_t groups = (layer->out_channels + 15) / 16;
    snug_winograd_pool_plan plan;
    plan.y = snug_pool_rows(layer);
    plan.x = snug_pool_columns(layer);
    plan.in_tiles = layer->kind == SNUG_MAX && layer->activation <= SNUG_CLIP &&
                    snug_winograd_pairs(&plan.y, conv->y.size) && snug_winograd_pairs(&plan.x, conv->x.size);
    plan.kept_rows = snug_window_axis_most_kept(plan.y, rows);
    plan.kept_columns = snug_window_axis_most_kept(plan.x, columns);
    plan.stage_width = snug_winograd_pool_side(plan.x.extent, columns, plan.kept_columns);
    const ptrdiff_t height = snug_winograd_pool_side(plan.y.extent, rows, plan.kept_rows);
    plan.stage_floats = plan.in_tiles ? 0 : height * plan.stage_width * 16;
    plan.above_floats = (ptrdiff_t)plan.kept_rows * plan.x.extent * 16;
    plan.left_floats = height * plan.kept_columns * 16;
    plan.floats = plan.stage_floats + groups * (plan.above_floats + plan.left_floats);
    return plan;
}

#endif
