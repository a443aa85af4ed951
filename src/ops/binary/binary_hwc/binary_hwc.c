/* binary_hwc.c - sum or product of two maps with broadcasting, then an activation, interleaved. */
#include "binary.h"

/* Whether both operands have the output's shape and all pixels of a row lie together. */
static int32_t rows_are_runs(const snug_layer *layer)
{
    const int32_t channels = layer->out_channels;
    return layer->other_channels == channels && layer->other_width == layer->out_width &&
           layer->in_pixel == channels && layer->other_pixel == channels && layer->out_pixel == channels;
}

SNUG_MAP_KERNEL(binary_hwc)
{
    const snug_activator activator = snug_make_activator(layer);
    const snug_steps b = snug_other_steps(layer);
    const int32_t b_step = layer->other_channels != 1 || layer->out_channels == 1;
    const int32_t joined = rows_are_runs(layer);
    const int32_t pixels = joined ? 1 : layer->out_width;
    const int32_t floats = joined ? layer->out_width * layer->out_channels : layer->out_channels;
    for (int32_t y = 0; y < layer->out_height; ++y)
        for (int32_t x = 0; x < pixels; ++x)
            snug_binary_run(&activator, layer->kind,
                            input + (ptrdiff_t)y * layer->in_row + (ptrdiff_t)x * layer->in_pixel,
                            other + y * b.row + x * b.pixel, b_step,
                            output + (ptrdiff_t)y * layer->out_row + (ptrdiff_t)x * layer->out_pixel, floats);
}
