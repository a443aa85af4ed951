#include "contract/random_layer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/error.h"

namespace snug {
namespace {

int32_t random_channels(Random& random) {
  if (random.chance(30)) return 16 * random.integer(1, 5);
  return random.chance(70) ? random.integer(1, 40) : random.integer(41, 150);
}

int32_t random_extent(Random& random) {
  if (random.chance(10)) return 1;
  return random.chance(80) ? random.integer(2, 17) : random.integer(18, 45);
}

/// The output has the input's shape.
void set_map(snug_layer& layer, int32_t channels, int32_t height, int32_t width) {
  layer.in_channels = layer.out_channels = channels;
  layer.in_height = layer.out_height = height;
  layer.in_width = layer.out_width = width;
}

void set_random_map(snug_layer& layer, Random& random) {
  const int32_t channels = random_channels(random), height = random_extent(random);
  set_map(layer, channels, height, random_extent(random));
}

void set_activation(snug_layer& layer, Random& random, int32_t kind) {
  layer.activation = kind;
  if (kind == SNUG_CLIP) {
    layer.activation_alpha = random.real(-2, 0);
    layer.activation_beta = random.real(0, 6);
  } else if (kind == SNUG_LEAKY_RELU) {
    layer.activation_alpha = random.real(0, 0.5f);
  } else if (kind == SNUG_HARD_SIGMOID) {
    layer.activation_alpha = random.real(0.05f, 0.5f);
    layer.activation_beta = random.real(0.2f, 0.8f);
  }
}

void set_random_activation(snug_layer& layer, Random& random) {
  set_activation(layer, random, random.chance(40) ? SNUG_RELU : random.integer(SNUG_NO_ACTIVATION, SNUG_HARD_SWISH));
}

/// Kernel, stride, dilation and padding of a window, and the output's extent along one dimension; false where the
/// window does not fit. A window always covers a pixel of the input, as poolings need.
bool set_window(Random& random, int32_t in, int32_t kernel, int32_t stride, int32_t dilation, int32_t& pad,
                int32_t& out) {
  const int32_t reach = (kernel - 1) * dilation;
  const int32_t most = std::min(reach, kernel - 1);
  const bool same = stride == 1 && random.chance(50);
  pad = same ? reach / 2 : random.integer(0, most);
  const int32_t pad_after = same ? reach - reach / 2 : random.integer(0, most);
  out = (in + pad + pad_after - reach - 1) / stride + 1;
  if (in + pad + pad_after < reach + 1) return false;
  return true;
}

bool set_windows(snug_layer& layer, Random& random) {
  return set_window(random, layer.in_height, layer.kernel_height, layer.stride_y, layer.dilation_y, layer.pad_top,
                    layer.out_height) &&
         set_window(random, layer.in_width, layer.kernel_width, layer.stride_x, layer.dilation_x, layer.pad_left,
                    layer.out_width);
}

void set_kernel(snug_layer& layer, int32_t kernel, int32_t stride) {
  layer.kernel_height = layer.kernel_width = kernel;
  layer.stride_y = layer.stride_x = stride;
  layer.dilation_y = layer.dilation_x = 1;
}

/// Any window at all: sides, strides and dilations differ.
void set_awkward_kernel(snug_layer& layer, Random& random) {
  layer.kernel_height = random.integer(1, 7);
  layer.kernel_width = random.integer(1, 7);
  layer.stride_y = random.integer(1, 3);
  layer.stride_x = random.integer(1, 4);
  layer.dilation_y = random.chance(70) ? 1 : random.integer(2, 3);
  layer.dilation_x = random.chance(70) ? 1 : random.integer(2, 3);
}

void set_conv_channels(snug_layer& layer, Random& random, int flavour) {
  layer.groups = 1;
  layer.in_channels = random.chance(15) ? random.integer(1, 4) : random_channels(random);
  layer.out_channels = random_channels(random);
  if (flavour < 15) {  // depthwise
    layer.groups = layer.out_channels = layer.in_channels;
    if (random.chance(15)) layer.out_channels *= 2;
  } else if (flavour < 25) {
    layer.groups = random.integer(2, 5);
    const int32_t most = random.chance(50) ? 7 : 35;
    layer.in_channels = layer.groups * random.integer(1, most);
    layer.out_channels = layer.groups * random.integer(1, most);
    if (random.chance(30)) layer.in_channels = layer.out_channels = 16 * layer.groups;
  }
}

bool try_conv(snug_layer& layer, Random& random) {
  set_conv_channels(layer, random, random.integer(0, 99));
  layer.in_height = random_extent(random);
  layer.in_width = random_extent(random);
  const int shape = random.integer(0, 99);
  if (shape < 35) {
    set_kernel(layer, 3, random.chance(75) ? 1 : 2);
  } else if (shape < 60) {
    set_kernel(layer, 1, random.chance(85) ? 1 : 2);
    if (random.chance(20)) layer.in_height = layer.in_width = 1;
  } else if (shape < 75) {
    set_kernel(layer, random.one_of({5, 7, 11}), random.one_of({1, 1, 2, 4}));
  } else {
    set_awkward_kernel(layer, random);
  }
  layer.residual = random.chance(30);
  set_random_activation(layer, random);
  return set_windows(layer, random);
}

bool try_pool(snug_layer& layer, Random& random) {
  layer.kind = random.one_of({SNUG_MAX, SNUG_AVERAGE, SNUG_AVERAGE_INCLUDING_PADDING});
  set_random_map(layer, random);
  if (random.chance(20)) {  // global
    set_kernel(layer, 1, 1);
    layer.kernel_height = layer.in_height;
    layer.kernel_width = layer.in_width;
    layer.out_height = layer.out_width = 1;
    return true;
  }
  if (random.chance(60))
    set_kernel(layer, random.one_of({2, 3, 3}), random.one_of({1, 2, 2}));
  else
    set_awkward_kernel(layer, random);
  if (!set_windows(layer, random)) return false;
  // A ceiling of the output size: the last window overhangs but still begins inside the map.
  if (random.chance(20) && layer.out_height * layer.stride_y - layer.pad_top < layer.in_height) ++layer.out_height;
  if (random.chance(20) && layer.out_width * layer.stride_x - layer.pad_left < layer.in_width) ++layer.out_width;
  return true;
}

/// Every window must cover a pixel of the map: dilation can make one step over it.
bool covers(int32_t in, int32_t out, int32_t kernel, int32_t stride, int32_t dilation, int32_t pad) {
  for (int32_t o = 0; o < out; ++o) {
    bool covered = false;
    for (int32_t k = 0; k < kernel; ++k) {
      const int32_t i = o * stride - pad + k * dilation;
      covered |= i >= 0 && i < in;
    }
    if (!covered) return false;
  }
  return true;
}

bool pool_is_sound(const snug_layer& layer) {
  return covers(layer.in_height, layer.out_height, layer.kernel_height, layer.stride_y, layer.dilation_y,
                layer.pad_top) &&
         covers(layer.in_width, layer.out_width, layer.kernel_width, layer.stride_x, layer.dilation_x, layer.pad_left);
}

/// A convolution without a residual, and a pool without dilation on its output.
bool try_conv_pool(snug_layer& layer, Random& random) {
  if (!try_conv(layer, random)) return false;
  snug_layer pool{};
  set_map(pool, layer.out_channels, layer.out_height, layer.out_width);
  set_kernel(pool, random.one_of({2, 3, 3, random.integer(1, 5)}), random.one_of({1, 2, 2, 3}));
  if (random.chance(15)) {  // global
    pool.kernel_height = pool.in_height, pool.kernel_width = pool.in_width;
  } else if (random.chance(20)) {
    pool.kernel_height = random.integer(1, 4), pool.stride_y = random.integer(1, 5);
  }
  if (!set_windows(pool, random)) return false;
  if (random.chance(30) && pool.out_height * pool.stride_y - pool.pad_top < pool.in_height) ++pool.out_height;
  if (!pool_is_sound(pool)) return false;
  layer.residual = 0;
  layer.kind = random.one_of({SNUG_MAX, SNUG_AVERAGE, SNUG_AVERAGE_INCLUDING_PADDING});
  layer.middle_height = layer.out_height, layer.middle_width = layer.out_width;
  layer.out_height = pool.out_height, layer.out_width = pool.out_width;
  layer.pool_height = pool.kernel_height, layer.pool_width = pool.kernel_width;
  layer.pool_stride_y = pool.stride_y, layer.pool_stride_x = pool.stride_x;
  layer.pool_top = pool.pad_top, layer.pool_left = pool.pad_left;
  return true;
}

/// A depthwise convolution and a 1x1 convolution behind it, with or without one before it.
bool try_conv_separable(snug_layer& layer, Random& random) {
  if (!try_conv(layer, random)) return false;
  layer.groups = 0;
  snug_layer middle{};
  set_random_activation(middle, random);
  layer.middle_activation = middle.activation;
  layer.middle_alpha = middle.activation_alpha, layer.middle_beta = middle.activation_beta;
  if (random.chance(60)) layer.middle_channels = random_channels(random);
  return true;
}

double separable_work(const snug_layer& layer) {
  const double middle = layer.middle_channels > 0 ? layer.middle_channels : layer.in_channels;
  return middle * (double{1} * (layer.middle_channels > 0 ? layer.in_channels : 0) * layer.in_height * layer.in_width +
                   (double{1} * layer.kernel_height * layer.kernel_width + layer.out_channels) * layer.out_height *
                       layer.out_width);
}

void set_binary(snug_layer& layer, Random& random) {
  set_random_map(layer, random);
  layer.kind = random.one_of({SNUG_ADD, SNUG_MULTIPLY});
  set_random_activation(layer, random);
  layer.other_channels = layer.out_channels;
  layer.other_height = layer.out_height;
  layer.other_width = layer.out_width;
  const int broadcast = random.integer(0, 99);
  if (broadcast < 40) return;
  if (broadcast < 60) {
    layer.other_height = layer.other_width = 1;
  } else {
    if (random.chance(50)) layer.other_channels = 1;
    if (random.chance(50)) layer.other_height = 1;
    if (random.chance(50)) layer.other_width = 1;
  }
}

void set_lrn(snug_layer& layer, Random& random) {
  set_random_map(layer, random);
  layer.lrn_size = random.chance(50) ? 5 : random.integer(1, 9);
  layer.lrn_alpha = random.chance(50) ? 1e-4f : random.real(0, 2);
  layer.lrn_beta = random.chance(70) ? random.one_of({0.75f, 0.5f, 1.0f}) : random.real(0.1f, 2);
  layer.lrn_bias = random.chance(50) ? 1 : random.real(0.5f, 3);
}

void set_pad(snug_layer& layer, Random& random) {
  set_random_map(layer, random);
  layer.pad_top = random.integer(0, 4);
  layer.pad_left = random.integer(0, 4);
  layer.out_height += layer.pad_top + random.integer(0, 4);
  layer.out_width += layer.pad_left + random.integer(0, 20);
  layer.pad_value = random.chance(50) ? 0 : random.real(-3, 3);
}

void set_transpose(snug_layer& layer, Random& random) {
  set_random_map(layer, random);
  layer.kind = random.one_of({SNUG_PERMUTE_HCW, SNUG_PERMUTE_WHC});
  if (layer.kind == SNUG_PERMUTE_HCW)
    std::swap(layer.out_channels, layer.out_height);
  else
    std::swap(layer.out_channels, layer.out_width);
}

void set_concat(snug_layer& layer, Random& random) {
  set_random_map(layer, random);
  const int place = random.integer(0, 99);
  const int32_t step = random.chance(50) ? 16 : 1;
  if (place < 70) layer.channel_offset = step * random.integer(1, 20);
  layer.out_channels += layer.channel_offset;
  if (place > 40) layer.out_channels += random.integer(1, 40);
}

/// In multiply-adds: keeps the reference fast.
constexpr double kMostWork = 3e6;

double conv_work(const snug_layer& layer) {
  const double pixels = layer.middle_height > 0 ? double{1} * layer.middle_height * layer.middle_width
                                                : double{1} * layer.out_height * layer.out_width;
  return pixels * layer.out_channels * layer.in_channels / layer.groups * layer.kernel_height * layer.kernel_width;
}

}  // namespace

snug_layer random_layer(std::string_view operator_name, Random& random) {
  for (;;) {
    snug_layer layer{};
    if (operator_name == "conv") {
      if (!try_conv(layer, random) || conv_work(layer) > kMostWork) continue;
    } else if (operator_name == "conv_pool") {
      if (!try_conv_pool(layer, random) || conv_work(layer) > kMostWork) continue;
    } else if (operator_name == "conv_separable") {
      if (!try_conv_separable(layer, random) || separable_work(layer) > kMostWork) continue;
    } else if (operator_name == "pool") {
      if (!try_pool(layer, random) || !pool_is_sound(layer)) continue;
    } else if (operator_name == "binary") {
      set_binary(layer, random);
    } else if (operator_name == "lrn") {
      set_lrn(layer, random);
    } else if (operator_name == "pad") {
      set_pad(layer, random);
    } else if (operator_name == "concat") {
      set_concat(layer, random);
    } else if (operator_name == "transpose") {
      set_transpose(layer, random);
    } else if (operator_name == "activation") {
      set_random_map(layer, random);
      set_activation(layer, random, random.integer(SNUG_RELU, SNUG_HARD_SWISH));
    } else {
      CHECK(operator_name == "softmax" || operator_name == "convert",
            "no random layers for operator " + std::string(operator_name));
      set_random_map(layer, random);
    }
    return layer;
  }
}

}  // namespace snug
