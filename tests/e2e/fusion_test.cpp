// Fused calls inside whole networks: the same answer from less memory.
#include <gtest/gtest.h>

#include <algorithm>

#include "e2e/end_to_end.h"
#include "zoo/onnx_writer.h"

namespace snug::testing {
namespace {

struct FusedNetwork {
  const char* model;
  const char* operator_name;
  int64_t least_calls;
};
class Fused : public ::testing::TestWithParam<FusedNetwork> {};

TEST_P(Fused, GivesTheSameAnswer) {
  const TemporaryFolder folder;
  const std::filesystem::path model = zoo_model(GetParam().model);
  const Limits smallest{.minimize = Minimize::kRam};
  compile_into(model, folder.path() / "any");
  const Compiled fused = compile_into(model, folder.path() / "fused", {.limits = smallest, .fused = true});
  EXPECT_GE(std::ranges::count(fused.program.steps, GetParam().operator_name, &Step::operator_name),
            GetParam().least_calls);
  const auto inputs = random_inputs(open_project(folder.path() / "any"), 7);
  const std::vector<float> expected = answer(folder.path() / "any", inputs).front();
  EXPECT_LE(relative_error(answer(folder.path() / "fused", inputs).front(), expected), 1e-4);
}

INSTANTIATE_TEST_SUITE_P(All, Fused,
                         ::testing::Values(FusedNetwork{"squeezenet1.1", "conv_pool", 2},
                                           FusedNetwork{"resnet18", "conv_pool", 1},
                                           FusedNetwork{"mobilenetv2", "conv_separable", 17}),
                         [](const auto& test) {
                           std::string name = test.param.model;
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

/// The ends of two of VGG's stages, and of AlexNet's: windows that lie in tiles, that do not, and that overlap.
void write_stages(const std::filesystem::path& file) {
  OnnxWriter net("stages");
  ZooTensor x = net.input("data", {.channels = 32, .height = 28, .width = 28});
  x = net.relu("/relu1", net.conv("/conv1", x, {.out_channels = 48, .kernel = 3, .pad = 1}));
  x = net.max_pool("/pool1", x, {.kernel = 2, .stride = 2});
  x = net.relu("/relu2", net.conv("/conv2", x, {.out_channels = 64, .kernel = 3, .pad = 1}));
  x = net.max_pool("/pool2", x, {.kernel = 2, .stride = 2});
  x = net.relu("/relu3", net.conv("/conv3", x, {.out_channels = 32, .kernel = 3, .pad = 1}));
  x = net.max_pool("/pool3", x, {.kernel = 3, .stride = 2, .ceil = true});
  write_model(net.finish(net.fully_connected("/fc", net.flatten("/flatten", x), 10), "logits"), 11, file);
}

TEST(FusedWinograd, AgreesWithTheOracle) {
  const TemporaryFolder folder;
  const std::filesystem::path model = folder.path() / "stages.onnx";
  write_stages(model);
  const Compiled fastest = compile_into(model, folder.path() / "c");
  const auto is_fused = [](const Step& step) { return step.primitive->name.starts_with("conv_pool_winograd"); };
  EXPECT_EQ(std::ranges::count_if(fastest.program.steps, is_fused), 3);
  const Outcome outcome = run_snug({"verify", model.string(), "--estimate"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
}

}  // namespace
}  // namespace snug::testing
