// From a model file to the answer of its compiled C, for the end-to-end tests.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "driver/compile.h"
#include "driver/project.h"
#include "zoo/onnx_writer.h"

namespace snug::testing {

/// The folder of models and expected outputs beside the repository, or an empty path.
std::filesystem::path shared_data();

#define SKIP_WITHOUT_SHARED_DATA()                                                 \
  if (snug::testing::shared_data().empty()) {                                      \
    GTEST_SKIP() << "skipped: no shared data; set SNUG_SHARED_DATA to its folder"; \
  }                                                                                \
  static_assert(true)

struct Setup {
  std::string target = "host";
  Limits limits;
  Strategy strategy = Strategy::kIlp;
  PrimitiveSet primitives = PrimitiveSet::kAll;
  std::vector<std::string> outputs;
  WeightsForm weights = WeightsForm::kAuto;
  int threads = 1;
  std::vector<Layout>
      layouts;            ///< of the nodes' outputs, one after another in turn, as far as there are such primitives
  bool fused = false;     ///< fusions wherever there are any
  bool siblings = false;  ///< one call for siblings wherever they are any
};

/// Compiles with estimated costs and writes the C into `folder`. Throws std::runtime_error if nothing fits.
Compiled compile_into(const std::filesystem::path& model, const std::filesystem::path& folder, const Setup& setup = {});

/// The compiled model's answer to these inputs; the arena holds NaNs before.
std::vector<std::vector<float>> answer(const std::filesystem::path& folder,
                                       const std::vector<std::vector<float>>& inputs, const std::string& target = {},
                                       uint32_t fill = 0x7FC00000);

/// Largest absolute difference, divided by the largest absolute expected value.
double relative_error(const std::vector<float>& values, const std::vector<float>& expected);

/// A zoo model, written once per test program.
std::filesystem::path zoo_model(const std::string& name);

/// Draws a model's weights and writes it.
void write_model(ZooModel model, uint64_t seed, const std::filesystem::path& file);

/// Runs the snug program with these arguments.
struct Outcome {
  int exit_code = 0;
  std::string output, errors;
};
Outcome run_snug(const std::vector<std::string>& arguments);

}  // namespace snug::testing
