/* activation.h - the activations of snug.h on vectors. */
#ifndef SNUG_ACTIVATION_H
#define SNUG_ACTIVATION_H

#include "functions.h"
#include "snug.h"

/* A layer's activation with its constants in vectors. */
typedef struct snug_activator {
    int32_t kind;
    snug_vec alpha, beta;
} snug_activator;

static inline snug_activator snug_make_activator(const snug_layer *layer)
{
    snug_activator activator;
    activator.kind = layer->activation;
    activator.alpha = snug_set1(layer->activation_alpha);
    activator.beta = snug_set1(layer->activation_beta);
    return activator;
}

static inline snug_vec snug_clamp_to_unit(snug_vec x)
{
    return snug_min(snug_set1(1), snug_max(snug_set1(0), x));
}

static inline snug_vec snug_activate_vector(const snug_activator *activator, snug_vec x)
{
    const snug_vec zero = snug_set1(0), one = snug_set1(1);
    switch (activator->kind) {
    case SNUG_RELU:
        return snug_max(zero, x);
    case SNUG_CLIP:
        return snug_min(activator->beta, snug_max(activator->alpha, x));
    case SNUG_LEAKY_RELU:
        return snug_fma(snug_min(zero, x), activator->alpha, snug_max(zero, x));
    case SNUG_SIGMOID:
        return snug_div(one, snug_add(one, snug_exp(snug_sub(zero, x))));
    case SNUG_HARD_SIGMOID:
        return snug_clamp_to_unit(snug_fma(x, activator->alpha, activator->beta));
    case SNUG_HARD_SWISH:
        return snug_mul(x, snug_clamp_to_unit(snug_fma(x, snug_set1(1.0F / 6), snug_set1(0.5F))));
    default:
        return x;
    }
}

/* output = activation(input), contiguous floats; output may be input. */
static inline void snug_activate_run(const snug_activator *activator, const float *input, float *output,
                                     ptrdiff_t floats)
{
    ptrdiff_t i = 0;
    for (; i + SNUG_VL <= floats; i += SNUG_VL)
        snug_store(output + i, snug_activate_vector(activator, snug_load(input + i)));
    if (i < floats) {
        const int32_t left = (int32_t)(floats - i);
        snug_store_some(output + i, snug_activate_vector(activator, snug_load_some(input + i, left)), left);
    }
}

#endif
