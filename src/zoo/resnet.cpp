// ResNet: sums of a shortcut and a branch of two 3x3 convolutions, or of a 1x1, 3x3, 1x1 bottleneck.
#include <array>
#include <string>

#include "zoo/networks.h"

namespace snug {
namespace {

/// Scale of a branch's last normalization: each sum then adds about a tenth to the variance, rather than
/// doubling it.
constexpr double kBranchGamma = 0.3;

struct Depth {
  std::string_view model_name;
  std::array<int, 4> blocks_per_stage;
  bool bottleneck;
};

/// Convolution "/res`name`" without bias, and its normalization "/bn`name`".
ZooTensor conv_norm(OnnxWriter& net, const std::string& name, const ZooTensor& x, ConvSettings settings,
                    double gamma = 1) {
  settings.bias = false;
  return net.batch_normalization("/bn" + name, net.conv("/res" + name, x, settings), gamma);
}

ZooTensor conv_norm_relu(OnnxWriter& net, const std::string& name, const ZooTensor& x, const ConvSettings& settings) {
  return net.relu("/res" + name + "_relu", conv_norm(net, name, x, settings));
}

ZooTensor basic_branch(OnnxWriter& net, const std::string& block, const ZooTensor& x, int64_t channels,
                       int64_t stride) {
  const ZooTensor first =
      conv_norm_relu(net, block + "_branch2a", x, {.out_channels = channels, .kernel = 3, .stride = stride, .pad = 1});
  return conv_norm(net, block + "_branch2b", first, {.out_channels = channels, .kernel = 3, .pad = 1}, kBranchGamma);
}

ZooTensor bottleneck_branch(OnnxWriter& net, const std::string& block, const ZooTensor& x, int64_t channels,
                            int64_t stride) {
  const ZooTensor reduced = conv_norm_relu(net, block + "_branch2a", x, {.out_channels = channels});
  const ZooTensor middle = conv_norm_relu(net, block + "_branch2b", reduced,
                                          {.out_channels = channels, .kernel = 3, .stride = stride, .pad = 1});
  return conv_norm(net, block + "_branch2c", middle, {.out_channels = 4 * channels}, kBranchGamma);
}

ZooTensor residual_block(OnnxWriter& net, const std::string& block, const ZooTensor& x, int64_t channels,
                         int64_t stride, bool bottleneck) {
  const ZooTensor branch =
      bottleneck ? bottleneck_branch(net, block, x, channels, stride) : basic_branch(net, block, x, channels, stride);
  const ZooTensor shortcut =
      branch.shape == x.shape
          ? x
          : conv_norm(net, block + "_branch1", x, {.out_channels = branch.shape.channels, .stride = stride});
  return net.relu("/res" + block + "_relu", net.add("/res" + block, shortcut, branch));
}

ZooModel resnet(const Depth& depth) {
  OnnxWriter net(depth.model_name);
  ZooTensor x = net.input("data", kZooInput);
  x = net.conv("/conv1", x, {.out_channels = 64, .kernel = 7, .stride = 2, .pad = 3, .bias = false});
  x = net.batch_normalization("/bn_conv1", x);
  x = net.relu("/conv1_relu", x);
  x = net.max_pool("/pool1", x, {.kernel = 3, .stride = 2, .pad = 1});
  for (size_t stage = 0; stage < depth.blocks_per_stage.size(); ++stage) {
    const int64_t channels = int64_t{64} << stage;
    for (int block = 0; block < depth.blocks_per_stage[stage]; ++block) {
      const std::string name = std::to_string(stage + 2) + static_cast<char>('a' + block);
      const int64_t stride = block == 0 && stage > 0 ? 2 : 1;
      x = residual_block(net, name, x, channels, stride, depth.bottleneck);
    }
  }
  x = net.global_average_pool("/pool5", x);
  x = net.flatten("/flatten", x);
  x = net.fully_connected("/fc1000", x, kZooClasses);
  return net.finish(x, "logits");
}

}  // namespace

ZooModel resnet18() {
  return resnet({.model_name = "resnet18", .blocks_per_stage = {2, 2, 2, 2}, .bottleneck = false});
}

ZooModel resnet50() {
  return resnet({.model_name = "resnet50", .blocks_per_stage = {3, 4, 6, 3}, .bottleneck = true});
}

}  // namespace snug
