// What is emitted: portable, strict, reproducible, and reading nothing that it did not write.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "e2e/end_to_end.h"

namespace snug::testing {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

bool installed(const std::string& compiler) {
  return std::system(("command -v " + compiler + " > /dev/null 2>&1").c_str()) == 0;
}

/// SqueezeNet 1.1 compiled once for the host, with the host's answer to a random input.
struct Reference {
  TemporaryFolder folder;
  fs::path project;
  std::vector<std::vector<float>> inputs;
  std::vector<float> output;
  Reference() : project(folder.path() / "squeezenet") {
    compile_into(zoo_model("squeezenet1.1"), project);
    inputs = random_inputs(open_project(project), 3);
    output = answer(project, inputs).front();
  }
};
const Reference& reference() {
  static const Reference instance;
  return instance;
}

class Targets : public ::testing::TestWithParam<const char*> {};

TEST_P(Targets, GiveTheSameAnswer) {
  const Target target = find_target(GetParam());
  if (!installed(target.compiler)) GTEST_SKIP() << "skipped: " << target.compiler << " is not installed";
  if (!target.runner.empty() && !installed(target.runner.front()))
    GTEST_SKIP() << "skipped: " << target.runner.front() << " is not installed";
  EXPECT_LE(relative_error(answer(reference().project, reference().inputs, GetParam()).front(), reference().output),
            1e-4);
}

INSTANTIATE_TEST_SUITE_P(All, Targets, ::testing::Values("c99", "clang", "tcc", "x86-64-v2", "cortex-a15", "aarch64"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

class StrictCompilers : public ::testing::TestWithParam<const char*> {};

TEST_P(StrictCompilers, AcceptEveryFile) {
  if (!installed(GetParam())) GTEST_SKIP() << "skipped: " << GetParam() << " is not installed";
  const TemporaryFolder folder;
  for (const fs::directory_entry& entry : fs::directory_iterator(reference().project)) {
    if (entry.path().extension() != ".c") continue;
    const std::string command = std::string(GetParam()) +
                                " -std=c99 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla -Werror -c -o " +
                                (folder.path() / "object.o").string() + " " + entry.path().string();
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
  }
}

INSTANTIATE_TEST_SUITE_P(All, StrictCompilers, ::testing::Values("gcc", "clang"));

TEST(EmittedC, HeaderIsCPlusPlusToo) {
  const std::string header = (reference().project / "squeezenet1_1.h").string();
  const std::string command =
      "g++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ -include " + header + " /dev/null";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
}

TEST(EmittedC, ReadsNothingThatItDidNotWrite) {
  const std::vector<float> other = answer(reference().project, reference().inputs, {}, 0xFFFFFFFF).front();
  EXPECT_EQ(other, reference().output);  // to the bit: the arena held other NaNs before
}

TEST(EmittedC, SameInputSameBytes) {
  const TemporaryFolder folder;
  compile_into(zoo_model("squeezenet1.1"), folder.path() / "again");
  for (const fs::directory_entry& entry : fs::directory_iterator(folder.path() / "again")) {
    if (!entry.is_regular_file()) continue;
    EXPECT_EQ(contents(entry.path()), contents(reference().project / entry.path().filename())) << entry.path();
  }
}

class WeightsForms : public ::testing::TestWithParam<WeightsForm> {};

TEST_P(WeightsForms, GiveTheSameAnswer) {
  const TemporaryFolder folder;
  const fs::path model = fs::path(SNUG_SOURCE_DIR) / "examples" / "digits" / "digits.onnx";
  compile_into(model, folder.path() / "auto");
  compile_into(model, folder.path() / "other", {.weights = GetParam()});
  const auto inputs = random_inputs(open_project(folder.path() / "auto"), 1);
  EXPECT_EQ(answer(folder.path() / "other", inputs), answer(folder.path() / "auto", inputs));
}

INSTANTIATE_TEST_SUITE_P(All, WeightsForms,
                         ::testing::Values(WeightsForm::kBinary, WeightsForm::kCArray, WeightsForm::kAssembler));

}  // namespace
}  // namespace snug::testing
