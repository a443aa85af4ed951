/* cross_check - kernels whose register tiles ARM has by lanes, and max pools, against a textbook loop in
 * double precision, with and without a NaN in the input: a C99 program of its own, for a cross compiler and
 * an emulator. Prints the largest error; exit code 1 if that is too large. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "snug.h"

SNUG_CONV_KERNEL(conv_blocked_c16);
SNUG_CONV_KERNEL(conv_pointwise_c16);
SNUG_CONV_KERNEL(conv_pointwise_hwc);
SNUG_CONV_KERNEL(conv_implicit_hwc);
SNUG_MAP_KERNEL(pool_max_c16);
SNUG_MAP_KERNEL(pool_max_hwc);
SNUG_MAP_KERNEL(pool_max_chw);

enum { MAXIMUM_FLOATS = 1 << 17 };
static float input[MAXIMUM_FLOATS], weights[MAXIMUM_FLOATS], packed[MAXIMUM_FLOATS], residual[MAXIMUM_FLOATS],
    output[MAXIMUM_FLOATS], bias[1024];

typedef struct shape {
    int32_t channels, size, outputs, kernel, stride, pad, dilation, activation;
} shape;

/* Channel tails, rows shorter and longer than a tile, borders of one and two pixels, sums in several parts.
 */
static const shape shapes[] = {{16, 7, 16, 3, 1, 1, 1, SNUG_RELU},
                               {32, 14, 48, 3, 1, 1, 1, SNUG_NO_ACTIVATION},
                               {20, 13, 24, 3, 2, 1, 1, SNUG_CLIP},
                               {17, 9, 33, 5, 1, 2, 1, SNUG_RELU},
                               {21, 8, 16, 3, 1, 2, 2, SNUG_LEAKY_RELU},
                               {512, 4, 16, 3, 1, 1, 1, SNUG_NO_ACTIVATION},
                               {64, 1, 16, 3, 1, 1, 1, SNUG_RELU},
                               {16, 7, 32, 1, 1, 0, 1, SNUG_RELU},
                               {67, 13, 40, 1, 1, 0, 1, SNUG_CLIP},
                               {48, 14, 24, 1, 2, 0, 1, SNUG_HARD_SWISH},
                               {130, 5, 144, 1, 1, 0, 1, SNUG_NO_ACTIVATION},
                               {19, 6, 16, 1, 1, 0, 1, SNUG_SIGMOID},
                               {16, 9, 20, 3, 1, 1, 1, SNUG_HARD_SIGMOID}};

static float random_float(void)
{
    static uint32_t state = 1;
    state = state * 1664525U + 1013904223U;
    return (float)(state >> 8) / 8388608.0F - 1.0F;
}

static snug_layer layer_of(const shape *s, int blocked)
{
    snug_layer l = {0};
    l.in_channels = s->channels;
    l.in_height = l.in_width = s->size;
    l.out_channels = s->outputs;
    l.out_height = l.out_width = (s->size + 2 * s->pad - (s->kernel - 1) * s->dilation - 1) / s->stride + 1;
    l.kernel_height = l.kernel_width = s->kernel;
    l.stride_y = l.stride_x = s->stride;
    l.dilation_y = l.dilation_x = s->dilation;
    l.pad_top = l.pad_left = s->pad;
    l.groups = 1;
    l.residual = 1;
    l.activation = s->activation;
    l.activation_alpha = s->activation == SNUG_CLIP ? -4.0F : 0.1F;
    l.activation_beta = 6.0F;
    l.in_pixel = blocked ? 16 : s->channels;
    l.in_row = l.in_pixel * l.in_width;
    l.in_plane = l.in_row * l.in_height;
    l.out_pixel = l.other_pixel = blocked ? 16 : s->outputs;
    l.out_row = l.other_row = l.out_pixel * l.out_width;
    l.out_plane = l.other_plane = l.out_row * l.out_height;
    return l;
}

/* Where weight (o, channel, tap) lies: panels of 16 outputs, [block of 16 channels][tap][channel] or
 * [tap][channel]. */
static size_t packed_index(const snug_layer *l, int blocked, int32_t o, int32_t channel, int32_t tap)
{
    const int32_t taps = l->kernel_height * l->kernel_width;
    const int32_t channels = blocked ? (l->in_channels + 15) / 16 * 16 : l->in_channels;
    const int32_t step =
        blocked ? (channel / 16 * taps + tap) * 16 + channel % 16 : tap * l->in_channels + channel;
    return ((size_t)(o / 16) * (size_t)(channels * taps) + (size_t)step) * 16 + (size_t)(o % 16);
}

static size_t map_index(int blocked, int32_t plane, int32_t row, int32_t pixel, int32_t c, int32_t y,
                        int32_t x)
{
    const int32_t block = blocked ? c / 16 * plane + c % 16 : c;
    return (size_t)(block + y * row + x * pixel);
}

static double activated(const snug_layer *l, double x)
{
    switch (l->activation) {
    case SNUG_RELU:
        return x < 0 ? 0 : x;
    case SNUG_CLIP:
        return x < l->activation_alpha  ? l->activation_alpha
               : x > l->activation_beta ? l->activation_beta
                                        : x;
    case SNUG_LEAKY_RELU:
        return x < 0 ? l->activation_alpha * x : x;
    case SNUG_SIGMOID:
        return 1 / (1 + exp(-x));
    case SNUG_HARD_SIGMOID:
        x = l->activation_alpha * x + l->activation_beta;
        return x < 0 ? 0 : x > 1 ? 1 : x;
    case SNUG_HARD_SWISH:
        return x * (x < -3 ? 0 : x > 3 ? 1 : x / 6 + 0.5);
    default:
        return x;
    }
}

static double exact(const snug_layer *l, int blocked, int32_t o, int32_t y, int32_t x)
{
    double sum =
        bias[o] + residual[map_index(blocked, l->other_plane, l->other_row, l->other_pixel, o, y, x)];
    for (int32_t ky = 0; ky < l->kernel_height; ky++)
        for (int32_t kx = 0; kx < l->kernel_width; kx++) {
            const int32_t in_y = y * l->stride_y - l->pad_top + ky * l->dilation_y;
            const int32_t in_x = x * l->stride_x - l->pad_left + kx * l->dilation_x;
            if (in_y < 0 || in_y >= l->in_height || in_x < 0 || in_x >= l->in_width)
                continue;
            for (int32_t c = 0; c < l->in_channels; c++)
                sum += (double)input[map_index(blocked, l->in_plane, l->in_row, l->in_pixel, c, in_y, in_x)] *
                       weights[((size_t)o * (size_t)l->in_channels + (size_t)c) *
                                   (size_t)(l->kernel_height * l->kernel_width) +
                               (size_t)(ky * l->kernel_width + kx)];
        }
    return activated(l, sum);
}

/* NaN and a number differ infinitely. */
static double difference_of(double value, double result)
{
    if (isnan(value) || isnan(result))
        return isnan(value) && isnan(result) ? 0 : HUGE_VAL;
    return fabs(value - result);
}

/* The largest error relative to the largest output. planted: what one value of the input becomes, if not 0.
 */
static double error_of(SNUG_CONV_KERNEL((*kernel)), const shape *s, int blocked, float planted)
{
    const snug_layer l = layer_of(s, blocked);
    const int32_t taps = l.kernel_height * l.kernel_width;
    double largest = 0, difference = 0;
    for (size_t i = 0; i < MAXIMUM_FLOATS; i++) {
        input[i] = random_float();
        residual[i] = random_float();
        packed[i] = 0;
        output[i] = 0;
    }
    for (int32_t o = 0; o < l.out_channels; o++) {
        bias[o] = random_float();
        for (int32_t c = 0; c < l.in_channels; c++)
            for (int32_t tap = 0; tap < taps; tap++) {
                const float weight = random_float();
                weights[((size_t)o * (size_t)l.in_channels + (size_t)c) * (size_t)taps + (size_t)tap] =
                    weight;
                packed[packed_index(&l, blocked, o, c, tap)] = weight;
            }
    }
    for (int32_t o = l.out_channels; o % 16 != 0; o++)
        bias[o] = 0;
    if (planted != 0)
        input[map_index(blocked, l.in_plane, l.in_row, l.in_pixel, 0, s->size / 2, s->size / 2)] = planted;
    kernel(&l, input, packed, bias, residual, output, NULL);
    for (int32_t o = 0; o < l.out_channels; o++)
        for (int32_t y = 0; y < l.out_height; y++)
            for (int32_t x = 0; x < l.out_width; x++) {
                const double value = exact(&l, blocked, o, y, x);
                const double result =
                    output[map_index(blocked, l.out_plane, l.out_row, l.out_pixel, o, y, x)];
                if (difference_of(value, result) > difference)
                    difference = difference_of(value, result);
                if (fabs(value) > largest)
                    largest = fabs(value);
            }
    return difference / largest;
}

static int check(const char *name, SNUG_CONV_KERNEL((*kernel)), int blocked, int pointwise)
{
    int failed = 0;
    double worst = 0;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        if (pointwise && shapes[i].kernel != 1)
            continue;
        const double with_nan = error_of(kernel, &shapes[i], blocked, NAN),
                     without = error_of(kernel, &shapes[i], blocked, 0),
                     error = with_nan > without ? with_nan : without;
        if (!(error <= 2e-6)) {
            printf("%s: shape %u: error %.2e\n", name, (unsigned)i, error);
            failed = 1;
        }
        worst = error > worst ? error : worst;
    }
    printf("%s: largest error %.2e\n", name, worst);
    return failed;
}

enum { POOL_CHANNELS = 16, POOL_SIZE = 17 };

/* The value of one window. at: where its channel begins. */
static float largest(const snug_layer *l, size_t at, int32_t y, int32_t x)
{
    float found = -HUGE_VALF;
    for (int32_t row = y * l->stride_y; row < y * l->stride_y + l->kernel_height; row++)
        for (int32_t column = x * l->stride_x; column < x * l->stride_x + l->kernel_width; column++) {
            const float value = input[at + (size_t)(row * l->in_row + column * l->in_pixel)];
            if (isnan(value) || value > found)
                found = value;
        }
    return found;
}

/* A max pool without padding of a map in which a value is NaN, and all of a corner -infinity. */
static int check_pool(const char *name, SNUG_MAP_KERNEL((*kernel)), int planar, int32_t size, int32_t stride)
{
    const int32_t channel = planar ? POOL_SIZE * POOL_SIZE : 1, pixel = planar ? 1 : POOL_CHANNELS;
    snug_layer l = {0};
    int failed = 0;
    l.kind = SNUG_MAX;
    l.in_channels = l.out_channels = POOL_CHANNELS;
    l.in_height = l.in_width = POOL_SIZE;
    l.out_height = l.out_width = (POOL_SIZE - size) / stride + 1;
    l.kernel_height = l.kernel_width = size;
    l.stride_y = l.stride_x = stride;
    l.dilation_y = l.dilation_x = 1;
    l.in_pixel = l.out_pixel = pixel;
    l.in_row = pixel * l.in_width;
    l.out_row = pixel * l.out_width;
    l.in_plane = l.in_row * l.in_height;
    l.out_plane = l.out_row * l.out_height;
    for (size_t i = 0; i < MAXIMUM_FLOATS; i++)
        input[i] = random_float();
    for (int32_t c = 0; c < POOL_CHANNELS; c++) {
        input[c * channel + (c + 1) * l.in_row + c * pixel] = NAN;
        for (int32_t i = 0; i < size * size; i++)
            input[c * channel + i / size * l.in_row + (POOL_SIZE - 1 - i % size) * pixel] = -HUGE_VALF;
    }
    kernel(&l, input, NULL, output);
    for (int32_t c = 0; c < POOL_CHANNELS; c++)
        for (int32_t y = 0; y < l.out_height; y++)
            for (int32_t x = 0; x < l.out_width; x++) {
                const float value = largest(&l, (size_t)(c * channel), y, x),
                            result = output[c * (planar ? l.out_plane : 1) + y * l.out_row + x * pixel];
                failed |= !(value == result || (isnan(value) && isnan(result)));
            }
    if (failed)
        printf("%s: wrong in windows of %d at stride %d\n", name, (int)size, (int)stride);
    return failed;
}

int main(void)
{
    int failed = check("conv_blocked_c16", conv_blocked_c16, 1, 0);
    failed |= check("conv_pointwise_c16", conv_pointwise_c16, 1, 1);
    failed |= check("conv_pointwise_hwc", conv_pointwise_hwc, 0, 1);
    failed |= check("conv_implicit_hwc", conv_implicit_hwc, 0, 0);
    for (int32_t size = 2; size <= 4; size++)
        for (int32_t stride = 1; stride <= 2; stride++) {
            failed |= check_pool("pool_max_c16", pool_max_c16, 0, size, stride);
            failed |= check_pool("pool_max_hwc", pool_max_hwc, 0, size, stride);
            failed |= check_pool("pool_max_chw", pool_max_chw, 1, size, stride);
        }
    return failed;
}
