// AlexNet with one tower.
#include "zoo/networks.h"

namespace snug {

ZooModel alexnet() {
  OnnxWriter net("alexnet");
  ZooTensor x = net.input("data", kZooInput);
  x = net.conv("/conv1", x, {.out_channels = 64, .kernel = 11, .stride = 4, .pad = 2});
  x = net.relu("/relu1", x);
  x = net.max_pool("/pool1", x, {.kernel = 3, .stride = 2});
  x = net.conv("/conv2", x, {.out_channels = 192, .kernel = 5, .pad = 2});
  x = net.relu("/relu2", x);
  x = net.max_pool("/pool2", x, {.kernel = 3, .stride = 2});
  x = net.conv("/conv3", x, {.out_channels = 384, .kernel = 3, .pad = 1});
  x = net.relu("/relu3", x);
  x = net.conv("/conv4", x, {.out_channels = 256, .kernel = 3, .pad = 1});
  x = net.relu("/relu4", x);
  x = net.conv("/conv5", x, {.out_channels = 256, .kernel = 3, .pad = 1});
  x = net.relu("/relu5", x);
  x = net.max_pool("/pool5", x, {.kernel = 3, .stride = 2});
  x = net.flatten("/flatten", x);
  x = net.fully_connected("/fc6", x, 4096);
  x = net.relu("/relu6", x);
  x = net.dropout("/drop6", x, 0.5F);
  x = net.fully_connected("/fc7", x, 4096);
  x = net.relu("/relu7", x);
  x = net.dropout("/drop7", x, 0.5F);
  x = net.fully_connected("/fc8", x, kZooClasses);
  return net.finish(x, "logits");
}

}  // namespace snug
