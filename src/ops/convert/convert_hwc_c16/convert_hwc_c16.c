/* convert_hwc_c16.c - interleaved to blocks of 16 channels: 16 floats at a time. */
#include "copy.h"
#include "runs.h"

SNUG_MAP_KERNEL(convert_hwc_c16)
{
    (void)other;
    for (int32_t y = 0; y < layer->in_height; ++y)
        for (int32_t c = 0; c < layer->in_channels; c += 16) {
            const float *in = input + (ptrdiff_t)y * layer->in_row + c;
            float *out = output + (ptrdiff_t)y * layer->out_row + (ptrdiff_t)(c / 16) * layer->out_plane;
            const int32_t count = layer->in_channels - c;
            for (int32_t x = 0; x < layer->in_width; ++x, in += layer->in_pixel, out += layer->out_pixel) {
                if (count >= 16)
                    snug_copy_16(out, in);
                else
                    snug_copy_channels(out, in, count);
            }
        }
    snug_zero_padding_c16(layer, output);
}
