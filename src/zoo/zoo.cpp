// The table of the zoo's networks, and how one becomes a file.
#include "zoo/zoo.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "base/error.h"
#include "base/text.h"
#include "zoo/networks.h"

namespace snug {
namespace {

struct ZooNetwork {
  std::string_view name, description, paper;
  ZooModel (*architecture)();
};

constexpr std::string_view kVggPaper =
    "Simonyan, Zisserman: Very Deep Convolutional Networks for Large-Scale Image Recognition, 2014";
constexpr std::string_view kResnetPaper = "He et al.: Deep Residual Learning for Image Recognition, 2015";
constexpr std::string_view kSqueezenetPaper =
    "Iandola et al.: SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size, "
    "2016";

constexpr std::array<ZooNetwork, 10> kNetworks{{
    {"alexnet", "5 convolutions (11x11, 5x5, 3x3), 3 fully-connected layers; one tower, no LRN",
     "Krizhevsky: One weird trick for parallelizing convolutional neural networks, 2014", alexnet},
    {"vgg16", "13 3x3 convolutions, 3 fully-connected layers", kVggPaper, vgg16},
    {"vgg19", "16 3x3 convolutions, 3 fully-connected layers", kVggPaper, vgg19},
    {"googlenet", "9 inception modules, 2 LRNs, ceil-mode pools; no auxiliary heads",
     "Szegedy et al.: Going Deeper with Convolutions, 2014", googlenet},
    {"resnet18", "8 residual blocks of two 3x3 convolutions, batch normalization", kResnetPaper, resnet18},
    {"resnet50", "16 residual bottlenecks with the stride on the 3x3, batch normalization", kResnetPaper, resnet50},
    {"squeezenet1.0", "8 fire modules after a 7x7 convolution", kSqueezenetPaper, squeezenet_1_0},
    {"squeezenet1.1", "8 fire modules after a 3x3 convolution, pools earlier", kSqueezenetPaper, squeezenet_1_1},
    {"mobilenetv1", "13 depthwise-separable convolutions, batch normalization",
     "Howard et al.: MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications, "
     "2017",
     mobilenet_v1},
    {"mobilenetv2", "17 inverted residual bottlenecks, batch normalization, ReLU6",
     "Sandler et al.: MobileNetV2: Inverted Residuals and Linear Bottlenecks, 2018", mobilenet_v2},
}};

[[noreturn]] void fail_unknown(std::string_view name) {
  std::vector<std::string> names;
  names.reserve(kNetworks.size());
  for (const ZooNetwork& network : kNetworks) names.emplace_back(network.name);
  const std::string near = closest(name, names);
  throw UserError("the zoo has no network \"" + std::string(name) + "\"." +
                  (near.empty() ? "" : " Did you mean \"" + near + "\"?") + "\n  It has: " + join(names, ", "));
}

[[noreturn]] void fail_writing(const std::filesystem::path& file, const std::string& cause) {
  throw UserError(file.string() + ": cannot be written: " + cause +
                  "\n  Choose a file in a folder that exists, is writable and has room");
}

/// Writes `named` whole, or throws UserError and leaves it as it was. A symbolic link stays one: what it points
/// to is written.
void write_model(const onnx::ModelProto& proto, const std::filesystem::path& named) {
  std::error_code error;
  const bool link = std::filesystem::is_symlink(named, error);
  const std::filesystem::path file = link ? std::filesystem::weakly_canonical(named, error) : named;
  if (error && link) fail_writing(named, error.message());
  // Renaming onto a device or pipe would replace it by a file instead of writing to it.
  if (std::filesystem::exists(file, error) && !std::filesystem::is_regular_file(file, error)) {
    fail_writing(named, "it exists and is not a regular file");
  }
  std::filesystem::path temporary = file;
  temporary += ".tmp";
  errno = 0;
  std::ofstream stream(temporary, std::ios::binary | std::ios::trunc);
  if (!stream) fail_writing(named, std::strerror(errno));
  proto.SerializeToOstream(&stream);
  stream.close();
  if (!stream) {
    const std::string cause = std::strerror(errno);
    std::filesystem::remove(temporary, error);
    fail_writing(named, cause);
  }
  std::filesystem::rename(temporary, file, error);
  if (error) {
    const std::string cause = error.message();
    std::filesystem::remove(temporary, error);
    fail_writing(named, cause);
  }
}

}  // namespace

std::vector<ZooEntry> zoo_networks() {
  std::vector<ZooEntry> entries;
  entries.reserve(kNetworks.size());
  for (const ZooNetwork& network : kNetworks) {
    entries.push_back({std::string(network.name),
                       std::string(network.description),
                       {1, kZooInput.channels, kZooInput.height, kZooInput.width},
                       std::string(network.paper)});
  }
  return entries;
}

ZooModel zoo_architecture(std::string_view name) {
  for (const ZooNetwork& network : kNetworks) {
    if (network.name == name) return network.architecture();
  }
  fail_unknown(name);
}

void write_zoo_model(std::string_view name, const std::filesystem::path& file, uint64_t seed) {
  ZooModel model = zoo_architecture(name);
  draw_weights(model, seed);
  write_model(model.proto, file);
}

}  // namespace snug
