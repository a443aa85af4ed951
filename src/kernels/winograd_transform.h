/* winograd_transform.h - the transforms of a Winograd convolution on vectors of channels, for every tile from
 * 1 output to SNUG_WINOGRAD_OUTPUT_HEIGHT x SNUG_WINOGRAD_OUTPUT_WIDTH of them. Part of winograd.h.
 *
 * A tile of m outputs and a kernel of r taps needs n = m + r - 1 points, which are always the first n of
 *
 *     0, 1, -1, infinity, 2, -2, 1/2, -1/2
 *
 * Write f for the finite ones among them and M_i(x) = product of (x - a_l) over l in f other than i. Then
 *
 *     Y = A^T [ (G g) * (B^T d) ],   A^T[j][i] = a_i^j,   G[i][k] = a_i^k / M_i(a_i),
 *     B^T[i][k] = coefficient of x^k in M_i(x)
 *
 * and infinity takes the last output, the last tap and M(x) = product over all of f. G is made when weights
 * are packed. B^T depends on n alone, so F(4, 3) and F(2, 5) share it. A smaller tile than the largest has
 * fewer l in f, so it has to make up for the G of the largest: its B^T rows are multiplied with M_i of the
 * largest over its own, at a_i. */
#ifndef SNUG_WINOGRAD_TRANSFORM_H
#define SNUG_WINOGRAD_TRANSFORM_H

#include "simd.h"
#include "winograd_plan.h"

#if defined(__GNUC__) && !defined(__TINYC__)
#define SNUG_WINOGRAD_INLINE static inline __attribute__((always_inline))
#define SNUG_WINOGRAD_ALIGNED __attribute__((aligned(64)))
#else
#define SNUG_WINOGRAD_INLINE static inline
#define SNUG_WINOGRAD_ALIGNED
#endif

/* gcc takes a value that it just loaded from memory again for every use as an operand; loads are then what
 * takes the time of a transform. Where there are registers enough, this keeps the value in one. */
#if SNUG_VL == 16
#define SNUG_WINOGRAD_KEEP(vector) __asm__("" : "+v"(vector))
#else
#define SNUG_WINOGRAD_KEEP(vector)
#endif

#define SNUG_WINOGRAD_SIDE SNUG_WINOGRAD_MOST_POINTS

/* What makes up for weights of the point that were made for `most` points where a tile has just `points`. */
static inline float snug_winograd_factor(int32_t point, int32_t points, int32_t most)
{
    static const float values[SNUG_WINOGRAD_SIDE] = {0.0f, 1.0f, -1.0f, 0.0f, 2.0f, -2.0f, 0.5f, -0.5f};
    float factor = 1.0f;
    if (point == 3)
        return factor;
    for (int32_t other = points; other < most; other++)
        if (other != 3)
            factor *= values[point] - values[other];
    return factor;
}

/* v * factor + w */
SNUG_WINOGRAD_INLINE snug_vec snug_winograd_fma(float factor, snug_vec v, snug_vec w)
{
    return snug_fma(snug_set1(factor), v, w);
}

/* B^T of 3 points, or 4. */
SNUG_WINOGRAD_INLINE void snug_winograd_input_4(const int n, const snug_vec *d, snug_vec *o)
{
    o[0] = snug_sub(d[2], d[0]);
    o[1] = snug_add(d[2], d[1]);
    o[2] = snug_sub(d[2], d[1]);
    if (n > 3)
        o[3] = snug_sub(d[3], d[1]);
}

/* B^T of 6 points. */
SNUG_WINOGRAD_INLINE void snug_winograd_input_6(const snug_vec *d, snug_vec *o)
{
    const snug_vec even1 = snug_winograd_fma(-4.0f, d[2], d[4]), odd1 = snug_winograd_fma(-4.0f, d[1], d[3]);
    const snug_vec even2 = snug_sub(d[4], d[2]), odd = snug_sub(d[3], d[1]);
    o[0] = snug_winograd_fma(4.0f, snug_sub(d[0], d[2]), even2);
    o[1] = snug_add(even1, odd1);
    o[2] = snug_sub(even1, odd1);
    o[3] = snug_winograd_fma(-4.0f, odd, snug_sub(d[5], d[3]));
    o[4] = snug_winograd_fma(2.0f, odd, even2);
    o[5] = snug_winograd_fma(-2.0f, odd, even2);
}

/* B^T of 8 points. */
SNUG_WINOGRAD_INLINE void snug_winograd_input_8(const snug_vec *d, snug_vec *o)
{
    const snug_vec even1 = snug_winograd_fma(-4.25f, d[4], snug_add(d[2], d[6]));
    const snug_vec odd1 = snug_winograd_fma(-4.25f, d[3], snug_add(d[1], d[5]));
    const snug_vec even2 = snug_winograd_fma(0.25f, d[2], snug_winograd_fma(-1.25f, d[4], d[6]));
    const snug_vec odd2 = snug_winograd_fma(0.25f, d[1], snug_winograd_fma(-1.25f, d[3], d[5]));
    const snug_vec even3 = snug_winograd_fma(4.0f, d[2], snug_winograd_fma(-5.0f, d[4], d[6]));
    const snug_vec odd3 = snug_winograd_fma(4.0f, d[1], snug_winograd_fma(-5.0f, d[3], d[5]));
    o[0] = snug_winograd_fma(5.25f, snug_sub(d[2], d[4]), snug_sub(d[6], d[0]));
    o[1] = snug_add(even1, odd1);
    o[2] = snug_sub(even1, odd1);
    o[3] = snug_winograd_fma(5.25f, snug_sub(d[3], d[5]), snug_sub(d[7], d[1]));
    o[4] = snug_winograd_fma(2.0f, odd2, even2);
    o[5] = snug_winograd_fma(-2.0f, odd2, even2);
    o[6] = snug_winograd_fma(0.5f, odd3, even3);
    o[7] = snug_winograd_fma(-0.5f, odd3, even3);
}

/* B^T of n points. One more point a multiplies every M_i with x - a: that is B^T of one point less on the
 * sequence d[k + 1] - a d[k]. The new point's own M_i is what infinity's was. */
SNUG_WINOGRAD_INLINE void snug_winograd_input(const int n, const snug_vec *d, snug_vec *o)
{
    snug_vec e[6];
    switch (n) {
    case 3:
    case 4:
        snug_winograd_input_4(n, d, o);
        break;
    case 5:
        e[0] = snug_winograd_fma(-2.0f, d[0], d[1]);
        e[1] = snug_winograd_fma(-2.0f, d[1], d[2]);
        e[2] = snug_winograd_fma(-2.0f, d[2], d[3]);
        e[3] = snug_winograd_fma(-2.0f, d[3], d[4]);
        snug_winograd_input_4(4, e, o);
        o[4] = snug_sub(d[3], d[1]);
        break;
    case 6:
        snug_winograd_input_6(d, o);
        break;
    case 7:
        e[0] = snug_winograd_fma(-0.5f, d[0], d[1]);
        e[1] = snug_winograd_fma(-0.5f, d[1], d[2]);
        e[2] = snug_winograd_fma(-0.5f, d[2], d[3]);
        e[3] = snug_winograd_fma(-0.5f, d[3], d[4]);
        e[4] = snug_winograd_fma(-0.5f, d[4], d[5]);
        e[5] = snug_winograd_fma(-0.5f, d[5], d[6]);
        snug_winograd_input_6(e, o);
        o[6] = snug_winograd_fma(-4.0f, snug_sub(d[3], d[1]), snug_sub(d[5], d[3]));
        break;
    default:
        snug_winograd_input_8(d, o);
        break;
    }
}

/* A^T of m outputs and n points. */
SNUG_WINOGRAD_INLINE void snug_winograd_output(const int m, const int n, const snug_vec *d, snug_vec *o)
{
    /* Powers of the points, even and odd; a point without its opposite counts in both. */
    const snug_vec even1 = snug_add(d[1], d[2]), odd1 = snug_sub(d[1], d[2]);
    snug_vec even2 = even1, odd2 = odd1, even3 = even1, odd3 = odd1;
    if (n >= 5) {
        even2 = n == 5 ? d[4] : snug_add(d[4], d[5]);
        odd2 = n == 5 ? d[4] : snug_sub(d[4], d[5]);
    }
    if (n >= 7) {
        even3 = n == 7 ? d[6] : snug_add(d[6], d[7]);
        odd3 = n == 7 ? d[6] : snug_sub(d[6], d[7]);
    }
    o[0] = snug_add(d[0], even1);
    if (n >= 5)
        o[0] = snug_add(o[0], even2);
    if (n >= 7)
        o[0] = snug_add(o[0], even3);
#define SNUG_WINOGRAD_OUTPUT_OF(j, power, inverse, parity)      \
    if (m > (j)) {                                              \
        o[j] = parity##1;                                       \
        if (n >= 5)                                             \
            o[j] = snug_winograd_fma(power, parity##2, o[j]);   \
        if (n >= 7)                                             \
            o[j] = snug_winograd_fma(inverse, parity##3, o[j]); \
    }
    SNUG_WINOGRAD_OUTPUT_OF(1, 2.0f, 0.5f, odd)
    SNUG_WINOGRAD_OUTPUT_OF(2, 4.0f, 0.25f, even)
    SNUG_WINOGRAD_OUTPUT_OF(3, 8.0f, 0.125f, odd)
    SNUG_WINOGRAD_OUTPUT_OF(4, 16.0f, 0.0625f, even)
    SNUG_WINOGRAD_OUTPUT_OF(5, 32.0f, 0.03125f, odd)
#undef SNUG_WINOGRAD_OUTPUT_OF
    if (n > 3)
        o[m - 1] = snug_add(o[m - 1], d[3]);
}

static inline int32_t snug_winograd_least(int32_t a, int32_t b) { return a < b ? a : b; }

/* DO(size) for the tile size at hand, a literal, so that every size has code of its own. */
#define SNUG_WINOGRAD_FOR_SIZE(most, size, DO) \
    if ((most) >= 6 && (size) == 6) {          \
        DO(6);                                 \
    } else if ((most) >= 5 && (size) == 5) {   \
        DO(5);                                 \
    } else if ((most) >= 4 && (size) == 4) {   \
        DO(4);                                 \
    } else if ((most) >= 3 && (size) == 3) {   \
        DO(3);                                 \
    } else if ((most) >= 2 && (size) == 2) {   \
        DO(2);                                 \
    } else {                                   \
        DO(1);                                 \
    }

/* The inputs of a tile: where they begin, and which of them lie inside the map. */
typedef struct snug_winograd_patch {
    ptrdiff_t origin, row, pixel; /* floats from the map's begin */
    int32_t height, width;        /* points */
    int32_t top, bottom, left, right;
} snug_winograd_patch;

static const float snug_winograd_zeros[16] SNUG_WINOGRAD_ALIGNED = {0};

/* B^T down every column of a patch. whole: all of it lies inside the map. Fetches the tile to the right. */
SNUG_WINOGRAD_INLINE void snug_winograd_input_down(const int n, const int whole,
                                                   const snug_winograd_patch *patch, const float *map,
                                                   float *out)
{
    const ptrdiff_t row = patch->row;
    ptrdiff_t origin = patch->origin;
    SNUG_NO_UNROLL
    for (int32_t x = 0; x < patch->width; x++, origin += patch->pixel, out += SNUG_VL) {
        const int inside = whole || (x >= patch->left && x < patch->right);
        snug_vec d[SNUG_WINOGRAD_SIDE], o[SNUG_WINOGRAD_SIDE];
        for (int i = 0; i < n; i++)
            d[i] =
                snug_load(inside && (whole || (i >= patch->top && i < patch->bottom)) ? map + origin + i * row
                                                                                      : snug_winograd_zeros);
        for (int i = 0; i < n; i++)
            SNUG_WINOGRAD_KEEP(d[i]);
        if (whole)
            for (int i = 0; i < n; i++)
                SNUG_PREFETCH_NEAR(map + origin + i * row + SNUG_WINOGRAD_SIDE * patch->pixel);
        snug_winograd_input(n, d, o);
        for (int i = 0; i < n; i++)
            snug_store(out + i * SNUG_WINOGRAD_SIDE * SNUG_VL, o[i]);
    }
}

/* B^T along every row, to the points: row i, column j goes to out + i * row + at[j]. factors: NULL, or by
 * what to multiply point (i, j). */
SNUG_WINOGRAD_INLINE void snug_winograd_input_along(const int n, const float *factors, int32_t rows,
                                                    const float *in, float *out, ptrdiff_t row,
                                                    const ptrdiff_t *at)
{
    SNUG_NO_UNROLL
    for (int32_t i = 0; i < rows; i++, in += SNUG_WINOGRAD_SIDE * SNUG_VL, out += row) {
        snug_vec d[SNUG_WINOGRAD_SIDE], o[SNUG_WINOGRAD_SIDE];
        for (int j = 0; j < n; j++)
            d[j] = snug_load(in + j * SNUG_VL);
        for (int j = 0; j < n; j++)
            SNUG_WINOGRAD_KEEP(d[j]);
        snug_winograd_input(n, d, o);
        if (factors) {
            for (int j = 0; j < n; j++)
                o[j] = snug_mul(o[j], snug_set1(factors[i * SNUG_WINOGRAD_SIDE + j]));
        }
        for (int j = 0; j < n; j++)
            snug_store(out + at[j], o[j]);
    }
}

/* B^T d B of one tile and 16 channels. */
static SNUG_NOINLINE void snug_winograd_forward(const snug_winograd_patch *patch, int whole,
                                                const float *factors, const float *map, float *out,
                                                ptrdiff_t row, const ptrdiff_t *at)
{
    float columns[SNUG_WINOGRAD_SIDE * SNUG_WINOGRAD_SIDE * SNUG_VL] SNUG_WINOGRAD_ALIGNED;
    const int32_t height = patch->height - SNUG_WINOGRAD_KERNEL + 1,
                  width = patch->width - SNUG_WINOGRAD_KERNEL + 1;
    for (int32_t lane = 0; lane < 16; lane += SNUG_VL, map += SNUG_VL, out += SNUG_VL) {
#define SNUG_WINOGRAD_DOWN(size)                                                             \
    if (whole)                                                                               \
        snug_winograd_input_down((size) + SNUG_WINOGRAD_KERNEL - 1, 1, patch, map, columns); \
    else                                                                                     \
        snug_winograd_input_down((size) + SNUG_WINOGRAD_KERNEL - 1, 0, patch, map, columns)
#define SNUG_WINOGRAD_ALONG(size)                                                                            \
    if (factors)                                                                                             \
        snug_winograd_input_along((size) + SNUG_WINOGRAD_KERNEL - 1, factors, patch->height, columns, out,   \
                                  row, at);                                                                  \
    else                                                                                                     \
        snug_winograd_input_along((size) + SNUG_WINOGRAD_KERNEL - 1, NULL, patch->height, columns, out, row, \
                                  at)
        SNUG_WINOGRAD_FOR_SIZE(SNUG_WINOGRAD_OUTPUT_HEIGHT, height, SNUG_WINOGRAD_DOWN)
        SNUG_WINOGRAD_FOR_SIZE(SNUG_WINOGRAD_OUTPUT_WIDTH, width, SNUG_WINOGRAD_ALONG)
#undef SNUG_WINOGRAD_DOWN
#undef SNUG_WINOGRAD_ALONG
    }
}

/* A finished tile: its size, where it goes, and what is done to the sums before. */
typedef struct snug_winograd_finish {
    int32_t height, width;
    ptrdiff_t out_row, out_pixel, add_row, add_pixel;
    int clamp;
    float low, high;
} snug_winograd_finish;

/* A^T down every column of points: column j, row i comes from in + i * row + at[j]. */
SNUG_WINOGRAD_INLINE void snug_winograd_output_down(const int m, int32_t columns, const float *in,
                                                    ptrdiff_t row, const ptrdiff_t *at, float *out)
{
    SNUG_NO_UNROLL
    for (int32_t j = 0; j < columns; j++, out += SNUG_VL) {
        const int n = m + SNUG_WINOGRAD_KERNEL - 1;
        snug_vec d[SNUG_WINOGRAD_SIDE], o[SNUG_WINOGRAD_SIDE];
        for (int i = 0; i < n; i++)
            d[i] = snug_load(in + i * row + at[j]);
        snug_winograd_output(m, n, d, o);
        for (int i = 0; i < m; i++)
            snug_store(out + i * SNUG_WINOGRAD_SIDE * SNUG_VL, o[i]);
    }
}

/* A^T along every row, bias, residual and limits. */
SNUG_WINOGRAD_INLINE void snug_winograd_output_along(const int m, const snug_winograd_finish *finish,
                                                     const float *in, const float *bias, const float *add,
                                                     float *out)
{
    const snug_vec offset = snug_load(bias), low = snug_set1(finish->low), high = snug_set1(finish->high);
    const int clamp = finish->clamp;
    SNUG_NO_UNROLL
    for (int32_t i = 0; i < finish->height; i++, in += SNUG_WINOGRAD_SIDE * SNUG_VL, out += finish->out_row) {
        const int n = m + SNUG_WINOGRAD_KERNEL - 1;
        snug_vec d[SNUG_WINOGRAD_SIDE], o[SNUG_WINOGRAD_SIDE];
        for (int j = 0; j < n; j++)
            d[j] = snug_load(in + j * SNUG_VL);
        snug_winograd_output(m, n, d, o);
        for (int j = 0; j < m; j++)
            o[j] = snug_add(o[j], offset);
        if (add) {
            for (int j = 0; j < m; j++)
                o[j] = snug_add(o[j], snug_load(add + j * finish->add_pixel));
            add += finish->add_row;
        }
        if (clamp) {
            for (int j = 0; j < m; j++)
                o[j] = snug_min(high, snug_max(low, o[j]));
        }
        for (int j = 0; j < m; j++)
            snug_store(out + j * finish->out_pixel, o[j]);
    }
}

/* A^T m of one tile: its rows, SNUG_WINOGRAD_SIDE vectors apart. */
SNUG_WINOGRAD_INLINE void snug_winograd_rows_back(const snug_winograd_finish *finish, const float *points,
                                                  ptrdiff_t row, const ptrdiff_t *at, float *rows)
{
    const int32_t points_x = finish->width + SNUG_WINOGRAD_KERNEL - 1;
#define SNUG_WINOGRAD_DOWN(size) snug_winograd_output_down(size, points_x, points, row, at, rows)
    SNUG_WINOGRAD_FOR_SIZE(SNUG_WINOGRAD_OUTPUT_HEIGHT, finish->height, SNUG_WINOGRAD_DOWN)
#undef SNUG_WINOGRAD_DOWN
}

/* A^T m A of one tile and 16 channels, finished and stored. add: NULL, or a residual. */
static SNUG_NOINLINE void snug_winograd_back(const snug_winograd_finish *finish, const float *points,
                                             ptrdiff_t row, const ptrdiff_t *at, const float *bias,
                                             const float *add, float *out)
{
    float rows[SNUG_WINOGRAD_SIDE * SNUG_WINOGRAD_SIDE * SNUG_VL] SNUG_WINOGRAD_ALIGNED;
    for (int32_t y = 0; y < finish->height; y++)
        for (int32_t x = 0; x < finish->width; x++)
            SNUG_PREFETCH_WRITE(out + y * finish->out_row + x * finish->out_pixel);
    for (int32_t lane = 0; lane < 16; lane += SNUG_VL) {
        snug_winograd_rows_back(finish, points + lane, row, at, rows);
#define SNUG_WINOGRAD_ALONG(size) \
    snug_winograd_output_along(size, finish, rows, bias + lane, add ? add + lane : NULL, out + lane)
        SNUG_WINOGRAD_FOR_SIZE(SNUG_WINOGRAD_OUTPUT_WIDTH, finish->width, SNUG_WINOGRAD_ALONG)
#undef SNUG_WINOGRAD_ALONG
    }
}

#endif
