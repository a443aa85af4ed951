/* pad.h - a constant around a plane of pixels. */
#ifndef SNUG_PAD_H
#define SNUG_PAD_H

#include "copy.h"

/* `pixels` pixels of `floats` floats each. */
static inline void snug_fill_pixels(const snug_layer *layer, int32_t floats, float *output, int32_t pixels)
{
    if (layer->out_pixel == floats) {
        snug_fill(output, layer->pad_value, pixels * floats);
        return;
    }
    for (int32_t x = 0; x < pixels; ++x)
        snug_fill(output + (ptrdiff_t)x * layer->out_pixel, layer->pad_value, floats);
}

static inline void snug_copy_pixels(const snug_layer *layer, int32_t floats, const float *input,
                                    float *output)
{
    if (layer->in_pixel == floats && layer->out_pixel == floats) {
        snug_copy(output, input, layer->in_width * floats);
        return;
    }
    for (int32_t x = 0; x < layer->in_width; ++x)
        snug_copy(output + (ptrdiff_t)x * layer->out_pixel, input + (ptrdiff_t)x * layer->in_pixel, floats);
}

/* One plane whose pixels are `floats` floats. */
static inline void snug_pad(const snug_layer *layer, int32_t floats, const float *input, float *output)
{
    const int32_t right = layer->pad_left + layer->in_width;
    for (int32_t oy = 0; oy < layer->out_height; ++oy) {
        const int32_t y = oy - layer->pad_top;
        float *row = output + (ptrdiff_t)oy * layer->out_row;
        if (y < 0 || y >= layer->in_height) {
            snug_fill_pixels(layer, floats, row, layer->out_width);
            continue;
        }
        snug_fill_pixels(layer, floats, row, layer->pad_left);
        snug_copy_pixels(layer, floats, input + (ptrdiff_t)y * layer->in_row,
                         row + (ptrdiff_t)layer->pad_left * layer->out_pixel);
        snug_fill_pixels(layer, floats, row + (ptrdiff_t)right * layer->out_pixel, layer->out_width - right);
    }
}

#endif
