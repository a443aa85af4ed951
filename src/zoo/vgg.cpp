// VGG: stages of 3x3 convolutions between 2x2 pools, then three fully-connected layers.
#include <array>
#include <string>

#include "zoo/networks.h"

namespace snug {
namespace {

ZooModel vgg(std::string_view model_name, const std::array<int, 5>& convolutions_per_stage) {
  constexpr std::array<int64_t, 5> kStageChannels{64, 128, 256, 512, 512};
  OnnxWriter net(model_name);
  ZooTensor x = net.input("data", kZooInput);
  for (size_t stage = 0; stage < kStageChannels.size(); ++stage) {
    const std::string number = std::to_string(stage + 1);
    for (int i = 1; i <= convolutions_per_stage[stage]; ++i) {
      const std::string layer = number + "_" + std::to_string(i);
      x = net.conv("/conv" + layer, x, {.out_channels = kStageChannels[stage], .kernel = 3, .pad = 1});
      x = net.relu("/relu" + layer, x);
    }
    x = net.max_pool("/pool" + number, x, {.kernel = 2, .stride = 2});
  }
  x = net.flatten("/flatten", x);
  for (const std::string number : {"6", "7"}) {
    x = net.fully_connected("/fc" + number, x, 4096);
    x = net.relu("/relu" + number, x);
    x = net.dropout("/drop" + number, x, 0.5F);
  }
  x = net.fully_connected("/fc8", x, kZooClasses);
  return net.finish(x, "logits");
}

}  // namespace

ZooModel vgg16() {
  return vgg("vgg16", {2, 2, 3, 3, 3});
}

ZooModel vgg19() {
  return vgg("vgg19", {2, 2, 4, 4, 4});
}

}  // namespace snug
