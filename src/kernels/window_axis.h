/* window_axis.h - one axis of a map that is computed a piece at a time while windows move over it: which of
 * them a piece completes, and what of the map later windows still read. C99 and C++. */
#ifndef SNUG_WINDOW_AXIS_H
#define SNUG_WINDOW_AXIS_H

#include "snug.h"

typedef struct snug_window_axis {
    int32_t extent;                      /* of the map */
    int32_t windows, reach, stride, pad; /* how many, how much one covers, ... */
    int32_t first, done;                 /* first ... done - 1 are there */
    int32_t begin, end;                  /* windows begin ... end - 1 were completed by the last piece */
} snug_window_axis;

/* The axes of a map that the pool of a conv_pool reads. */
static inline snug_window_axis snug_pool_rows(const snug_layer *layer)
{
    const snug_window_axis axis = {layer->middle_height,
                                   layer->out_height,
                                   layer->pool_height,
                                   layer->pool_stride_y,
                                   layer->pool_top,
                                   0,
                                   0,
                                   0,
                                   0};
    return axis;
}
static inline snug_window_axis snug_pool_columns(const snug_layer *layer)
{
    const snug_window_axis axis = {layer->middle_width,
                                   layer->out_width,
                                   layer->pool_width,
                                   layer->pool_stride_x,
                                   layer->pool_left,
                                   0,
                                   0,
                                   0,
                                   0};
    return axis;
}

/* The next piece: `step`, or what is left. */
static inline int32_t snug_window_axis_next(const snug_window_axis *axis, int32_t step)
{
    return axis->extent - axis->done < step ? axis->extent - axis->done : step;
}

/* A piece has been computed. */
static inline void snug_window_axis_add(snug_window_axis *axis, int32_t count)
{
    axis->done += count;
    const int32_t below = axis->done + axis->pad - axis->reach;
    const int32_t complete = below < 0 ? 0 : below / axis->stride + 1;
    axis->begin = axis->end;
    axis->end = axis->done < axis->extent && complete < axis->windows ? complete : axis->windows;
}

/* Gives up what no later window reads. Returns how much is left. */
static inline int32_t snug_window_axis_keep(snug_window_axis *axis)
{
    const int32_t next = axis->end * axis->stride - axis->pad;
    if (next > axis->first)
        axis->first = next < axis->done ? next : axis->done;
    return axis->done - axis->first;
}

/* How much is kept at most between pieces of `step`. */
static inline int32_t snug_window_axis_most_kept(snug_window_axis axis, int32_t step)
{
    int32_t most = 0;
    while (snug_window_axis_add(&axis, snug_window_axis_next(&axis, step)), axis.done < axis.extent) {
        const int32_t kept = snug_window_axis_keep(&axis);
        most = kept > most ? kept : most;
    }
    return most;
}

/* Windows as an axis of their own, whose map begins at `skip`. */
typedef struct snug_windows {
    int32_t skip, extent, pad;
} snug_windows;

/* Windows from number `window` on, of a map of `extent`. */
static inline snug_windows snug_windows_from(int32_t window, int32_t stride, int32_t pad, int32_t extent)
{
    const int32_t origin = window * stride - pad, above = origin < 0 ? 0 : origin;
    snug_windows part;
    part.skip = above < extent ? above : extent;
    part.extent = extent - part.skip;
    part.pad = part.skip - origin;
    return part;
}

/* Those that the last piece completed, where the map is what is there. */
static inline snug_windows snug_windows_completed(const snug_window_axis *axis)
{
    return snug_windows_from(axis->begin, axis->stride, axis->pad + axis->first, axis->done - axis->first);
}

#endif
