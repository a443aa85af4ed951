/* first_int8x3_plan.h - how conv_first_int8x3_chw_c16 divides kernels into patches, and its workspace. The
 * kernel (first_int8x3.h) and the compiler both use it: C99 and C++. */
#ifndef SNUG_FIRST_INT8X3_PLAN_H
#define SNUG_FIRST_INT8X3_PLAN_H

#include "int8x3_plan.h"

/* A step of the sum is a patch of 4 columns of 4 rows of 4 channels. */
enum { SNUG_PATCH = 4, SNUG_PATCH_COLUMN_BYTES = SNUG_PATCH * SNUG_PATCH };

typedef struct snug_first_int8x3_plan {
    int32_t patches_y, patches_x, steps;
    int32_t pixels, width; /* of a tile; of a row of pairs of tiles */
    int32_t columns;       /* of the input, padding included, that they read; in sixteens */
    int32_t patch_maps;    /* from a patch row's map to the next one's */
    int32_t rows, maps;    /* of a strip: input rows; patch rows, one begins at each output row's first */
    ptrdiff_t row_digit_bytes, row_bytes, map_digit_bytes, map_bytes;
    ptrdiff_t bytes; /* of the workspace: sums, maps, rows */
} snug_first_int8x3_plan;

/* Strides are 1, 2 or 4. */
static inline snug_first_int8x3_plan snug_first_int8x3_plan_of(const snug_layer *layer)
{
    const int32_t strip = layer->block < layer->out_height ? layer->block : layer->out_height;
    snug_first_int8x3_plan plan;
    plan.patches_y = (layer->kernel_height + SNUG_PATCH - 1) / SNUG_PATCH;
    plan.patches_x = (layer->kernel_width + SNUG_PATCH - 1) / SNUG_PATCH;
    plan.steps = plan.patches_y * plan.patches_x;
    plan.pixels = snug_int8x3_tile_pixels(layer->out_width);
    plan.width = SNUG_INT8X3_TILES * snug_int8x3_pairs(layer->out_width) * plan.pixels;
    const int32_t columns = (plan.width - 1) * layer->stride_x + SNUG_PATCH * plan.patches_x;
    plan.columns = (columns + 15) / 16 * 16;
    plan.patch_maps = SNUG_PATCH / layer->stride_y;
    plan.maps = strip + (plan.patches_y - 1) * plan.patch_maps;
    plan.rows = (plan.maps - 1) * layer->stride_y + SNUG_PATCH;
    plan.row_digit_bytes = (ptrdiff_t)plan.columns * SNUG_PATCH;
    plan.row_bytes = SNUG_INT8X3_DIGITS * plan.row_digit_bytes;
    plan.map_digit_bytes = (ptrdiff_t)plan.columns * SNUG_PATCH_COLUMN_BYTES;
    plan.map_bytes = SNUG_INT8X3_DIGITS * plan.map_digit_bytes;
    plan.bytes = SNUG_INT8X3_SUM_BYTES + plan.maps * plan.map_bytes + plan.rows * plan.row_bytes;
    return plan;
}

#endif
