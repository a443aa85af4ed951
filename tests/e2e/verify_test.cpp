// snug verify where the model's answer is no number.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "e2e/end_to_end.h"
#include "onnx_builder.h"

namespace snug::testing {
namespace {

TEST(Verify, AcceptsInfinityAndNaNWhereTheModelHasThem) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "factors.onnx";
  OnnxBuilder model;
  model.constant("factors", {3, 1, 1}, {HUGE_VALF, 1, NAN}).input("x", {1, 3, 2, 2});
  model.node("Mul", {"x", "factors"}, {"scaled"});
  model.node("Relu", {"scaled"}, {"y"});
  std::ofstream(file, std::ios::binary) << model.output("y").bytes();
  const Outcome outcome = run_snug({"verify", file.string(), "--estimate", "--layers"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.output << outcome.errors;
}

}  // namespace
}  // namespace snug::testing
