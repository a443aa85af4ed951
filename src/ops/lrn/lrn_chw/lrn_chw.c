/* lrn_chw.c - local response normalisation, planar: vectors of pixels, neighbours in other planes. A piece of
 * all planes of a window is read over and over from the first-level cache. */
#include "lrn.h"

/* Pixels per piece. */
#define PIXELS 256

/* A piece of one channel. first..last: the planes of the window relative to this one. */
static void normalise_piece(const snug_lrn *lrn, const snug_layer *layer, const float *input, float *output,
                            int32_t first, int32_t last, int32_t pixels)
{
    for (int32_t x = 0; x < pixels; x += SNUG_VL) {
        const snug_some lanes = snug_lanes(pixels - x < SNUG_VL ? pixels - x : SNUG_VL);
        snug_vec squares = snug_set1(0);
        for (int32_t i = first; i <= last; ++i) {
            const snug_vec neighbour = snug_load_lanes(input + (ptrdiff_t)i * layer->in_plane + x, lanes);
            squares = snug_fma(neighbour, neighbour, squares);
        }
        snug_store_lanes(output + x, snug_normalise(lrn, snug_load_lanes(input + x, lanes), squares), lanes);
    }
}

SNUG_MAP_KERNEL(lrn_chw)
{
    const snug_lrn lrn = snug_make_lrn(layer);
    const int32_t channels = layer->in_channels;
    /* Where rows lie one after another, the map is a single row. */
    const int32_t joined = layer->in_row == layer->in_width && layer->out_row == layer->in_width;
    const int32_t rows = joined ? 1 : layer->in_height;
    const int32_t width = joined ? layer->in_height * layer->in_width : layer->in_width;
    (void)other;
    for (int32_t y = 0; y < rows; ++y)
        for (int32_t x = 0; x < width; x += PIXELS)
            for (int32_t c = 0; c < channels; ++c) {
                const int32_t first = c < lrn.before ? -c : -lrn.before;
                const int32_t last = c + lrn.after < channels ? lrn.after : channels - 1 - c;
                normalise_piece(&lrn, layer,
                                input + (ptrdiff_t)c * layer->in_plane + (ptrdiff_t)y * layer->in_row + x,
                                output + (ptrdiff_t)c * layer->out_plane + (ptrdiff_t)y * layer->out_row + x,
                                first, last, width - x < PIXELS ? width - x : PIXELS);
            }
}
