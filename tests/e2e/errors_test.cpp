// Bad input: a clear message, the right exit code, nothing half-written.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "e2e/end_to_end.h"

namespace snug::testing {
namespace {

namespace fs = std::filesystem;

const fs::path kDigits = fs::path(SNUG_SOURCE_DIR) / "examples" / "digits" / "digits.onnx";

void expect_error(const std::vector<std::string>& arguments, int exit_code, const std::vector<std::string>& words) {
  const Outcome outcome = run_snug(arguments);
  EXPECT_EQ(outcome.exit_code, exit_code) << outcome.output << outcome.errors;
  for (const std::string& word : words)
    EXPECT_NE(outcome.errors.find(word), std::string::npos) << "no \"" << word << "\" in: " << outcome.errors;
}

TEST(Errors, NoSuchFile) {
  expect_error({"compile", "nowhere.onnx"}, 1, {"nowhere.onnx"});
}

TEST(Errors, NotOnnxAndTruncated) {
  const TemporaryFolder folder;
  const fs::path garbage = folder.path() / "garbage.onnx", half = folder.path() / "half.onnx";
  std::ofstream(garbage) << "this is no model";
  fs::copy_file(kDigits, half);
  fs::resize_file(half, fs::file_size(half) / 2);
  expect_error({"compile", garbage.string()}, 1, {"garbage.onnx"});
  expect_error({"compile", half.string()}, 1, {"half.onnx"});
}

TEST(Errors, BadOptions) {
  const std::string model = kDigits.string();
  expect_error({"compile", model, "--ram", "much"}, 1, {"--ram", "much"});
  expect_error({"compile", model, "--latency", "soon"}, 1, {"--latency", "soon"});
  expect_error({"compile", model, "--strategy", "luck"}, 1, {"--strategy", "luck"});
  for (const char* threads : {"0", "-1", "two", "2.5", "1000", ""}) {
    expect_error({"compile", model, "--threads", threads}, 1, {"--threads", "1 to 64"});
  }
  expect_error({"compile", model, "--primitives", "some"}, 1, {"--primitives", "some"});
  expect_error({"compile", model, "--layouts", "chw,c18"}, 1, {"--layouts", "c18", "did you mean c16", "hcw"});
  expect_error({"compile", model, "--layouts", ""}, 1, {"--layouts", "chw, hwc"});
  expect_error({"compile", model, "--target", "hots"}, 1, {"hots"});
  expect_error({"compile", model, "--outputs", "nothing_of_that_name", "--estimate"}, 1, {"nothing_of_that_name"});
  expect_error({"compile", model, "--shape", "image=1xlarge"}, 1, {"--shape", "image=1xlarge"});
  expect_error({"compile"}, 2, {"model"});
  expect_error({"fly"}, 2, {});
  expect_error({"run", "/nonexistent"}, 1, {"plan.json"});
  expect_error({"zoo", "squeezenet9"}, 1, {"squeezenet9"});
}

TEST(Errors, LimitTooSmall) {
  const TemporaryFolder folder;
  const fs::path output = folder.path() / "c";
  expect_error({"compile", kDigits.string(), "--estimate", "--ram", "4K", "-o", output.string()}, 3,
               {"digits.onnx", "--ram", "least possible"});
  EXPECT_FALSE(fs::exists(output));
  EXPECT_TRUE(fs::is_empty(folder.path()));
  const Outcome outcome = run_snug({"compile", kDigits.string(), "--estimate", "--ram", "4K", "--json"});
  const nlohmann::json answer = nlohmann::json::parse(outcome.output);
  EXPECT_TRUE(answer.at("infeasible").get<bool>());
  const int64_t least = answer.at("least_value");
  EXPECT_EQ(run_snug({"compile", kDigits.string(), "--estimate", "--ram", std::to_string(least)}).exit_code, 0);
}

TEST(Errors, ForeignFolderIsNotOverwritten) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "thesis.txt") << "irreplaceable";
  expect_error({"compile", kDigits.string(), "--estimate", "-o", folder.path().string()}, 1, {"did not write"});
  EXPECT_TRUE(fs::exists(folder.path() / "thesis.txt"));
}

TEST(Errors, WrongInputs) {
  const TemporaryFolder folder;
  const std::string project = (folder.path() / "c").string();
  ASSERT_EQ(run_snug({"compile", kDigits.string(), "--estimate", "-o", project}).exit_code, 0);
  std::ofstream(folder.path() / "picture.png") << "no picture";
  expect_error({"run", project, "--input", (folder.path() / "picture.png").string()}, 1, {"picture.png"});
  expect_error({"run", project, "--input", (folder.path() / "none.npy").string()}, 1, {"none.npy"});
  expect_error({"run", project, "--repeat", "0"}, 1, {"--repeat"});
}

TEST(Json, HasTheStableKeys) {
  const Outcome outcome = run_snug({"compile", kDigits.string(), "--estimate", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  const nlohmann::json plan = nlohmann::json::parse(outcome.output);
  for (const char* key : {"model", "target", "strategy", "optimal", "arena_bytes", "arena_lower_bound_bytes",
                          "flash_bytes", "expected_ns", "layers"}) {
    EXPECT_TRUE(plan.contains(key)) << key;
  }
  const nlohmann::json primitives = nlohmann::json::parse(run_snug({"primitives", "--json"}).output);
  EXPECT_GE(primitives.size(), 12U);
  for (const nlohmann::json& primitive : primitives) {
    for (const char* key : {"name", "family", "operator", "input_layout", "output_layout"})
      EXPECT_TRUE(primitive.contains(key)) << key;
  }
}

}  // namespace
}  // namespace snug::testing
