/* snug.h - what all kernels of a network compiled by snug share: the description of a layer, and the two
 * signatures that a kernel can have. C99 and C++. */
#ifndef SNUG_H
#define SNUG_H

#include <stddef.h>
#include <stdint.h>

#if defined(_MSC_VER) || defined(__cplusplus)
#define SNUG_RESTRICT __restrict
#else
#define SNUG_RESTRICT restrict
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What is applied to a value before it is stored: x is the sum with bias and residual. */
enum snug_activation {
    SNUG_NO_ACTIVATION = 0,
    SNUG_RELU,         /* max(x, 0) */
    SNUG_CLIP,         /* min(max(x, alpha), beta) */
    SNUG_LEAKY_RELU,   /* x < 0 ? alpha * x : x */
    SNUG_SIGMOID,      /* 1 / (1 + exp(-x)) */
    SNUG_HARD_SIGMOID, /* min(max(alpha * x + beta, 0), 1) */
    SNUG_HARD_SWISH    /* x * min(max(x / 6 + 1/2, 0), 1) */
};

enum snug_kind {
    SNUG_DEFAULT = 0,
    SNUG_MAX,                       /* pool */
    SNUG_AVERAGE,                   /* pool: divides by the pixels inside the map */
    SNUG_AVERAGE_INCLUDING_PADDING, /* pool: divides by the pixels of the window, padding included */
    SNUG_ADD,                       /* binary */
    SNUG_MULTIPLY,                  /* binary */
    SNUG_PERMUTE_HCW,               /* transpose: output (y, c, x) is input (c, y, x) */
    SNUG_PERMUTE_WHC /* transpose: output (x, y, c) is input (c, y, x); a matrix has in_height 1 */
};

/* Further layers that one call can make together with the first. */
enum { SNUG_MORE_SIBLINGS = 3 };

/* One layer. Fields that an operator has no use for are 0. A map stored in a layout with channel blocks of B
 * (chw: 1, hwc: all channels, c16: 16) has channel c, row y, column x at
 *     (c / B) * plane + (c % B) + y * row + x * pixel
 * with the strides below, in elements: so a kernel can read and write a slice of a larger buffer. The
 * channels that fill up the last block hold finite values, which no kernel lets reach another channel. */
typedef struct snug_layer {
    int32_t in_channels, in_height, in_width;
    int32_t out_channels, out_height, out_width;
    int32_t kernel_height, kernel_width;
    int32_t stride_y, stride_x;
    int32_t dilation_y, dilation_x;
    int32_t pad_top, pad_left; /* what lies below and to the right follows from out_height, out_width */
    int32_t groups;            /* conv: out_channels and in_channels fall into this many groups */
    int32_t kind;              /* enum snug_kind */
    int32_t residual;          /* conv: 1 where a residual is added before the activation */
    int32_t activation;        /* enum snug_activation */
    float activation_alpha, activation_beta;
    int32_t lrn_size;
    float lrn_alpha, lrn_beta, lrn_bias;
    float pad_value;
    int32_t channel_offset; /* concat: where in the output the input's channels begin */
    int32_t other_channels, other_height, other_width; /* binary: the second operand, 1 is broadcast */
    int32_t middle_height, middle_width; /* conv_pool: the convolution's output, which the pool reads */
    int32_t pool_height, pool_width, pool_stride_y, pool_stride_x, pool_top, pool_left; /* its window */
    int32_t middle_channels; /* conv_separable: of the depthwise convolution; 0: as the input, no expansion */
    int32_t middle_activation; /* conv_separable: of expansion and depthwise convolution */
    float middle_alpha, middle_beta;
    int32_t block; /* the kernel's tuning knob: rows per strip, tiles per block, ... */
    int32_t in_plane, in_row, in_pixel;
    int32_t other_plane, other_row, other_pixel; /* the residual, or the second operand */
    int32_t out_plane, out_row, out_pixel;
    /* conv: layers that read the same input and are made by one call have the channels of all, and each has
     * its own output. Channels from sibling_channel[i] on, a multiple of 16, up to those of the next lie
     * sibling_floats[i] floats behind where the strides would have them. 0: no more of them */
    int32_t sibling_channel[SNUG_MORE_SIBLINGS], sibling_floats[SNUG_MORE_SIBLINGS];
} snug_layer;

/* NaN and infinity pass through all kernels: no output is a number that is not one by the operator's
 * definition. An infinity may become NaN, and so may what a kernel mixes with it or with NaN.
 *
 * conv: output = activation(conv(input, weights) + bias + residual).
 * weights: packed for this kernel, 64-byte aligned. bias: out_channels values, then zeros up to a multiple of
 * 16. residual: NULL, or a map like the output (it may be the output itself where the primitive says so).
 * workspace: 64-byte aligned, of the size that the primitive states. */
#define SNUG_CONV_KERNEL(name)                                                                      \
    void name(const snug_layer *layer, const float *input, const float *weights, const float *bias, \
              const float *residual, float *output, void *workspace)

/* every other operator: output = operator(input, other). other: NULL, or the second operand. */
#define SNUG_MAP_KERNEL(name) \
    void name(const snug_layer *layer, const float *input, const float *other, float *output)

#ifdef __cplusplus
}
#endif

#endif
