/* conv_fft_c16 - convolution by Fourier transforms of overlapping tiles, on channel blocks, for kernels
 * that are large or dilated.
 *
 * Mathieu, Henaff, LeCun, "Fast Training of Convolutional Networks through FFTs", 2013; tiles (overlap-save)
 * as in Zlateski, Jia, Li, Durand, "FFT Convolutions are Faster than Winograd on Modern CPUs, Here's Why",
 * 2018. The transform of a tile of inputs, times the conjugate transform of the kernel, is the transform of
 * the tile's outputs; the sum over channels becomes one matrix product per point, of tiles x channels.
 *
 * Maps are real, transforms complex: two tiles are the real and the imaginary part of one transform, Z = A +
 * i B. Since the kernel is real, its transform U has U(-k) = conj U(k), so the points k and -k share weights,
 * and the real and imaginary parts of both are four rows of two real products, by the real part of U and by
 * the imaginary part:
 *
 *     [ re Z(k); im Z(k); re Z(-k); im Z(-k) ] * re U(k) = P        M(k)  = P0 - Q1 + i (P1 + Q0)
 *     [       the same four rows             ] * im U(k) = Q        M(-k) = P2 + Q3 + i (P3 - Q2)
 *
 * and M's inverse transform holds the outputs of both tiles. That is 2 H W real products for a tile of
 * (H - R + 1)(W - S + 1) outputs, and no step that takes the two tiles apart. A map of a single tile is cut
 * into an upper and a lower half, which make a pair: then the whole map is one transform. Dilation costs
 * nothing but overlap.
 *
 * layer->block is the size of the tiles' outputs, of which the transform's size follows. Workspace, for P
 * pairs of tiles at a time (all, or up to 8), H x W transforms with N = (H W + the 1, 2 or 4 points of their
 * own) / 2 points and C channels rounded up to 16, in floats:
 *
 *     inputs [N][4 P C + 16]     products [2][N][2 (4 P 16) + 16]     transform [H][W + 1][32]
 *     scratch [2][max(H, W)][32]
 *
 * More exact than a direct convolution. 413 effective GFLOP/s on a core of 118 for a 5x5 kernel, 32 to 96
 * channels, 28x28, and 421 for 64 to 192, 27x27 (direct: 125), where the large weights stay in the cache; 263
 * and 282 with small tiles where they do not. */
#include <string.h>

#include "fft.h"
#include "fft_plan.h"
#include "point_products.h"

SNUG_CONV_KERNEL(conv_fft_c16);

#define SNUG_VALUE (2 * SNUG_VL) /* floats of a complex value */

typedef struct snug_fft_conv {
    const snug_layer *layer;
    snug_fft_plan plan;
    const float *roots_y, *roots_x;
    int32_t channels;
    ptrdiff_t in_point,
        panel_products; /* from a point's inputs to the next, from a panel's products to the next */
    float *inputs, *products, *transform, *scratch;
    ptrdiff_t pitch; /* from a row of the transform to the next */
} snug_fft_conv;

/* Floats from a point's products to the next, and from those by the real part to those by the imaginary one.
 */
static ptrdiff_t product_point(const snug_fft_conv *f) { return (ptrdiff_t)f->plan.pairs * 128 + 16; }
static ptrdiff_t product_part(const snug_fft_conv *f) { return (ptrdiff_t)f->plan.pairs * 64; }

/* The row of the transform's input that belongs to part 0 or 1: row y of a tile, which exists if in_tile.
 * Returns whether anything in it is not zero. */
static int read_row(const snug_fft_conv *f, int in_tile, int32_t y, int32_t left, const float *input,
                    float *row)
{
    const snug_layer *l = f->layer;
    const int32_t wanted = f->plan.tile_width + (l->kernel_width - 1) * l->dilation_x;
    const int32_t begin = left < 0 ? -left : 0, inside = l->in_width - left;
    const int32_t end = inside < wanted ? inside : wanted;
    if (!in_tile || y < 0 || y >= l->in_height || begin >= end) {
        for (int32_t x = 0; x < f->plan.width; x++)
            snug_store(row + x * SNUG_VALUE, snug_set1(0.0f));
        return 0;
    }
    const float *from = input + (ptrdiff_t)y * l->in_row + (ptrdiff_t)left * l->in_pixel;
    for (int32_t x = 0; x < begin; x++)
        snug_store(row + x * SNUG_VALUE, snug_set1(0.0f));
    for (int32_t x = begin; x < end; x++)
        snug_store(row + x * SNUG_VALUE, snug_load(from + (ptrdiff_t)x * l->in_pixel));
    for (int32_t x = end; x < f->plan.width; x++)
        snug_store(row + x * SNUG_VALUE, snug_set1(0.0f));
    return 1;
}

/* Transforms tiles 2 * pair and 2 * pair + 1, SNUG_VL channels. */
static void transform_pair(const snug_fft_conv *f, int32_t pair, const float *input)
{
    const snug_layer *l = f->layer;
    const snug_fft_plan *plan = &f->plan;
    const int32_t tiles = plan->tiles_y * plan->tiles_x;
    const int32_t wanted = plan->tile_height + (l->kernel_height - 1) * l->dilation_y;
    for (int32_t y = 0; y < plan->height; y++) {
        float *row = f->transform + y * f->pitch;
        int filled = 0;
        for (int32_t part = 0; part < 2; part++) {
            const int32_t tile = 2 * pair + part;
            const int32_t top = tile / plan->tiles_x * plan->tile_height - l->pad_top;
            const int32_t left = tile % plan->tiles_x * plan->tile_width - l->pad_left;
            filled |= read_row(f, tile < tiles && y < wanted, top + y, left, input, row + part * SNUG_VL);
        }
        if (filled)
            snug_fft(plan->width, 0, f->roots_x, row, SNUG_VALUE, f->scratch);
    }
    for (int32_t x = 0; x < plan->width; x++)
        snug_fft(plan->height, 0, f->roots_y, f->transform + x * SNUG_VALUE, f->pitch, f->scratch);
}

/* A point k and its conjugate -k: where they lie in the transform, and the point's number. */
typedef struct snug_fft_point {
    int32_t y, x, number;
    float *value, *conjugate;
    int own;
} snug_fft_point;

/* The next one: all columns of the rows above the middle, and half of those of the rows that are their own
 * conjugates. */
static int next_point(const snug_fft_conv *f, snug_fft_point *point)
{
    const int32_t height = f->plan.height, width = f->plan.width;
    const int own_row = point->y == 0 || 2 * point->y == height;
    point->number++;
    if (++point->x == (own_row ? width / 2 + 1 : width)) {
        point->x = 0;
        point->y++;
    }
    const int32_t y = point->y == 0 ? 0 : height - point->y, x = point->x == 0 ? 0 : width - point->x;
    point->own = y == point->y && x == point->x;
    point->value = f->transform + point->y * f->pitch + point->x * SNUG_VALUE;
    point->conjugate = f->transform + y * f->pitch + x * SNUG_VALUE;
    return 2 * point->y <= height;
}

static snug_fft_point no_point(void)
{
    const snug_fft_point point = {0, -1, -1, NULL, NULL, 0};
    return point;
}

/* The transform's points become rows of the products: of pair number `slot` among those of this round. */
static void scatter(const snug_fft_conv *f, int32_t slot, int32_t channel)
{
    for (snug_fft_point point = no_point(); next_point(f, &point);) {
        const int32_t rows = point.own ? 2 : 4;
        float *to = f->inputs + point.number * f->in_point + (ptrdiff_t)slot * rows * f->channels + channel;
        snug_store(to, snug_load(point.value));
        snug_store(to + f->channels, snug_load(point.value + SNUG_VL));
        if (point.own)
            continue;
        snug_store(to + 2 * (ptrdiff_t)f->channels, snug_load(point.conjugate));
        snug_store(to + 3 * (ptrdiff_t)f->channels, snug_load(point.conjugate + SNUG_VL));
    }
}

/* The reverse: the transform of a pair's outputs. */
static void gather(const snug_fft_conv *f, int32_t slot, const float *products)
{
    for (snug_fft_point point = no_point(); next_point(f, &point);) {
        const float *p = products + point.number * product_point(f) + slot * (point.own ? 32 : 64);
        const float *q = p + product_part(f);
        if (point.own) {
            snug_store(point.value, snug_load(p));
            snug_store(point.value + SNUG_VL, snug_load(p + 16));
            continue;
        }
        snug_store(point.value, snug_sub(snug_load(p), snug_load(q + 16)));
        snug_store(point.value + SNUG_VL, snug_add(snug_load(p + 16), snug_load(q)));
        snug_store(point.conjugate, snug_add(snug_load(p + 32), snug_load(q + 48)));
        snug_store(point.conjugate + SNUG_VL, snug_sub(snug_load(p + 48), snug_load(q + 32)));
    }
}

/* All products of `pairs` pairs of tiles and one or two panels. */
static void multiply(const snug_fft_conv *f, int32_t pairs, int32_t panels, const float *weights)
{
    const ptrdiff_t panel = (ptrdiff_t)f->channels * 16;
    snug_gemm gemm = {0};
    gemm.blocks = gemm.taps_y = gemm.taps_x = 1;
    gemm.depth = f->layer->in_channels;
    gemm.a_row = f->channels;
    gemm.a_depth = 1;
    gemm.b_depth = 16;
    gemm.out_row = 16;
    for (snug_fft_point point = no_point(); next_point(f, &point);) {
        const float *inputs = f->inputs + point.number * f->in_point;
        float *products = f->products + point.number * product_point(f);
        for (int32_t part = 0; part < (point.own ? 1 : 2); part++, weights += panels * panel)
            snug_point_product(&gemm, pairs * (point.own ? 2 : 4), panels, inputs, weights, panel,
                               products + part * product_part(f), f->panel_products);
    }
}

/* The outputs of one tile, SNUG_VL channels, from the part of the transform that holds them. */
static void store_tile(const snug_fft_conv *f, const snug_finisher *finisher, int32_t tile, const float *part,
                       snug_vec bias, const float *residual, float *output)
{
    const snug_layer *l = f->layer;
    const int32_t top = tile / f->plan.tiles_x * f->plan.tile_height;
    const int32_t left = tile % f->plan.tiles_x * f->plan.tile_width;
    const int32_t below = l->out_height - top, beside = l->out_width - left;
    const int32_t rows = below < f->plan.tile_height ? below : f->plan.tile_height;
    const int32_t columns = beside < f->plan.tile_width ? beside : f->plan.tile_width;
    for (int32_t y = 0; y < rows; y++) {
        float *out = output + (ptrdiff_t)(top + y) * l->out_row + (ptrdiff_t)left * l->out_pixel;
        const float *add =
            residual ? residual + (ptrdiff_t)(top + y) * l->other_row + (ptrdiff_t)left * l->other_pixel
                     : NULL;
        for (int32_t x = 0; x < columns; x++) {
            snug_vec sum = snug_add(snug_load(part + y * f->pitch + x * SNUG_VALUE), bias);
            if (add)
                sum = snug_add(sum, snug_load(add + (ptrdiff_t)x * l->other_pixel));
            snug_store(out + (ptrdiff_t)x * l->out_pixel, snug_finish(finisher, sum));
        }
    }
}

/* The outputs of a pair of tiles and 16 channels from their products. */
static void inverse_pair(const snug_fft_conv *f, const snug_finisher *finisher, int32_t pair, int32_t slot,
                         const float *products, const float *bias, const float *residual, float *output)
{
    const snug_fft_plan *plan = &f->plan;
    for (int32_t lane = 0; lane < 16; lane += SNUG_VL) {
        gather(f, slot, products + lane);
        for (int32_t x = 0; x < plan->width; x++)
            snug_fft(plan->height, 1, f->roots_y, f->transform + x * SNUG_VALUE, f->pitch, f->scratch);
        for (int32_t y = 0; y < plan->tile_height; y++)
            snug_fft(plan->width, 1, f->roots_x, f->transform + y * f->pitch, SNUG_VALUE, f->scratch);
        for (int32_t part = 0; part < 2 && 2 * pair + part < plan->tiles_y * plan->tiles_x; part++)
            store_tile(f, finisher, 2 * pair + part, f->transform + part * SNUG_VL, snug_load(bias + lane),
                       residual ? residual + lane : NULL, output + lane);
    }
}

static snug_fft_conv begin(const snug_layer *layer, const float *weights, float *workspace)
{
    snug_fft_conv f;
    f.layer = layer;
    f.plan = snug_make_fft_plan(layer);
    f.roots_y = weights;
    f.roots_x = weights + 2 * f.plan.height;
    f.channels = (layer->in_channels + 15) / 16 * 16;
    f.in_point = (ptrdiff_t)f.plan.pairs * 4 * f.channels + 16;
    f.panel_products = f.plan.points * product_point(&f);
    f.inputs = workspace;
    f.products = f.inputs + f.plan.points * f.in_point;
    f.transform = f.products + 2 * f.panel_products;
    f.pitch = (ptrdiff_t)(f.plan.width + 1) * SNUG_VALUE;
    f.scratch = f.transform + (ptrdiff_t)f.plan.height * (f.plan.width + 1) * 32;
    return f;
}

SNUG_CONV_KERNEL(conv_fft_c16)
{
    const snug_fft_conv f = begin(layer, weights, (float *)workspace);
    const snug_finisher finisher = snug_make_finisher(layer);
    const int32_t all_pairs = (f.plan.tiles_y * f.plan.tiles_x + 1) / 2,
                  panels = (layer->out_channels + 15) / 16;
    const int32_t products = 2 * f.plan.points - f.plan.own;
    weights += snug_fft_roots(&f.plan);
    for (int32_t first = 0; first < all_pairs; first += f.plan.pairs) {
        const int32_t pairs = all_pairs - first < f.plan.pairs ? all_pairs - first : f.plan.pairs;
        for (int32_t slot = 0; slot < pairs; slot++)
            for (int32_t channel = 0; channel < f.channels; channel += SNUG_VL) {
                transform_pair(&f, first + slot,
                               input + channel / 16 * (ptrdiff_t)layer->in_plane + channel % 16);
                scatter(&f, slot, channel);
            }
        for (int32_t panel = 0; panel < panels; panel += 2) {
            const int32_t count = panels - panel < 2 ? 1 : 2;
            multiply(&f, pairs, count, weights + (ptrdiff_t)panel * products * f.channels * 16);
            for (int32_t p = panel; p < panel + count; p++)
                for (int32_t slot = 0; slot < pairs; slot++)
                    inverse_pair(&f, &finisher, first + slot, slot,
                                 f.products + (p - panel) * f.panel_products, bias + p * 16,
                                 residual ? residual + (ptrdiff_t)p * layer->other_plane : NULL,
                                 output + (ptrdiff_t)p * layer->out_plane);
        }
    }
}
