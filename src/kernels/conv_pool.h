/* conv_pool.h - a convolution and the pool that alone reads it, in one kernel: the map between them, often
 * the largest tensor of the network, is computed in bands (see bands.h). `block` pooled rows a step make the
 * band min(block * pool_stride_y + pool_height - 1, middle_height) rows high. */
#ifndef SNUG_CONV_POOL_H
#define SNUG_CONV_POOL_H

#include "bands.h"
#include "pool.h"

static inline snug_band snug_pool_band(const snug_layer *layer, float *memory)
{
    snug_band band = {0};
    band.height = layer->middle_height;
    band.step = layer->block * layer->pool_stride_y;
    band.windows = layer->out_height;
    band.reach = layer->pool_height;
    band.stride = layer->pool_stride_y;
    band.pad = layer->pool_top;
    band.plane_blocks = (layer->out_channels + 15) / 16;
    band.row = (ptrdiff_t)layer->middle_width * 16;
    band.plane = snug_band_rows(band.height, band.step, band.reach) * band.row;
    band.memory = memory;
    return band;
}

static inline ptrdiff_t snug_pool_band_floats(const snug_layer *layer)
{
    const snug_band band = snug_pool_band(layer, NULL);
    return band.plane_blocks * band.plane;
}

/* The convolution alone, writing a band; its own knob is `conv_block`. */
static inline snug_layer snug_convolution_of(const snug_layer *layer, const snug_band *band,
                                             int32_t conv_block)
{
    snug_layer conv = *layer;
    conv.out_height = layer->middle_height;
    conv.out_width = layer->middle_width;
    conv.out_pixel = 16;
    conv.out_row = (int32_t)band->row;
    conv.out_plane = (int32_t)band->plane;
    conv.block = conv_block;
    return conv;
}

/* The pool alone. */
static inline snug_layer snug_pool_of(const snug_layer *layer)
{
    snug_layer pool = *layer;
    pool.in_channels = layer->out_channels;
    pool.in_height = layer->middle_height;
    pool.in_width = layer->middle_width;
    pool.kernel_height = layer->pool_height;
    pool.kernel_width = layer->pool_width;
    pool.stride_y = layer->pool_stride_y;
    pool.stride_x = layer->pool_stride_x;
    pool.dilation_y = pool.dilation_x = 1;
    pool.pad_top = layer->pool_top;
    pool.pad_left = layer->pool_left;
    return pool;
}

/* The windows that the last step completed. */
static inline void snug_pool_step(const snug_layer *pool, const snug_band *band, float *output)
{
    const float *from = band->memory;
    const snug_layer whole = snug_read_band(pool, band);
    const snug_layer part = snug_rows_of(&whole, band->begin, band->end - band->begin, &from);
    output += (ptrdiff_t)band->begin * pool->out_row;
    if (pool->kind == SNUG_MAX)
        snug_pool_c16(&part, SNUG_MAX, from, output);
    else
        snug_pool_c16(&part, pool->kind, from, output);
}

/* convolve: writes channel blocks of 16. */
static inline void snug_conv_pool(const snug_layer *layer, snug_convolution convolve, int32_t conv_block,
                                  const float *input, const float *weights, const float *bias, float *output,
                                  float *memory, void *workspace)
{
    snug_band band = snug_pool_band(layer, memory);
    const snug_layer pool = snug_pool_of(layer), conv = snug_convolution_of(layer, &band, conv_block);
    while (band.end < band.windows) {
        const int32_t rows = snug_band_next(&band);
        const float *from = input;
        const snug_layer part = snug_rows_of(&conv, band.done, rows, &from);
        convolve(&part, from, weights, bias, NULL, snug_band_end(&band), workspace);
        snug_band_add(&band, rows);
        if (band.end > band.begin)
            snug_pool_step(&pool, &band, output);
        snug_band_keep(&band);
    }
}

#endif
