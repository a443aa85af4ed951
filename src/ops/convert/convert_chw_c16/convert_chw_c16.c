/* convert_chw_c16.c - planar to blocks of 16 channels: 16 planes of a row are a matrix to transpose. */
#include "transpose.h"
#include "runs.h"

SNUG_MAP_KERNEL(convert_chw_c16)
{
    (void)other;
    /* Where rows lie one after another, the map is a single row. */
    const int32_t joined =
        layer->in_row == layer->in_width && layer->out_row == layer->in_width * layer->out_pixel;
    const int32_t rows = joined ? 1 : layer->in_height;
    const int32_t width = joined ? layer->in_height * layer->in_width : layer->in_width;
    for (int32_t c = 0; c < layer->in_channels; c += 16)
        for (int32_t y = 0; y < rows; ++y)
            snug_transpose(
                input + (ptrdiff_t)c * layer->in_plane + (ptrdiff_t)y * layer->in_row, layer->in_plane,
                output + (ptrdiff_t)(c / 16) * layer->out_plane + (ptrdiff_t)y * layer->out_row,
                layer->out_pixel, layer->in_channels - c < 16 ? layer->in_channels - c : 16, width);
    snug_zero_padding_c16(layer, output);
}
