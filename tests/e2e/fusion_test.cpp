// Fused calls inside whole networks: the same answer from less memory.
#include <gtest/gtest.h>

#include <algorithm>

#include "e2e/end_to_end.h"

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

}  // namespace
}  // namespace snug::testing
