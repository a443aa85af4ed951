/* fft.h - discrete Fourier transforms of sizes 2^a 3^b 5^c, of vectors: every lane is a transform of its own.
 *
 * Stockham's algorithm, which needs no reordering: a pass of radix R takes n / R butterflies, each with R
 * values n / R apart, multiplies by the twiddle factors and writes them side by side; the next pass does the
 * same with n / R, R times interleaved. Passes go back and forth between two scratch buffers; the first one
 * reads and the last one writes where the caller wants it.
 *
 * A complex value is a vector of real parts and behind it one of imaginary parts. The inverse transform (not
 * divided by n) is the transform with the parts exchanged. */
#ifndef SNUG_FFT_H
#define SNUG_FFT_H

#include "simd.h"
#include "snug.h"

typedef struct snug_complex {
    snug_vec re, im;
} snug_complex;

static inline snug_complex snug_complex_add(snug_complex a, snug_complex b)
{
    const snug_complex sum = {snug_add(a.re, b.re), snug_add(a.im, b.im)};
    return sum;
}

static inline snug_complex snug_complex_sub(snug_complex a, snug_complex b)
{
    const snug_complex difference = {snug_sub(a.re, b.re), snug_sub(a.im, b.im)};
    return difference;
}

/* a + factor * b */
static inline snug_complex snug_complex_fma(float factor, snug_complex b, snug_complex a)
{
    const snug_vec f = snug_set1(factor);
    const snug_complex sum = {snug_fma(f, b.re, a.re), snug_fma(f, b.im, a.im)};
    return sum;
}

static inline snug_complex snug_complex_scale(float factor, snug_complex a)
{
    const snug_complex product = {snug_mul(snug_set1(factor), a.re), snug_mul(snug_set1(factor), a.im)};
    return product;
}

/* a - i b and a + i b */
static inline snug_complex snug_complex_sub_i(snug_complex a, snug_complex b)
{
    const snug_complex sum = {snug_add(a.re, b.im), snug_sub(a.im, b.re)};
    return sum;
}

static inline snug_complex snug_complex_add_i(snug_complex a, snug_complex b)
{
    const snug_complex sum = {snug_sub(a.re, b.im), snug_add(a.im, b.re)};
    return sum;
}

static inline snug_complex snug_complex_mul(snug_complex a, snug_complex b)
{
    const snug_vec minus_im = snug_sub(snug_set1(0.0f), b.im);
    const snug_complex product = {snug_fma(a.im, minus_im, snug_mul(a.re, b.re)),
                                  snug_fma(a.im, b.re, snug_mul(a.re, b.im))};
    return product;
}

/* The transform of `radix` values in place. */
static inline void snug_butterfly(int32_t radix, snug_complex *a)
{
    /* cppcheck-suppress uninitvar */
    const snug_complex a0 = a[0], a1 = a[1];
    if (radix == 2) {
        a[0] = snug_complex_add(a0, a1);
        a[1] = snug_complex_sub(a0, a1);
    } else if (radix == 3) {
        const snug_complex sum = snug_complex_add(a1, a[2]), middle = snug_complex_fma(-0.5f, sum, a0);
        const snug_complex side = snug_complex_scale(0.866025404f, snug_complex_sub(a1, a[2]));
        a[0] = snug_complex_add(a0, sum);
        a[1] = snug_complex_sub_i(middle, side);
        a[2] = snug_complex_add_i(middle, side);
    } else if (radix == 4) {
        const snug_complex even = snug_complex_add(a0, a[2]), even_less = snug_complex_sub(a0, a[2]);
        const snug_complex odd = snug_complex_add(a1, a[3]), odd_less = snug_complex_sub(a1, a[3]);
        a[0] = snug_complex_add(even, odd);
        a[1] = snug_complex_sub_i(even_less, odd_less);
        a[2] = snug_complex_sub(even, odd);
        a[3] = snug_complex_add_i(even_less, odd_less);
    } else { /* 5: the cosines and sines of 72 and 144 degrees */
        const float c1 = 0.309016994f, c2 = -0.809016994f, s1 = 0.951056516f, s2 = 0.587785252f;
        const snug_complex sum1 = snug_complex_add(a1, a[4]), sum2 = snug_complex_add(a[2], a[3]);
        const snug_complex less1 = snug_complex_sub(a1, a[4]), less2 = snug_complex_sub(a[2], a[3]);
        const snug_complex middle1 = snug_complex_fma(c2, sum2, snug_complex_fma(c1, sum1, a0));
        const snug_complex middle2 = snug_complex_fma(c1, sum2, snug_complex_fma(c2, sum1, a0));
        const snug_complex side1 = snug_complex_fma(s2, less2, snug_complex_scale(s1, less1));
        const snug_complex side2 = snug_complex_fma(-s1, less2, snug_complex_scale(s2, less1));
        a[0] = snug_complex_add(a0, snug_complex_add(sum1, sum2));
        a[1] = snug_complex_sub_i(middle1, side1);
        a[4] = snug_complex_add_i(middle1, side1);
        a[2] = snug_complex_sub_i(middle2, side2);
        a[3] = snug_complex_add_i(middle2, side2);
    }
}

/* Where a pass reads and writes: from one value to the next, and which part of a value is the real one. */
typedef struct snug_fft_ends {
    const float *in;
    float *out;
    ptrdiff_t in_step, out_step;
    ptrdiff_t re, im;
} snug_fft_ends;

/* One pass over `times` interleaved transforms of size n. */
static inline void snug_fft_radix(int32_t radix, int32_t n, int32_t times, const float *roots,
                                  const snug_fft_ends *given)
{
    const snug_fft_ends local = *given, *ends = &local; /* not reloaded after every store */
    const int32_t butterflies = n / radix;
    for (int32_t p = 0; p < butterflies; p++) {
        snug_complex twiddle[5];
        for (int32_t k = 1; k < radix; k++) {
            twiddle[k].re = snug_set1(roots[2 * p * k * times]);
            twiddle[k].im = snug_set1(roots[2 * p * k * times + 1]);
        }
        for (int32_t q = 0; q < times; q++) {
            snug_complex a[5];
            const float *in = ends->in + (q + times * p) * ends->in_step;
            float *out = ends->out + (q + times * p * radix) * ends->out_step;
            for (int32_t k = 0; k < radix; k++) {
                a[k].re = snug_load(in + k * times * butterflies * ends->in_step + ends->re);
                a[k].im = snug_load(in + k * times * butterflies * ends->in_step + ends->im);
            }
            snug_butterfly(radix, a);
            if (p > 0)
                for (int32_t k = 1; k < radix; k++)
                    a[k] = snug_complex_mul(a[k], twiddle[k]);
            for (int32_t k = 0; k < radix; k++) {
                snug_store(out + k * times * ends->out_step + ends->re, a[k].re);
                snug_store(out + k * times * ends->out_step + ends->im, a[k].im);
            }
        }
    }
}

/* One function per radix, so that a butterfly's values stay in registers. */
static SNUG_NOINLINE void snug_fft_radix_2(int32_t n, int32_t times, const float *roots,
                                           const snug_fft_ends *ends)
{
    snug_fft_radix(2, n, times, roots, ends);
}
static SNUG_NOINLINE void snug_fft_radix_3(int32_t n, int32_t times, const float *roots,
                                           const snug_fft_ends *ends)
{
    snug_fft_radix(3, n, times, roots, ends);
}
static SNUG_NOINLINE void snug_fft_radix_4(int32_t n, int32_t times, const float *roots,
                                           const snug_fft_ends *ends)
{
    snug_fft_radix(4, n, times, roots, ends);
}
static SNUG_NOINLINE void snug_fft_radix_5(int32_t n, int32_t times, const float *roots,
                                           const snug_fft_ends *ends)
{
    snug_fft_radix(5, n, times, roots, ends);
}

/* A transform in place of n values, `step` floats apart. roots: exp(-2 pi i j / n), [n][2]. scratch: twice n
 * values. */
static inline void snug_fft(int32_t n, int inverse, const float *roots, float *values, ptrdiff_t step,
                            float *scratch)
{
    const ptrdiff_t near_step = 2 * SNUG_VL;
    snug_fft_ends ends = {values, scratch, step, near_step, inverse ? SNUG_VL : 0, inverse ? 0 : SNUG_VL};
    for (int32_t rest = n, times = 1; rest > 1;) {
        const int32_t radix = rest % 4 == 0 ? 4 : rest % 2 == 0 ? 2 : rest % 3 == 0 ? 3 : 5;
        if (radix == rest) {
            ends.out = values;
            ends.out_step = step;
        }
        if (radix == 4)
            snug_fft_radix_4(rest, times, roots, &ends);
        else if (radix == 2)
            snug_fft_radix_2(rest, times, roots, &ends);
        else if (radix == 3)
            snug_fft_radix_3(rest, times, roots, &ends);
        else
            snug_fft_radix_5(rest, times, roots, &ends);
        rest /= radix;
        times *= radix;
        ends.in = ends.out;
        ends.in_step = near_step;
        ends.out = ends.in == scratch ? scratch + n * near_step : scratch;
    }
}

#endif
