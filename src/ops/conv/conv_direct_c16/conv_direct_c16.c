/* conv_direct_c16 - the textbook loops on maps in blocks of 16 channels, for every layer. No workspace and
 * weights in ONNX's order, a fraction of the machine's speed: what remains where nothing else serves a layer,
 * and the yardstick of the `direct` strategy. */
#include "direct.h"

SNUG_CONV_KERNEL(conv_direct_c16);

SNUG_CONV_KERNEL(conv_direct_c16)
{
    (void)workspace;
    snug_direct(layer, 16, 16, input, weights, bias, residual, output);
    if (layer->out_channels % 16 == 0)
        return;
    float *block = output + layer->out_channels / 16 * (ptrdiff_t)layer->out_plane;
    for (int32_t y = 0; y < layer->out_height; y++)
        for (int32_t x = 0; x < layer->out_width; x++)
            for (int32_t lane = layer->out_channels % 16; lane < 16; lane++)
                block[(ptrdiff_t)y * layer->out_row + (ptrdiff_t)x * layer->out_pixel + lane] = 0.0f;
}
