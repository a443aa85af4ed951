// What is emitted: portable, strict, reproducible, and reading nothing that it did not write.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/file.h"
#include "e2e/end_to_end.h"
#include "target/process.h"

namespace snug::testing {
namespace {

namespace fs = std::filesystem;

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

class Targets : public ::testing::TestWithParam<const char*> {
  void SetUp() override {
    const Target target = find_target(GetParam());
    if (!installed(target.compiler)) GTEST_SKIP() << "skipped: " << target.compiler << " is not installed";
    if (!target.runner.empty() && !installed(target.runner.front()))
      GTEST_SKIP() << "skipped: " << target.runner.front() << " is not installed";
  }
};

TEST_P(Targets, GiveTheSameAnswer) {
  EXPECT_LE(relative_error(answer(reference().project, reference().inputs, GetParam()).front(), reference().output),
            1e-4);
}

TEST_P(Targets, GiveNoClassWhereThePixelInTheMiddleIsNaN) {
  std::vector<std::vector<float>> inputs = reference().inputs;
  inputs.front()[224 * 112 + 112] = NAN;
  const std::vector<float> classes = answer(reference().project, inputs, GetParam()).front();
  EXPECT_TRUE(std::ranges::all_of(classes, [](float value) { return std::isnan(value); }));
}

INSTANTIATE_TEST_SUITE_P(All, Targets,
                         ::testing::Values("host", "c99", "clang", "tcc", "x86-64-v2", "cortex-a15", "aarch64"),
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
    EXPECT_EQ(read_file(entry.path()), read_file(reference().project / entry.path().filename())) << entry.path();
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

/// The digits' network, its weights in a file, and the program that main.c makes.
class WeightsFile : public ::testing::Test {
 protected:
  WeightsFile() {
    compile_into(fs::path(SNUG_SOURCE_DIR) / "examples" / "digits" / "digits.onnx", project_,
                 {.primitives = PrimitiveSet::kClassic, .weights = WeightsForm::kBinary});
    weights_ = read_file(project_ / "digits_weights.bin");
  }

  /// Runs the program on these weights. Empty where it works, else what it says.
  std::string complaint(const std::string& weights) {
    write_file(project_ / "digits_weights.bin", weights);
    try {
      answer(project_, random_inputs(open_project(project_), 1));
    } catch (const UserError& error) {
      return error.what();
    }
    return {};
  }

  const TemporaryFolder folder_;
  const fs::path project_ = folder_.path() / "digits";
  std::string weights_;
};

TEST_F(WeightsFile, MustBeTheRightOne) {
  EXPECT_EQ(complaint(weights_), "");
  std::string damaged = weights_, foreign(weights_.size(), 'x'), swapped = weights_;
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
  std::reverse(swapped.begin() + 8, swapped.begin() + 12);
  EXPECT_NE(complaint(damaged).find("is damaged"), std::string::npos);
  EXPECT_NE(complaint(foreign).find("no file of weights"), std::string::npos);
  EXPECT_NE(complaint(swapped).find("big-endian"), std::string::npos);
  EXPECT_NE(complaint(weights_.substr(0, 1000)).find("another size"), std::string::npos);
  EXPECT_NE(complaint("").find("another size"), std::string::npos);
}

TEST_F(WeightsFile, OfAnotherCompilationIsRefused) {
  const fs::path other = folder_.path() / "other";
  compile_into(fs::path(SNUG_SOURCE_DIR) / "examples" / "digits" / "digits.onnx", other,
               {.weights = WeightsForm::kBinary, .layouts = {kChw}});
  std::string weights = read_file(other / "digits_weights.bin");
  weights.resize(weights_.size());
  EXPECT_NE(complaint(weights).find("another network, or of another compilation"), std::string::npos);
}

/// On a big-endian machine the file is refused, and the C array gives the right answer.
TEST_F(WeightsFile, OnABigEndianMachine) {
  if (!installed("s390x-linux-gnu-gcc") || !installed("qemu-s390x")) GTEST_SKIP() << "skipped: no s390x tools";
  const fs::path target = folder_.path() / "s390x.json";
  write_file(target, R"({"compiler": "s390x-linux-gnu-gcc", "flags": ["-O2", "-static"], "runner": ["qemu-s390x"]})");
  const auto inputs = random_inputs(open_project(project_), 1);
  const std::vector<float> expected = answer(project_, inputs).front();
  try {
    answer(project_, inputs, target.string());
    FAIL() << "weights of another byte order were taken";
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what()).find("big-endian"), std::string::npos) << error.what();
  }
  const fs::path array = folder_.path() / "array";
  compile_into(fs::path(SNUG_SOURCE_DIR) / "examples" / "digits" / "digits.onnx", array,
               {.primitives = PrimitiveSet::kClassic, .weights = WeightsForm::kCArray});
  EXPECT_LE(relative_error(answer(array, inputs, target.string()).front(), expected), 1e-5);
}

/// A firmware project with a toolchain file takes the folder by add_subdirectory.
TEST(EmittedC, IsAPartOfAProjectForAMachineWithoutASystem) {
  if (!installed("arm-none-eabi-gcc") || !installed("cmake")) GTEST_SKIP() << "skipped: no arm-none-eabi-gcc or cmake";
  const TemporaryFolder folder;
  compile_into(fs::path(SNUG_SOURCE_DIR) / "examples" / "digits" / "digits.onnx", folder.path() / "digits");
  write_file(folder.path() / "firmware.c",
             "#include \"digits.h\"\n#include \"digits_weights.h\"\nstatic float arena[DIGITS_ARENA_BYTES / 4];\n"
             "int main(void)\n{\n    digits_run(&digits_weights, arena);\n    return arena[0] > 0;\n}\n");
  write_file(
      folder.path() / "toolchain.cmake",
      "set(CMAKE_SYSTEM_NAME Generic)\nset(CMAKE_SYSTEM_PROCESSOR arm)\nset(CMAKE_C_COMPILER arm-none-eabi-gcc)\n"
      "set(CMAKE_C_FLAGS_INIT \"-mcpu=cortex-m7 -mthumb -mfpu=fpv5-d16 -mfloat-abi=hard\")\n"
      "set(CMAKE_EXE_LINKER_FLAGS_INIT \"--specs=nosys.specs\")\n");
  write_file(folder.path() / "CMakeLists.txt",
             "cmake_minimum_required(VERSION 3.13)\nproject(firmware LANGUAGES C)\nadd_subdirectory(digits)\n"
             "add_executable(firmware firmware.c)\ntarget_link_libraries(firmware PRIVATE digits)\n");
  const std::string build = (folder.path() / "build").string();
  const RunResult configured = run_process({"cmake", "-S", folder.path().string(), "-B", build,
                                            "-DCMAKE_TOOLCHAIN_FILE=" + (folder.path() / "toolchain.cmake").string()});
  ASSERT_EQ(configured.exit_code, 0) << configured.output << configured.errors;
  const RunResult built = run_process({"cmake", "--build", build});
  EXPECT_EQ(built.exit_code, 0) << built.output << built.errors;
  // The example alone builds for such a machine, too: it takes nothing for Unix that only looks like it.
  const RunResult example =
      run_process({"arm-none-eabi-gcc", "-mcpu=cortex-m7", "-mthumb", "-std=c99", "-Wall", "-Wextra", "-Werror",
                   "-fsyntax-only", (folder.path() / "digits/digits_main.c").string()});
  EXPECT_EQ(example.exit_code, 0) << example.errors;
}

/// The folder says what its times are worth.
TEST(EmittedC, SaysWithWhichCompilerAndFlags) {
  const std::string flags = find_target("host").flags.front();
  for (const char* file : {"squeezenet1_1.h", "squeezenet1_1.c", "CMakeLists.txt", "plan.json"})
    EXPECT_NE(read_file(reference().project / file).find(flags), std::string::npos) << file;
}

}  // namespace
}  // namespace snug::testing
