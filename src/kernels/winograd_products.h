/* winograd_products.h - the transformed inputs of a block and their products, as floats. Part of winograd.h;
 * winograd_int8x3_products.h has the same functions. */
#ifndef SNUG_WINOGRAD_PRODUCTS_H
#define SNUG_WINOGRAD_PRODUCTS_H

/* Divides the workspace. */
static inline void snug_winograd_lay_out(snug_winograd_run *run, float *workspace)
{
    run->in = workspace;
    run->out = run->in + run->plan.in_floats;
    run->stage = run->out + run->plan.out_floats;
}

static inline void snug_winograd_stop(const snug_winograd_run *run) { (void)run; }

/* The transformed inputs of a block. */
static inline void snug_winograd_inputs(const snug_winograd_run *run, const snug_winograd_block *block,
                                        const float *input)
{
    for (int32_t group = 0; group < run->plan.groups; group++)
        snug_winograd_input_group(run, block, group, input, run->in + group * run->plan.in_group);
}

/* All points of a block times the weights of `panels` times 16 output channels. */
static inline void snug_winograd_products(const snug_winograd_run *run, const snug_winograd_block *block,
                                          int32_t panels, const float *weights)
{
    const snug_winograd_plan *plan = &run->plan;
    const ptrdiff_t step = (ptrdiff_t)panels * plan->groups * 256;
    for (int32_t i = 0; i < plan->y.points; i++)
        for (int32_t j = 0; j < plan->x.points; j++, weights += step) {
            const int32_t point = i * plan->x.points + j, tiles = snug_winograd_tiles(block, i, j);
            if (tiles > 0)
                snug_winograd_multiply(tiles, panels, plan->groups, plan->in_group,
                                       run->in + point * plan->in_point, weights, weights + step,
                                       run->out + point * plan->out_point);
        }
}

/* Of a point and a panel. */
static inline ptrdiff_t snug_winograd_weight_floats(const snug_winograd_run *run)
{
    return (ptrdiff_t)run->plan.groups * 256;
}

#endif
