/* conv_bf16x3_c16 - convolution on channel blocks as an implicit matrix product by tiles of bfloat16: every
 * float is the sum of three, and six of their nine products make as exact a product as floats do (bf16x3.h).
 * For processors with AMX, where it takes half of the time of other matrix products.
 *
 * The input of a strip of layer->block output rows is split into parts, with its padding, and for strides
 * into the phases of rows and columns in which a tap's inputs lie side by side. A tile is 16 of them in a
 * row, wherever rows end: what lies between an output row and the next is computed as well, and not stored.
 *
 *     inputs   [phase][32 channels][part][row][column] of 32 channels, 64 bytes
 *     weights  [group][panel][32 channels][tap][32 channels][16]
 *
 * A pair of panels goes over the strip in stretches of up to eight steps, a step being 32 channels of a tap.
 * The unit for tiles is busy with a step for some hundred cycles; meanwhile vectors do all the rest:
 *
 *     after each group of products   finish some sums of the block of pixels before
 *                                    split some weights of the next stretch, fetch some of the one after it
 *                                    split some of the input of the next strip
 *
 * Workspace: 6 bytes for every input value of one strip, or two, their padding included; 4 KiB per 32 pixels
 * and 4 more for sums; up to 96 KiB for weights. Wins on 1x1 kernels, and on others where Winograd reads more
 * weights than it saves products: on small maps. */
#include "bf16x3.h"

SNUG_CONV_KERNEL(conv_bf16x3_c16);

/* Floats of a panel's step. */
enum { STEP = SNUG_BF16X3_DEPTH * 16 };

/* Some steps of one or two panels of a group. */
typedef struct stretch {
    int32_t panel, panels, first, count;
} stretch;

/* A layer at work on one group. */
typedef struct convolution {
    const snug_layer *l;
    snug_bf16x3_plan plan;
    snug_finisher finisher;
    int amx;
    int32_t in_blocks, taps, steps, panels; /* of the group */
    const int64_t *tap_words;               /* where the taps' inputs lie among the parts */
    const float *input, *weights, *bias, *residual;
    float *output, *tile, *kept; /* sums of a block, and of all blocks of a strip */
    uint32_t *weight_parts[2], *input_parts[2];
} convolution;

static int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

static stretch stretch_from(const convolution *c, int32_t panel, int32_t first)
{
    const stretch s = {panel, least(c->panels - panel, 2), first, least(c->steps - first, SNUG_BF16X3_STEPS)};
    return s;
}

/* The stretch after `s`; after a strip's last one, its first. */
static stretch next_stretch(const convolution *c, const stretch *s)
{
    if (s->first + s->count < c->steps)
        return stretch_from(c, s->panel, s->first + s->count);
    return stretch_from(c, s->panel + s->panels < c->panels ? s->panel + s->panels : 0, 0);
}

/* Some output rows, or none. */
typedef struct strip {
    int32_t y, rows, places; /* see snug_bf16x3_places */
    uint32_t *input;         /* parts */
} strip;

static strip strip_at(const convolution *c, int32_t y)
{
    const int32_t rows = least(c->l->out_height - y, c->plan.rows);
    const strip t = {y, rows, snug_bf16x3_places(c->l, &c->plan, rows), c->input_parts[y / c->plan.rows % 2]};
    return t;
}

/* What is done in slices between products. Each has a place where it is, and how much of it is left. */

/* A stretch's weights are split into parts: pairs of 16 floats, [step][panel][pair]. */
typedef struct weights_job {
    stretch s;
    int32_t left, step, panel, pair;
    uint32_t *parts;
} weights_job;

static weights_job split_weights(const stretch *s, uint32_t *parts)
{
    const weights_job job = {*s, s->count * s->panels * 16, 0, 0, 0, parts};
    return job;
}

static SNUG_NOINLINE void go_on_weights(const convolution *c, weights_job *job, int32_t pairs)
{
    const ptrdiff_t part = job->s.panels * SNUG_BF16X3_TILE_WORDS;
    pairs = least(pairs, job->left);
    job->left -= pairs;
    while (pairs > 0) {
        const int32_t run = least(pairs, 16 - job->pair);
        const ptrdiff_t step = (ptrdiff_t)(job->s.panel + job->panel) * c->steps + job->s.first + job->step;
        const float *w = c->weights + step * STEP + job->pair * 16;
        uint32_t *words = job->parts + job->step * SNUG_BF16X3_PARTS * part +
                          job->panel * SNUG_BF16X3_TILE_WORDS + job->pair * 16;
        for (int32_t i = 0; i < run; i++, w += 16, words += 16)
            snug_bf16x3_split(w, w + STEP / 2, words, part);
        pairs -= run;
        job->pair += run;
        if (job->pair == 16) {
            job->pair = 0;
            if (++job->panel == job->s.panels) {
                job->panel = 0;
                job->step++;
            }
        }
    }
}

/* A stretch's weights are fetched: a line from each half of each panel in turn, since the processor fetches
 * ahead by itself in every stream that it sees, but not far in one. */
typedef struct fetch_job {
    const float *panels[2];
    ptrdiff_t half;
    int32_t shift, line, left; /* streams: 1 << shift */
} fetch_job;

static fetch_job fetch_weights(const convolution *c, const stretch *s)
{
    const float *const first = c->weights + ((ptrdiff_t)s->panel * c->steps + s->first) * STEP;
    const fetch_job job = {{first, first + (ptrdiff_t)c->steps * STEP},
                           s->count * (STEP / 2),
                           s->panels,
                           0,
                           s->count * s->panels * (STEP / 16)};
    return job;
}

static SNUG_NOINLINE void go_on_fetch(fetch_job *job, int32_t lines)
{
    for (lines = least(lines, job->left); lines > 0; lines--, job->line++, job->left--) {
        const int32_t stream = job->line & ((1 << job->shift) - 1), at = job->line >> job->shift;
        SNUG_PREFETCH(job->panels[stream / 2] + stream % 2 * job->half + (ptrdiff_t)at * 16);
    }
}

/* A strip's input is split into parts: pixels of 32 channels, [phase][32 channels][row][column]. */
typedef struct input_job {
    int32_t left, y, height, phase, depth, row, column;
    uint32_t *parts;
} input_job;

static input_job split_input(const convolution *c, const strip *t)
{
    const snug_bf16x3_plan *const p = &c->plan;
    const int32_t height = t->rows + p->height - p->rows;
    const int32_t pixels = t->rows > 0 ? p->phases_y * p->phases_x * p->depths * height * p->width : 0;
    const input_job job = {pixels, t->y, height, 0, 0, 0, 0, t->input};
    return job;
}

/* A run of a row. in: where the row lies, or NULL beside the map; x: the first one's column, maybe beside it.
 */
static inline void split_run(const convolution *c, const float *in, int32_t x, int32_t pixels, int32_t blocks,
                             uint32_t *words)
{
    const snug_layer *const l = c->l;
    for (int32_t i = 0; i < pixels; i++, x += l->stride_x, words += 16)
        if (!in || x < 0 || x >= l->in_width) {
            for (int32_t part = 0; part < SNUG_BF16X3_PARTS; part++)
                memset(words + part * c->plan.part_words, 0, 64);
        } else {
            const float *const pixel = in + (ptrdiff_t)x * l->in_pixel;
            snug_bf16x3_split(pixel, blocks > 1 ? pixel + l->in_plane : NULL, words, c->plan.part_words);
        }
}

static SNUG_NOINLINE void go_on_input(const convolution *c, input_job *job, int32_t pixels)
{
    const snug_layer *const l = c->l;
    const snug_bf16x3_plan *const p = &c->plan;
    pixels = least(pixels, job->left);
    job->left -= pixels;
    while (pixels > 0) {
        const int32_t run = least(pixels, p->width - job->column);
        const int32_t y = (job->y + job->row) * l->stride_y + job->phase / p->phases_x - l->pad_top,
                      x = job->column * l->stride_x + job->phase % p->phases_x - l->pad_left;
        const float *const in = c->input + 2 * (ptrdiff_t)job->depth * l->in_plane + (ptrdiff_t)y * l->in_row;
        split_run(c, y >= 0 && y < l->in_height ? in : NULL, x, run, c->in_blocks - 2 * job->depth,
                  job->parts + job->phase * p->phase_words + job->depth * p->depth_words +
                      ((ptrdiff_t)job->row * p->width + job->column) * 16);
        pixels -= run;
        job->column += run;
        if (job->column == p->width) {
            job->column = 0;
            if (++job->row == job->height) {
                job->row = 0;
                if (++job->depth == p->depths) {
                    job->depth = 0;
                    job->phase++;
                }
            }
        }
    }
}

/* Sums of a stretch, of 32 pixels, come to those that are kept of the stretches before; with those of the
 * last they become outputs. */
typedef struct sums_job {
    stretch s;
    int32_t left, pixel, y, x; /* output row and column of the next pixel */
    int32_t end;               /* row behind the strip's last one */
    float *kept;
} sums_job;

/* Of `pixels` pixels of a row and one panel; kept: NULL where there are none. */
static inline void store_run(const convolution *c, int32_t pixels, const float *sums, const float *kept,
                             const float *bias, const float *residual, float *output)
{
    const snug_layer *const l = c->l;
    for (int32_t i = 0; i < pixels; i++)
        for (int32_t lane = 0; lane < 16; lane += SNUG_VL) {
            snug_vec sum = snug_add(snug_load(sums + i * 16 + lane), snug_load(bias + lane));
            if (kept)
                sum = snug_add(sum, snug_load(kept + i * 16 + lane));
            if (residual)
                sum = snug_add(sum, snug_load(residual + (ptrdiff_t)i * l->other_pixel + lane));
            snug_store(output + (ptrdiff_t)i * l->out_pixel + lane, snug_finish(&c->finisher, sum));
        }
}

static inline void keep_run(int32_t pixels, const float *sums, float *kept)
{
    for (int32_t i = 0; i < pixels * 16; i += SNUG_VL)
        snug_store(kept + i, snug_add(snug_load(sums + i), snug_load(kept + i)));
}

static SNUG_NOINLINE void go_on_sums(const convolution *c, sums_job *job, int32_t pixels)
{
    const snug_layer *const l = c->l;
    const int first = job->s.first == 0, last = job->s.first + job->s.count == c->steps;
    pixels = least(pixels, job->left);
    while (pixels > 0) {
        const int32_t run = least(pixels, c->plan.width - job->x),
                      stored = job->y < job->end ? least(run, l->out_width - job->x) : 0;
        for (int32_t p = 0; p < job->s.panels; p++) {
            const ptrdiff_t panel = job->s.panel + p, at = (p * SNUG_BF16X3_PIXELS + job->pixel) * 16;
            if (!last)
                keep_run(run, c->tile + at, job->kept + at);
            else if (stored > 0)
                store_run(c, stored, c->tile + at, first ? NULL : job->kept + at, c->bias + panel * 16,
                          c->residual
                              ? c->residual + panel * l->other_plane + job->y * (ptrdiff_t)l->other_row +
                                    job->x * (ptrdiff_t)l->other_pixel
                              : NULL,
                          c->output + panel * l->out_plane + job->y * (ptrdiff_t)l->out_row +
                              job->x * (ptrdiff_t)l->out_pixel);
        }
        pixels -= run;
        job->left -= run;
        job->pixel += run;
        job->x += run;
        if (job->x == c->plan.width) {
            job->x = 0;
            job->y++;
        }
    }
}

/* All of them, and how much of each is done at a time. */
typedef struct jobs {
    sums_job sums;
    weights_job next;
    fetch_job after;
    input_job below;
    int32_t sums_slice, next_slice, after_slice, below_slice;
} jobs;

/* Two slices of each in a step. */
static inline void go_on(const convolution *c, jobs *j, int32_t group)
{
    go_on_fetch(&j->after, j->after_slice);
    switch (group % 3) {
    case 0:
        go_on_weights(c, &j->next, j->next_slice);
        break;
    case 1:
        go_on_input(c, &j->below, j->below_slice);
        break;
    default: /* the sums that tiles stored have arrived by now */
        go_on_sums(c, &j->sums, j->sums_slice);
        break;
    }
}

static int32_t slice_of(int32_t all, int32_t slices) { return (all + slices - 1) / slices; }

/* A stretch, whose weights' parts are given, goes over a strip. A block's sums are finished before the next
 * ones come to their place; the last ones are left. Those of the first of several stretches are what is kept.
 */
static void run_stretch(const convolution *c, const stretch *s, const strip *t, const uint32_t *parts,
                        jobs *j)
{
    const ptrdiff_t step_words = (ptrdiff_t)s->panels * SNUG_BF16X3_PARTS * SNUG_BF16X3_TILE_WORDS;
    const int32_t slices = 2 * s->count, blocks = snug_bf16x3_blocks(t->places);
    const int finished = s->first > 0 || s->count == c->steps;
    ptrdiff_t step_inputs[SNUG_BF16X3_STEPS] = {0};
    for (int32_t step = 0; step < s->count; step++)
        step_inputs[step] = (s->first + step) / c->taps * c->plan.depth_words +
                            (ptrdiff_t)c->tap_words[(s->first + step) % c->taps];
    j->sums_slice = slice_of(SNUG_BF16X3_PIXELS, slices);
    j->next_slice = slice_of(j->next.left, slices * blocks);
    j->after_slice = slice_of(j->after.left, 3 * slices * blocks);
    for (int32_t block = 0; block < blocks; block++) {
        const int32_t place = block * SNUG_BF16X3_PIXELS, pixels = t->places - place > 16 ? 32 : 16;
        const uint32_t *const x = t->input + (ptrdiff_t)place * 16;
        float *const kept = c->kept + (ptrdiff_t)place * SNUG_BF16X3_OUTPUTS;
        float *const sums = finished ? c->tile : kept;
        if (!c->amx)
            go_on_sums(c, &j->sums, j->sums.left); /* their place is needed at once */
        snug_bf16x3_begin(c->amx, sums);
        for (int32_t step = 0; step < s->count; step++)
            for (int32_t group = 0; group < SNUG_BF16X3_GROUPS; group++) {
                snug_bf16x3_group(c->amx, pixels, s->panels, group, x + step_inputs[step], c->plan.part_words,
                                  parts + step * step_words, sums);
                go_on(c, j, group);
            }
        snug_bf16x3_end(c->amx, pixels, s->panels, sums);
        if (finished) {
            const sums_job job = {
                *s, pixels, 0, t->y + place / c->plan.width, place % c->plan.width, t->y + t->rows, kept};
            j->sums = job;
        }
    }
    go_on_weights(c, &j->next, j->next.left);
}

/* One group. Where a strip has only one stretch or two, their weights stay split. */
static void convolve(const convolution *c)
{
    const int32_t pairs = (c->panels + 1) / 2,
                  stretches = (c->steps + SNUG_BF16X3_STEPS - 1) / SNUG_BF16X3_STEPS * pairs;
    jobs j;
    stretch s = stretch_from(c, 0, 0);
    strip below = strip_at(c, 0);
    int turn = 0;
    memset(&j, 0, sizeof(j));
    j.next = split_weights(&s, c->weight_parts[0]);
    go_on_weights(c, &j.next, j.next.left);
    j.below = split_input(c, &below);
    while (below.rows > 0) {
        const strip t = below;
        go_on_input(c, &j.below, j.below.left);
        below = strip_at(c, t.y + t.rows);
        j.below = split_input(c, &below);
        j.below_slice = slice_of(j.below.left, 2 * snug_bf16x3_blocks(t.places) * c->steps * pairs);
        for (int32_t i = 0; i < stretches; i++) {
            const stretch next = next_stretch(c, &s), after = next_stretch(c, &next);
            const int more = i + 1 < stretches;
            if (stretches > 2 ? more || below.rows > 0 : more && t.y == 0) {
                j.next = split_weights(&next, c->weight_parts[1 - turn]);
                j.after = fetch_weights(c, &after);
            }
            run_stretch(c, &s, &t, c->weight_parts[turn], &j);
            s = next;
            turn ^= stretches > 1;
        }
    }
    go_on_sums(c, &j.sums, j.sums.left);
}

/* Where a tap's inputs begin: in its phase, as many rows and columns on as it is strides away. */
static void find_taps(const snug_layer *l, const snug_bf16x3_plan *plan, int64_t *tap_words)
{
    for (int32_t ky = 0; ky < l->kernel_height; ky++)
        for (int32_t kx = 0; kx < l->kernel_width; kx++) {
            const int32_t y = ky * l->dilation_y, x = kx * l->dilation_x;
            const int32_t phase = y % l->stride_y * plan->phases_x + x % l->stride_x;
            *tap_words++ = phase * plan->phase_words +
                           ((ptrdiff_t)(y / l->stride_y) * plan->width + x / l->stride_x) * 16;
        }
}

SNUG_CONV_KERNEL(conv_bf16x3_c16)
{
    const snug_bf16x3_plan plan = snug_bf16x3_plan_of(layer);
    char *const memory = (char *)workspace;
    int64_t *const tap_words = (int64_t *)workspace;
    uint32_t *const weight_parts = (uint32_t *)(void *)(memory + plan.tap_bytes + plan.sum_bytes);
    uint32_t *const input_parts = weight_parts + plan.weight_bytes / 4;
    convolution c = {0};
    c.l = layer;
    c.plan = plan;
    c.finisher = snug_make_finisher(layer);
    c.in_blocks = (layer->in_channels / layer->groups + 15) / 16;
    c.taps = layer->kernel_height * layer->kernel_width;
    c.steps = plan.depths * c.taps;
    c.panels = (layer->out_channels / layer->groups + 15) / 16;
    c.tap_words = tap_words;
    c.tile = (float *)(void *)(memory + plan.tap_bytes);
    c.kept = c.tile + SNUG_BF16X3_PIXELS * SNUG_BF16X3_OUTPUTS;
    c.weight_parts[0] = weight_parts;
    c.weight_parts[1] = weight_parts + plan.weight_bytes / 8;
    c.input_parts[0] = input_parts;
    c.input_parts[1] = plan.rows < layer->out_height ? input_parts + plan.strip_words : NULL;
    find_taps(layer, &plan, tap_words);
    c.amx = snug_amx_begin();
    for (int32_t group = 0; group < layer->groups; group++) {
        const ptrdiff_t panel = (ptrdiff_t)group * c.panels;
        c.input = input + (ptrdiff_t)group * c.in_blocks * layer->in_plane;
        c.weights = weights + panel * c.steps * STEP;
        c.bias = bias + panel * 16;
        c.residual = residual ? residual + panel * layer->other_plane : NULL;
        c.output = output + panel * layer->out_plane;
        convolve(&c);
    }
    snug_amx_end(c.amx);
}
