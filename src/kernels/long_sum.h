/* long_sum.h - long sums in stretches, each of which begins with 0 and is added to those before.
 *
 * Every addition rounds to the size of the sum so far. In one piece, n products of random signs come to an
 * error of about 3e-8 sqrt(n) of the largest result: 2e-6 where n is 4500, 4e-6 for 16000 channels. In
 * stretches it is little more than that of one stretch: 1.1e-6 for these, 1.2e-6 for 113 channels of 11x11
 * (3.8e-6 in one piece). A stretch costs a register tile no more than reading and writing its sums once. */
#ifndef SNUG_LONG_SUM_H
#define SNUG_LONG_SUM_H

#include <stdint.h>

/* The most terms of a stretch: 256 channels of 3x3. */
enum { SNUG_LONGEST_SUM = 2304 };

/* How many turns of a loop with so many terms in each a stretch may take: at least one. */
static inline int32_t snug_turns_at_once(int64_t terms)
{
    return terms < SNUG_LONGEST_SUM ? (int32_t)(SNUG_LONGEST_SUM / terms) : 1;
}

#endif
