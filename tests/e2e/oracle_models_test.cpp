// The oracle against stored answers of known models: what `snug verify` and the other tests trust must be right itself.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "base/npy.h"
#include "evaluate.h"
#include "import/import.h"
#include "rewrite/rewrite.h"

namespace snug {
namespace {

namespace fs = std::filesystem;

/// The folder of models and expected outputs beside the repository; empty where there is none.
fs::path data() {
  const char* given = std::getenv("SNUG_SHARED_DATA");
  const fs::path folder = given ? fs::path(given) : fs::path(SNUG_SOURCE_DIR) / ".." / "shared" / "data";
  return fs::exists(folder / "models") ? folder : fs::path{};
}

#define SKIP_WITHOUT_DATA() \
  if (data().empty()) GTEST_SKIP() << "no shared data; set SNUG_SHARED_DATA to its folder"

struct LightModel {
  const char* name;
  const char* softmax_input;
  double expected;  ///< each of its 1000 values, to 9 digits
};
class OracleOfLightModel : public ::testing::TestWithParam<LightModel> {};

TEST_P(OracleOfLightModel, SoftmaxInput) {
  SKIP_WITHOUT_DATA();
  const std::string file = std::string("light_") + GetParam().name + ".onnx";
  const Graph graph =
      import_onnx(read_model(data() / "models" / "light" / file), {.outputs = {GetParam().softmax_input}});
  std::vector<double> input(3 * 224 * 224);
  for (size_t i = 0; i < input.size(); ++i) {
    input[i] = static_cast<double>(static_cast<float>(static_cast<double>(i) / static_cast<double>(input.size())));
  }
  const std::vector<double> output = evaluate(graph, {input}).at(0);
  ASSERT_EQ(output.size(), 1000U);
  for (const double value : output) ASSERT_NEAR(value / GetParam().expected, 1, 1e-6);
}

INSTANTIATE_TEST_SUITE_P(All, OracleOfLightModel,
                         ::testing::Values(LightModel{"bvlc_alexnet", "r24", 3.64127659e12},
                                           LightModel{"inception_v1", "r143", 1.19047646e21},
                                           LightModel{"resnet50", "r174", 1.28405647e19},
                                           LightModel{"squeezenet", "r65", 9.47568716e9},
                                           LightModel{"vgg19", "r46", 3.71957923e31}),
                         [](const auto& instance) { return std::string(instance.param.name); });

std::vector<double> slice(const NpyArray& array, size_t index) {
  const auto count = static_cast<std::ptrdiff_t>(array.floats.size()) / array.dims.at(0);
  const auto begin = array.floats.begin() + static_cast<std::ptrdiff_t>(index) * count;
  return {begin, begin + count};
}

double largest_difference(const std::vector<double>& values, const std::vector<double>& expected) {
  if (values.size() != expected.size()) return HUGE_VAL;
  double largest = 0;
  for (size_t i = 0; i < values.size(); ++i) largest = std::max(largest, std::abs(values[i] - expected[i]));
  return largest;
}

/// Ten stored inputs, and outputs computed in float32.
void expect_ten_outputs(const std::string& name, double tolerance) {
  const fs::path folder = data() / "models" / "mlperf_tiny";
  const Graph graph = import_onnx(read_model(folder / (name + ".onnx")));
  const Graph rewritten = rewrite(graph);
  const NpyArray inputs = read_npy(folder / "testdata" / (name + ".input.npy"));
  const NpyArray outputs = read_npy(folder / "testdata" / (name + ".output_fp32.npy"));
  for (size_t i = 0; i < 10; ++i) {
    const std::vector<double> expected = slice(outputs, i);
    EXPECT_LE(largest_difference(evaluate(graph, {slice(inputs, i)}).at(0), expected), tolerance) << i;
    EXPECT_LE(largest_difference(evaluate(rewritten, {slice(inputs, i)}).at(0), expected), tolerance)
        << i << ", rewritten";
  }
}

TEST(OracleOfResNet8, TenStoredOutputs) {
  SKIP_WITHOUT_DATA();
  expect_ten_outputs("resnet8", 1e-5);
}

TEST(OracleOfVisualWakeWords, TenStoredOutputs) {
  SKIP_WITHOUT_DATA();
  expect_ten_outputs("vww_mobilenet", 1e-5);
}

TEST(OracleOfSqueezeNet, Photographs) {
  SKIP_WITHOUT_DATA();
  const Graph graph = import_onnx(read_model(data() / "models" / "squeezenet1.0.onnx"));
  for (const std::string image : {"dog_207", "zebra_340"}) {
    const std::string base = (data() / "expected" / image).string() + ".squeezenet1.0";
    const std::vector<double> output = evaluate(graph, {slice(read_npy(base + ".input.npy"), 0)}).at(0);
    EXPECT_LE(largest_difference(output, slice(read_npy(base + ".output.npy"), 0)), 1e-6) << image;
  }
}

}  // namespace
}  // namespace snug
