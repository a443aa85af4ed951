/* conv_int8x3_c16 - convolution on channel blocks as an implicit matrix product by tiles of bytes: every
 * float becomes a whole number of 24 bits, that is three digits of 8, and six of the nine products of two
 * numbers' digits make as exact a product as floats do (int8x3.h). For processors with AMX, where it takes a
 * third of the time of other matrix products.
 *
 * The input of a strip of layer->block output rows is made digits, with its padding, and for strides in the
 * phases of rows and columns in which a tap's inputs lie side by side. A tile is up to 16 of them in a row,
 * wherever rows end: what lies between an output row and the next is computed as well, and not stored.
 *
 *     inputs   [phase][64 channels][digit][row][column] of 64 channels, 64 bytes
 *     weights  [group][panel][64 channels][tap][digit] tiles (int8x3_plan.h)
 *
 * A pair of panels goes over the strip in stretches of up to eight steps, a step being 64 channels of a tap.
 * The unit for tiles is busy with a step for some hundred cycles; meanwhile vectors do all the rest:
 *
 *     after each group of products   finish some sums of the block of pixels before
 *                                    fetch some weights of the next stretch
 *                                    find the unit of the next strip's input, then its digits, bit by bit
 *
 * Workspace: 3 bytes for every input value of one strip, or two, their padding included; 6 KiB for sums, and
 * 128 bytes per pixel of a strip for those of sums in several stretches. Wins on 1x1 kernels, and on others
 * where Winograd reads more weights than it saves products: on small maps. */
#include "int8x3.h"

SNUG_CONV_KERNEL(conv_int8x3_c16);

/* Some steps of one or two panels of a group. */
typedef struct stretch {
    int32_t panel, panels, first, count;
} stretch;

/* A layer at work on one group. */
typedef struct convolution {
    const snug_layer *l;
    snug_int8x3_plan plan;
    snug_finisher finisher;
    int amx;
    int32_t channels, taps, steps, panels; /* of the group */
    ptrdiff_t panel_bytes;
    const int64_t *tap_bytes; /* where the taps' inputs lie among the digits */
    const float *input, *bias, *residual;
    const char *weights;
    float *output, *tile, *kept; /* sums of a block, and of all blocks of a strip */
    int8_t *digits[2];
} convolution;

static int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

static stretch stretch_from(const convolution *c, int32_t panel, int32_t first)
{
    const stretch s = {panel, least(c->panels - panel, SNUG_INT8X3_PANELS), first,
                       least(c->steps - first, SNUG_INT8X3_STEPS)};
    return s;
}

/* The stretch after `s`; after a strip's last one, its first. */
static stretch next_stretch(const convolution *c, const stretch *s)
{
    if (s->first + s->count < c->steps)
        return stretch_from(c, s->panel, s->first + s->count);
    return stretch_from(c, s->panel + s->panels < c->panels ? s->panel + s->panels : 0, 0);
}

/* Where the steps of a stretch lie of its first panel, or of the second. */
static inline const int8_t *stretch_weights(const convolution *c, const stretch *s, int32_t panel)
{
    return (const int8_t *)c->weights + (s->panel + panel) * c->panel_bytes + SNUG_INT8X3_UNIT_BYTES +
           (ptrdiff_t)s->first * SNUG_INT8X3_STEP_BYTES;
}

/* Some output rows, or none. */
typedef struct strip {
    int32_t y, rows, places; /* see snug_int8x3_places */
    int8_t *digits;          /* of its input */
} strip;

static strip strip_at(const convolution *c, int32_t y)
{
    const int32_t rows = least(c->l->out_height - y, c->plan.rows);
    const strip t = {y, rows, snug_int8x3_places(c->l, &c->plan, rows), c->digits[y / c->plan.rows % 2]};
    return t;
}

/* What is done in slices between products. Each has a place where it is, and how much of it is left. */

/* A stretch's weights are fetched in four streams, a line from each in turn, since the processor fetches
 * ahead by itself in every stream that it sees, but not far in one. */
enum { STREAMS = 4 };
typedef struct fetch_job {
    const int8_t *streams[STREAMS];
    int32_t left; /* lines of each */
} fetch_job;

static fetch_job fetch_weights(const convolution *c, const stretch *s)
{
    fetch_job job;
    job.left = s->count * s->panels * (SNUG_INT8X3_STEP_BYTES / 64 / STREAMS);
    for (int32_t stream = 0; stream < STREAMS; stream++) {
        const int32_t of_panel = STREAMS / s->panels;
        job.streams[stream] =
            stretch_weights(c, s, stream / of_panel) + (ptrdiff_t)(stream % of_panel) * job.left * 64;
    }
    return job;
}

static inline void go_on_fetch(fetch_job *job, int32_t lines)
{
    for (lines = least(lines, job->left); lines > 0; lines--) {
        const ptrdiff_t at = (ptrdiff_t)--job->left * 64;
        SNUG_PREFETCH(job->streams[0] + at);
        SNUG_PREFETCH(job->streams[1] + at);
        SNUG_PREFETCH(job->streams[2] + at);
        SNUG_PREFETCH(job->streams[3] + at);
    }
}

/* A strip's input becomes digits: pixels of 64 channels, [phase][64 channels][row][column], are gone through
 * twice, for their largest magnitude and for their digits. */
typedef struct input_job {
    int32_t left, y, height, phase, depth, row, column;
    int finding; /* the largest one */
    int8_t *digits;
    float unit, per_unit;
    uint32_t largest[16];
} input_job;

static input_job split_input(const convolution *c, const strip *t)
{
    const snug_int8x3_plan *const p = &c->plan;
    input_job job;
    memset(&job, 0, sizeof(job));
    job.y = t->y;
    job.height = t->rows + p->height - p->rows;
    job.left = t->rows > 0 ? 2 * p->phases_y * p->phases_x * p->depths * job.height * p->width : 0;
    job.finding = 1;
    job.digits = t->digits;
    return job;
}

/* A run of a row's pixels that lie in the map. */
static inline void find_run(const snug_layer *l, const float *in, int32_t pixels, int32_t channels,
                            uint32_t *largest)
{
    const ptrdiff_t next = (ptrdiff_t)l->stride_x * l->in_pixel;
    if (channels == SNUG_INT8X3_DEPTH)
        for (int32_t i = 0; i < pixels; i++)
            snug_int8x3_find_largest(in + i * next, l->in_plane, SNUG_INT8X3_DEPTH, largest);
    else
        for (int32_t i = 0; i < pixels; i++)
            snug_int8x3_find_largest(in + i * next, l->in_plane, channels, largest);
}

static inline void split_run(const convolution *c, const float *in, int32_t pixels, int32_t channels,
                             float per_unit, int8_t *digits)
{
    const snug_layer *const l = c->l;
    const ptrdiff_t next = (ptrdiff_t)l->stride_x * l->in_pixel;
    if (channels == SNUG_INT8X3_DEPTH)
        for (int32_t i = 0; i < pixels; i++)
            snug_int8x3_split(in + i * next, l->in_plane, SNUG_INT8X3_DEPTH, per_unit,
                              digits + i * SNUG_INT8X3_DEPTH, c->plan.digit_bytes);
    else
        for (int32_t i = 0; i < pixels; i++)
            snug_int8x3_split(in + i * next, l->in_plane, channels, per_unit, digits + i * SNUG_INT8X3_DEPTH,
                              c->plan.digit_bytes);
}

/* One that lies beside it. */
static inline void clear_run(const convolution *c, int32_t pixels, int8_t *digits)
{
    for (int32_t place = 0; place < SNUG_INT8X3_DIGITS; place++)
        memset(digits + place * c->plan.digit_bytes, 0, (size_t)pixels * SNUG_INT8X3_DEPTH);
}

static inline void turn_to_digits(input_job *job)
{
    job->finding = 0;
    job->phase = 0;
    job->unit = snug_int8x3_unit(job->largest);
    job->per_unit = job->unit > 0 ? 1 / job->unit : 0;
}

static SNUG_NOINLINE void go_on_input(const convolution *c, input_job *job, int32_t pixels)
{
    const snug_layer *const l = c->l;
    const snug_int8x3_plan *const p = &c->plan;
    pixels = least(pixels, job->left);
    job->left -= pixels;
    while (pixels > 0) {
        const int32_t y = (job->y + job->row) * l->stride_y + job->phase / p->phases_x - l->pad_top,
                      x = job->column * l->stride_x + job->phase % p->phases_x - l->pad_left;
        const float *const in = c->input + 4 * (ptrdiff_t)job->depth * l->in_plane +
                                (ptrdiff_t)y * l->in_row + (ptrdiff_t)x * l->in_pixel;
        int8_t *const digits = job->digits + job->phase * p->phase_bytes + job->depth * p->depth_bytes +
                               ((ptrdiff_t)job->row * p->width + job->column) * SNUG_INT8X3_DEPTH;
        const int32_t channels = least(c->channels - job->depth * SNUG_INT8X3_DEPTH, SNUG_INT8X3_DEPTH);
        const int inside = y >= 0 && y < l->in_height && x >= 0 && x < l->in_width;
        int32_t run = least(pixels, p->width - job->column);
        if (inside)
            run = least(run, (l->in_width - 1 - x) / l->stride_x + 1);
        else if (x < 0)
            run = least(run, (l->stride_x - 1 - x) / l->stride_x);
        if (job->finding && inside)
            find_run(l, in, run, channels, job->largest);
        else if (inside)
            split_run(c, in, run, channels, job->per_unit, digits);
        else if (!job->finding)
            clear_run(c, run, digits);
        pixels -= run;
        job->column += run;
        if (job->column == p->width) {
            job->column = 0;
            if (++job->row == job->height) {
                job->row = 0;
                if (++job->depth == p->depths) {
                    job->depth = 0;
                    if (++job->phase == p->phases_y * p->phases_x)
                        turn_to_digits(job);
                }
            }
        }
    }
}

/* Sums of a stretch, of a block's pixels, come to those that are kept of the stretches before; with those of
 * the last they become outputs. */
typedef struct sums_job {
    stretch s;
    int32_t left, pixel, y, x; /* output row and column of the next pixel */
    int32_t end;               /* row behind the strip's last one */
    float unit;
    float *kept;
} sums_job;

/* A pixel's sums of the stretch and of those before it. kept: of these, or NULL. */
static inline snug_vec sum_of(const convolution *c, const sums_job *job, int32_t panel, int32_t pixel,
                              int32_t lane, const float *kept)
{
    const int32_t at = job->s.panel + panel;
    const float *const units = (const float *)(const void *)(c->weights + at * c->panel_bytes) + lane;
    const snug_vec sum = snug_int8x3_sum(c->amx, c->tile, panel, pixel, lane);
    return snug_fma(snug_mul(sum, snug_set1(job->unit * 65536)), snug_load(units),
                    snug_load((kept ? kept : c->bias + at * 16) + lane));
}

/* Of so many pixels of a row, the next ones of the block. */
static inline void keep_run(const convolution *c, const sums_job *job, int32_t panel, int32_t pixels)
{
    float *kept = job->kept + (panel * c->plan.pixels + job->pixel) * 16;
    for (int32_t i = 0; i < pixels; i++, kept += 16)
        for (int32_t lane = 0; lane < 16; lane += SNUG_VL)
            snug_store(kept + lane,
                       sum_of(c, job, panel, job->pixel + i, lane, job->s.first > 0 ? kept : NULL));
}

static inline void store_run(const convolution *c, const sums_job *job, int32_t panel, int32_t pixels)
{
    const snug_layer *const l = c->l;
    const ptrdiff_t at = job->s.panel + panel, y = job->y, x = job->x;
    const float *kept = job->s.first > 0 ? job->kept + (panel * c->plan.pixels + job->pixel) * 16 : NULL;
    const float *residual =
        c->residual ? c->residual + at * l->other_plane + y * l->other_row + x * l->other_pixel : NULL;
    float *output = c->output + at * l->out_plane + y * l->out_row + x * l->out_pixel;
    for (int32_t i = 0; i < pixels; i++, output += l->out_pixel) {
        for (int32_t lane = 0; lane < 16; lane += SNUG_VL) {
            snug_vec sum = sum_of(c, job, panel, job->pixel + i, lane, kept);
            if (residual)
                sum = snug_add(sum, snug_load(residual + lane));
            snug_store(output + lane, snug_finish(&c->finisher, sum));
        }
        kept = kept ? kept + 16 : NULL;
        residual = residual ? residual + l->other_pixel : NULL;
    }
}

static SNUG_NOINLINE void go_on_sums(const convolution *c, sums_job *job, int32_t pixels)
{
    const int last = job->s.first + job->s.count == c->steps;
    pixels = least(pixels, job->left);
    while (pixels > 0) {
        const int32_t run = least(pixels, c->plan.width - job->x),
                      stored = job->y < job->end ? least(run, c->l->out_width - job->x) : 0;
        for (int32_t panel = 0; panel < job->s.panels; panel++)
            if (last)
                store_run(c, job, panel, stored);
            else
                keep_run(c, job, panel, run);
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
    fetch_job next;
    input_job below;
    int32_t sums_slice, next_slice, below_slice;
} jobs;

static inline void go_on(const convolution *c, jobs *j, int32_t group)
{
    go_on_fetch(&j->next, j->next_slice);
    if (group > 0 && j->sums.left > 0) /* the sums that tiles stored have arrived by now */
        go_on_sums(c, &j->sums, j->sums_slice);
    if (j->below.left > 0)
        go_on_input(c, &j->below, j->below_slice);
}

/* Some at once: to go on costs as much as a pixel. */
static int32_t slice_of(int32_t all, int32_t slices)
{
    const int32_t slice = (all + slices - 1) / slices;
    return slice < 4 ? 4 : slice;
}

/* A stretch goes over a strip, whose input counts `unit`. A block's sums are finished before the next ones
 * come to their place; the last ones are left. */
static void run_stretch(const convolution *c, const stretch *s, const strip *t, float unit, jobs *j)
{
    const int32_t pixels = c->plan.pixels, blocks = snug_int8x3_blocks(&c->plan, t->places);
    const int8_t *const w = stretch_weights(c, s, 0), *const v = stretch_weights(c, s, 1);
    ptrdiff_t step_inputs[SNUG_INT8X3_STEPS] = {0};
    for (int32_t step = 0; step < s->count; step++)
        step_inputs[step] = (s->first + step) / c->taps * c->plan.depth_bytes +
                            (ptrdiff_t)c->tap_bytes[(s->first + step) % c->taps];
    j->sums_slice = slice_of(pixels, 2 * s->count);
    j->next_slice = (j->next.left + SNUG_INT8X3_GROUPS * s->count * blocks - 1) /
                    (SNUG_INT8X3_GROUPS * s->count * blocks);
    for (int32_t block = 0; block < blocks; block++) {
        const int32_t place = block * pixels;
        const int8_t *const x = t->digits + (ptrdiff_t)place * SNUG_INT8X3_DEPTH;
        if (!c->amx)
            go_on_sums(c, &j->sums, j->sums.left); /* their place is needed at once */
        snug_int8x3_begin(c->amx, c->tile);
        for (int32_t step = 0; step < s->count; step++)
            for (int32_t group = 0; group < SNUG_INT8X3_GROUPS; group++) {
                const ptrdiff_t at = (ptrdiff_t)step * SNUG_INT8X3_STEP_BYTES;
                snug_int8x3_group(c->amx, pixels, s->panels, group, x + step_inputs[step],
                                  c->plan.digit_bytes, w + at, v + at, c->tile);
                go_on(c, j, group);
            }
        snug_int8x3_end(c->amx, s->panels, c->tile);
        const sums_job job = {*s,
                              pixels,
                              0,
                              t->y + place / c->plan.width,
                              place % c->plan.width,
                              t->y + t->rows,
                              unit,
                              c->kept + (ptrdiff_t)place * SNUG_INT8X3_PANELS * 16};
        j->sums = job;
    }
}

/* One group. */
static void convolve(const convolution *c)
{
    const int32_t pairs = (c->panels + SNUG_INT8X3_PANELS - 1) / SNUG_INT8X3_PANELS,
                  stretches = (c->steps + SNUG_INT8X3_STEPS - 1) / SNUG_INT8X3_STEPS * pairs;
    jobs j;
    stretch s = stretch_from(c, 0, 0);
    strip below = strip_at(c, 0);
    memset(&j, 0, sizeof(j));
    j.below = split_input(c, &below);
    while (below.rows > 0) {
        const strip t = below;
        go_on_input(c, &j.below, j.below.left);
        const float unit = j.below.unit;
        below = strip_at(c, t.y + t.rows);
        j.below = split_input(c, &below);
        j.below_slice = slice_of(j.below.left, SNUG_INT8X3_GROUPS * snug_int8x3_blocks(&c->plan, t.places) *
                                                   c->steps * pairs);
        for (int32_t i = 0; i < stretches; i++) {
            const stretch next = next_stretch(c, &s);
            if (i + 1 < stretches || below.rows > 0)
                j.next = fetch_weights(c, &next);
            run_stretch(c, &s, &t, unit, &j);
            s = next;
        }
    }
    go_on_sums(c, &j.sums, j.sums.left);
}

/* Where a tap's inputs begin: in its phase, as many rows and columns on as it is strides away. */
static void find_taps(const snug_layer *l, const snug_int8x3_plan *plan, int64_t *tap_bytes)
{
    for (int32_t ky = 0; ky < l->kernel_height; ky++)
        for (int32_t kx = 0; kx < l->kernel_width; kx++) {
            const int32_t y = ky * l->dilation_y, x = kx * l->dilation_x;
            const int32_t phase = y % l->stride_y * plan->phases_x + x % l->stride_x;
            *tap_bytes++ = phase * plan->phase_bytes +
                           ((ptrdiff_t)(y / l->stride_y) * plan->width + x / l->stride_x) * SNUG_INT8X3_DEPTH;
        }
}

SNUG_CONV_KERNEL(conv_int8x3_c16)
{
    const snug_int8x3_plan plan = snug_int8x3_plan_of(layer);
    char *const memory = (char *)workspace;
    int64_t *const tap_bytes = (int64_t *)workspace;
    convolution c = {0};
    c.l = layer;
    c.plan = plan;
    c.finisher = snug_make_finisher(layer);
    c.channels = layer->in_channels / layer->groups;
    c.taps = layer->kernel_height * layer->kernel_width;
    c.steps = plan.depths * c.taps;
    c.panels = (layer->out_channels / layer->groups + 15) / 16;
    c.panel_bytes = snug_int8x3_panel_bytes(layer);
    c.tap_bytes = tap_bytes;
    c.tile = (float *)(void *)(memory + plan.tap_bytes);
    c.kept = c.tile + plan.tile_bytes / 4;
    c.digits[0] = (int8_t *)(memory + plan.tap_bytes + plan.tile_bytes + plan.kept_bytes);
    c.digits[1] = plan.rows < layer->out_height ? c.digits[0] + plan.strip_bytes : NULL;
    find_taps(layer, &plan, tap_bytes);
    c.amx = snug_amx_begin(plan.pixels);
    for (int32_t group = 0; group < layer->groups; group++) {
        const ptrdiff_t panel = (ptrdiff_t)group * c.panels;
        c.input = input + (ptrdiff_t)group * ((c.channels + 15) / 16) * layer->in_plane;
        c.weights = (const char *)weights + panel * c.panel_bytes;
        c.bias = bias + panel * 16;
        c.residual = residual ? residual + panel * layer->other_plane : NULL;
        c.output = output + panel * layer->out_plane;
        convolve(&c);
    }
    snug_amx_end(c.amx);
}
