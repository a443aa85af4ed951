/* tile_store.h - strips of finished sums, [pixels][32 output channels], added to a residual, activated and
 * stored in layouts that do not hold 16 channels side by side. */
#ifndef SNUG_TILE_STORE_H
#define SNUG_TILE_STORE_H

#include "copy.h"
#include "epilogue.h"
#include "transpose.h"

/* A strip: 28 KiB of sums. As many channels as the widest register tile has. */
enum { SNUG_STORE_PIXELS = 224, SNUG_STORE_CHANNELS = 32 };

/* Adds `pixels` pixels of the residual, which lie `step` apart; channels beyond `lanes` stay. block: channels
 * that lie together in it. */
static inline void snug_add_to_tile(int32_t block, int32_t lanes, int32_t pixels, const float *residual,
                                    ptrdiff_t plane, ptrdiff_t step, float *tile)
{
    if (block == 1) {
        for (int32_t lane = 0; lane < lanes; lane++)
            for (int32_t pixel = 0; pixel < pixels; pixel++)
                tile[pixel * SNUG_STORE_CHANNELS + lane] += residual[lane * plane + pixel * step];
        return;
    }
    for (int32_t lane = 0; lane < lanes; lane += block)
        for (int32_t pixel = 0; pixel < pixels; pixel++)
            for (int32_t c = 0; c < block; c++)
                tile[pixel * SNUG_STORE_CHANNELS + lane + c] +=
                    residual[lane / block * plane + pixel * step + c];
}

/* Stores `pixels` pixels, which lie `step` apart in the output. */
static inline void snug_store_tile(int32_t block, int32_t lanes, int32_t pixels, const float *tile,
                                   float *output, ptrdiff_t plane, ptrdiff_t step)
{
    if (block == 1 && step == 1) {
        snug_transpose(tile, SNUG_STORE_CHANNELS, output, plane, pixels, lanes);
        return;
    }
    for (int32_t lane = 0; lane < lanes; lane += block)
        for (int32_t pixel = 0; pixel < pixels; pixel++)
            for (int32_t c = 0; c < block; c++)
                output[lane / block * plane + pixel * step + c] =
                    tile[pixel * SNUG_STORE_CHANNELS + lane + c];
}

/* The strip's out_height x out_width pixels. block: channels that lie together in the output: 1, 4 or 8; the
 * last block is stored whole. Limits have been applied where there is no residual. */
static inline void snug_store_tiles(const snug_layer *strip, int32_t block, int32_t channels, float *tile,
                                    const float *residual, float *output)
{
    const int32_t lanes = (channels + block - 1) / block * block;
    int32_t height = strip->out_height, width = strip->out_width;
    if (strip->out_row == width * strip->out_pixel &&
        (!residual || strip->other_row == width * strip->other_pixel)) {
        width *= height;
        height = 1;
    }
    if (residual)
        for (int32_t y = 0; y < height; y++)
            snug_add_to_tile(block, lanes, width, residual + (ptrdiff_t)y * strip->other_row,
                             strip->other_plane, strip->other_pixel,
                             tile + (ptrdiff_t)y * width * SNUG_STORE_CHANNELS);
    if (residual || !snug_only_limits(strip))
        snug_activate(strip, tile, (ptrdiff_t)height * width * SNUG_STORE_CHANNELS);
    for (int32_t y = 0; y < height; y++)
        snug_store_tile(block, lanes, width, tile + (ptrdiff_t)y * width * SNUG_STORE_CHANNELS,
                        output + (ptrdiff_t)y * strip->out_row, strip->out_plane, strip->out_pixel);
}

#endif
