/* parallel.h - a layer in parts, for networks compiled for several threads: every part is a call of the same
 * kernel on a slice of the layer's maps, with a workspace of its own. C99 and C++. */
#ifndef SNUG_PARALLEL_H
#define SNUG_PARALLEL_H

#include "snug.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef void snug_part_function(const void *context, int part);

/* Runs function(context, 0), function(context, 1), ... function(context, parts - 1), each once, in any order
 * or at the same time, and returns when all of them have returned: what they wrote must then be seen by
 * whoever called, and what the caller wrote before must be seen by them.
 *
 * parallel.c defines it by OpenMP where that is on; with OMP_PROC_BIND=true in the environment each thread
 * stays on a processor of its own, which systems do not always see to by themselves. To bring threads of your
 * own, leave parallel.c out or compile it without OpenMP, and define this function: it is called once per
 * layer with 2 parts or more, never with more than the network was compiled for, and never from inside a
 * part. With SNUG_SERIAL defined, parallel.c runs one part after another: right, on one thread, and no faster
 * than one. */
void snug_parallel_for(int parts, snug_part_function *function, const void *context);

/* What the parts of a call share: where the maps, weights and workspace of the whole begin. */
typedef struct snug_call {
    const float *input;
    const float *other; /* residual or second operand, or NULL */
    const float *weights;
    float *output;
    void *workspace;
} snug_call;

/* A part: the fields of snug_layer in which it differs from the whole, and how far into the whole's memory
 * its own begins, in floats (workspace: in bytes). */
typedef struct snug_part {
    int32_t in_channels, in_height, out_channels, out_height;
    int32_t pad_top, groups, block, other_channels, other_height;
    int32_t middle_height, pool_top;
    size_t input, other, weights, bias, output, workspace;
} snug_part;

static inline snug_layer snug_slice(const snug_layer *whole, const snug_part *part)
{
    snug_layer layer = *whole;
    layer.in_channels = part->in_channels;
    layer.in_height = part->in_height;
    layer.out_channels = part->out_channels;
    layer.out_height = part->out_height;
    layer.pad_top = part->pad_top;
    layer.groups = part->groups;
    layer.block = part->block;
    layer.other_channels = part->other_channels;
    layer.other_height = part->other_height;
    layer.middle_height = part->middle_height;
    layer.pool_top = part->pool_top;
    return layer;
}

#ifdef __cplusplus
}
#endif

#endif
