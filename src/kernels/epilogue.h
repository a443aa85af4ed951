/* epilogue.h - what happens to a convolution's sums before they are stored: limits (none, ReLU, clip) are
 * applied in registers by the register tiles; the other activations run over values that were just written.
 */
#ifndef SNUG_EPILOGUE_H
#define SNUG_EPILOGUE_H

#include <math.h>

#include "snug.h"

/* Whether the activation is a limit, or none: then snug_low and snug_high are all there is to it. */
static inline int snug_only_limits(const snug_layer *layer) { return layer->activation <= SNUG_CLIP; }
static inline int snug_has_limits(const snug_layer *layer)
{
    return layer->activation == SNUG_RELU || layer->activation == SNUG_CLIP;
}
static inline float snug_low(const snug_layer *layer)
{
    return layer->activation == SNUG_CLIP ? layer->activation_alpha : 0.0f;
}
static inline float snug_high(const snug_layer *layer)
{
    return layer->activation == SNUG_CLIP ? layer->activation_beta : HUGE_VALF;
}

/* exp(x) within 2 units in the last place, free of branches so that compilers make vectors of it: 2^n times a
 * polynomial on |r| <= ln(2) / 2. Results are limited to 1.2e-38 ... 1.7e38. */
static inline float snug_exp(float x)
{
    const float limited = x < -87.0f ? -87.0f : x > 88.0f ? 88.0f : x;
    const float scaled = limited * 1.44269504f;
    const int32_t n = (int32_t)(scaled + (scaled < 0.0f ? -0.5f : 0.5f));
    const float r = limited - (float)n * 0.693359375f - (float)n * -2.12194440e-4f;
    const float tail =
        0.5f + r * (1.66666667e-1f + r * (4.16666667e-2f + r * (8.33333333e-3f + r * 1.38888889e-3f)));
    union {
        int32_t bits;
        float value;
    } power;
    power.bits = (n + 127) * 8388608;
    return (1.0f + r + r * r * tail) * power.value;
}

static inline float snug_activated(const snug_layer *layer, float x)
{
    const float alpha = layer->activation_alpha, beta = layer->activation_beta;
    switch (layer->activation) {
    case SNUG_RELU:
        return x > 0.0f ? x : 0.0f;
    case SNUG_CLIP:
        return x < alpha ? alpha : x > beta ? beta : x;
    case SNUG_LEAKY_RELU:
        return x < 0.0f ? alpha * x : x;
    case SNUG_SIGMOID:
        return 1.0f / (1.0f + snug_exp(-x));
    case SNUG_HARD_SIGMOID: {
        const float y = alpha * x + beta;
        return y < 0.0f ? 0.0f : y > 1.0f ? 1.0f : y;
    }
    case SNUG_HARD_SWISH: {
        const float y = x * (1.0f / 6.0f) + 0.5f;
        return x * (y < 0.0f ? 0.0f : y > 1.0f ? 1.0f : y);
    }
    default:
        return x;
    }
}

/* In place on contiguous values; the kind is decided once. */
static inline void snug_activate(const snug_layer *layer, float *values, ptrdiff_t count)
{
    const float alpha = layer->activation_alpha, beta = layer->activation_beta;
    switch (layer->activation) {
    case SNUG_RELU:
    case SNUG_CLIP: {
        const float low = snug_low(layer), high = snug_high(layer);
        for (ptrdiff_t i = 0; i < count; i++)
            values[i] = values[i] < low ? low : values[i] > high ? high : values[i];
        break;
    }
    case SNUG_LEAKY_RELU:
        for (ptrdiff_t i = 0; i < count; i++)
            values[i] = values[i] < 0.0f ? alpha * values[i] : values[i];
        break;
    case SNUG_SIGMOID:
        for (ptrdiff_t i = 0; i < count; i++)
            values[i] = 1.0f / (1.0f + snug_exp(-values[i]));
        break;
    case SNUG_HARD_SIGMOID:
        for (ptrdiff_t i = 0; i < count; i++) {
            const float y = alpha * values[i] + beta;
            values[i] = y < 0.0f ? 0.0f : y > 1.0f ? 1.0f : y;
        }
        break;
    case SNUG_HARD_SWISH:
        for (ptrdiff_t i = 0; i < count; i++) {
            const float y = values[i] * (1.0f / 6.0f) + 0.5f;
            values[i] *= y < 0.0f ? 0.0f : y > 1.0f ? 1.0f : y;
        }
        break;
    default:
        break;
    }
}

/* The activations that are no limits, on rows of contiguous lanes; does nothing where the register tile did
 * it. */
static inline void snug_activate_rows(const snug_layer *layer, int32_t rows, int32_t lanes, float *values,
                                      ptrdiff_t row)
{
    if (snug_only_limits(layer))
        return;
    if (row == lanes) {
        snug_activate(layer, values, (ptrdiff_t)rows * lanes);
        return;
    }
    for (int32_t r = 0; r < rows; r++)
        snug_activate(layer, values + r * row, lanes);
}

#endif
