/* softmax_hwc.c - softmax over channels, interleaved: vectors of channels. */
#include "softmax.h"

SNUG_MAP_KERNEL(softmax_hwc)
{
    (void)other;
    for (int32_t y = 0; y < layer->in_height; ++y)
        for (int32_t x = 0; x < layer->in_width; ++x)
            snug_softmax_run(input + (ptrdiff_t)y * layer->in_row + (ptrdiff_t)x * layer->in_pixel,
                             output + (ptrdiff_t)y * layer->out_row + (ptrdiff_t)x * layer->out_pixel,
                             layer->in_channels);
}
