/* lrn.h - powers for local response normalisation, without the C library. */
#ifndef SNUG_LRN_H
#define SNUG_LRN_H

#include "functions.h"
#include "snug.h"

typedef struct snug_lrn {
    int32_t before, after; /* channels of the window around the one in the middle */
    float beta;
    snug_vec bias, factor, minus_beta;
} snug_lrn;

static inline snug_lrn snug_make_lrn(const snug_layer *layer)
{
    snug_lrn lrn;
    lrn.before = (layer->lrn_size - 1) / 2;
    lrn.after = layer->lrn_size / 2;
    lrn.beta = layer->lrn_beta;
    lrn.bias = snug_set1(layer->lrn_bias);
    lrn.factor = snug_set1(layer->lrn_alpha / (float)layer->lrn_size);
    lrn.minus_beta = snug_set1(-layer->lrn_beta);
    return lrn;
}

/* x * (bias + factor * squares)^-beta. With r = base^-1/2, base^-3/4 = r * r * r^-1/2. */
static inline snug_vec snug_normalise(const snug_lrn *lrn, snug_vec x, snug_vec squares)
{
    const snug_vec base = snug_fma(squares, lrn->factor, lrn->bias);
    if (lrn->beta == 0.75F) {
        const snug_vec r = snug_reciprocal_sqrt(base);
        return snug_mul(snug_mul(x, r), snug_mul(r, snug_reciprocal_sqrt(r)));
    }
    if (lrn->beta == 0.5F)
        return snug_mul(x, snug_reciprocal_sqrt(base));
    if (lrn->beta == 1.0F)
        return snug_div(x, base);
    return snug_mul(x, snug_exp(snug_mul(lrn->minus_beta, snug_log(base))));
}

#endif
