/* binary_chw.c - sum or product of two maps with broadcasting, then an activation, planar. */
#include "binary.h"
#include "runs.h"

static int32_t is_dense(const snug_layer *layer)
{
    const int32_t width = layer->out_width, plane = layer->out_height * width;
    return layer->in_row == width && layer->out_row == width && layer->in_plane == plane &&
           layer->out_plane == plane;
}

/* Same shape, or one value per channel: planes are single runs. */
static int32_t combine_planes(const snug_layer *layer, const float *input, const float *other, float *output)
{
    const snug_activator activator = snug_make_activator(layer);
    const int32_t plane = layer->out_height * layer->out_width;
    const int32_t per_channel = layer->other_height == 1 && layer->other_width == 1;
    const int32_t same = layer->other_height == layer->out_height && layer->other_width == layer->out_width &&
                         layer->other_row == layer->out_width;
    if (!is_dense(layer) || (!per_channel && !same))
        return 0;
    const ptrdiff_t step = layer->other_channels == 1 ? 0 : layer->other_plane;
    for (int32_t c = 0; c < layer->out_channels; ++c)
        snug_binary_run(&activator, layer->kind, input + (ptrdiff_t)c * plane, other + c * step, !per_channel,
                        output + (ptrdiff_t)c * plane, plane);
    return 1;
}

SNUG_MAP_KERNEL(binary_chw)
{
    const snug_activator activator = snug_make_activator(layer);
    const snug_steps b = snug_other_steps(layer);
    if (combine_planes(layer, input, other, output))
        return;
    for (int32_t c = 0; c < layer->out_channels; ++c)
        for (int32_t y = 0; y < layer->out_height; ++y)
            snug_binary_run(&activator, layer->kind,
                            input + (ptrdiff_t)c * layer->in_plane + (ptrdiff_t)y * layer->in_row,
                            other + c * b.plane + y * b.row, b.pixel != 0,
                            output + (ptrdiff_t)c * layer->out_plane + (ptrdiff_t)y * layer->out_row,
                            layer->out_width);
}
