/* winograd_plan.h - how a Winograd convolution divides its output into tiles and blocks, and its workspace
 * into arrays. The kernel (winograd.h) and the compiler, which packs the weights and states the workspace,
 * both use it: C99 and C++. */
#ifndef SNUG_WINOGRAD_PLAN_H
#define SNUG_WINOGRAD_PLAN_H

#include "snug.h"

#define SNUG_WINOGRAD_MOST_POINTS 8

/* Output channels are taken in blocks of so many panels of 16: every input that is loaded is multiplied with
 * the weights of all of them. */
#define SNUG_WINOGRAD_PANELS 2

/* One dimension of the output: `tiles` tiles of `size` outputs, but of `last` outputs the last. */
typedef struct snug_winograd_axis {
    int32_t tiles, size, last;
    int32_t points, last_points; /* of a tile: its outputs and kernel - 1 more */
} snug_winograd_axis;

/* Covers an extent exactly with as few tiles as tiles of `most` outputs can. Since the points of all tiles
 * together are extent + (kernel - 1) * tiles, no other sizes need fewer. */
static inline snug_winograd_axis snug_winograd_divide(int32_t extent, int32_t most, int32_t kernel)
{
    snug_winograd_axis axis;
    axis.tiles = (extent + most - 1) / most;
    axis.size = (extent + axis.tiles - 1) / axis.tiles;
    axis.last = extent - axis.size * (axis.tiles - 1);
    axis.points = axis.size + kernel - 1;
    axis.last_points = axis.last + kernel - 1;
    return axis;
}

typedef struct snug_winograd_plan {
    snug_winograd_axis y, x;
    int32_t rows, columns; /* of tiles in a block */
    int32_t groups;        /* of 16 input channels */
    /* Floats from one group of transformed inputs to the next, from point to point, and of both arrays. */
    ptrdiff_t in_group, in_point, out_point;
    ptrdiff_t in_floats, out_floats;
    /* Where 16 channels of the block's input or output are gathered: pixels of a row, floats. */
    int32_t stage_width;
    ptrdiff_t stage_floats;
} snug_winograd_plan;

/* Whether some group of 16 channels does not lie together in the map: in planar maps, and in HWC maps whose
 * channels are no multiple of 16. */
static inline int snug_winograd_stages(const snug_layer *layer, int planar, int whole_groups)
{
    return planar || (!whole_groups && (layer->in_channels % 16 != 0 || layer->out_channels % 16 != 0));
}

/* most_y, most_x: the largest tile. staged: 1 for layouts that do not store 16 channels together. A block of
 * layer->block tiles is a part of a row of tiles, or as many whole rows as it holds. The 16 floats between
 * points keep them off the same sets of the cache. */
static inline snug_winograd_plan snug_winograd_plan_of(const snug_layer *layer, int32_t most_y,
                                                       int32_t most_x, int staged)
{
    snug_winograd_plan plan;
    plan.y = snug_winograd_divide(layer->out_height, most_y, layer->kernel_height);
    plan.x = snug_winograd_divide(layer->out_width, most_x, layer->kernel_width);
    plan.columns = layer->block < plan.x.tiles ? layer->block : plan.x.tiles;
    if (plan.columns < 1)
        plan.columns = 1;
    plan.rows = layer->block / plan.x.tiles;
    if (plan.rows < 1)
        plan.rows = 1;
    if (plan.rows > plan.y.tiles)
        plan.rows = plan.y.tiles;
    plan.groups = (layer->in_channels + 15) / 16;
    const int32_t points = plan.y.points * plan.x.points, tiles = plan.rows * plan.columns;
    const int32_t panels = layer->out_channels > 16 ? SNUG_WINOGRAD_PANELS : 1;
    plan.in_point = (ptrdiff_t)(tiles | 1) * 16;
    plan.in_group = points * plan.in_point;
    plan.out_point = (ptrdiff_t)((tiles * panels) | 1) * 16;
    plan.in_floats = plan.groups * plan.in_group;
    plan.out_floats = points * plan.out_point;
    plan.stage_width = plan.columns * plan.x.size + layer->kernel_width - 1;
    plan.stage_floats =
        staged ? (ptrdiff_t)(plan.rows * plan.y.size + layer->kernel_height - 1) * plan.stage_width * 16 : 0;
    return plan;
}

#endif
