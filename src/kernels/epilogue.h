/* epilogue.h - what happens to a convolution's sums before they are stored: limits (none, ReLU, clip) are
 * applied in registers by the register tiles; the other activations run over values that were just written.
 */
#ifndef SNUG_EPILOGUE_H
#define SNUG_EPILOGUE_H

#include <math.h>

#include "activation.h"

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
/* Of everything but a clip HUGE_VALF: then there is no minimum to take. */
static inline float snug_high(const snug_layer *layer)
{
    return layer->activation == SNUG_CLIP ? layer->activation_beta : HUGE_VALF;
}

/* 0, 1: a lower limit only, 2. */
static inline int snug_limits(const snug_layer *layer)
{
    return snug_has_limits(layer) + (snug_high(layer) < HUGE_VALF);
}

/* A layer's activation for vectors of sums that are stored one by one. */
typedef struct snug_finisher {
    snug_vec low, high;
    int only_limits;
    snug_activator activator;
} snug_finisher;

static inline snug_finisher snug_make_finisher(const snug_layer *layer)
{
    const int limits = snug_has_limits(layer);
    const snug_finisher finisher = {snug_set1(limits ? snug_low(layer) : -HUGE_VALF),
                                    snug_set1(limits ? snug_high(layer) : HUGE_VALF), snug_only_limits(layer),
                                    snug_make_activator(layer)};
    return finisher;
}

static inline snug_vec snug_finish(const snug_finisher *finisher, snug_vec value)
{
    value = snug_min(finisher->high, snug_max(finisher->low, value));
    return finisher->only_limits ? value : snug_activate_vector(&finisher->activator, value);
}

/* One value. */
static inline float snug_activated(const snug_layer *layer, float x)
{
    const snug_activator activator = snug_make_activator(layer);
    float lanes[SNUG_VL];
    if (layer->activation == SNUG_NO_ACTIVATION)
        return x;
    snug_store(lanes, snug_activate_vector(&activator, snug_set1(x)));
    return lanes[0];
}

/* In place on contiguous values. */
static SNUG_NOINLINE void snug_activate(const snug_layer *layer, float *values, ptrdiff_t count)
{
    const snug_activator activator = snug_make_activator(layer);
    if (layer->activation != SNUG_NO_ACTIVATION)
        snug_activate_run(&activator, values, values, count);
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
