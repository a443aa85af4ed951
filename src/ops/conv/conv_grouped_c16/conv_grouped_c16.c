/* conv_grouped_c16 - many small groups, such as ResNeXt's 32 groups of 4 channels, and depthwise kernels with
 * a multiplier: a group fills no vector, but several of them do. Channel i of every group is a depthwise
 * convolution of a map that holds, in the place of each output channel, the input channel that this one
 * reads; the sum of these is the layer. So every multiplication is one that the layer asks for, where a
 * matrix product per group would leave most lanes idle. Workspace: one such map of 16 channels. Wins up to
 * groups of about 16 channels. */
#include "depthwise.h"

SNUG_CONV_KERNEL(conv_grouped_c16);

/* Where the 16 output channels from `first` on read channel i of their groups; channels that fill up the last
 * block read what its last one does. */
static void sources(const snug_layer *l, int32_t first, int32_t i, int32_t channels[16])
{
    const int32_t inputs = l->in_channels / l->groups, outputs = l->out_channels / l->groups;
    for (int32_t lane = 0; lane < 16; lane++) {
        const int32_t o = first + lane < l->out_channels ? first + lane : l->out_channels - 1;
        channels[lane] = o / outputs * inputs + i;
    }
}

static void spread_row(const snug_layer *l, const int32_t channels[16], const float *input, float *output)
{
#if SNUG_VL == 16
    const int32_t block = channels[0] / 16;
    if (channels[15] / 16 == block) { /* groups lie one after another: all in one block */
        const __m512i lanes = _mm512_and_si512(_mm512_loadu_si512(channels), _mm512_set1_epi32(15));
        const float *in = input + (ptrdiff_t)block * l->in_plane;
        for (int32_t x = 0; x < l->in_width; x++)
            snug_store(output + 16 * x,
                       _mm512_permutexvar_ps(lanes, snug_load(in + (ptrdiff_t)x * l->in_pixel)));
        return;
    }
#endif
    ptrdiff_t offsets[16];
    for (int32_t lane = 0; lane < 16; lane++)
        offsets[lane] = (ptrdiff_t)(channels[lane] / 16) * l->in_plane + channels[lane] % 16;
    for (int32_t x = 0; x < l->in_width; x++)
        for (int32_t lane = 0; lane < 16; lane++)
            output[16 * x + lane] = input[(ptrdiff_t)x * l->in_pixel + offsets[lane]];
}

/* The layer as a depthwise one of 16 channels on the spread map. */
static snug_layer depthwise_of(const snug_layer *l)
{
    snug_layer part = *l;
    part.in_pixel = 16;
    part.in_row = 16 * l->in_width;
    return part;
}

SNUG_CONV_KERNEL(conv_grouped_c16)
{
    static const float no_bias[16];
    float *spread = workspace;
    const int32_t inputs = layer->in_channels / layer->groups;
    const ptrdiff_t taps = (ptrdiff_t)layer->kernel_height * layer->kernel_width;
    for (int32_t o = 0; o < layer->out_channels; o += 16) {
        float *out = output + (ptrdiff_t)(o / 16) * layer->out_plane;
        snug_layer part = depthwise_of(layer);
        const float *add = residual ? residual + (ptrdiff_t)(o / 16) * layer->other_plane : NULL;
        for (int32_t i = 0; i < inputs; i++, weights += taps * 16) {
            int32_t channels[16];
            sources(layer, o, i, channels);
            for (int32_t y = 0; y < layer->in_height; y++)
                spread_row(layer, channels, input + (ptrdiff_t)y * layer->in_row,
                           spread + (ptrdiff_t)y * part.in_row);
            part.activation = i + 1 < inputs ? SNUG_NO_ACTIVATION : layer->activation;
            const snug_depthwise_plan plan = snug_depthwise_c16(&part);
            snug_depthwise_block(&part, &plan, 0, layer->out_height, 16, spread, weights,
                                 i == 0 ? bias + o : no_bias, add, out);
            add = out; /* the sum so far */
            part.other_row = layer->out_row;
            part.other_pixel = layer->out_pixel;
        }
    }
}
