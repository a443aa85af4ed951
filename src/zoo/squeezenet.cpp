// SqueezeNet: fire modules, which squeeze to few channels and expand with 1x1 and 3x3 convolutions.
#include <array>
#include <string>
#include <vector>

#include "zoo/networks.h"

namespace snug {
namespace {

/// The squeeze channels of fire2 to fire9; each of the two expand convolutions has four times as many.
constexpr std::array<int64_t, 8> kSqueezeChannels{16, 16, 32, 32, 48, 48, 64, 64};

constexpr PoolSettings kPool{.kernel = 3, .stride = 2, .ceil = true};

struct Version {
  std::string_view model_name;
  ConvSettings conv1;
  std::vector<int> fires_before_pool;
};

ZooTensor fire(OnnxWriter& net, const std::string& prefix, const ZooTensor& x, int64_t squeeze_channels) {
  const int64_t expand_channels = 4 * squeeze_channels;
  const ZooTensor squeeze =
      net.relu(prefix + "relu_squeeze1x1", net.conv(prefix + "squeeze1x1", x, {.out_channels = squeeze_channels}));
  const ZooTensor expand1x1 =
      net.relu(prefix + "relu_expand1x1", net.conv(prefix + "expand1x1", squeeze, {.out_channels = expand_channels}));
  const ZooTensor expand3x3 =
      net.relu(prefix + "relu_expand3x3",
               net.conv(prefix + "expand3x3", squeeze, {.out_channels = expand_channels, .kernel = 3, .pad = 1}));
  return net.concat(prefix + "concat", {expand1x1, expand3x3});
}

ZooModel squeezenet(const Version& version) {
  OnnxWriter net(version.model_name);
  ZooTensor x = net.input("data", kZooInput);
  x = net.relu("/relu_conv1", net.conv("/conv1", x, version.conv1));
  x = net.max_pool("/pool1", x, kPool);
  for (size_t i = 0; i < kSqueezeChannels.size(); ++i) {
    const int number = static_cast<int>(i) + 2;
    x = fire(net, "/fire" + std::to_string(number) + "/", x, kSqueezeChannels[i]);
    for (const int pooled : version.fires_before_pool) {
      if (pooled == number) x = net.max_pool("/pool" + std::to_string(number), x, kPool);
    }
  }
  x = net.dropout("/drop9", x, 0.5F);
  x = net.relu("/relu_conv10", net.conv("/conv10", x, {.out_channels = kZooClasses}));
  x = net.global_average_pool("/pool10", x);
  x = net.flatten("/flatten", x);
  return net.finish(x, "logits");
}

}  // namespace

ZooModel squeezenet_1_0() {
  return squeezenet({.model_name = "squeezenet1.0",
                     .conv1 = {.out_channels = 96, .kernel = 7, .stride = 2},
                     .fires_before_pool = {4, 8}});
}

ZooModel squeezenet_1_1() {
  return squeezenet({.model_name = "squeezenet1.1",
                     .conv1 = {.out_channels = 64, .kernel = 3, .stride = 2},
                     .fires_before_pool = {3, 5}});
}

}  // namespace snug
