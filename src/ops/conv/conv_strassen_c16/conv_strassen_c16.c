/* conv_strassen_c16 - 1x1 convolution on channel blocks by one level of Strassen's algorithm (Gaussian
 * Elimination is not Optimal, 1969): the product of pixels x channels by channels x outputs in halves each
 * way, with seven products of halves instead of eight.
 *
 *     pixels   channels   outputs       M1 = (A11 + A22)(B11 + B22)     C11 = M1 + M4 - M5 + M7
 *     [ A11 A12 ]  [ B11 B12 ]          M2 = (A21 + A22) B11            C12 = M3 + M5
 *     [ A21 A22 ]  [ B21 B22 ]          M3 = A11 (B12 - B22)            C21 = M2 + M4
 *                                       M4 = A22 (B21 - B11)            C22 = M1 - M2 + M3 + M6
 *                                       M5 = (A11 + A12) B22
 *                                       M6 = (A21 - A11)(B11 + B12)
 *                                       M7 = (A12 - A22)(B21 + B22)
 *
 * The sums of weights are made when they are packed: 1.75 times the weights. Pixels go in blocks of twice
 * layer->block, so that only the sum of one half and half of the channels is needed at a time. Each product's
 * tiles go straight to its one or two quadrants of the output, in the order M7, M5, M4, M3, M6, M2, M1, in
 * which every quadrant's first is a plain store, made from the registers; bias, residual and activation come
 * with its last. An odd pixel lacks its partner in the lower half, which counts as zero.
 *
 * The error is larger than that of a direct convolution: a result is the sum of up to four products, each of
 * sums of two inputs and two weights; bounded here by 4e-6 of the largest output (direct: 2e-6).
 *
 * Workspace: layer->block (C / 2 + 16) floats. 4 to 9 % faster than
 * conv_pointwise_c16 on layers of 256 to 2048 channels whose weights are in the cache (28x28 to 7x7). */
#include "point_products.h"

SNUG_CONV_KERNEL(conv_strassen_c16);

enum { PRODUCTS = 7, TOP = 0, BOTTOM = 1 };

/* A product's left side is A[half][channels], plus or minus A[other_half][other_channels] if there is a sign;
 * its result goes into two quadrants, the second only if there is a sign. First and last: masks of quadrants
 * [half][outputs] that it opens and closes, bit 2 * half + outputs. */
typedef struct product {
    int8_t half, channels, sign, other_half, other_channels;
    int8_t to_half[2], to_outputs[2], to_sign[2];
    int8_t first, last;
} product;

static const product products[PRODUCTS] = {
    {TOP, 1, -1, BOTTOM, 1, {TOP, TOP}, {0, 0}, {1, 0}, 1, 0},          /* M7 opens C11 */
    {TOP, 0, 1, TOP, 1, {TOP, TOP}, {0, 1}, {-1, 1}, 2, 0},             /* M5 opens C12 */
    {BOTTOM, 1, 0, BOTTOM, 1, {TOP, BOTTOM}, {0, 0}, {1, 1}, 4, 0},     /* M4 opens C21 */
    {TOP, 0, 0, TOP, 0, {TOP, BOTTOM}, {1, 1}, {1, 1}, 8, 2},           /* M3 opens C22, closes C12 */
    {BOTTOM, 0, -1, TOP, 0, {BOTTOM, BOTTOM}, {1, 1}, {1, 0}, 0, 0},    /* M6 */
    {BOTTOM, 0, 1, BOTTOM, 1, {BOTTOM, BOTTOM}, {0, 1}, {1, -1}, 0, 4}, /* M2 closes C21 */
    {TOP, 0, 1, BOTTOM, 1, {TOP, BOTTOM}, {0, 1}, {1, 1}, 0, 9},        /* M1 closes C11 and C22 */
};

/* A run of pixels whose halves are multiplied. */
typedef struct strassen {
    const snug_layer *layer;
    snug_finisher finisher;
    const float *input, *bias, *residual;
    float *output;
    int32_t rows[2]; /* pixels of the upper and the lower half */
} strassen;

static const float *quadrant(const strassen *s, int32_t half, int32_t channels)
{
    const ptrdiff_t pixels = half == BOTTOM ? s->rows[TOP] : 0;
    return s->input + pixels * s->layer->in_pixel +
           channels * (s->layer->in_channels / 32) * (ptrdiff_t)s->layer->in_plane;
}

/* sum [rows][channels / 2 + 16] of two quadrants; rows that the second does not have count as zero. */
static void add_quadrants(const strassen *s, const product *m, int32_t rows, float *sum)
{
    const snug_layer *l = s->layer;
    const ptrdiff_t sum_row = l->in_channels / 2 + 16;
    const float *a = quadrant(s, m->half, m->channels), *b = quadrant(s, m->other_half, m->other_channels);
    const int32_t both = rows < s->rows[m->other_half] ? rows : s->rows[m->other_half];
    const snug_vec sign = snug_set1(m->sign);
    for (int32_t block = 0; block < l->in_channels / 32;
         block++, a += l->in_plane, b += l->in_plane, sum += 16)
        for (int32_t lane = 0; lane < 16; lane += SNUG_VL) {
            for (int32_t row = 0; row < both; row++)
                snug_store(sum + row * sum_row + lane,
                           snug_fma(sign, snug_load(b + (ptrdiff_t)row * l->in_pixel + lane),
                                    snug_load(a + (ptrdiff_t)row * l->in_pixel + lane)));
            for (int32_t row = both; row < rows; row++)
                snug_store(sum + row * sum_row + lane, snug_load(a + (ptrdiff_t)row * l->in_pixel + lane));
        }
}

/* Where a quadrant's rows of outputs begin. */
static float *out_quadrant(const strassen *s, int32_t half, int32_t outputs, int32_t row, int32_t panel)
{
    const snug_layer *l = s->layer;
    return s->output + (outputs * (l->out_channels / 32) + panel) * (ptrdiff_t)l->out_plane +
           (row + (half == BOTTOM ? s->rows[TOP] : 0)) * (ptrdiff_t)l->out_pixel;
}

/* One panel of a tile, `from` with its rows `step` apart, comes to a quadrant's outputs: the first, or more,
 * or the last, with bias, residual and activation. */
static void open_quadrant(int32_t rows, float sign, const float *from, ptrdiff_t step, float *out,
                          ptrdiff_t pixel)
{
    for (int32_t r = 0; r < rows; r++)
        for (int32_t lane = 0; lane < 16; lane += SNUG_VL)
            snug_store(out + r * pixel + lane, snug_mul(snug_set1(sign), snug_load(from + r * step + lane)));
}

static void add_to_quadrant(int32_t rows, float sign, const float *from, ptrdiff_t step, float *out,
                            ptrdiff_t pixel)
{
    for (int32_t r = 0; r < rows; r++)
        for (int32_t lane = 0; lane < 16; lane += SNUG_VL)
            snug_store(out + r * pixel + lane, snug_fma(snug_set1(sign), snug_load(from + r * step + lane),
                                                        snug_load(out + r * pixel + lane)));
}

static void close_quadrant(const strassen *s, int32_t rows, float sign, const float *from, ptrdiff_t step,
                           const float *bias, const float *residual, float *out)
{
    const ptrdiff_t pixel = s->layer->out_pixel, other_pixel = s->layer->other_pixel;
    for (int32_t r = 0; r < rows; r++)
        for (int32_t lane = 0; lane < 16; lane += SNUG_VL) {
            snug_vec sum = snug_fma(snug_set1(sign), snug_load(from + r * step + lane),
                                    snug_add(snug_load(out + r * pixel + lane), snug_load(bias + lane)));
            if (residual)
                sum = snug_add(sum, snug_load(residual + r * other_pixel + lane));
            snug_store(out + r * pixel + lane, snug_finish(&s->finisher, sum));
        }
}

/* A tile comes to target 0 or 1 of the product. row, panel: where it lies in the quadrant. */
static void add_tile(const strassen *s, const product *m, int32_t target, int32_t row, int32_t rows,
                     int32_t panel, int32_t panels, const float *from, ptrdiff_t step, ptrdiff_t from_panel)
{
    const snug_layer *l = s->layer;
    const int32_t half = m->to_half[target], outputs = m->to_outputs[target], bit = 1 << (2 * half + outputs);
    const int32_t left = s->rows[half] - row, count = left < rows ? left : rows;
    const float sign = m->to_sign[target];
    for (int32_t p = 0; p < panels; p++, from += from_panel) {
        float *out = out_quadrant(s, half, outputs, row, panel + p);
        const int32_t out_panel = outputs * (l->out_channels / 32) + panel + p;
        const float *residual = s->residual;
        if (residual)
            residual += out_panel * (ptrdiff_t)l->other_plane +
                        (row + (half == BOTTOM ? s->rows[TOP] : 0)) * (ptrdiff_t)l->other_pixel;
        if (m->first & bit)
            open_quadrant(count, sign, from, step, out, l->out_pixel);
        else if (m->last & bit)
            close_quadrant(s, count, sign, from, step, s->bias + out_panel * 16, residual, out);
        else
            add_to_quadrant(count, sign, from, step, out, l->out_pixel);
    }
}

/* The target that a product's tiles can go to from the registers, or -1: one that it opens with a plus sign,
 * or its only one. */
static int32_t direct_target(const strassen *s, const product *m, int32_t rows)
{
    for (int32_t target = 0; target < 2; target++) {
        const int32_t bit = 1 << (2 * m->to_half[target] + m->to_outputs[target]);
        if (m->to_sign[target] == 1 && rows <= s->rows[m->to_half[target]] &&
            ((m->first & bit) || m->to_sign[1] == 0))
            return target;
    }
    return -1;
}

/* Left side of a product: a sum of quadrants, or one. */
static const float *left_side(const strassen *s, const product *m, int32_t rows, float *sum, snug_gemm *g)
{
    if (m->sign == 0) {
        g->blocks = s->layer->in_channels / 32;
        g->depth = 16;
        g->a_row = s->layer->in_pixel;
        g->a_block = s->layer->in_plane;
        g->b_block = 256;
        return quadrant(s, m->half, m->channels);
    }
    add_quadrants(s, m, rows, sum);
    g->blocks = 1;
    g->depth = s->layer->in_channels / 2;
    g->a_row = g->depth + 16;
    return sum;
}

/* One of the seven products, for all outputs of a half. weights: [outputs / 2][channels / 2] in panels. */
static void multiply(const strassen *s, const product *m, const float *weights, float *sum)
{
    const snug_layer *l = s->layer;
    const int32_t rows = m->half == TOP && m->to_half[0] == TOP ? s->rows[TOP] : s->rows[BOTTOM];
    if (rows == 0)
        return; /* of a single pixel the lower half has none */
    const int32_t half_panels = l->out_channels / 32, direct = direct_target(s, m, rows);
    float tile[SNUG_TILE_ROWS * 32];
    snug_stream stream;
    snug_gemm g = {0};
    g.taps_y = g.taps_x = 1;
    g.a_depth = 1;
    g.b_depth = 16;
    g.b_panel = (ptrdiff_t)l->in_channels * 8;
    g.stream = &stream;
    g.out_row = g.add_row = direct < 0 ? 16 : l->out_pixel;
    g.out_panel = g.add_panel = direct < 0 ? SNUG_TILE_ROWS * 16 : l->out_plane;
    const float *a = left_side(s, m, rows, sum, &g);
    for (int32_t panel = 0; panel < half_panels; panel += 2) {
        const int32_t panels = half_panels - panel < 2 ? 1 : 2;
        int32_t tiles = snug_tiles_of(rows);
        stream = snug_point_stream(weights + (panel + panels) * g.b_panel, panels * g.b_panel, rows,
                                   l->in_channels / 2);
        for (int32_t row = 0; row < rows; tiles--) {
            const int32_t count = (rows - row + tiles - 1) / tiles;
            float *out = tile;
            if (direct >= 0)
                out = out_quadrant(s, m->to_half[direct], m->to_outputs[direct], row, panel);
            const int adds =
                direct >= 0 && !(m->first & 1 << (2 * m->to_half[direct] + m->to_outputs[direct]));
            snug_gemm_lanes(&g, count, panels * 16, a + row * g.a_row, weights + panel * g.b_panel, NULL,
                            adds ? out : NULL, out);
            for (int32_t target = 0; target < 2; target++)
                if (target != direct && m->to_sign[target] != 0)
                    add_tile(s, m, target, row, count, panel, panels, out, g.out_row, g.out_panel);
            row += count;
        }
    }
}

SNUG_CONV_KERNEL(conv_strassen_c16)
{
    strassen s = {layer, snug_make_finisher(layer), input, bias, residual, output, {0, 0}};
    const ptrdiff_t product_floats = (ptrdiff_t)layer->in_channels / 2 * (layer->out_channels / 2);
    int32_t height = layer->out_height, width = layer->out_width;
    if (layer->in_row == width * layer->in_pixel && layer->out_row == width * layer->out_pixel &&
        (!residual || layer->other_row == width * layer->other_pixel)) {
        width *= height;
        height = 1;
    }
    for (int32_t y = 0; y < height; y++) {
        int32_t blocks = (width + 2 * layer->block - 1) / (2 * layer->block);
        for (int32_t x = 0; x < width; blocks--) {
            const int32_t count = (width - x + blocks - 1) / blocks;
            s.rows[TOP] = (count + 1) / 2;
            s.rows[BOTTOM] = count / 2;
            s.input = input + (ptrdiff_t)y * layer->in_row + (ptrdiff_t)x * layer->in_pixel;
            s.output = output + (ptrdiff_t)y * layer->out_row + (ptrdiff_t)x * layer->out_pixel;
            if (residual)
                s.residual = residual + (ptrdiff_t)y * layer->other_row + (ptrdiff_t)x * layer->other_pixel;
            for (int32_t m = 0; m < PRODUCTS; m++)
                multiply(&s, &products[m], weights + m * product_floats, (float *)workspace);
            x += count;
        }
    }
}
