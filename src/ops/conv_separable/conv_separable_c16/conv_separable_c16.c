/* conv_separable_c16 - depthwise and 1x1 convolution, with or without a 1x1 expansion before them, in bands
 * of rows (see bands.h): Sandler et al., "MobileNetV2", arXiv 1801.04381, whose section 5 splits the channels
 * instead. The wide maps in the middle, by far the largest tensors of such networks, never exist: `block`
 * rows of the depthwise convolution, and the expanded rows that these read, stay in the workspace and the
 * cache.
 *
 *     input rows --1x1--> band of expanded rows --depthwise--> `block` rows --1x1--> output rows
 *
 * Weights: panels and bias of the expansion, taps and bias of the depthwise convolution, panels of the
 * projection. Wins on memory wherever the middle is wide, and on time where it would leave the cache. */
#define SNUG_GEMM_HALF
#include "bands.h"
#include "conv_depthwise.h"
#include "conv_pointwise.h"

SNUG_CONV_KERNEL(conv_separable_c16);

typedef struct separable {
    snug_layer expansion, depthwise, projection;
    const float *expand, *expand_bias, *filter, *filter_bias, *project, *bias;
} separable;

static snug_layer pointwise_of(const snug_layer *layer, int32_t in_channels, int32_t out_channels)
{
    snug_layer pointwise = *layer;
    pointwise.in_channels = in_channels;
    pointwise.out_channels = out_channels;
    pointwise.kernel_height = pointwise.kernel_width = 1;
    pointwise.stride_y = pointwise.stride_x = 1;
    pointwise.dilation_y = pointwise.dilation_x = 1;
    pointwise.pad_top = pointwise.pad_left = 0;
    pointwise.groups = 1;
    pointwise.block = 0;
    return pointwise;
}

static void set_middle_activation(snug_layer *part, const snug_layer *layer)
{
    part->activation = layer->middle_activation;
    part->activation_alpha = layer->middle_alpha;
    part->activation_beta = layer->middle_beta;
}

static separable parts_of(const snug_layer *layer, const float *weights, const float *bias)
{
    separable s;
    const int32_t middle = layer->middle_channels ? layer->middle_channels : layer->in_channels;
    const int32_t blocks = (middle + 15) / 16,
                  rows = layer->block < layer->out_height ? layer->block : layer->out_height;
    s.expand = weights;
    s.expand_bias = s.expand;
    s.filter = weights;
    if (layer->middle_channels) {
        s.expand_bias = s.expand + (ptrdiff_t)blocks * ((layer->in_channels + 15) / 16) * 256;
        s.filter = s.expand_bias + blocks * 16;
    }
    s.filter_bias = s.filter + (ptrdiff_t)blocks * layer->kernel_height * layer->kernel_width * 16;
    s.project = s.filter_bias + blocks * 16;
    s.bias = bias;

    s.expansion = pointwise_of(layer, layer->in_channels, middle);
    s.expansion.out_width = layer->in_width;
    s.expansion.out_pixel = 16;
    s.expansion.out_row = layer->in_width * 16;
    set_middle_activation(&s.expansion, layer);

    s.depthwise = *layer;
    s.depthwise.in_channels = s.depthwise.out_channels = s.depthwise.groups = middle;
    s.depthwise.out_pixel = 16;
    s.depthwise.out_row = layer->out_width * 16;
    s.depthwise.out_plane = rows * s.depthwise.out_row;
    set_middle_activation(&s.depthwise, layer);

    s.projection = pointwise_of(layer, middle, layer->out_channels);
    s.projection.in_width = layer->out_width;
    s.projection.in_pixel = 16;
    s.projection.in_row = s.depthwise.out_row;
    s.projection.in_plane = s.depthwise.out_plane;
    return s;
}

/* Depthwise and projection of the output rows begin ... end - 1; depthwise: the layer that reads `input`. */
static void finish_rows(const separable *s, const snug_layer *depthwise, int32_t begin, int32_t end,
                        const float *input, const float *residual, float *middle, float *output)
{
    const int32_t step = s->depthwise.out_plane / s->depthwise.out_row;
    snug_layer projection = s->projection;
    for (int32_t y = begin; y < end; y += projection.out_height) {
        projection.in_height = projection.out_height = end - y < step ? end - y : step;
        const float *from = input;
        const snug_layer part = snug_rows_of(depthwise, y, projection.out_height, &from);
        snug_conv_depthwise_c16(&part, from, s->filter, s->filter_bias, NULL, middle, NULL);
        snug_conv_pointwise_c16(&projection, middle, s->project, s->bias,
                                residual ? residual + (ptrdiff_t)y * projection.other_row : NULL,
                                output + (ptrdiff_t)y * projection.out_row, NULL);
    }
}

static snug_band band_of(const snug_layer *layer, const separable *s, float *memory)
{
    snug_band band = {0};
    band.y.extent = layer->in_height;
    band.y.windows = layer->out_height;
    band.y.reach = (layer->kernel_height - 1) * layer->dilation_y + 1;
    band.y.stride = layer->stride_y;
    band.y.pad = layer->pad_top;
    band.step = layer->block * layer->stride_y;
    band.plane_blocks = (s->depthwise.in_channels + 15) / 16;
    band.row = (ptrdiff_t)layer->in_width * 16;
    band.plane = snug_band_rows(&band) * band.row;
    band.memory = memory;
    return band;
}

SNUG_CONV_KERNEL(conv_separable_c16)
{
    separable s = parts_of(layer, weights, bias);
    float *middle = workspace;
    if (!layer->middle_channels) {
        finish_rows(&s, &s.depthwise, 0, layer->out_height, input, residual, middle, output);
        return;
    }
    snug_band band = band_of(layer, &s, middle);
    middle += band.plane_blocks * band.plane;
    s.expansion.out_plane = (int32_t)band.plane;
    while (band.y.end < band.y.windows) {
        s.expansion.out_height = snug_band_next(&band);
        snug_conv_pointwise_c16(&s.expansion, input + (ptrdiff_t)band.y.done * layer->in_row, s.expand,
                                s.expand_bias, NULL, snug_band_end(&band), NULL);
        snug_window_axis_add(&band.y, s.expansion.out_height);
        const snug_layer depthwise = snug_read_band(&s.depthwise, &band);
        finish_rows(&s, &depthwise, band.y.begin, band.y.end, band.memory, residual, middle, output);
        snug_band_keep(&band);
    }
}
