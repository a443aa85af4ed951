/* transpose_chw.c - dimensions of row-major memory swapped: the outer two of three, or the first with the
 * last. */
#include "copy.h"
#include "transpose.h"

SNUG_MAP_KERNEL(transpose_chw)
{
    (void)other;
    for (int32_t y = 0; y < layer->in_height; ++y) {
        if (layer->kind == SNUG_PERMUTE_WHC) {
            snug_transpose(input + (ptrdiff_t)y * layer->in_row, layer->in_plane,
                           output + (ptrdiff_t)y * layer->out_row, layer->out_plane, layer->in_channels,
                           layer->in_width);
            continue;
        }
        for (int32_t c = 0; c < layer->in_channels; ++c)
            snug_copy(output + (ptrdiff_t)y * layer->out_plane + (ptrdiff_t)c * layer->out_row,
                      input + (ptrdiff_t)c * layer->in_plane + (ptrdiff_t)y * layer->in_row, layer->in_width);
    }
}
