/* int8x3_plan.h - how weights of three digits lie in memory, and how conv_int8x3_c16 divides its output into
 * strips and its workspace into arrays. The kernels (int8x3.h) and the compiler, which packs the weights and
 * states the workspace, both use it: C99 and C++. */
#ifndef SNUG_INT8X3_PLAN_H
#define SNUG_INT8X3_PLAN_H

#include "snug.h"

enum {
    /* A step of the sum: so many input channels of one tap. A tile of digits holds a step of 16 pixels, or of
     * 16 output channels, in 1 KiB. */
    SNUG_INT8X3_DEPTH = 64,
    SNUG_INT8X3_DIGITS = 3,
    SNUG_INT8X3_TILE_BYTES = 1024,
    /* Tiles of pixels that are computed together, and the most steps of a sum: 3 * 64 products of two digits
     * each come to the same 32 bits. */
    SNUG_INT8X3_TILES = 2,
    SNUG_INT8X3_MOST_STEPS = 682,
    /* What the largest magnitude becomes: a little less than 127 * 65536 + 127 * 256 + 127, which three
     * digits from -128 to 127 reach. */
    SNUG_INT8X3_LARGEST = 0x7f7f00,
    /* A panel of 16 outputs: 16 floats, each output's units, then [step][digit] tiles, the highest digit
     * first. Tiles are [16][output][4]: byte i % 4 of row i / 4 is the digit of the step's input i. */
    SNUG_INT8X3_UNIT_BYTES = 64,
    SNUG_INT8X3_STEP_BYTES = SNUG_INT8X3_DIGITS * SNUG_INT8X3_TILE_BYTES,
    /* Sums of two tiles of pixels and a panel. */
    SNUG_INT8X3_SUM_BYTES = SNUG_INT8X3_TILES * SNUG_INT8X3_DIGITS * SNUG_INT8X3_TILE_BYTES
};

/* From a panel to the next. */
static inline ptrdiff_t snug_int8x3_panel_bytes(int32_t steps)
{
    return SNUG_INT8X3_UNIT_BYTES + (ptrdiff_t)steps * SNUG_INT8X3_STEP_BYTES;
}

/* Steps that so many input channels take. */
static inline int32_t snug_int8x3_depths(int32_t channels)
{
    return (channels + SNUG_INT8X3_DEPTH - 1) / SNUG_INT8X3_DEPTH;
}

/* So many pixels in pairs of tiles of up to 16, and a tile's share, so that all are equally full. */
static inline int32_t snug_int8x3_pairs(int32_t pixels)
{
    return (pixels + SNUG_INT8X3_TILES * 16 - 1) / (SNUG_INT8X3_TILES * 16);
}

static inline int32_t snug_int8x3_tile_pixels(int32_t pixels)
{
    const int32_t tiles = SNUG_INT8X3_TILES * snug_int8x3_pairs(pixels);
    return (pixels + tiles - 1) / tiles;
}

typedef struct snug_int8x3_plan {
    int32_t rows;               /* output rows of a strip */
    int32_t pixels;             /* of a tile */
    int32_t depths;             /* steps per tap: input channels of a group / 64 */
    int32_t phases_y, phases_x; /* maps of every stride-th row and column, in which taps have a stride of 1 */
    int32_t height, width;      /* of a phase's map; output rows are as far apart */
    int32_t shared; /* columns of padding that a row begins with and the one before ends with, behind width */
    ptrdiff_t digit_bytes, depth_bytes, phase_bytes; /* from one to the next */
    ptrdiff_t strip_bytes; /* digits of a strip's input; there are two where there are more strips than one */
    /* The workspace's arrays: where the steps' inputs lie; then sums; then digits of inputs. */
    ptrdiff_t place_bytes, input_bytes;
} snug_int8x3_plan;

/* Pixels from the first to the last of so many output rows, those between the rows included. */
static inline int32_t snug_int8x3_places(const snug_layer *layer, const snug_int8x3_plan *plan, int32_t rows)
{
    return (rows - 1) * plan->width + layer->out_width;
}

/* Of a sum. */
static inline int32_t snug_int8x3_steps(const snug_layer *layer)
{
    return snug_int8x3_depths(layer->in_channels / layer->groups) * layer->kernel_height *
           layer->kernel_width;
}

static inline snug_int8x3_plan snug_int8x3_plan_of(const snug_layer *layer)
{
    const int32_t reach_y = (layer->kernel_height - 1) * layer->dilation_y,
                  reach_x = (layer->kernel_width - 1) * layer->dilation_x;
    snug_int8x3_plan plan;
    plan.rows = layer->block > 0 && layer->block < layer->out_height ? layer->block : layer->out_height;
    plan.depths = snug_int8x3_depths(layer->in_channels / layer->groups);
    plan.phases_y = reach_y + 1 < layer->stride_y ? reach_y + 1 : layer->stride_y;
    plan.phases_x = reach_x + 1 < layer->stride_x ? reach_x + 1 : layer->stride_x;
    plan.height = plan.rows + reach_y / layer->stride_y;
    plan.width = layer->out_width + reach_x / layer->stride_x;
    /* Of the columns beside the output's, those that are padding on both sides. */
    const int32_t pad_right = plan.width - layer->in_width - layer->pad_left,
                  pad = layer->pad_left < pad_right ? layer->pad_left : pad_right,
                  shared = pad < reach_x ? pad : reach_x;
    plan.shared = layer->stride_x == 1 && shared > 0 ? shared : 0;
    plan.width -= plan.shared;
    plan.pixels = snug_int8x3_tile_pixels(snug_int8x3_places(layer, &plan, plan.rows));
    /* An odd number of lines keeps digits off the same sets of the cache. */
    plan.digit_bytes = (((ptrdiff_t)plan.height * plan.width + plan.shared) | 1) * SNUG_INT8X3_DEPTH;
    plan.depth_bytes = SNUG_INT8X3_DIGITS * plan.digit_bytes;
    plan.phase_bytes = plan.depths * plan.depth_bytes;
    /* The last two tiles read up to 31 pixels behind the last one. */
    plan.strip_bytes =
        plan.phases_y * plan.phases_x * plan.phase_bytes + SNUG_INT8X3_TILES * SNUG_INT8X3_TILE_BYTES;
    plan.place_bytes = ((ptrdiff_t)snug_int8x3_steps(layer) * (ptrdiff_t)sizeof(int64_t) + 63) / 64 * 64;
    plan.input_bytes = (plan.rows < layer->out_height ? 2 : 1) * plan.strip_bytes;
    return plan;
}

#endif
