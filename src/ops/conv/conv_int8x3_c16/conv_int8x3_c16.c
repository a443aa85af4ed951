/* conv_int8x3_c16 - convolution on channel blocks as an implicit matrix product by tiles of bytes: every
 * float becomes a whole number of 24 bits, that is three digits of 8, and six of the nine products of two
 * numbers' digits make as exact a product as floats do (int8x3.h). For processors with AMX, where it takes a
 * third of the time of other matrix products.
 *
 * The input of a strip of layer->block output rows is made digits, with its padding, and for strides in the
 * phases of rows and columns in which a tap's inputs lie side by side. A tile is up to 16 of them in a row,
 * wherever rows end: what lies between an output row and the next is computed as well, and not stored; at
 * stride 1 that is the padding of both, since a row's right padding is the next one's left.
 *
 *     inputs   [phase][64 channels][digit][row][column] of 64 channels, 64 bytes
 *     weights  [group][panel][64 channels][tap][digit] tiles (int8x3_plan.h)
 *
 * A panel of 16 outputs goes over the strip, two tiles of pixels at a time, in steps of 64 channels of a tap.
 * The unit for tiles is busy with a step for two hundred cycles; meanwhile vectors do all the rest:
 *
 *     after each group of products   finish some sums of the tiles before
 *                                    fetch some weights of the next panel
 *                                    find the unit of the next strip's input, then its digits, bit by bit
 *
 * Layers that read the same may be one call, each with its own output: their digits are made once.
 *
 * Workspace: 3 bytes for every input value of one strip, or two, their padding included; 6 KiB for sums; 8
 * bytes per step. Wins on 1x1 kernels, and on others where Winograd reads more weights than it saves
 * products: on maps of up to 14 x 14.
 *
 * Measured, one core with AMX and a peak of 236 GFLOP/s for vectors (Granite Rapids), warm, in GFLOP/s:
 *
 *     C, K, map, kernel          conv_int8x3_c16   pointwise   blocked   Winograd 6x6
 *      64,  256, 56 x 56, 1x1          333            175        168          -
 *     256,   64, 56 x 56, 1x1          278            180        179          -
 *     128,  512, 28 x 28, 1x1          493            189        187          -
 *     256, 1024, 14 x 14, 1x1          589            194        192          -
 *     512, 2048,   7 x 7, 1x1          463            181        175          -
 *      64,   64, 56 x 56, 3x3          660              -        193         607
 *     128,  128, 28 x 28, 3x3          594              -        201         687
 *     256,  256, 14 x 14, 3x3          669              -        205         409
 *     512,  512, 14 x 14, 3x3          704              -        183         374
 *     512,  512,   7 x 7, 3x3          572              -        166         257 (2x2)
 *     256,  256, 56 x 56, 3x3          699              -        184         630 */
#include "int8x3_sums.h"

SNUG_CONV_KERNEL(conv_int8x3_c16);

/* Of two tiles of pixels, so many steps are half of a first-level cache: 6 KiB each. */
enum { NEAR_STEPS = 4 };

/* A layer at work on one group. */
typedef struct convolution {
    const snug_layer *l;
    snug_int8x3_plan plan;
    int32_t channels, steps, panels; /* of the group */
    const int64_t *places;           /* of the steps' inputs among the digits */
    const float *input;
    snug_int8x3_outputs outputs;
    int8_t *digits[2];
} convolution;

static int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }

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
    job.left =
        t->rows > 0 ? 2 * p->phases_y * p->phases_x * p->depths * (job.height * p->width + p->shared) : 0;
    job.finding = 1;
    job.digits = t->digits;
    return job;
}

/* A run of a row's pixels that lie in the map; where all 64 channels are there, compilers know it. */
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

/* A run that lies beside it. */
static inline void clear_run(const convolution *c, int32_t pixels, int8_t *digits)
{
    for (int32_t place = 0; place < SNUG_INT8X3_DIGITS; place++)
        memset(digits + place * c->plan.digit_bytes, 0, (size_t)pixels * SNUG_INT8X3_DEPTH);
}

/* Of the next 64 channels or phase; after the last one, from finding to digits. */
static inline void next_map(const snug_int8x3_plan *p, input_job *job)
{
    job->row = job->column = 0;
    if (++job->depth < p->depths)
        return;
    job->depth = 0;
    if (++job->phase < p->phases_y * p->phases_x)
        return;
    job->phase = 0;
    job->finding = 0;
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
        int32_t run = least(pixels, (job->row < job->height ? p->width : p->shared) - job->column);
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
            job->row++;
        }
        if (job->row == job->height && job->column == p->shared)
            next_map(p, job);
    }
}

/* All of them, and how much of each is done at a time. */
typedef struct jobs {
    snug_int8x3_sums sums;
    snug_int8x3_fetch next;
    input_job below;
    int32_t sums_slice, next_slice, below_slice;
} jobs;

static inline void go_on(const convolution *c, jobs *j, int32_t group)
{
    snug_int8x3_go_on_fetch(&j->next, j->next_slice);
    if (group > 0 && j->sums.left > 0) /* the sums that tiles stored have arrived by now */
        snug_int8x3_finish(&c->outputs, &j->sums, j->sums_slice);
    if (j->below.left > 0)
        go_on_input(c, &j->below, j->below_slice);
}

static int32_t slice_of(int32_t all, int32_t slices) { return (all + slices - 1) / slices; }

/* A panel and two tiles of a strip, whose input counts `unit`. Their sums are finished before the next ones
 * come to their place. */
static void run_tiles(const convolution *c, int32_t panel, int32_t place, const strip *t, float unit, jobs *j)
{
    const int32_t both = SNUG_INT8X3_TILES * c->plan.pixels;
    const int8_t *const x = t->digits + (ptrdiff_t)place * SNUG_INT8X3_DEPTH,
                        *w = snug_int8x3_panel(&c->outputs, panel);
    if (!c->outputs.amx)
        snug_int8x3_finish(&c->outputs, &j->sums, j->sums.left); /* their place is needed at once */
    snug_int8x3_begin(c->outputs.amx, c->outputs.sums);
    for (int32_t step = 0; step < c->steps; step++, w += SNUG_INT8X3_STEP_BYTES)
        for (int32_t group = 0; group < SNUG_INT8X3_GROUPS; group++) {
            snug_int8x3_group(c->outputs.amx, c->plan.pixels, group, x + c->places[step], SNUG_INT8X3_DEPTH,
                              c->plan.digit_bytes, w, c->outputs.sums);
            go_on(c, j, group);
        }
    snug_int8x3_end(c->outputs.amx, c->outputs.sums);
    const snug_int8x3_sums sums = {
        panel, both, 0, t->y + place / c->plan.width, place % c->plan.width, t->y + t->rows, unit};
    j->sums = sums;
}

/* Panels go over the strip one after the other; but where two tiles' inputs stay in the first-level cache,
 * all panels go by them. more: there is a strip below. */
static void run_strip(const convolution *c, const strip *t, float unit, int more, jobs *j)
{
    const int32_t both = SNUG_INT8X3_TILES * c->plan.pixels, blocks = slice_of(t->places, both);
    const int panels_go_by = c->steps <= NEAR_STEPS;
    const int32_t slices = SNUG_INT8X3_GROUPS * c->steps * (panels_go_by ? 1 : blocks);
    j->sums_slice = snug_int8x3_slice(both, 2 * c->steps);
    j->below_slice = snug_int8x3_slice(j->below.left, SNUG_INT8X3_GROUPS * c->steps * c->panels * blocks);
    for (int32_t i = 0; i < c->panels * blocks; i++) {
        const int32_t panel = panels_go_by ? i % c->panels : i / blocks,
                      block = panels_go_by ? i / c->panels : i % blocks;
        if (block == 0) { /* behind the last panel are the next layer's */
            j->next = snug_int8x3_fetch_panel(&c->outputs, more && panel + 1 == c->panels ? 0 : panel + 1,
                                              c->steps);
            j->next_slice = slice_of(j->next.left, slices);
        }
        run_tiles(c, panel, block * both, t, unit, j);
    }
}

/* One group. */
static void convolve(const convolution *c)
{
    strip below = strip_at(c, 0);
    jobs j;
    memset(&j, 0, sizeof(j));
    j.below = split_input(c, &below);
    while (below.rows > 0) {
        const strip t = below;
        go_on_input(c, &j.below, j.below.left);
        const float unit = j.below.unit;
        below = strip_at(c, t.y + t.rows);
        j.below = split_input(c, &below);
        run_strip(c, &t, unit, below.rows > 0, &j);
    }
    snug_int8x3_finish(&c->outputs, &j.sums, j.sums.left);
}

/* Where the steps' inputs begin: in the phase of their tap, as many rows and columns on as it is strides
 * away. */
static void find_places(const snug_layer *l, const snug_int8x3_plan *plan, int64_t *places)
{
    for (int32_t depth = 0; depth < plan->depths; depth++)
        for (int32_t ky = 0; ky < l->kernel_height; ky++)
            for (int32_t kx = 0; kx < l->kernel_width; kx++) {
                const int32_t y = ky * l->dilation_y, x = kx * l->dilation_x;
                const int32_t phase = y % l->stride_y * plan->phases_x + x % l->stride_x,
                              pixel = y / l->stride_y * plan->width + x / l->stride_x;
                *places++ = phase * plan->phase_bytes + depth * plan->depth_bytes +
                            (ptrdiff_t)pixel * SNUG_INT8X3_DEPTH;
            }
}

SNUG_CONV_KERNEL(conv_int8x3_c16)
{
    const snug_int8x3_plan plan = snug_int8x3_plan_of(layer);
    char *const memory = (char *)workspace;
    int64_t *const places = (int64_t *)workspace;
    convolution c = {0};
    c.l = layer;
    c.plan = plan;
    c.channels = layer->in_channels / layer->groups;
    c.steps = snug_int8x3_steps(layer);
    c.panels = (layer->out_channels / layer->groups + 15) / 16;
    c.places = places;
    c.digits[0] = (int8_t *)(memory + plan.place_bytes + SNUG_INT8X3_SUM_BYTES);
    c.digits[1] = plan.rows < layer->out_height ? c.digits[0] + plan.strip_bytes : NULL;
    find_places(layer, &plan, places);
    const int amx = snug_amx_begin(plan.pixels);
    for (int32_t group = 0; group < layer->groups; group++) {
        c.input = input + (ptrdiff_t)group * ((c.channels + 15) / 16) * layer->in_plane;
        c.outputs = snug_int8x3_outputs_of(layer, group * c.panels, snug_int8x3_panel_bytes(c.steps), weights,
                                           bias, residual, output);
        c.outputs.pixels = plan.pixels;
        c.outputs.width = plan.width;
        c.outputs.sums = (float *)(void *)(memory + plan.place_bytes);
        c.outputs.amx = amx;
        convolve(&c);
    }
    snug_amx_end(amx);
}
