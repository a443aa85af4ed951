/* bf16x3.h - matrix products of floats by tiles of bfloat16 (AMX), for conv_bf16x3_c16.
 *
 * The idea. A bfloat16 is the upper half of a float: 8 bits of its 24. Three of them add up to it exactly,
 * each the upper half of what the ones before leave over:
 *
 *     x = x0 + x1 + x2,   x1 < x0 / 2^7,   x2 < x0 / 2^15
 *
 * A product of two floats is nine products of parts, which are exact in a float. Six of them,
 *
 *     x0 w0 + (x0 w1 + x1 w0) + (x0 w2 + x1 w1 + x2 w0),
 *
 * miss less than x w / 2^21, and as little as a rounding of a float, x w / 2^24, in the mean. Where the unit
 * for tiles multiplies bfloat16 16 times as fast as vectors multiply floats, six products are 2.7 times as
 * fast as one.
 *
 * Source. Henry, Tang and Heinecke, Leveraging the bfloat16 Artificial Intelligence Datatype For
 * Higher-Precision Computations, arXiv 1904.06376, 2019, section III; the tiles as in Intel's Architecture
 * Instruction Set Extensions, chapter 3.
 *
 * Numbers. Sums of 128 products are made in a tile and added up outside: they are as exact as those of other
 * kernels. Parts below 2^-126 count as zero. What is infinite, and what is not a number, makes all sums that
 * it is part of not a number.
 *
 * Without AMX, or where the operating system does not allow it, the same parts are added up and multiplied as
 * floats: right, and slow. */
#ifndef SNUG_BF16X3_H
#define SNUG_BF16X3_H

#include <string.h>

#include "bf16x3_plan.h"
#include "epilogue.h"

/* Steps after which the sums leave the tiles; their weights, 24 KiB, stay in the first-level cache. */
enum { SNUG_BF16X3_STEPS = 4 };

/* A layer, or a group of it. */
typedef struct snug_bf16x3 {
    const snug_layer *layer;
    snug_bf16x3_plan plan;
    snug_finisher finisher;
    int32_t taps;
    const int64_t *tap_words; /* where the taps' inputs lie among the parts */
    const uint32_t *parts;
    float *sums; /* [block][panel][32 pixels][16] */
    int amx;
} snug_bf16x3;

/* So many steps of a sum, of a pair of panels. */
typedef struct snug_bf16x3_steps {
    int32_t first, count, panels;
    const uint32_t *weights; /* [step][part][panel][16 pairs of channels][16 outputs], of the first */
    const uint32_t *next;    /* what is fetched meanwhile */
    int32_t next_lines;      /* per step */
} snug_bf16x3_steps;

#if defined(__AMX_TILE__) && defined(__AMX_BF16__) && defined(__linux__) && SNUG_VL == 16
#define SNUG_AMX

/* Asks the operating system for the tiles (arch_prctl ARCH_REQ_XCOMP_PERM, XTILEDATA), and gives them their
 * shape: 16 rows of 64 bytes. */
static inline int snug_amx_begin(void)
{
    struct {
        uint8_t palette, start_row, reserved[14];
        uint16_t row_bytes[16];
        uint8_t rows[16];
    } shape = {1, 0, {0}, {64, 64, 64, 64, 64, 64, 64, 64}, {16, 16, 16, 16, 16, 16, 16, 16}};
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(158L), "D"(0x1023L), "S"(18L) : "rcx", "r11", "memory");
    if (result != 0)
        return 0;
    _tile_loadconfig(&shape);
    return 1;
}

/* Compilers do not see that tiles are read from memory and written to it. */
#define SNUG_AMX_MEMORY() __asm__ volatile("" ::: "memory")

#define SNUG_AMX_LOAD(tile, words) _tile_loadd(tile, words, 64)
#define SNUG_AMX_ADD(sum, pixels, outputs) _tile_dpbf16ps(sum, pixels, outputs)
#define SNUG_AMX_STORE(tile, words) _tile_stored(tile, words, 64)

/* A step of 32 pixels, whose parts are x, x1 and x2, and of 16 outputs, in w. Tiles 0 and 2 are sums, 4 and 5
 * hold pixels, 6 and 7 outputs; each is loaded some products before it is used. */
static inline void snug_amx_step_1(const uint32_t *x, const uint32_t *x1, const uint32_t *x2,
                                   const uint32_t *w)
{
    const uint32_t *const w1 = w + SNUG_BF16X3_TILE_WORDS, *const w2 = w1 + SNUG_BF16X3_TILE_WORDS;
    SNUG_AMX_LOAD(4, x);
    SNUG_AMX_LOAD(6, w2);
    SNUG_AMX_LOAD(5, x + SNUG_BF16X3_TILE_WORDS);
    SNUG_AMX_LOAD(7, w1);
    SNUG_AMX_ADD(0, 4, 6);
    SNUG_AMX_ADD(2, 5, 6);
    SNUG_AMX_LOAD(6, w);
    SNUG_AMX_ADD(0, 4, 7);
    SNUG_AMX_ADD(2, 5, 7);
    SNUG_AMX_ADD(0, 4, 6);
    SNUG_AMX_LOAD(4, x1);
    SNUG_AMX_ADD(2, 5, 6);
    SNUG_AMX_LOAD(5, x1 + SNUG_BF16X3_TILE_WORDS);
    SNUG_AMX_ADD(0, 4, 7);
    SNUG_AMX_ADD(2, 5, 7);
    SNUG_AMX_ADD(0, 4, 6);
    SNUG_AMX_LOAD(4, x2);
    SNUG_AMX_ADD(2, 5, 6);
    SNUG_AMX_LOAD(5, x2 + SNUG_BF16X3_TILE_WORDS);
    SNUG_AMX_ADD(0, 4, 6);
    SNUG_AMX_ADD(2, 5, 6);
}

/* Of 32 outputs, whose parts are pairs of tiles in w: tiles 0 to 3 are sums [pixels][outputs]. */
static inline void snug_amx_step_2(const uint32_t *x, const uint32_t *x1, const uint32_t *x2,
                                   const uint32_t *w)
{
    const uint32_t *const w1 = w + 2 * SNUG_BF16X3_TILE_WORDS, *const w2 = w1 + 2 * SNUG_BF16X3_TILE_WORDS;
    SNUG_AMX_LOAD(4, x);
    SNUG_AMX_LOAD(6, w2);
    SNUG_AMX_ADD(0, 4, 6);
    SNUG_AMX_LOAD(7, w2 + SNUG_BF16X3_TILE_WORDS);
    SNUG_AMX_ADD(1, 4, 7);
    SNUG_AMX_LOAD(5, x + SNUG_BF16X3_TILE_WORDS);
    SNUG_AMX_ADD(2, 5, 6);
    SNUG_AMX_LOAD(6, w1);
    SNUG_AMX_ADD(3, 5, 7);
    SNUG_AMX_LOAD(7, w1 + SNUG_BF16X3_TILE_WORDS);
    SNUG_AMX_ADD(0, 4, 6);
    SNUG_AMX_ADD(2, 5, 6);
    SNUG_AMX_LOAD(6, w);
    SNUG_AMX_ADD(1, 4, 7);
    SNUG_AMX_ADD(3, 5, 7);
    SNUG_AMX_LOAD(7, w + SNUG_BF16X3_TILE_WORDS);
    SNUG_AMX_ADD(0, 4, 6);
    SNUG_AMX_ADD(2, 5, 6);
    SNUG_AMX_ADD(1, 4, 7);
    SNUG_AMX_LOAD(4, x1);
    SNUG_AMX_ADD(3, 5, 7);
    SNUG_AMX_LOAD(5, x1 + SNUG_BF16X3_TILE_WORDS);
    SNUG_AMX_ADD(0, 4, 6);
    SNUG_AMX_ADD(1, 4, 7);
    SNUG_AMX_ADD(2, 5, 6);
    SNUG_AMX_LOAD(6, w1);
    SNUG_AMX_ADD(3, 5, 7);
    SNUG_AMX_LOAD(7, w1 + SNUG_BF16X3_TILE_WORDS);
    SNUG_AMX_ADD(0, 4, 6);
    SNUG_AMX_ADD(2, 5, 6);
    SNUG_AMX_LOAD(6, w);
    SNUG_AMX_ADD(1, 4, 7);
    SNUG_AMX_LOAD(4, x2);
    SNUG_AMX_ADD(3, 5, 7);
    SNUG_AMX_LOAD(7, w + SNUG_BF16X3_TILE_WORDS);
    SNUG_AMX_ADD(0, 4, 6);
    SNUG_AMX_LOAD(5, x2 + SNUG_BF16X3_TILE_WORDS);
    SNUG_AMX_ADD(1, 4, 7);
    SNUG_AMX_ADD(2, 5, 6);
    SNUG_AMX_ADD(3, 5, 7);
}

/* See snug_bf16x3_product. */
static SNUG_NOINLINE void snug_amx_product(const snug_bf16x3 *b, const snug_bf16x3_steps *steps,
                                           const uint32_t *parts, float *sums)
{
    const ptrdiff_t part = b->plan.part_words;
    const ptrdiff_t step_words = (ptrdiff_t)steps->panels * SNUG_BF16X3_PARTS * SNUG_BF16X3_TILE_WORDS;
    const uint32_t *w = steps->weights, *next = steps->next;
    int32_t tap = steps->first % b->taps;
    const uint32_t *depth = parts + steps->first / b->taps * b->plan.depth_words;
    SNUG_AMX_MEMORY();
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (int32_t step = 0; step < steps->count; step++, w += step_words) {
        const uint32_t *const x = depth + b->tap_words[tap];
        if (steps->panels == 2)
            snug_amx_step_2(x, x + part, x + 2 * part, w);
        else
            snug_amx_step_1(x, x + part, x + 2 * part, w);
        for (int32_t line = 0; line < steps->next_lines; line++, next += 16)
            SNUG_PREFETCH(next);
        if (++tap == b->taps) {
            tap = 0;
            depth += b->plan.depth_words;
        }
    }
    SNUG_AMX_STORE(0, sums);
    SNUG_AMX_STORE(2, sums + SNUG_BF16X3_TILE_WORDS);
    if (steps->panels == 2) {
        SNUG_AMX_STORE(1, sums + 2 * SNUG_BF16X3_TILE_WORDS);
        SNUG_AMX_STORE(3, sums + 3 * SNUG_BF16X3_TILE_WORDS);
    }
    SNUG_AMX_MEMORY();
}
#endif

/* The floats that the halves of words are the upper halves of, summed over the parts. */
static inline void snug_bf16x3_join(const uint32_t *words, ptrdiff_t part, float *low, float *high)
{
    float sums[2] = {0, 0};
    for (int32_t p = SNUG_BF16X3_PARTS - 1; p >= 0; p--) {
        const uint32_t halves[2] = {words[p * part] << 16, words[p * part] & 0xffff0000U};
        float floats[2];
        memcpy(floats, halves, sizeof(floats));
        sums[0] += floats[0];
        sums[1] += floats[1];
    }
    *low = sums[0];
    *high = sums[1];
}

/* One step of one pixel, and of a panel, times it. */
static void snug_bf16x3_panel(const float *weights, const uint32_t *pixel, ptrdiff_t part, float *sums)
{
    for (int32_t pair = 0; pair < SNUG_BF16X3_DEPTH / 2; pair++) {
        float low, high;
        snug_bf16x3_join(pixel + pair, part, &low, &high);
        for (int32_t lane = 0; lane < 16; lane += SNUG_VL) {
            snug_vec sum = snug_load(sums + lane);
            sum = snug_fma(snug_set1(low), snug_load(weights + 32 * pair + lane), sum);
            sum = snug_fma(snug_set1(high), snug_load(weights + 32 * pair + 16 + lane), sum);
            snug_store(sums + lane, sum);
        }
    }
}

/* sums [panel][32 pixels][16] of some steps, of the block of pixels whose parts of the first tap lie at
 * `parts`. */
static SNUG_NOINLINE void snug_bf16x3_product(const snug_bf16x3 *b, const snug_bf16x3_steps *steps,
                                              const uint32_t *parts, float *sums)
{
#ifdef SNUG_AMX
    if (b->amx) {
        snug_amx_product(b, steps, parts, sums);
        return;
    }
#endif
    memset(sums, 0, (size_t)steps->panels * SNUG_BF16X3_PIXELS * 16 * sizeof(float));
    for (int32_t step = 0; step < steps->count; step++)
        for (int32_t panel = 0; panel < steps->panels; panel++) {
            const int32_t at = steps->first + step;
            const uint32_t *const w =
                steps->weights +
                ((ptrdiff_t)step * SNUG_BF16X3_PARTS * steps->panels + panel) * SNUG_BF16X3_TILE_WORDS;
            const uint32_t *const x = parts + at / b->taps * b->plan.depth_words + b->tap_words[at % b->taps];
            float weights[SNUG_BF16X3_DEPTH * 16];
            for (int32_t word = 0; word < SNUG_BF16X3_TILE_WORDS; word++)
                snug_bf16x3_join(w + word, (ptrdiff_t)steps->panels * SNUG_BF16X3_TILE_WORDS,
                                 weights + word / 16 * 32 + word % 16,
                                 weights + word / 16 * 32 + 16 + word % 16);
            for (int32_t pixel = 0; pixel < SNUG_BF16X3_PIXELS; pixel++)
                snug_bf16x3_panel(weights, x + pixel * 16, b->plan.part_words,
                                  sums + (panel * SNUG_BF16X3_PIXELS + pixel) * 16);
        }
}

/* The parts of 32 channels of a pixel: channel i and channel 16 + i share a word. high: NULL where there are
 * only 16. */
static inline void snug_bf16x3_split(const float *low, const float *high, uint32_t *words, ptrdiff_t part)
{
#if SNUG_VL == 16
    const __m512i upper = _mm512_set1_epi32((int32_t)0xffff0000U);
    __m512i a = _mm512_loadu_si512(low), b = high ? _mm512_loadu_si512(high) : _mm512_setzero_si512();
    for (int32_t p = 0; p < SNUG_BF16X3_PARTS; p++) {
        const __m512i a_upper = _mm512_and_si512(a, upper), b_upper = _mm512_and_si512(b, upper);
        _mm512_storeu_si512(words + p * part, _mm512_or_si512(_mm512_srli_epi32(a, 16), b_upper));
        a = _mm512_castps_si512(_mm512_sub_ps(_mm512_castsi512_ps(a), _mm512_castsi512_ps(a_upper)));
        b = _mm512_castps_si512(_mm512_sub_ps(_mm512_castsi512_ps(b), _mm512_castsi512_ps(b_upper)));
    }
#else
    for (int32_t i = 0; i < 16; i++) {
        float rest[2] = {low[i], high ? high[i] : 0.0f};
        for (int32_t p = 0; p < SNUG_BF16X3_PARTS; p++) {
            uint32_t bits[2];
            float upper[2];
            memcpy(bits, rest, sizeof(bits));
            words[p * part + i] = bits[0] >> 16 | (bits[1] & 0xffff0000U);
            bits[0] &= 0xffff0000U;
            bits[1] &= 0xffff0000U;
            memcpy(upper, bits, sizeof(upper));
            rest[0] -= upper[0];
            rest[1] -= upper[1];
        }
    }
#endif
}

/* A row of one phase, of 32 channels. input: the row's pixels, or NULL beside the map. */
static inline void snug_bf16x3_split_row(const snug_bf16x3 *b, int32_t phase_x, const float *input,
                                         int blocks, uint32_t *words)
{
    const snug_layer *const l = b->layer;
    const ptrdiff_t part = b->plan.part_words;
    for (int32_t x = 0; x < b->plan.width; x++, words += 16) {
        const int32_t at = x * l->stride_x + phase_x - l->pad_left;
        if (input && at >= 0 && at < l->in_width) {
            const float *const pixel = input + (ptrdiff_t)at * l->in_pixel;
            snug_bf16x3_split(pixel, blocks > 1 ? pixel + l->in_plane : NULL, words, part);
        } else {
            for (int32_t p = 0; p < SNUG_BF16X3_PARTS; p++)
                memset(words + p * part, 0, 64);
        }
    }
}

/* The input of `rows` output rows from y on, padded. */
static void snug_bf16x3_split_strip(const snug_bf16x3 *b, const float *input, int32_t y, int32_t rows,
                                    uint32_t *parts)
{
    const snug_layer *const l = b->layer;
    const snug_bf16x3_plan *const plan = &b->plan;
    const int32_t blocks = (l->in_channels / l->groups + 15) / 16;
    const int32_t height = rows + plan->height - plan->rows;
    for (int32_t phase = 0; phase < plan->phases_y * plan->phases_x; phase++)
        for (int32_t depth = 0; depth < plan->depths; depth++)
            for (int32_t row = 0; row < height; row++) {
                const int32_t at = (y + row) * l->stride_y + phase / plan->phases_x - l->pad_top;
                const int inside = at >= 0 && at < l->in_height;
                snug_bf16x3_split_row(
                    b, phase % plan->phases_x,
                    inside ? input + 2 * (ptrdiff_t)depth * l->in_plane + (ptrdiff_t)at * l->in_row : NULL,
                    blocks - 2 * depth,
                    parts + phase * plan->phase_words + depth * plan->depth_words +
                        (ptrdiff_t)row * plan->width * 16);
            }
}

/* Sums, in two arrays or one, become outputs: of `pixels` pixels of a row. */
static inline void snug_bf16x3_store_run(const snug_bf16x3 *b, int32_t pixels, const float *sums,
                                         const float *more, const float *bias, const float *residual,
                                         float *output)
{
    const snug_layer *const l = b->layer;
    for (int32_t pixel = 0; pixel < pixels; pixel++)
        for (int32_t lane = 0; lane < 16; lane += SNUG_VL) {
            snug_vec sum = snug_add(snug_load(sums + pixel * 16 + lane), snug_load(bias + lane));
            if (more)
                sum = snug_add(sum, snug_load(more + pixel * 16 + lane));
            if (residual)
                sum = snug_add(sum, snug_load(residual + (ptrdiff_t)pixel * l->other_pixel + lane));
            snug_store(output + (ptrdiff_t)pixel * l->out_pixel + lane, snug_finish(&b->finisher, sum));
        }
}

/* The same of a block of a strip of `rows` output rows; bias, residual and output: of its first panel. */
static void snug_bf16x3_store(const snug_bf16x3 *b, int32_t rows, int32_t block, int32_t panels,
                              const float *sums, const float *more, const float *bias, const float *residual,
                              float *output)
{
    const snug_layer *const l = b->layer;
    for (int32_t pixel = 0; pixel < SNUG_BF16X3_PIXELS;) {
        const int32_t place = block * SNUG_BF16X3_PIXELS + pixel, y = place / b->plan.width,
                      x = place % b->plan.width;
        const int32_t rest = SNUG_BF16X3_PIXELS - pixel, row = b->plan.width - x;
        if (y >= rows)
            return;
        if (x < l->out_width) {
            const int32_t pixels = l->out_width - x < rest ? l->out_width - x : rest;
            for (int32_t panel = 0; panel < panels; panel++) {
                const ptrdiff_t at = (panel * SNUG_BF16X3_PIXELS + pixel) * 16;
                snug_bf16x3_store_run(b, pixels, sums + at, more ? more + at : NULL, bias + panel * 16,
                                      residual
                                          ? residual + panel * (ptrdiff_t)l->other_plane +
                                                y * (ptrdiff_t)l->other_row + x * (ptrdiff_t)l->other_pixel
                                          : NULL,
                                      output + panel * (ptrdiff_t)l->out_plane + y * (ptrdiff_t)l->out_row +
                                          x * (ptrdiff_t)l->out_pixel);
            }
        }
        pixel += row < rest ? row : rest;
    }
}

/* One or two panels of a strip. next: the weights that are needed after these. */
static void snug_bf16x3_panels(const snug_bf16x3 *b, int32_t rows, int32_t panels, const uint32_t *weights,
                               const uint32_t *next, const float *bias, const float *residual, float *output)
{
    const int32_t all = b->plan.depths * b->taps;
    const int32_t places = (rows - 1) * b->plan.width + b->layer->out_width,
                  blocks = (places + SNUG_BF16X3_PIXELS - 1) / SNUG_BF16X3_PIXELS;
    const ptrdiff_t step_words = (ptrdiff_t)panels * SNUG_BF16X3_PARTS * SNUG_BF16X3_TILE_WORDS;
    const int32_t floats = panels * SNUG_BF16X3_PIXELS * 16;
    float tile[SNUG_BF16X3_PIXELS * SNUG_BF16X3_OUTPUTS];
    for (int32_t first = 0; first < all; first += SNUG_BF16X3_STEPS) {
        const int32_t count = all - first < SNUG_BF16X3_STEPS ? all - first : SNUG_BF16X3_STEPS;
        const int last = first + count == all;
        const int32_t lines = (int32_t)((step_words / 16 + blocks - 1) / blocks);
        snug_bf16x3_steps steps = {first, count, panels, weights + first * step_words, NULL, lines};
        const uint32_t *const after = last ? next : weights + (first + count) * step_words;
        for (int32_t block = 0; block < blocks; block++) {
            float *const sums = b->sums + (ptrdiff_t)block * SNUG_BF16X3_PIXELS * SNUG_BF16X3_OUTPUTS;
            float *const to = first == 0 && !last ? sums : tile;
            steps.next = after + (ptrdiff_t)block * count * lines * 16;
            snug_bf16x3_product(b, &steps, b->parts + (ptrdiff_t)block * SNUG_BF16X3_PIXELS * 16, to);
            if (last)
                snug_bf16x3_store(b, rows, block, panels, tile, first == 0 ? NULL : sums, bias, residual,
                                  output);
            else if (first != 0)
                for (int32_t i = 0; i < floats; i += SNUG_VL)
                    snug_store(sums + i, snug_add(snug_load(sums + i), snug_load(tile + i)));
        }
    }
}

#endif
