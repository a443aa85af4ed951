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

typedef SNUG_CONV_KERNEL((*snug_convolution));

typedef struct snug_band {
    int32_t height, step;                /* rows of the map; new ones at a time */
    int32_t windows, reach, stride, pad; /* of the reader along y: how many, their height, ... */
    int32_t plane_blocks;                /* channel blocks of the map */
    ptrdiff_t plane, row;                /* strides of the band in elements */
    float *memory;                       /* whose row 0 is row `first` of the map */
    int32_t first, done;                 /* rows first ... done - 1 are there */
    int32_t begin, end;                  /* windows begin ... end - 1 were completed by the last step */
} snug_band;

/* How many rows the band holds at most. */
static inline int32_t snug_band_rows(int32_t height, int32_t step, int32_t reach)
{
    return step + reach - 1 < height ? step + reach - 1 : height;
}

/* Rows of the next step; their place is snug_band_end. */
static inline int32_t snug_band_next(const snug_band *band)
{
    return band->height - band->done < band->step ? band->height - band->done : band->step;
}

static inline float *snug_band_end(const snug_band *band)
{
    return band->memory + (band->done - band->first) * band->row;
}

/* The rows of a step have been computed. */
static inline void snug_band_add(snug_band *band, int32_t rows)
{
    band->done += rows;
    const int32_t below = band->done + band->pad - band->reach;
    const int32_t complete = below < 0 ? 0 : below / band->stride + 1;
    band->begin = band->end;
    band->end = band->done < band->height && complete < band->windows ? complete : band->windows;
}

/* Moves the rows that later windows read to the front. */
static inline void snug_band_keep(snug_band *band)
{
    const int32_t next = band->end * band->stride - band->pad;
    const int32_t kept = next < band->first ? band->first : next < band->done ? next : band->done;
    const int32_t rows = band->done - kept;
    if (kept > band->first && rows > 0)
        for (int32_t block = 0; block < band->plane_blocks; block++)
            memmove(band->memory + block * band->plane,
                    band->memory + block * band->plane + (kept - band->first) * band->row,
                    (size_t)(rows * band->row) * sizeof(float));
    band->first = kept;
}

/* A reader's layer, whose input is the band. */
static inline snug_layer snug_read_band(const snug_layer *reader, const snug_band *band)
{
    snug_layer layer = *reader;
    layer.in_height = band->done - band->first;
    layer.pad_top += band->first;
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
    const int32_t origin = first * layer->stride_y - layer->pad_top, above = origin < 0 ? 0 : origin;
    const int32_t begin = above < layer->in_height ? above : layer->in_height;
    part.out_height = rows;
    part.in_height = layer->in_height - begin;
    part.pad_top = begin - origin;
    *input += (ptrdiff_t)begin * layer->in_row;
    return part;
}

#endif
