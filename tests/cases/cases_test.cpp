// Small models from public bug reports, where the shared folder has them: its own program runs each and compares.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

#include "e2e/end_to_end.h"
#include "target/process.h"

namespace snug::testing {
namespace {

namespace fs = std::filesystem;

/// Cases that fall short so far. One that passes has to leave this list.
const std::set<std::string> kFallShort{"avgpool-ceil-include-pad",
                                       "causal-conv-chomp",
                                       "concat-with-constant",
                                       "constant-larger-than-map",
                                       "constant-per-image",
                                       "conv-transpose-output-padding",
                                       "conv3d",
                                       "dequantized-weights",
                                       "eight-hundred-nodes",
                                       "expand-by-where",
                                       "gemm-column-bias",
                                       "half-model-float-ends",
                                       "if-of-a-constant",
                                       "input-is-output",
                                       "local-function",
                                       "maxpool-indices",
                                       "negative-pads",
                                       "outer-product-attention",
                                       "pixel-shuffle-6d",
                                       "prelu",
                                       "quantised-qdq",
                                       "reduce-mean-pool",
                                       "reflect-pad",
                                       "silu-and-hardswish-by-parts",
                                       "slice-focus",
                                       "split-shuffle-block",
                                       "subtract-mean-divide-std",
                                       "uint8-image-input",
                                       "upsample-9"};

fs::path cases_folder() {
  const fs::path data = shared_data();
  return data.empty() ? fs::path{} : data.parent_path() / "cases";
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  if (!fs::exists(cases_folder() / "run")) return names;
  for (const auto& entry : fs::directory_iterator(cases_folder())) {
    if (fs::exists(entry.path() / "note.txt")) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string test_name(std::string name) {
  std::replace_if(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

class Case : public ::testing::TestWithParam<std::string> {};
TEST_P(Case, IsRightUnlessItIsListed) {
  const std::string runner = (cases_folder() / "run").string();
  const bool listed = kFallShort.count(GetParam()) != 0;
  const RunResult result = run_process({runner, SNUG_PROGRAM, GetParam()});
  ASSERT_NE(result.output.find(GetParam()), std::string::npos) << result.errors;
  const char* hint = listed ? "it passes now: take it off the list of cases that fall short" : "it falls short";
  EXPECT_EQ(result.exit_code, listed ? 1 : 0) << hint << "\n"
                                              << runner << " " << SNUG_PROGRAM << " " << GetParam() << "\n"
                                              << result.output;
}
INSTANTIATE_TEST_SUITE_P(Shared, Case, ::testing::ValuesIn(case_names()),
                         [](const auto& instance) { return test_name(instance.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Case);

TEST(Cases, AreThere) {
  if (case_names().empty()) GTEST_SKIP() << "skipped: no cases; set SNUG_SHARED_DATA to the folder beside theirs";
  for (const std::string& name : kFallShort) EXPECT_TRUE(fs::exists(cases_folder() / name)) << name;
}

}  // namespace
}  // namespace snug::testing
