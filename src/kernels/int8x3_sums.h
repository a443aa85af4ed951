/* int8x3_sums.h - what tiles have added up (int8x3.h) becomes an output in blocks of 16 channels. */
#ifndef SNUG_INT8X3_SUMS_H
#define SNUG_INT8X3_SUMS_H

#include "int8x3.h"

/* Some panels of a layer, and where their sums go. */
typedef struct snug_int8x3_outputs {
    const snug_layer *layer;
    int32_t limits; /* see snug_limits */
    snug_vec low, high;
    ptrdiff_t panel_bytes;
    const char *weights;
    const float *bias, *residual;
    float *output;
    float *sums;    /* of two tiles of pixels and a panel */
    int amx;        /* whether they are made by the unit for tiles */
    int32_t pixels; /* of a tile */
    int32_t width;  /* of a row of pixels, those behind the output's included, which are not stored */
} snug_int8x3_outputs;

/* From a panel of the layer on. */
static inline snug_int8x3_outputs snug_int8x3_outputs_of(const snug_layer *layer, int32_t panel,
                                                         ptrdiff_t panel_bytes, const float *weights,
                                                         const float *bias, const float *residual,
                                                         float *output)
{
    snug_int8x3_outputs o = {0};
    o.layer = layer;
    o.limits = snug_limits(layer);
    o.low = snug_set1(snug_low(layer));
    o.high = snug_set1(snug_high(layer));
    o.panel_bytes = panel_bytes;
    o.weights = (const char *)weights + panel * panel_bytes;
    o.bias = bias + (ptrdiff_t)panel * 16;
    o.residual = residual ? residual + (ptrdiff_t)panel * layer->other_plane : NULL;
    o.output = output + (ptrdiff_t)panel * layer->out_plane;
    return o;
}

/* The first tile of a panel. */
static inline const int8_t *snug_int8x3_panel(const snug_int8x3_outputs *o, int32_t panel)
{
    return (const int8_t *)o->weights + panel * o->panel_bytes + SNUG_INT8X3_UNIT_BYTES;
}

/* A panel's weights on their way to the second-level cache, in four streams, a line from each in turn: the
 * processor fetches ahead by itself in every stream that it sees, forwards rather than backwards, but not far
 * in one. */
typedef struct snug_int8x3_fetch {
    const int8_t *line; /* the first stream's next */
    ptrdiff_t stream;   /* bytes of one */
    int32_t left;       /* lines of each */
} snug_int8x3_fetch;

static inline snug_int8x3_fetch snug_int8x3_fetch_panel(const snug_int8x3_outputs *o, int32_t panel,
                                                        int32_t steps)
{
    const int32_t lines = steps * (SNUG_INT8X3_STEP_BYTES / 64 / 4);
    const snug_int8x3_fetch fetch = {snug_int8x3_panel(o, panel), (ptrdiff_t)lines * 64, lines};
    return fetch;
}

static inline void snug_int8x3_go_on_fetch(snug_int8x3_fetch *fetch, int32_t lines)
{
    lines = lines < fetch->left ? lines : fetch->left;
    fetch->left -= lines;
    for (; lines > 0; lines--, fetch->line += 64) {
        SNUG_PREFETCH(fetch->line);
        SNUG_PREFETCH(fetch->line + fetch->stream);
        SNUG_PREFETCH(fetch->line + 2 * fetch->stream);
        SNUG_PREFETCH(fetch->line + 3 * fetch->stream);
    }
}

/* Sums of two tiles on their way, pixel by pixel. */
typedef struct snug_int8x3_sums {
    int32_t panel, left, pixel, y, x; /* output row and column of the next pixel */
    int32_t end;                      /* row behind the last one that is stored */
    float unit;                       /* of the inputs */
} snug_int8x3_sums;

/* Pixels at a time, of so many times: a tile of them at least, since to go on costs as much as a few. */
static inline int32_t snug_int8x3_slice(int32_t pixels, int32_t times)
{
    const int32_t slice = (pixels + times - 1) / times;
    return slice < 16 ? 16 : slice;
}

/* Where some sums of pixels of one row and one tile go. residual: or NULL. */
typedef struct snug_int8x3_run {
    const float *sums, *residual;
    float *output;
    ptrdiff_t other_pixel, out_pixel;
    snug_vec unit, start;
} snug_int8x3_run;

/* limits: see snug_limits. Each has a loop of its own: while the unit for tiles works, vectors begin one
 * instruction per cycle, and this is most of them. */
static inline void snug_int8x3_put(snug_int8x3_run r, int32_t pixels, int amx, const int limits, snug_vec low,
                                   snug_vec high)
{
    for (; pixels > 0; pixels--, r.sums += 16, r.output += r.out_pixel) {
        snug_vec sum = snug_int8x3_sum(amx, r.sums, r.unit, r.start);
        if (r.residual) {
            sum = snug_add(sum, snug_load(r.residual));
            r.residual += r.other_pixel;
        }
        if (limits > 0)
            sum = snug_max(low, sum);
        if (limits > 1)
            sum = snug_min(high, sum);
        snug_store(r.output, sum);
    }
}

/* Where a panel's map begins, which is of the layer or of one of its siblings. */
static inline float *snug_int8x3_map(const snug_int8x3_outputs *o, int32_t panel)
{
    const snug_layer *const l = o->layer;
    float *map = o->output + (ptrdiff_t)panel * l->out_plane;
    for (int32_t i = SNUG_MORE_SIBLINGS; i-- > 0;)
        if (l->sibling_channel[i] > 0 && panel * 16 >= l->sibling_channel[i])
            return map + l->sibling_floats[i];
    return map;
}

/* The next pixels, of one row and one tile. map: the panel's. */
static inline void snug_int8x3_store(const snug_int8x3_outputs *o, const snug_int8x3_sums *job, float *map,
                                     int32_t pixels)
{
    const snug_layer *const l = o->layer;
    const ptrdiff_t at = job->panel, y = job->y, x = job->x;
    const float *const units = (const float *)(const void *)(o->weights + at * o->panel_bytes);
    const float *const residual =
        o->residual ? o->residual + at * l->other_plane + y * l->other_row + x * l->other_pixel : NULL;
    float *const output = map + y * l->out_row + x * l->out_pixel;
    for (int32_t lane = 0; lane < 16; lane += SNUG_VL) {
        const snug_int8x3_run run = {snug_int8x3_sums_of(o->amx, o->pixels, o->sums, job->pixel) + lane,
                                     residual ? residual + lane : NULL,
                                     output + lane,
                                     l->other_pixel,
                                     l->out_pixel,
                                     snug_mul(snug_load(units + lane), snug_set1(job->unit * 65536)),
                                     snug_load(o->bias + at * 16 + lane)};
        if (o->limits == 0)
            snug_int8x3_put(run, pixels, o->amx, 0, o->low, o->high);
        else if (o->limits == 1)
            snug_int8x3_put(run, pixels, o->amx, 1, o->low, o->high);
        else
            snug_int8x3_put(run, pixels, o->amx, 2, o->low, o->high);
    }
    snug_activate_rows(l, pixels, 16, output, l->out_pixel);
}

/* So many pixels more. */
static SNUG_NOINLINE void snug_int8x3_finish(const snug_int8x3_outputs *o, snug_int8x3_sums *job,
                                             int32_t pixels)
{
    if (job->left == 0)
        return; /* of no panel yet */
    float *const map = snug_int8x3_map(o, job->panel);
    pixels = pixels < job->left ? pixels : job->left;
    job->left -= pixels;
    while (pixels > 0) {
        const int32_t of_tile = job->pixel < o->pixels ? o->pixels - job->pixel : pixels,
                      of_row = o->width - job->x, inside = o->layer->out_width - job->x;
        int32_t run = pixels < of_tile ? pixels : of_tile;
        run = run < of_row ? run : of_row;
        if (job->y < job->end && inside > 0)
            snug_int8x3_store(o, job, map, run < inside ? run : inside);
        pixels -= run;
        job->pixel += run;
        job->x += run;
        if (job->x == o->width) {
            job->x = 0;
            job->y++;
        }
    }
}

#endif
