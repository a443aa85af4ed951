// Every network of the zoo: the compiled C agrees with the oracle, whatever was chosen.
#include <gtest/gtest.h>

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
