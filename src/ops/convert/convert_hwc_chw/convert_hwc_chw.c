/* convert_hwc_chw.c - interleaved to planar: every row is a matrix to transpose. */
#include "transpose.h"

SNUG_MAP_KERNEL(convert_hwc_chw)
{
    (void)other;
    /* Where rows lie one after another, the map is a single row. */
    const int32_t joined =
        layer->in_row == layer->in_width * layer->in_pixel && layer->out_row == layer->in_width;
    const int32_t rows = joined ? 1 : layer->in_height;
    const int32_t width = joined ? layer->in_height * layer->in_width : layer->in_width;
    for (int32_t y = 0; y < rows; ++y)
        snug_transpose(input + (ptrdiff_t)y * layer->in_row, layer->in_pixel,
                       output + (ptrdiff_t)y * layer->out_row, layer->out_plane, width, layer->in_channels);
}
