/* stretches.h - the long sums of a matrix product (long_sum.h): its loops over blocks, taps and depth cut
 * into smaller ones. */
#ifndef SNUG_STRETCHES_H
#define SNUG_STRETCHES_H

#include "gemm_tile.h"
#include "long_sum.h"

/* The product of a stretch's steps alone, the number of its first one in every loop of the whole, and how far
 * on its operands begin there. */
typedef struct snug_stretch {
    snug_gemm gemm;
    int32_t block, y, x, k;
    ptrdiff_t a, b;
    int last;
} snug_stretch;

/* What comes before the first. */
static inline snug_stretch snug_no_stretch(const snug_gemm *g)
{
    snug_stretch none = {*g, 0, 0, 0, 0, 0, 0, 0};
    none.gemm.blocks = none.gemm.taps_y = none.gemm.taps_x = none.gemm.depth = 0;
    return none;
}

/* How many turns of a loop of `count` a stretch takes that begins with turn `begin`: all stretches about as
 * many. */
static inline int32_t snug_stretch_turns(int32_t count, int64_t terms, int32_t begin)
{
    const int32_t most = snug_turns_at_once(terms), stretches = (count + most - 1) / most;
    const int32_t turns = (count + stretches - 1) / stretches;
    return turns < count - begin ? turns : count - begin;
}

/* How many of `taps` taps lie behind the first `left_out`. */
static inline int32_t snug_taps_behind(int32_t left_out, int32_t taps)
{
    return left_out < 0 ? taps : left_out < taps ? taps - left_out : 0;
}

static inline int32_t snug_block_depth(const snug_gemm *g, int32_t block)
{
    return block + 1 == g->blocks && g->last_depth ? g->last_depth : g->depth;
}

/* Goes on to the next stretch; 0 if there is none. */
static inline int snug_next_stretch(const snug_gemm *g, snug_stretch *s)
{
    snug_gemm *part = &s->gemm;
    const int64_t row = (int64_t)g->depth * g->taps_x;
    s->k += part->depth;
    if (s->k == snug_block_depth(g, s->block)) {
        s->k = 0;
        s->x += part->taps_x;
    }
    if (s->x == g->taps_x) {
        s->x = 0;
        s->y += part->taps_y;
    }
    if (s->y == g->taps_y) {
        s->y = 0;
        s->block += part->blocks;
    }
    if (s->block == g->blocks)
        return 0;
    const int32_t depth = snug_block_depth(g, s->block);
    part->blocks = snug_stretch_turns(g->blocks, row * g->taps_y, s->block);
    part->taps_y = snug_stretch_turns(g->taps_y, row, s->y);
    part->taps_x = snug_stretch_turns(g->taps_x, g->depth, s->x);
    part->depth = snug_stretch_turns(depth, 1, s->k);
    const int last_block = s->block + part->blocks == g->blocks;
    part->last_depth = last_block && part->blocks > 1 ? g->last_depth : 0;
    part->left_taps = part->taps_x - snug_taps_behind(g->left_taps - s->x, part->taps_x);
    part->right_taps = snug_taps_behind(g->taps_x - g->right_taps - s->x, part->taps_x);
    s->a = s->block * g->a_block + s->y * g->a_y + s->x * g->a_x + s->k * g->a_depth;
    s->b = s->block * g->b_block + s->y * g->b_y + s->x * g->b_x + s->k * g->b_depth;
    s->last = last_block && s->y + part->taps_y == g->taps_y && s->x + part->taps_x == g->taps_x &&
              s->k + part->depth == depth;
    return 1;
}

#endif
