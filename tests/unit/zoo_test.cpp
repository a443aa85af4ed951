// The zoo: its networks do the work that the literature states, and their files are whole and reproducible.
#include "zoo/zoo.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "base/error.h"
#include "zoo/networks.h"
#include "zoo/random.h"

namespace snug {
namespace {

using Dims = std::vector<int64_t>;

/// A folder for one test, removed with it.
class ZooFiles : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("snug_zoo_test_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string written(std::string_view name, uint64_t seed) const {
    const std::filesystem::path file = folder_ / "model.onnx";
    write_zoo_model(name, file, seed);
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  }

  std::filesystem::path folder_;
};

std::string error_of(std::string_view name, const std::filesystem::path& file) {
  try {
    write_zoo_model(name, file);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

Dims dims_of(const onnx::TensorProto& tensor) {
  return {tensor.dims().begin(), tensor.dims().end()};
}

Dims dims_of(const onnx::ValueInfoProto& value) {
  Dims dims;
  for (const auto& dim : value.type().tensor_type().shape().dim()) dims.push_back(dim.dim_value());
  return dims;
}

int64_t product(const Dims& dims) {
  int64_t result = 1;
  for (const int64_t dim : dims) result *= dim;
  return result;
}

/// Element `index` of an integer attribute, whether list or scalar; `absent` where the node does not have it.
int64_t attribute(const onnx::NodeProto& node, std::string_view name, int index, int64_t absent) {
  for (const onnx::AttributeProto& a : node.attribute()) {
    if (a.name() == name) return a.type() == onnx::AttributeProto::INTS ? a.ints(index) : a.i();
  }
  return absent;
}

int64_t window_extent(const onnx::NodeProto& node, int64_t extent, int axis) {
  const int64_t pads = attribute(node, "pads", axis, 0) + attribute(node, "pads", axis + 2, 0);
  const double steps = static_cast<double>(extent + pads - attribute(node, "kernel_shape", axis, 1)) /
                       static_cast<double>(attribute(node, "strides", axis, 1));
  return static_cast<int64_t>(attribute(node, "ceil_mode", 0, 0) != 0 ? std::ceil(steps) : std::floor(steps)) + 1;
}

Dims output_dims(const onnx::NodeProto& node, const std::map<std::string, Dims>& known) {
  Dims dims = known.at(node.input(0));
  const std::string& op = node.op_type();
  if (op == "Conv") dims[1] = known.at(node.input(1))[0];
  if (op == "Conv" || op == "MaxPool") {
    for (const int axis : {0, 1}) {
      dims[static_cast<size_t>(axis) + 2] = window_extent(node, dims[static_cast<size_t>(axis) + 2], axis);
    }
  }
  if (op == "GlobalAveragePool") dims[2] = dims[3] = 1;
  if (op == "Flatten") dims = {dims[0], product(dims) / dims[0]};
  if (op == "Gemm") dims[1] = known.at(node.input(1))[0];
  for (int i = 1; op == "Concat" && i < node.input_size(); ++i) dims[1] += known.at(node.input(i))[1];
  return dims;
}

/// Follows the shapes through the graph, checks that they fit, and counts the multiply-adds of convolutions
/// and fully-connected layers.
int64_t multiply_adds(const onnx::GraphProto& graph) {
  std::map<std::string, Dims> known{{graph.input(0).name(), dims_of(graph.input(0))}};
  for (const onnx::TensorProto& tensor : graph.initializer()) known[tensor.name()] = dims_of(tensor);
  int64_t count = 0;
  for (const onnx::NodeProto& node : graph.node()) {
    const Dims out = output_dims(node, known);
    if (node.op_type() == "Conv" || node.op_type() == "Gemm") {
      const Dims& weights = known.at(node.input(1));
      EXPECT_EQ(weights[1] * attribute(node, "group", 0, 1), known.at(node.input(0))[1]) << node.name();
      count += product(weights) * product(out) / (out[0] * out[1]);
    }
    if (node.op_type() == "Add") {
      EXPECT_EQ(known.at(node.input(0)), known.at(node.input(1))) << node.name();
    }
    EXPECT_TRUE(known.emplace(node.output(0), out).second) << node.name() << " is there twice";
  }
  EXPECT_EQ(known.at("logits"), (Dims{1, 1000}));
  return count;
}

int count_operators(std::string_view network, std::string_view op_type) {
  const ZooModel model = zoo_architecture(network);
  int count = 0;
  for (const onnx::NodeProto& node : model.proto.graph().node()) count += node.op_type() == op_type ? 1 : 0;
  return count;
}

TEST(Zoo, EveryNetworkDoesTheWorkThatIsKnownOfIt) {
  const std::map<std::string, int64_t> known{
      {"alexnet", 714188480},     {"vgg16", 15470264320},    {"vgg19", 19632062464},       {"googlenet", 1582671872},
      {"resnet18", 1814073344},   {"resnet50", 4089184256},  {"squeezenet1.0", 818924576}, {"squeezenet1.1", 349151936},
      {"mobilenetv1", 568740352}, {"mobilenetv2", 300774272}};
  EXPECT_EQ(zoo_networks().size(), known.size());
  for (const ZooEntry& entry : zoo_networks()) {
    SCOPED_TRACE(entry.name);
    const ZooModel model = zoo_architecture(entry.name);
    ASSERT_TRUE(known.contains(entry.name));
    EXPECT_EQ(multiply_adds(model.proto.graph()), known.at(entry.name));
    EXPECT_EQ(entry.input_dims, (Dims{1, 3, 224, 224}));
    EXPECT_EQ(dims_of(model.proto.graph().input(0)), entry.input_dims);
    EXPECT_EQ(model.proto.graph().input(0).name(), "data");
    ASSERT_EQ(model.proto.graph().output_size(), 1);
    EXPECT_EQ(dims_of(model.proto.graph().output(0)), (Dims{1, 1000}));
    EXPECT_FALSE(entry.description.empty());
    EXPECT_FALSE(entry.paper.empty());
  }
}

TEST(Zoo, NetworksKeepTheOperatorsThatTheyWerePublishedWith) {
  EXPECT_EQ(count_operators("alexnet", "LRN"), 0);
  EXPECT_EQ(count_operators("alexnet", "Dropout"), 2);
  EXPECT_EQ(count_operators("googlenet", "LRN"), 2);
  EXPECT_EQ(count_operators("googlenet", "Conv"), 57);
  EXPECT_EQ(count_operators("resnet50", "BatchNormalization"), 53);
  EXPECT_EQ(count_operators("resnet50", "Add"), 16);
  EXPECT_EQ(count_operators("mobilenetv2", "Add"), 10);
  EXPECT_EQ(count_operators("mobilenetv2", "Clip"), 35);
}

TEST(Zoo, Resnet50StridesInThe3x3) {
  const ZooModel model = zoo_architecture("resnet50");
  for (const onnx::NodeProto& node : model.proto.graph().node()) {
    if (node.name() == "/res3a_branch2a") {
      EXPECT_EQ(attribute(node, "strides", 0, 1), 1);
    }
    if (node.name() == "/res3a_branch2b") {
      EXPECT_EQ(attribute(node, "kernel_shape", 0, 1), 3);
      EXPECT_EQ(attribute(node, "strides", 0, 1), 2);
    }
  }
}

TEST(Zoo, WeightsAreHeNormal) {
  ZooModel model = zoo_architecture("squeezenet1.1");
  draw_weights(model, 1);
  for (const onnx::TensorProto& tensor : model.proto.graph().initializer()) {
    if (tensor.dims_size() != 4) continue;
    const Dims dims = dims_of(tensor);
    const size_t count = tensor.raw_data().size() / sizeof(float);
    ASSERT_EQ(count, static_cast<size_t>(product(dims))) << tensor.name();
    std::vector<float> values(count);
    std::memcpy(values.data(), tensor.raw_data().data(), tensor.raw_data().size());
    double squares = 0;
    for (const float value : values) squares += static_cast<double>(value) * value;
    // The relative standard error of a normal distribution's variance is sqrt(2 / count).
    const int64_t fan_in = product(dims) / dims[0];
    const double variance = squares / static_cast<double>(count);
    const double ratio = variance * static_cast<double>(fan_in) / 2;
    EXPECT_NEAR(ratio, 1, 5 * std::sqrt(2.0 / static_cast<double>(count))) << tensor.name();
  }
}

TEST(Zoo, NormalDrawsAreTheSameBitsOnEveryMachine) {
  std::array<char, 20> bytes{};
  fill_normal(bytes, random_stream(1, "conv1.weight"), 0, 1);
  std::array<uint32_t, 5> bits{};
  for (size_t i = 0; i < bytes.size(); ++i) {
    bits[i / 4] |= static_cast<uint32_t>(static_cast<unsigned char>(bytes[i])) << (8 * (i % 4));
  }
  EXPECT_EQ(bits, (std::array<uint32_t, 5>{1055296700, 1037993149, 1058052888, 3207098512, 1060343416}));
}

TEST(Zoo, NormalDrawsHaveTheMomentsOfTheNormalDistribution) {
  constexpr size_t kCount = 1000000;
  std::string bytes(kCount * sizeof(float), '\0');
  fill_normal(bytes, random_stream(4711, "moments"), 3, 2);
  std::array<double, 5> moment{};
  for (size_t i = 0; i < kCount; ++i) {
    float value = 0;
    std::memcpy(&value, bytes.data() + i * sizeof(float), sizeof(float));
    const double z = (static_cast<double>(value) - 3) / 2;
    double power = 1;
    for (double& m : moment) {
      m += power / kCount;
      power *= z;
    }
  }
  // Five standard errors: sqrt(1), sqrt(2), sqrt(15), sqrt(96) thousandths.
  EXPECT_NEAR(moment[1], 0, 0.005);
  EXPECT_NEAR(moment[2], 1, 0.0071);
  EXPECT_NEAR(moment[3], 0, 0.0194);
  EXPECT_NEAR(moment[4], 3, 0.049);
}

TEST_F(ZooFiles, FileReadsBackAsTheModel) {
  onnx::ModelProto read;
  ASSERT_TRUE(read.ParseFromString(written("squeezenet1.1", 1)));
  EXPECT_EQ(read.ir_version(), 7);
  EXPECT_EQ(read.opset_import(0).version(), 13);
  EXPECT_EQ(read.graph().name(), "squeezenet1.1");
  EXPECT_EQ(read.graph().node(0).name(), "/conv1");
  EXPECT_EQ(multiply_adds(read.graph()), 349151936);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "model.onnx.tmp"));
}

TEST_F(ZooFiles, SameSeedSameBytesOtherSeedOtherBytes) {
  const std::string first = written("squeezenet1.1", 7);
  EXPECT_GT(first.size(), 4U * 1000 * 1000);
  EXPECT_TRUE(first == written("squeezenet1.1", 7));
  const std::string other = written("squeezenet1.1", 8);
  EXPECT_EQ(first.size(), other.size());
  EXPECT_FALSE(first == other);
}

TEST_F(ZooFiles, UnknownNameListsTheNamesAndTheClosest) {
  const std::string error = error_of("resnet51", folder_ / "model.onnx");
  EXPECT_NE(error.find("Did you mean \"resnet50\"?"), std::string::npos) << error;
  for (const ZooEntry& entry : zoo_networks()) EXPECT_NE(error.find(entry.name), std::string::npos) << error;
  EXPECT_EQ(error_of("zzzzzzzzzzzz", folder_ / "model.onnx").find("Did you mean"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(ZooFiles, FileThatCannotBeWrittenIsNamedAndNothingIsLeft) {
  const std::filesystem::path file = folder_ / "missing" / "model.onnx";
  EXPECT_NE(error_of("squeezenet1.1", file).find(file.string() + ": cannot be written: No such file"),
            std::string::npos);
  EXPECT_NE(error_of("squeezenet1.1", folder_).find("not a regular file"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
  EXPECT_FALSE(std::filesystem::exists(folder_.string() + ".tmp"));
}

TEST_F(ZooFiles, SymbolicLinkStaysAndItsTargetIsWritten) {
  std::filesystem::create_directory(folder_ / "elsewhere");
  std::ofstream(folder_ / "elsewhere" / "target.onnx") << "old";
  std::filesystem::create_symlink(folder_ / "elsewhere" / "target.onnx", folder_ / "model.onnx");
  const std::string bytes = written("squeezenet1.1", 1);
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "model.onnx"));
  EXPECT_EQ(std::filesystem::file_size(folder_ / "elsewhere" / "target.onnx"), bytes.size());
}

TEST_F(ZooFiles, PipeIsRefusedAndStays) {
  const std::filesystem::path pipe = folder_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_NE(error_of("squeezenet1.1", pipe).find("not a regular file"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
}

}  // namespace
}  // namespace snug
