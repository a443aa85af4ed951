/* binary_c16.c - sum or product of two maps with broadcasting, then an activation, blocks of 16 channels. */
#include "binary.h"
#include "runs.h"

/* A row of a block. An operand with a single channel spreads its first lane. */
static void combine_row(const snug_layer *layer, const snug_activator *activator, const float *a,
                        const float *b, ptrdiff_t b_pixel, float *output)
{
    const int32_t b_step = layer->other_channels != 1 || layer->out_channels == 1;
    if (b_step && b_pixel == 16) {
        snug_binary_run(activator, layer->kind, a, b, 1, output, layer->out_width * 16);
        return;
    }
    for (int32_t x = 0; x < layer->out_width; ++x)
        for (int32_t i = 0; i < 16; i += SNUG_VL) {
            const snug_vec left = snug_load(a + 16 * x + i),
                           right = snug_load_operand(b + x * b_pixel, b_step, i);
            snug_store(output + 16 * x + i,
                       snug_activate_vector(activator, snug_combine(layer->kind, left, right)));
        }
}

SNUG_MAP_KERNEL(binary_c16)
{
    const snug_activator activator = snug_make_activator(layer);
    const snug_steps b = snug_other_steps(layer);
    for (int32_t block = 0; block < (layer->out_channels + 15) / 16; ++block)
        for (int32_t y = 0; y < layer->out_height; ++y)
            combine_row(layer, &activator,
                        input + (ptrdiff_t)block * layer->in_plane + (ptrdiff_t)y * layer->in_row,
                        other + block * b.plane + y * b.row, b.pixel,
                        output + (ptrdiff_t)block * layer->out_plane + (ptrdiff_t)y * layer->out_row);
    snug_zero_padding_c16(layer, output);
}
