/* bf16x3_plan.h - how conv_bf16x3_c16 divides its output into strips and its workspace into arrays. The
 * kernel (bf16x3.h) and the compiler, which packs the weights and states the workspace, both use it: C99 and
 * C++. */
#ifndef SNUG_BF16X3_PLAN_H
#define SNUG_BF16X3_PLAN_H

#include "snug.h"

/* A step of the sum: so many input channels of one tap. A tile of parts holds a step of 16 pixels, or of 16
 * output channels, in 1 KiB. */
enum { SNUG_BF16X3_DEPTH = 32, SNUG_BF16X3_PARTS = 3, SNUG_BF16X3_TILE_WORDS = 256 };

/* Output pixels and channels that are computed together, and the most steps after which their sums leave the
 * tiles. */
enum { SNUG_BF16X3_PIXELS = 32, SNUG_BF16X3_OUTPUTS = 32, SNUG_BF16X3_STEPS = 8 };

typedef struct snug_bf16x3_plan {
    int32_t rows;               /* output rows of a strip */
    int32_t depths;             /* steps per tap: input channels of a group / 32 */
    int32_t phases_y, phases_x; /* maps of every stride-th row and column, in which taps have a stride of 1 */
    int32_t height, width;      /* of a phase's map; output rows are as far apart */
    ptrdiff_t part_words, depth_words, phase_words; /* from one to the next */
    ptrdiff_t strip_words; /* parts of a strip's input; there are two where there are more strips than one */
    /* The workspace's arrays: places of the taps, sums of a block that tiles have made and of all blocks, two
     * times the weights of some steps, inputs. */
    ptrdiff_t tap_bytes, sum_bytes, weight_bytes, input_bytes;
} snug_bf16x3_plan;

/* Pixels from the first to the last of so many output rows, those between the rows included. */
static inline int32_t snug_bf16x3_places(const snug_layer *layer, const snug_bf16x3_plan *plan, int32_t rows)
{
    return (rows - 1) * plan->width + layer->out_width;
}

static inline int32_t snug_bf16x3_blocks(int32_t places)
{
    return (places + SNUG_BF16X3_PIXELS - 1) / SNUG_BF16X3_PIXELS;
}

static inline snug_bf16x3_plan snug_bf16x3_plan_of(const snug_layer *layer)
{
    const int32_t reach_y = (layer->kernel_height - 1) * layer->dilation_y,
                  reach_x = (layer->kernel_width - 1) * layer->dilation_x;
    const int32_t channels = layer->in_channels / layer->groups,
                  taps = layer->kernel_height * layer->kernel_width;
    snug_bf16x3_plan plan;
    plan.rows = layer->block > 0 && layer->block < layer->out_height ? layer->block : layer->out_height;
    plan.depths = (channels + SNUG_BF16X3_DEPTH - 1) / SNUG_BF16X3_DEPTH;
    plan.phases_y = reach_y + 1 < layer->stride_y ? reach_y + 1 : layer->stride_y;
    plan.phases_x = reach_x + 1 < layer->stride_x ? reach_x + 1 : layer->stride_x;
    plan.height = plan.rows + reach_y / layer->stride_y;
    plan.width = layer->out_width + reach_x / layer->stride_x;
    const ptrdiff_t blocks = snug_bf16x3_blocks(snug_bf16x3_places(layer, &plan, plan.rows));
    /* An odd number of lines keeps parts off the same sets of the cache. */
    plan.part_words = ((ptrdiff_t)plan.height * plan.width | 1) * 16;
    plan.depth_words = SNUG_BF16X3_PARTS * plan.part_words;
    plan.phase_words = plan.depths * plan.depth_words;
    /* The last block reads up to 31 pixels behind the last one. */
    plan.strip_words = plan.phases_y * plan.phases_x * plan.phase_words + SNUG_BF16X3_PIXELS * 16;
    const ptrdiff_t steps = (ptrdiff_t)plan.depths * taps, most = SNUG_BF16X3_STEPS;
    plan.tap_bytes = ((ptrdiff_t)taps * (ptrdiff_t)sizeof(int64_t) + 63) / 64 * 64;
    plan.sum_bytes = (1 + blocks) * SNUG_BF16X3_PIXELS * SNUG_BF16X3_OUTPUTS * 4;
    plan.weight_bytes =
        2 * 2 * SNUG_BF16X3_PARTS * SNUG_BF16X3_TILE_WORDS * 4 * (steps < most ? steps : most);
    plan.input_bytes = (plan.rows < layer->out_height ? 2 : 1) * plan.strip_words * 4;
    return plan;
}

#endif
