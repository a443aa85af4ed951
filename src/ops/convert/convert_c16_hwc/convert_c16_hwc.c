/* convert_c16_hwc.c - blocks of 16 channels to interleaved: 16 floats at a time. */
#include "copy.h"

SNUG_MAP_KERNEL(convert_c16_hwc)
{
    (void)other;
    for (int32_t y = 0; y < layer->in_height; ++y)
        for (int32_t c = 0; c < layer->in_channels; c += 16) {
            const float *in = input + (ptrdiff_t)y * layer->in_row + (ptrdiff_t)(c / 16) * layer->in_plane;
            float *out = output + (ptrdiff_t)y * layer->out_row + c;
            const int32_t count = layer->in_channels - c;
            for (int32_t x = 0; x < layer->in_width; ++x, in += layer->in_pixel, out += layer->out_pixel) {
                if (count >= 16)
                    snug_copy_16(out, in);
                else
                    snug_copy_channels(out, in, count);
            }
        }
}
