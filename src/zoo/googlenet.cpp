// GoogLeNet: inception modules, of four branches over the same input each.
#include <array>
#include <string>

#include "zoo/networks.h"

namespace snug {
namespace {

/// Output channels of an inception module's convolutions: one row of table 1 of the paper.
struct Inception {
  std::string_view name;
  int64_t conv1x1, reduce3x3, conv3x3, reduce5x5, conv5x5, pool_projection;
};

constexpr std::array<Inception, 9> kInceptions{{{"3a", 64, 96, 128, 16, 32, 32},
                                                {"3b", 128, 128, 192, 32, 96, 64},
                                                {"4a", 192, 96, 208, 16, 48, 64},
                                                {"4b", 160, 112, 224, 24, 64, 64},
                                                {"4c", 128, 128, 256, 24, 64, 64},
                                                {"4d", 112, 144, 288, 32, 64, 64},
                                                {"4e", 256, 160, 320, 32, 128, 128},
                                                {"5a", 256, 160, 320, 32, 128, 128},
                                                {"5b", 384, 192, 384, 48, 128, 128}}};

constexpr PoolSettings kHalvingPool{.kernel = 3, .stride = 2, .ceil = true};

/// Convolution `prefix``layer` and the ReLU `prefix`relu_`layer` after it.
ZooTensor conv_relu(OnnxWriter& net, const std::string& prefix, const std::string& layer, const ZooTensor& x,
                    const ConvSettings& settings) {
  return net.relu(prefix + "relu_" + layer, net.conv(prefix + layer, x, settings));
}

ZooTensor inception(OnnxWriter& net, const ZooTensor& x, const Inception& module) {
  const std::string prefix = "/inception_" + std::string(module.name) + "/";
  const ZooTensor conv1x1 = conv_relu(net, prefix, "1x1", x, {.out_channels = module.conv1x1});
  const ZooTensor reduce3x3 = conv_relu(net, prefix, "3x3_reduce", x, {.out_channels = module.reduce3x3});
  const ZooTensor conv3x3 =
      conv_relu(net, prefix, "3x3", reduce3x3, {.out_channels = module.conv3x3, .kernel = 3, .pad = 1});
  const ZooTensor reduce5x5 = conv_relu(net, prefix, "5x5_reduce", x, {.out_channels = module.reduce5x5});
  const ZooTensor conv5x5 =
      conv_relu(net, prefix, "5x5", reduce5x5, {.out_channels = module.conv5x5, .kernel = 5, .pad = 2});
  const ZooTensor pool = net.max_pool(prefix + "pool", x, {.kernel = 3, .stride = 1, .pad = 1});
  const ZooTensor projection = conv_relu(net, prefix, "pool_proj", pool, {.out_channels = module.pool_projection});
  return net.concat(prefix + "output", {conv1x1, conv3x3, conv5x5, projection});
}

}  // namespace

ZooModel googlenet() {
  OnnxWriter net("googlenet");
  ZooTensor x = net.input("data", kZooInput);
  x = conv_relu(net, "/conv1/", "7x7_s2", x, {.out_channels = 64, .kernel = 7, .stride = 2, .pad = 3});
  x = net.max_pool("/pool1/3x3_s2", x, kHalvingPool);
  x = net.lrn("/pool1/norm1", x, {});
  x = conv_relu(net, "/conv2/", "3x3_reduce", x, {.out_channels = 64});
  x = conv_relu(net, "/conv2/", "3x3", x, {.out_channels = 192, .kernel = 3, .pad = 1});
  x = net.lrn("/conv2/norm2", x, {});
  x = net.max_pool("/pool2/3x3_s2", x, kHalvingPool);
  for (const Inception& module : kInceptions) {
    x = inception(net, x, module);
    if (module.name == "3b") x = net.max_pool("/pool3/3x3_s2", x, kHalvingPool);
    if (module.name == "4e") x = net.max_pool("/pool4/3x3_s2", x, kHalvingPool);
  }
  x = net.global_average_pool("/pool5/7x7_s1", x);
  x = net.dropout("/pool5/drop_7x7_s1", x, 0.4F);
  x = net.flatten("/flatten", x);
  x = net.fully_connected("/loss3/classifier", x, kZooClasses);
  return net.finish(x, "logits");
}

}  // namespace snug
