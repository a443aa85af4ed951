// MobileNet 1 and 2: depthwise 3x3 convolutions between pointwise ones, all with batch normalization.
#include <array>
#include <string>

#include "zoo/networks.h"

namespace snug {
namespace {

ZooTensor conv_norm(OnnxWriter& net, const std::string& name, const ZooTensor& x, ConvSettings settings,
                    double gamma = 1) {
  settings.bias = false;
  return net.batch_normalization(name + "/bn", net.conv(name, x, settings), gamma);
}

ConvSettings depthwise(const ZooTensor& x, int64_t stride) {
  return {.out_channels = x.shape.channels, .kernel = 3, .stride = stride, .pad = 1, .groups = x.shape.channels};
}

// A depthwise-separable layer of version 1: what the pointwise convolution makes, and the depthwise stride.
struct Separable {
  std::string_view name;
  int64_t out_channels, stride;
};

constexpr std::array<Separable, 13> kSeparables{{{"/conv2_1", 64, 1},
                                                 {"/conv2_2", 128, 2},
                                                 {"/conv3_1", 128, 1},
                                                 {"/conv3_2", 256, 2},
                                                 {"/conv4_1", 256, 1},
                                                 {"/conv4_2", 512, 2},
                                                 {"/conv5_1", 512, 1},
                                                 {"/conv5_2", 512, 1},
                                                 {"/conv5_3", 512, 1},
                                                 {"/conv5_4", 512, 1},
                                                 {"/conv5_5", 512, 1},
                                                 {"/conv5_6", 1024, 2},
                                                 {"/conv6", 1024, 1}}};

/// A row of table 2 of the version 2 paper: t, c, n, s.
struct BottleneckStage {
  int64_t expansion, out_channels;
  int repeats;
  int64_t stride;
};

constexpr std::array<BottleneckStage, 7> kBottleneckStages{
    {{1, 16, 1, 1}, {6, 24, 2, 2}, {6, 32, 3, 2}, {6, 64, 4, 2}, {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}}};

// A bottleneck ends without a ReLU that would halve the second moment, so sqrt(1/2) takes its place; in a
// sum less, as the shortcut has all of it.
constexpr double kLinearGamma = 0.7;
constexpr double kBranchGamma = 0.3;

ZooTensor bottleneck(OnnxWriter& net, const std::string& name, const ZooTensor& input, const BottleneckStage& stage,
                     int64_t stride) {
  ZooTensor x = input;
  if (stage.expansion != 1) {
    x = conv_norm(net, name + "/expand", x, {.out_channels = stage.expansion * x.shape.channels});
    x = net.relu6(name + "/expand/relu6", x);
  }
  x = conv_norm(net, name + "/dwise", x, depthwise(x, stride));
  x = net.relu6(name + "/dwise/relu6", x);
  const bool residual = stride == 1 && input.shape.channels == stage.out_channels;
  x = conv_norm(net, name + "/linear", x, {.out_channels = stage.out_channels}, residual ? kBranchGamma : kLinearGamma);
  return residual ? net.add(name + "/sum", input, x) : x;
}

}  // namespace

ZooModel mobilenet_v1() {
  OnnxWriter net("mobilenetv1");
  ZooTensor x = net.input("data", kZooInput);
  x = conv_norm(net, "/conv1", x, {.out_channels = 32, .kernel = 3, .stride = 2, .pad = 1});
  x = net.relu("/conv1/relu", x);
  for (const Separable& layer : kSeparables) {
    const std::string name(layer.name);
    x = net.relu(name + "/dw/relu", conv_norm(net, name + "/dw", x, depthwise(x, layer.stride)));
    x = net.relu(name + "/sep/relu", conv_norm(net, name + "/sep", x, {.out_channels = layer.out_channels}));
  }
  x = net.global_average_pool("/pool6", x);
  x = net.flatten("/flatten", x);
  x = net.fully_connected("/fc7", x, kZooClasses);
  return net.finish(x, "logits");
}

ZooModel mobilenet_v2() {
  OnnxWriter net("mobilenetv2");
  ZooTensor x = net.input("data", kZooInput);
  x = conv_norm(net, "/conv1", x, {.out_channels = 32, .kernel = 3, .stride = 2, .pad = 1});
  x = net.relu6("/conv1/relu6", x);
  for (size_t stage = 0; stage < kBottleneckStages.size(); ++stage) {
    for (int i = 1; i <= kBottleneckStages[stage].repeats; ++i) {
      const std::string name = "/conv" + std::to_string(stage + 2) + "_" + std::to_string(i);
      x = bottleneck(net, name, x, kBottleneckStages[stage], i == 1 ? kBottleneckStages[stage].stride : 1);
    }
  }
  x = conv_norm(net, "/conv9", x, {.out_channels = 1280});
  x = net.relu6("/conv9/relu6", x);
  x = net.global_average_pool("/pool9", x);
  x = net.flatten("/flatten", x);
  x = net.fully_connected("/fc10", x, kZooClasses);
  return net.finish(x, "logits");
}

}  // namespace snug
