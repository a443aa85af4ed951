/* winograd_bf16x3_plan.h - the workspace of the Winograd convolutions that multiply by tiles of bfloat16
 * (winograd_bf16x3.h): C99 and C++. */
#ifndef SNUG_WINOGRAD_BF16X3_PLAN_H
#define SNUG_WINOGRAD_BF16X3_PLAN_H

#include "bf16x3_plan.h"
#include "winograd_plan.h"

typedef struct snug_winograd_bf16x3_plan {
    snug_winograd_plan winograd;
    int32_t depths;                                 /* steps of a sum: input channels / 32 */
    ptrdiff_t part_words, depth_words, point_words; /* of transformed inputs, from one to the next */
    ptrdiff_t weight_words;                         /* parts of a point's weights, of two panels */
    /* The workspace's arrays: transformed inputs of 32 channels, products, parts of inputs, of weights twice.
     */
    ptrdiff_t in_bytes, out_bytes, part_bytes, weight_bytes;
} snug_winograd_bf16x3_plan;

static inline snug_winograd_bf16x3_plan snug_winograd_bf16x3_plan_of(const snug_layer *layer, int32_t most_y,
                                                                     int32_t most_x)
{
    snug_winograd_bf16x3_plan plan;
    plan.winograd = snug_winograd_plan_of(layer, most_y, most_x, 0);
    const ptrdiff_t points = (ptrdiff_t)plan.winograd.y.points * plan.winograd.x.points;
    const ptrdiff_t tiles = (ptrdiff_t)plan.winograd.rows * plan.winograd.columns;
    plan.depths = (plan.winograd.groups + 1) / 2;
    plan.part_words = (tiles | 1) * 16; /* odd, to keep parts off the same sets of the cache */
    plan.depth_words = SNUG_BF16X3_PARTS * plan.part_words;
    plan.point_words = plan.depths * plan.depth_words;
    plan.weight_words = (ptrdiff_t)plan.depths * SNUG_BF16X3_PARTS * 2 * SNUG_BF16X3_TILE_WORDS;
    /* Tiles are loaded and stored whole: up to 31 rows behind the last one. */
    plan.in_bytes = 2 * plan.winograd.in_group * 4;
    plan.out_bytes = (plan.winograd.out_floats + SNUG_BF16X3_PIXELS * SNUG_BF16X3_OUTPUTS) * 4;
    plan.part_bytes = (points * plan.point_words + SNUG_BF16X3_PIXELS * 16) * 4;
    plan.weight_bytes = 2 * plan.weight_words * 4;
    return plan;
}

#endif
