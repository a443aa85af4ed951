#include "ops/refusals.h"

#include <algorithm>
#include <map>

namespace snug {

namespace {

struct Kernel {
  int32_t height, width;
};
constexpr Kernel kKernels[] = {{1, 1}, {3, 3}, {5, 5}, {7, 7}, {11, 11}, {1, 3}, {3, 1}, {1, 7}, {2, 2}, {28, 28}};
constexpr int32_t kStrides[] = {1, 2, 4};
constexpr int32_t kDilations[] = {1, 2};
constexpr int32_t kChannels[][2] = {{32, 32}, {3, 32}, {24, 20}, {512, 512}};
constexpr int32_t kSizes[] = {28, 224, 1};
constexpr int32_t kActivations[] = {SNUG_NO_ACTIVATION, SNUG_RELU, SNUG_SIGMOID};
constexpr int32_t kMostKind = SNUG_PERMUTE_WHC;

/// Output pixels along one side; none where the kernel is larger than the padded input.
int32_t outputs(int32_t in, int32_t kernel, int32_t stride, int32_t dilation, int32_t padding) {
  const int32_t span = (kernel - 1) * dilation + 1;
  return in + padding < span ? 0 : (in + padding - span) / stride + 1;
}

/// Calls `visit` with every layer that there is with these channels, kernel, stride and dilation.
template <typename Visit>
void for_each_size(snug_layer layer, Visit visit) {
  for (const int32_t size : kSizes) {
    for (const int32_t padding : {0, 1}) {  // none, or as much as keeps the size where the stride is 1
      layer.in_height = layer.in_width = size;
      const int32_t pad_y = padding * (layer.kernel_height - 1) * layer.dilation_y;
      const int32_t pad_x = padding * (layer.kernel_width - 1) * layer.dilation_x;
      layer.pad_top = pad_y / 2, layer.pad_left = pad_x / 2;
      layer.out_height = outputs(size, layer.kernel_height, layer.stride_y, layer.dilation_y, pad_y);
      layer.out_width = outputs(size, layer.kernel_width, layer.stride_x, layer.dilation_x, pad_x);
      if (layer.out_height > 0 && layer.out_width > 0) visit(layer);
    }
  }
}

template <typename Visit>
void for_each_conv(Visit visit) {
  snug_layer layer{};
  for (const Kernel& kernel : kKernels) {
    for (const int32_t stride : kStrides) {
      for (const int32_t dilation : kDilations) {
        for (const auto& [in_channels, out_channels] : kChannels) {
          for (const int32_t groups : {1, 2, in_channels}) {
            layer.kernel_height = kernel.height, layer.kernel_width = kernel.width;
            layer.stride_y = layer.stride_x = stride;
            layer.dilation_y = layer.dilation_x = dilation;
            layer.in_channels = in_channels, layer.out_channels = out_channels, layer.groups = groups;
            if (in_channels % groups != 0 || out_channels % groups != 0) continue;
            for_each_size(layer, visit);
          }
        }
      }
    }
  }
}

/// A pool of single pixels behind a convolution.
snug_layer with_pool(snug_layer layer) {
  layer.middle_height = layer.out_height, layer.middle_width = layer.out_width;
  layer.pool_height = layer.pool_width = layer.pool_stride_y = layer.pool_stride_x = 1;
  return layer;
}

}  // namespace

std::vector<std::string_view> refusals(const ListedPrimitive& listed) {
  const Primitive& primitive = *listed.primitive;
  if (primitive.refusal == nullptr) return {};
  std::map<std::string_view, size_t> counts;
  const auto ask = [&](const snug_layer& layer) {
    const bool has_pool = listed.operator_name == "conv_pool";
    const std::string_view reason = primitive.refusal(has_pool ? with_pool(layer) : layer);
    if (!reason.empty()) ++counts[reason];
  };
  const bool has_kinds = listed.operator_name != "conv";
  for_each_conv([&](snug_layer layer) {
    for (const int32_t activation : kActivations) {
      for (const int32_t residual : {0, 1}) {
        layer.activation = activation, layer.residual = residual;
        for (layer.kind = 0; layer.kind <= (has_kinds ? kMostKind : 0); ++layer.kind) ask(layer);
      }
    }
  });
  std::vector<std::string_view> reasons;
  for (const auto& [reason, count] : counts) reasons.push_back(reason);
  std::stable_sort(reasons.begin(), reasons.end(),
                   [&](std::string_view a, std::string_view b) { return counts[a] > counts[b]; });
  return reasons;
}

}  // namespace snug
