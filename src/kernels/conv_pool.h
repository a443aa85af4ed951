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
    band.y = snug_pool_rows(layer);
    band.step = layer->block * layer->pool_stride_y;
    band.plane_blocks = (layer->out_channels + 15) / 16;
    band.row = (ptrdiff_t)layer->middle_width * 16;
    band.plane = snug_band_rows(&band) * band.row;
    band.memory = memory;
    return band;
}

static inline ptrdiff_t snug_pool_band_floats(const snug_layer *layer)
{
    const snug_band band = snug_pool_band(layer, NULL);
    return band.plane_blocks * band.plane;
}

/* The convolution alone, writing channel blocks of 16; its own knob is `conv_block`. */
static inline snug_layer snug_convolution_of(const snug_layer *layer, ptrdiff_t plane, ptrdiff_t row,
                                             int32_t conv_block)
{
    snug_layer conv = *layer;
    conv.out_height = layer->middle_height;
    conv.out_width = layer->middle_width;
    conv.out_pixel = 16;
    conv.out_row = (int32_t)row;
    conv.out_plane = (int32_t)plane;
    conv.block = conv_block;
    return conv;
}

/* The pool alone, reading what snug_convolution_of writes. */
static inline snug_layer snug_pool_of(const snug_layer *layer, const snug_layer *conv)
{
    snug_layer pool = *layer;
    pool.in_channels = layer->out_channels;
    pool.kernel_height = layer->pool_height;
    pool.kernel_width = layer->pool_width;
    pool.stride_y = layer->pool_stride_y;
    pool.stride_x = layer->pool_stride_x;
    pool.dilation_y = pool.dilation_x = 1;
    pool.in_plane = conv->out_plane;
    pool.in_row = conv->out_row;
    pool.in_pixel = conv->out_pixel;
    return pool;
}

/* The windows that were completed last. The map is there from row y->first, column x->first on, at `from`. */
static inline void snug_pool_completed(const snug_layer *pool, const snug_window_axis *y,
                                       const snug_window_axis *x, const float *from, float *output)
{
    const snug_windows rows = snug_windows_completed(y), columns = snug_windows_completed(x);
    snug_layer part = *pool;
    part.out_height = y->end - y->begin;
    part.out_width = x->end - x->begin;
    if (part.out_height == 0 || part.out_width == 0)
        return;
    part.in_height = rows.extent;
    part.in_width = columns.extent;
    part.pad_top = rows.pad;
    part.pad_left = columns.pad;
    from += (ptrdiff_t)rows.skip * pool->in_row + (ptrdiff_t)columns.skip * pool->in_pixel;
    output += (ptrdiff_t)y->begin * pool->out_row + (ptrdiff_t)x->begin * pool->out_pixel;
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
    snug_window_axis x = snug_pool_columns(layer);
    const snug_layer conv = snug_convolution_of(layer, band.plane, band.row, conv_block);
    const snug_layer pool = snug_pool_of(layer, &conv);
    snug_window_axis_add(&x, x.extent);
    while (band.y.end < band.y.windows) {
        const int32_t rows = snug_band_next(&band);
        const float *from = input;
        const snug_layer part = snug_rows_of(&conv, band.y.done, rows, &from);
        convolve(&part, from, weights, bias, NULL, snug_band_end(&band), workspace);
        snug_window_axis_add(&band.y, rows);
        snug_pool_completed(&pool, &band.y, &x, band.memory, output);
        snug_band_keep(&band);
    }
}

#endif
