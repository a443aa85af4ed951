// Trained and known models from the shared data: the compiled C gives the stored answers.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "base/npy.h"
#include "e2e/end_to_end.h"

namespace snug::testing {
namespace {

namespace fs = std::filesystem;

size_t top_class(const std::vector<float>& values) {
  return static_cast<size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

void expect_photographs_recognised(const fs::path& folder) {
  for (const auto& [image, expected_class] : {std::pair{"dog_207", 207}, std::pair{"zebra_340", 340}}) {
    const fs::path base = shared_data() / "expected" / image;
    const NpyArray input = read_npy(base.string() + ".squeezenet1.0.input.npy");
    const NpyArray expected = read_npy(base.string() + ".squeezenet1.0.output.npy");
    const std::vector<float> output = answer(folder, {input.floats}).front();
    EXPECT_EQ(top_class(output), static_cast<size_t>(expected_class)) << image;
    EXPECT_LE(relative_error(output, expected.floats), 1e-4) << image;
  }
}

TEST(SqueezeNet, RecognisesPhotographsAtEveryLimit) {
  SKIP_WITHOUT_SHARED_DATA();
  const fs::path model = shared_data() / "models" / "squeezenet1.0.onnx";
  const TemporaryFolder folder;
  const Compiled fastest = compile_into(model, folder.path() / "fastest");
  const Compiled smallest = compile_into(model, folder.path() / "smallest", {.limits = {.minimize = Minimize::kRam}});
  ASSERT_LE(smallest.plan.arena_bytes,
            fastest.plan.arena_bytes);  // equal where the fastest needs no workspace at the peak
  const int64_t tightest = smallest.plan.arena_bytes, middling = (tightest + fastest.plan.arena_bytes) / 2;
  const Compiled between = compile_into(model, folder.path() / "between", {.limits = {.ram_bytes = middling}});
  EXPECT_LE(between.plan.arena_bytes, middling);
  const Compiled at_the_limit = compile_into(model, folder.path() / "tightest", {.limits = {.ram_bytes = tightest}});
  EXPECT_LE(at_the_limit.plan.arena_bytes, tightest);
  EXPECT_THROW(compile_into(model, folder.path() / "none", {.limits = {.ram_bytes = tightest - 64}}),
               std::runtime_error);
  for (const char* name : {"fastest", "between", "tightest"}) {
    SCOPED_TRACE(name);
    expect_photographs_recognised(folder.path() / name);
  }
}

struct LightModel {
  const char* name;
  const char* softmax_input;
  double expected;  ///< of each of its 1000 equal values, evaluated in double precision
};
class LightModels : public ::testing::TestWithParam<LightModel> {};

TEST_P(LightModels, SoftmaxInput) {
  SKIP_WITHOUT_SHARED_DATA();
  const TemporaryFolder folder;
  const fs::path model = shared_data() / "models" / "light" / (std::string("light_") + GetParam().name + ".onnx");
  compile_into(model, folder.path() / "c", {.outputs = {GetParam().softmax_input}});
  std::vector<float> input(3 * 224 * 224);
  for (size_t i = 0; i < input.size(); ++i)
    input[i] = static_cast<float>(static_cast<double>(i) / static_cast<double>(input.size()));
  const std::vector<float> output = answer(folder.path() / "c", {input}).front();
  for (const float value : output) {
    ASSERT_NEAR(value / GetParam().expected, 1, 1e-4);
  }
}

INSTANTIATE_TEST_SUITE_P(All, LightModels,
                         ::testing::Values(LightModel{"bvlc_alexnet", "r24", 3.64127659e12},
                                           LightModel{"inception_v1", "r143", 1.19047646e21},
                                           LightModel{"resnet50", "r174", 1.28405647e19},
                                           LightModel{"squeezenet", "r65", 9.47568716e9},
                                           LightModel{"vgg19", "r46", 3.71957923e31}),
                         [](const auto& test) { return std::string(test.param.name); });

class TinyModels : public ::testing::TestWithParam<const char*> {};

TEST_P(TinyModels, TenStoredOutputs) {
  SKIP_WITHOUT_SHARED_DATA();
  const fs::path models = shared_data() / "models" / "mlperf_tiny";
  const std::string name = GetParam();
  const TemporaryFolder folder;
  compile_into(models / (name + ".onnx"), folder.path() / "c");
  const NpyArray inputs = read_npy(models / "testdata" / (name + ".input.npy"));
  const NpyArray expected = read_npy(models / "testdata" / (name + ".output_fp32.npy"));
  const size_t images = 10, input_floats = inputs.floats.size() / images,
               output_floats = expected.floats.size() / images;
  for (size_t i = 0; i < images; ++i) {
    const auto slice = [i](const std::vector<float>& all, size_t floats) {
      const auto begin = all.begin() + static_cast<std::ptrdiff_t>(i * floats);
      return std::vector<float>(begin, begin + static_cast<std::ptrdiff_t>(floats));
    };
    const std::vector<float> output = answer(folder.path() / "c", {slice(inputs.floats, input_floats)}).front();
    EXPECT_LE(relative_error(output, slice(expected.floats, output_floats)), 1e-4) << "image " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(All, TinyModels, ::testing::Values("resnet8", "vww_mobilenet"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace snug::testing
