/* bands.h - a map that is computed in bands of rows, each of which is read while it is in the cache: the map
 * as a whole never exists.
 *
 *     rows of the map     +---------+  <- the band, in the workspace
 *                         | kept    |     rows that the next windows share with the last ones
 *                         | new     |     `step` rows at a time
 *                         +---------+
 *                              | windows that are complete
 *                         rows of the reader's output
 *
 * A step computes the rows behind those that are kept; then every window that is complete is read. No row is
 * computed twice. */
#ifndef SNUG_BANDS_H
#define SNUG_BANDS_H

#include <string.h>

#include "snug.h"
#include "window_axis.h"

typedef SNUG_CONV_KERNEL((*snug_convolution));

typedef struct snug_band {
    snug_window_axis y;   /* rows of the map, and the reader's windows */
    int32_t step;         /* new rows at a time */
    int32_t plane_blocks; /* channel blocks of the map */
    ptrdiff_t plane, row; /* strides of the band in elements */
    float *memory;        /* whose row 0 is row y.first of the map */
} snug_band;

/* How many rows the band holds at most. */
static inline int32_t snug_band_rows(const snug_band *band)
{
    const int32_t rows = band->step + band->y.reach - 1;
    return rows < band->y.extent ? rows : band->y.extent;
}

/* Rows of the next step; their place is snug_band_end. */
static inline int32_t snug_band_next(const snug_band *band)
{
    return snug_window_axis_next(&band->y, band->step);
}

static inline float *snug_band_end(const snug_band *band)
{
    return band->memory + (band->y.done - band->y.first) * band->row;
}

/* Moves the rows that later windows read to the front. */
static inline void snug_band_keep(snug_band *band)
{
    const int32_t before = band->y.first, rows = snug_window_axis_keep(&band->y),
                  moved = band->y.first - before;
    if (moved > 0 && rows > 0)
        for (int32_t block = 0; block < band->plane_blocks; block++)
            memmove(band->memory + block * band->plane,
                    band->memory + block * band->plane + moved * band->row,
                    (size_t)(rows * band->row) * sizeof(float));
}

/* A reader's layer, whose input is the band. */
static inline snug_layer snug_read_band(const snug_layer *reader, const snug_band *band)
{
    snug_layer layer = *reader;
    layer.in_height = band->y.done - band->y.first;
    layer.pad_top += band->y.first;
    layer.in_plane = (int32_t)band->plane;
    layer.in_row = (int32_t)band->row;
    layer.in_pixel = 16;
    return layer;
}

/* Output rows first ... first + rows - 1 of a layer with a window as a layer of its own, whose map begins at
 * *input. */
static inline snug_layer snug_rows_of(const snug_layer *layer, int32_t first, int32_t rows,
                                      const float **input)
{
    snug_layer part = *layer;
    const snug_windows y = snug_windows_from(first, layer->stride_y, layer->pad_top, layer->in_height);
    part.out_height = rows;
    part.in_height = y.extent;
    part.pad_top = y.pad;
    *input += (ptrdiff_t)y.skip * layer->in_row;
    return part;
}

#endif
