/* winograd_bf16x3.h - 2-D Winograd convolution on channel blocks whose matrix products are made by tiles of
 * bfloat16. Define what winograd.h wants before including it.
 *
 * The idea is that of winograd.h; the products of a point, tiles x channels x channels, are those of
 * bf16x3.h, which are as exact as floats'. Transformed inputs are split into parts when they are made, 32
 * channels at a time, the weights of a point while those of the point before are multiplied: in flash they
 * are floats as everywhere.
 *
 *     for block of tiles
 *         for 32 input channels                        B^T d B, split       map -> parts [point][32 channels]
 *         for 32 output channels                                                         [part][tile][32]
 *             for point                                parts * weights      -> out [point][tile][32]
 *             for tile                                 A^T m A, epilogue    out -> map
 *
 * Workspace in bytes, for T tiles in a block, P points in a tile, D = C / 32 rounded up:
 *
 *     in        [2][P][T | 1][16]                       128 P (T | 1)
 *     out       [P][2 T | 1][16], and a tile more        64 P (2 T | 1) + 4096
 *     parts     [P][D][3][T | 1][16], and a tile more   192 P D (T | 1) + 2048
 *     weights   [2][D][3][2][256]                     12288 D
 *
 * When it wins: on processors with AMX, by up to a half over winograd.h, where a block has 32 tiles or more
 * and the weights come from a cache; blocks of a multiple of 16 tiles waste nothing. */
#ifndef SNUG_WINOGRAD_BF16X3_H
#define SNUG_WINOGRAD_BF16X3_H

#include "bf16x3.h"
#include "winograd.h"
#include "winograd_bf16x3_plan.h"

typedef struct snug_winograd_bf16x3_run {
    snug_winograd_run run;
    snug_winograd_bf16x3_plan plan;
    uint32_t *parts, *weight_parts[2];
    int amx;
} snug_winograd_bf16x3_run;

/* Weights of a point, [panel][channel][16], that are split into [32 channels][part][panel] tiles. */
typedef struct snug_point_weights {
    const float *weights, *fetched; /* fetched: those of the point after it */
    uint32_t *parts;
    int32_t panels, groups; /* of 16 input channels */
    int32_t left, panel, depth, pair;
} snug_point_weights;

static inline snug_point_weights snug_split_point(const float *weights, const float *fetched, int32_t panels,
                                                  int32_t groups, uint32_t *parts)
{
    const snug_point_weights job = {weights, fetched, parts, panels, groups, (groups + 1) / 2 * panels * 16,
                                    0,       0,       0};
    return job;
}

static inline void snug_split_point_on(snug_point_weights *job, int32_t pairs)
{
    const ptrdiff_t part = job->panels * SNUG_BF16X3_TILE_WORDS;
    pairs = pairs < job->left ? pairs : job->left;
    job->left -= pairs;
    while (pairs > 0) {
        const int32_t rest = 16 - job->pair, run = pairs < rest ? pairs : rest;
        const ptrdiff_t at = ((ptrdiff_t)job->panel * job->groups + 2 * job->depth) * 256 + job->pair * 16;
        const int whole = 2 * job->depth + 1 < job->groups;
        uint32_t *words = job->parts + job->depth * SNUG_BF16X3_PARTS * part +
                          job->panel * SNUG_BF16X3_TILE_WORDS + job->pair * 16;
        for (int32_t i = 0; i < run; i++, words += 16) {
            const float *const low = job->weights + at + i * 16;
            snug_bf16x3_split(low, whole ? low + 256 : NULL, words, part);
            SNUG_PREFETCH(job->fetched + at + i * 16);
            SNUG_PREFETCH(job->fetched + at + i * 16 + (whole ? 256 : 0));
        }
        pairs -= run;
        job->pair += run;
        if (job->pair == 16) {
            job->pair = 0;
            if (++job->panel == job->panels) {
                job->panel = 0;
                job->depth++;
            }
        }
    }
}

/* The transformed inputs of a block, in parts. */
static inline void snug_winograd_bf16x3_inputs(const snug_winograd_bf16x3_run *r,
                                               const snug_winograd_block *block, const float *input)
{
    const snug_winograd_plan *const plan = &r->run.plan;
    for (int32_t depth = 0; depth < r->plan.depths; depth++) {
        const int whole = 2 * depth + 1 < plan->groups;
        for (int32_t i = 0; i < 1 + whole; i++)
            snug_winograd_input_group(&r->run, block, 2 * depth + i, input, r->run.in + i * plan->in_group);
        for (int32_t y = 0; y < plan->y.points; y++)
            for (int32_t x = 0; x < plan->x.points; x++) {
                const int32_t point = y * plan->x.points + x;
                const int32_t tiles = snug_winograd_count(block->rows, block->short_y, y) *
                                      snug_winograd_count(block->columns, block->short_x, x);
                const float *low = r->run.in + point * plan->in_point;
                uint32_t *words = r->parts + point * r->plan.point_words + depth * r->plan.depth_words;
                for (int32_t tile = 0; tile < tiles; tile++, low += 16, words += 16)
                    snug_bf16x3_split(low, whole ? low + plan->in_group : NULL, words, r->plan.part_words);
            }
    }
}

/* out [tiles][panels][16] of a point, whose parts lie at x and w. */
static inline void snug_winograd_bf16x3_point(const snug_winograd_bf16x3_run *r, int32_t tiles,
                                              int32_t panels, const uint32_t *x, const uint32_t *w,
                                              snug_point_weights *next, float *out)
{
    const ptrdiff_t depth_weights = (ptrdiff_t)panels * SNUG_BF16X3_PARTS * SNUG_BF16X3_TILE_WORDS;
    const int32_t blocks = (tiles + SNUG_BF16X3_PIXELS - 1) / SNUG_BF16X3_PIXELS,
                  slices = blocks * r->plan.depths * (SNUG_BF16X3_GROUPS / 2);
    const int32_t slice = (next->left + slices - 1) / slices;
    for (int32_t tile = 0; tile < tiles; tile += SNUG_BF16X3_PIXELS) {
        const int32_t pixels = tiles - tile > 16 ? 32 : 16;
        const snug_bf16x3_sums sums = {r->amx,      pixels, panels,
                                       panels * 16, 16,     out + (ptrdiff_t)tile * panels * 16};
        snug_bf16x3_begin(&sums);
        for (int32_t depth = 0; depth < r->plan.depths; depth++)
            for (int32_t group = 0; group < SNUG_BF16X3_GROUPS; group++) {
                snug_bf16x3_group(&sums, group, x + depth * r->plan.depth_words + (ptrdiff_t)tile * 16,
                                  r->plan.part_words, w + depth * depth_weights);
                if (group % 2 == 1)
                    snug_split_point_on(next, slice);
            }
        snug_bf16x3_end(&sums);
    }
    snug_split_point_on(next, next->left);
}

/* All points of a block times the weights of `panels` times 16 output channels. */
static inline void snug_winograd_bf16x3_products(const snug_winograd_bf16x3_run *r,
                                                 const snug_winograd_block *block, int32_t panels,
                                                 const float *weights)
{
    const snug_winograd_plan *const plan = &r->run.plan;
    const ptrdiff_t step = (ptrdiff_t)panels * plan->groups * 256;
    const int32_t points = plan->y.points * plan->x.points;
    snug_point_weights next =
        snug_split_point(weights, weights + step, panels, plan->groups, r->weight_parts[0]);
    snug_split_point_on(&next, next.left);
    for (int32_t point = 0; point < points; point++) {
        const int32_t tiles = snug_winograd_count(block->rows, block->short_y, point / plan->x.points) *
                              snug_winograd_count(block->columns, block->short_x, point % plan->x.points);
        weights += step;
        next =
            snug_split_point(weights, weights + step, panels, plan->groups, r->weight_parts[(point + 1) % 2]);
        if (point + 1 == points)
            next.left = 0;
        if (tiles > 0)
            snug_winograd_bf16x3_point(r, tiles, panels, r->parts + point * r->plan.point_words,
                                       r->weight_parts[point % 2], &next,
                                       r->run.out + point * plan->out_point);
        else
            snug_split_point_on(&next, next.left);
    }
}

static inline void snug_winograd_bf16x3_block(const snug_winograd_bf16x3_run *r,
                                              const snug_winograd_block *block, const float *input,
                                              const float *weights, const float *bias, const float *residual,
                                              float *output)
{
    const snug_winograd_plan *const plan = &r->run.plan;
    const int32_t groups = (r->run.layer->out_channels + 15) / 16;
    const ptrdiff_t panel_floats = (ptrdiff_t)plan->y.points * plan->x.points * plan->groups * 256;
    snug_winograd_bf16x3_inputs(r, block, input);
    for (int32_t group = 0; group < groups; group += SNUG_WINOGRAD_PANELS) {
        const int32_t panels = snug_winograd_least(SNUG_WINOGRAD_PANELS, groups - group);
        snug_winograd_bf16x3_products(r, block, panels, weights + group * panel_floats);
        snug_winograd_panels_back(&r->run, block, group, panels, bias, residual, output);
    }
}

static inline void snug_winograd_bf16x3_c16(const snug_layer *layer, const float *input, const float *weights,
                                            const float *bias, const float *residual, float *output,
                                            void *workspace)
{
    const snug_channel_groups groups = {layer->in_plane, 1, layer->other_plane, 1, layer->out_plane, 1, 1};
    char *const memory = (char *)workspace;
    snug_winograd_bf16x3_run r;
    snug_winograd_block block;
    r.plan = snug_winograd_bf16x3_plan_of(layer, SNUG_WINOGRAD_OUTPUT_HEIGHT, SNUG_WINOGRAD_OUTPUT_WIDTH);
    r.run = snug_winograd_start(layer, &groups, (float *)workspace);
    r.run.out = (float *)(void *)(memory + r.plan.in_bytes);
    r.parts = (uint32_t *)(void *)(memory + r.plan.in_bytes + r.plan.out_bytes);
    r.weight_parts[0] = r.parts + r.plan.part_bytes / 4;
    r.weight_parts[1] = r.weight_parts[0] + r.plan.weight_words;
    r.amx = snug_amx_begin();
    for (int32_t y = 0; y < r.run.plan.y.tiles; y += block.rows) {
        snug_winograd_set_rows(&r.run.plan, y, &block);
        for (int32_t x = 0; x < r.run.plan.x.tiles; x += block.columns) {
            snug_winograd_set_columns(&r.run.plan, x, &block);
            snug_winograd_bf16x3_block(&r, &block, input, weights, bias, residual, output);
        }
    }
    snug_amx_end(r.amx);
}

#endif
