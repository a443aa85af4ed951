/* conv_pool_blocked_c16 - conv_blocked_c16 and the pool behind it, 32 output channels after another: their
 * weights stay in the cache while their bands go by (see conv_pool.h), and the band is so narrow that the
 * workspace is small even where one window covers the whole map. */
#include "conv_blocked.h"
#include "conv_pool.h"

SNUG_CONV_KERNEL(conv_pool_blocked_c16);

/* Two panels: as many as a register tile takes at once. */
#define CHANNELS 32

SNUG_CONV_KERNEL(conv_pool_blocked_c16)
{
    const int32_t in_channels = layer->in_channels / layer->groups;
    const int32_t out_channels = layer->out_channels / layer->groups, in_blocks = (in_channels + 15) / 16;
    const ptrdiff_t panel_floats = (ptrdiff_t)in_blocks * layer->kernel_height * layer->kernel_width * 256;
    snug_layer part = *layer;
    (void)residual;
    part.groups = 1;
    part.in_channels = in_channels;
    for (int32_t group = 0; group < layer->groups; group++) {
        const float *from = input + (ptrdiff_t)group * in_blocks * layer->in_plane;
        for (int32_t channel = 0; channel < out_channels; channel += CHANNELS) {
            const int32_t rest = out_channels - channel, first = group * out_channels + channel;
            part.out_channels = rest < CHANNELS ? rest : CHANNELS;
            snug_conv_pool(&part, snug_conv_blocked_c16, 0, from, weights + first / 16 * panel_floats,
                           bias + first, output + (ptrdiff_t)(first / 16) * layer->out_plane, workspace,
                           NULL);
        }
    }
}
