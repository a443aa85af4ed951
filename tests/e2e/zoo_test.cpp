// Every network of the zoo: the compiled C agrees with the oracle, whatever was chosen.
#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "e2e/end_to_end.h"
#include "zoo/zoo.h"

namespace snug::testing {
namespace {

class Zoo : public ::testing::TestWithParam<std::string> {};

TEST_P(Zoo, Verifies) {
  const Outcome outcome = run_snug({"verify", zoo_model(GetParam()).string(), "--estimate"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  std::filesystem::remove(zoo_model(GetParam()));
}

std::vector<std::string> names() {
  std::vector<std::string> result;
  for (const ZooEntry& entry : zoo_networks()) result.push_back(entry.name);
  return result;
}

std::string test_name(const ::testing::TestParamInfo<std::string>& test) {
  std::string name = test.param;
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, Zoo, ::testing::ValuesIn(names()), test_name);

/// Networks in layouts that are not considered unless asked for.
class NetworkLayouts : public ::testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(NetworkLayouts, Verify) {
  const auto& [network, layouts] = GetParam();
  const Outcome outcome =
      run_snug({"verify", zoo_model(network).string(), "--estimate", "--layers", "--layouts", layouts});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
  if (layouts == std::string("all")) return;
  EXPECT_NE(outcome.output.find(std::string("conv_pointwise_") + layouts), std::string::npos) << outcome.output;
  EXPECT_EQ(outcome.output.find("_c16"), std::string::npos) << outcome.output;
}

INSTANTIATE_TEST_SUITE_P(All, NetworkLayouts,
                         ::testing::Combine(::testing::Values("squeezenet1.1", "mobilenetv2"),
                                            ::testing::Values("all", "c8", "c4", "hcw")),
                         [](const auto& test) {
                           std::string text(std::string(std::get<0>(test.param)) + "_" + std::get<1>(test.param));
                           std::replace(text.begin(), text.end(), '.', '_');
                           return text;
                         });

TEST(Layouts, InTurnGiveTheSameAnswer) {
  const TemporaryFolder folder;
  const std::filesystem::path model = zoo_model("squeezenet1.1");
  compile_into(model, folder.path() / "usual");
  const Compiled mixed = compile_into(model, folder.path() / "mixed", {.layouts = {kHcw, kC8, kC16, kC4}});
  std::set<std::string_view> conversions;
  for (const Step& step : mixed.program.steps) {
    if (step.operator_name == "convert") conversions.insert(step.primitive->name);
  }
  const auto has = [&](const char* step) { return conversions.contains(step); };
  EXPECT_TRUE(has("convert_hcw_chw") && has("convert_chw_c8")) << "hcw to c8, which takes two steps";
  EXPECT_TRUE((has("convert_c8_chw") && has("convert_chw_c16")) || (has("convert_c8_hwc") && has("convert_hwc_c16")))
      << "c8 to c16, through either";
  const auto inputs = random_inputs(open_project(folder.path() / "usual"), 7);
  const std::vector<float> expected = answer(folder.path() / "usual", inputs).front();
  EXPECT_LE(relative_error(answer(folder.path() / "mixed", inputs).front(), expected), 1e-4);
}

class EveryStrategy : public ::testing::TestWithParam<Strategy> {};

TEST_P(EveryStrategy, GivesTheSameAnswer) {
  const TemporaryFolder folder;
  const std::filesystem::path model = zoo_model("squeezenet1.1");
  compile_into(model, folder.path() / "ilp");
  compile_into(model, folder.path() / "other", {.strategy = GetParam()});
  const auto inputs = random_inputs(open_project(folder.path() / "ilp"), 7);
  const std::vector<float> expected = answer(folder.path() / "ilp", inputs).front();
  EXPECT_LE(relative_error(answer(folder.path() / "other", inputs).front(), expected), 1e-4);
}

INSTANTIATE_TEST_SUITE_P(All, EveryStrategy,
                         ::testing::Values(Strategy::kTimeOnly, Strategy::kGreedyFastest, Strategy::kGreedyInOrder,
                                           Strategy::kGreedySmallest, Strategy::kPerLayer, Strategy::kDirect),
                         [](const auto& test) {
                           std::string text(name(test.param));
                           std::replace(text.begin(), text.end(), '-', '_');
                           return text;
                         });

}  // namespace
}  // namespace snug::testing
