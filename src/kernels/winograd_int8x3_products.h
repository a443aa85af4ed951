/* winograd_int8x3_products.h - the transformed inputs of a block and their products, as digits
 * (winograd_int8x3.h). Part of winograd.h; winograd_products.h has the same functions. */
#ifndef SNUG_WINOGRAD_INT8X3_PRODUCTS_H
#define SNUG_WINOGRAD_INT8X3_PRODUCTS_H

/* Divides the workspace, and begins with the unit for tiles. */
static inline void snug_winograd_lay_out(snug_winograd_run *run, float *workspace)
{
    run->digits = snug_winograd_digits_of(&run->plan, workspace);
    run->out = workspace + run->digits.plan.floats;
    run->in = run->out + run->plan.out_floats;
    run->stage = run->in + run->digits.plan.in_floats;
}

static inline void snug_winograd_stop(const snug_winograd_run *run) { snug_amx_end(run->digits.amx); }

/* The transformed inputs of a block, as digits. */
static inline void snug_winograd_inputs(const snug_winograd_run *run, const snug_winograd_block *block,
                                        const float *input)
{
    const snug_winograd_plan *plan = &run->plan;
    const snug_layer *l = run->layer;
    const int32_t top = block->y * plan->y.size - l->pad_top, left = block->x * plan->x.size - l->pad_left,
                  bottom = top + block->rows * plan->y.size + SNUG_WINOGRAD_KERNEL - 1,
                  right = left + block->columns * plan->x.size + SNUG_WINOGRAD_KERNEL - 1;
    snug_winograd_find_units(&run->digits, plan, l, input, top < 0 ? 0 : top,
                             snug_winograd_least(bottom, l->in_height), left < 0 ? 0 : left,
                             snug_winograd_least(right, l->in_width));
    for (int32_t step = 0; step < run->digits.plan.steps; step++) {
        const int32_t first = step * SNUG_WINOGRAD_STEP_GROUPS,
                      groups = snug_winograd_least(SNUG_WINOGRAD_STEP_GROUPS, plan->groups - first),
                      channels = snug_winograd_least(SNUG_INT8X3_DEPTH, l->in_channels - first * 16);
        for (int32_t group = 0; group < groups; group++)
            snug_winograd_input_group(run, block, first + group, input, run->in + group * plan->in_group);
        for (int32_t i = 0; i < plan->y.points; i++)
            for (int32_t j = 0; j < plan->x.points; j++) {
                const int32_t point = i * plan->x.points + j;
                snug_winograd_to_digits(&run->digits, point, step, snug_winograd_tiles(block, i, j), channels,
                                        run->in + point * plan->in_point, plan->in_group);
            }
    }
}

/* All points of a block times the weights of `panels` times 16 output channels. */
static inline void snug_winograd_products(const snug_winograd_run *run, const snug_winograd_block *block,
                                          int32_t panels, const float *weights)
{
    static const float no_bias[SNUG_WINOGRAD_PANELS * 16] = {0};
    const snug_winograd_plan *plan = &run->plan;
    const ptrdiff_t panel_bytes = run->digits.plan.panel_bytes;
    snug_winograd_pending pending;
    snug_layer points = {0}; /* a point's sums as a layer's output */
    points.out_width = plan->rows * plan->columns;
    points.out_pixel = panels * 16;
    points.out_plane = 16;
    snug_int8x3_outputs o = snug_int8x3_outputs_of(&points, 0, panel_bytes, weights, no_bias, NULL, run->out);
    o.sums = run->digits.sums;
    o.amx = run->digits.amx;
    o.pixels = run->digits.plan.pixels;
    pending.sums.left = 0;
    for (int32_t i = 0; i < plan->y.points; i++)
        for (int32_t j = 0; j < plan->x.points;
             j++, o.weights += panels * panel_bytes, o.output += plan->out_point) {
            o.width = snug_winograd_tiles(block, i, j);
            if (o.width > 0)
                snug_winograd_multiply_digits(&run->digits, i * plan->x.points + j, panels, &o, &pending);
        }
    if (pending.sums.left > 0)
        snug_int8x3_finish(&pending.outputs, &pending.sums, pending.sums.left);
}

/* Of a point and a panel. */
static inline ptrdiff_t snug_winograd_weight_floats(const snug_winograd_run *run)
{
    return run->digits.plan.panel_bytes / (ptrdiff_t)sizeof(float);
}

#endif
