#include "e2e/end_to_end.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>

#include "zoo/zoo.h"

namespace snug::testing {

namespace fs = std::filesystem;

fs::path shared_data() {
  const char* given = std::getenv("SNUG_SHARED_DATA");
  const fs::path folder = given != nullptr ? fs::path(given) : fs::path(SNUG_SOURCE_DIR) / ".." / "shared" / "data";
  return fs::exists(folder / "models") ? folder : fs::path{};
}

namespace {

/// Leaves the nodes the candidates whose outputs lie in these layouts in turn, where there are any.
void take_turns(CostTable& costs, const std::vector<Layout>& layouts) {
  for (size_t node = 0; node < costs.nodes.size(); ++node) {
    const int layout = layout_index(layouts[node % layouts.size()]);
    std::vector<Candidate> kept;
    std::ranges::copy_if(costs.nodes[node].candidates, std::back_inserter(kept),
                         [layout](const Candidate& candidate) { return candidate.output_layout == layout; });
    if (!kept.empty()) costs.nodes[node].candidates = std::move(kept);
  }
}

/// Leaves the nodes of a fusion no other candidates than its own.
void keep_fused(CostTable& costs) {
  std::set<int> ahead;
  for (NodeCosts& node : costs.nodes) {
    const bool behind = ahead.count(node.inputs[0]) > 0;
    const auto belongs = [behind](const Candidate& candidate) {
      return behind ? candidate.input_layouts[0] == kAheadLayout : candidate.fusion >= 0;
    };
    std::vector<Candidate> kept;
    std::copy_if(node.candidates.begin(), node.candidates.end(), std::back_inserter(kept), belongs);
    if (kept.empty()) continue;
    if (kept[0].output_layout == kAheadLayout) ahead.insert(node.output);
    node.candidates = std::move(kept);
  }
}

/// Leaves siblings no other candidates than those of one call.
void keep_siblings(CostTable& costs) {
  for (const SiblingCosts& siblings : costs.siblings) {
    for (const int node : siblings.nodes) {
      std::erase_if(costs.nodes[static_cast<size_t>(node)].candidates,
                    [](const Candidate& candidate) { return candidate.siblings < 0; });
    }
  }
}

}  // namespace

Compiled compile_into(const fs::path& model, const fs::path& folder, const Setup& setup) {
  CompileOptions options;
  options.target = find_target(setup.target);
  options.limits = setup.limits;
  options.strategy = setup.strategy;
  options.primitives = setup.primitives;
  options.estimate = true;
  options.threads = setup.threads;
  options.import.outputs = setup.outputs;
  if (!setup.layouts.empty()) options.layouts.reset();
  for (const Layout& layout : setup.layouts) options.layouts.set(static_cast<size_t>(layout_index(layout)));
  Priced priced = price_model(model, options);
  if (setup.layouts.size() > 1) take_turns(priced.costs, setup.layouts);
  if (setup.fused) keep_fused(priced.costs);
  if (setup.siblings) keep_siblings(priced.costs);
  std::variant<Compiled, Infeasible> result = fit(std::move(priced), options);
  if (const auto* infeasible = std::get_if<Infeasible>(&result)) throw std::runtime_error(infeasible->explanation);
  const Compiled& compiled = std::get<Compiled>(result);
  write_project(compiled, options,
                {.folder = folder, .model_file = model, .command_line = "snug compile", .weights = setup.weights});
  return std::get<Compiled>(std::move(result));
}

std::vector<std::vector<float>> answer(const fs::path& folder, const std::vector<std::vector<float>>& inputs,
                                       const std::string& target, uint32_t fill) {
  return run_project(open_project(folder, target), inputs, {.fill = fill}).outputs;
}

double relative_error(const std::vector<float>& values, const std::vector<float>& expected) {
  if (values.size() != expected.size()) return HUGE_VAL;
  double error = 0, largest = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i])) return HUGE_VAL;
    error = std::max(error, std::abs(static_cast<double>(values[i]) - static_cast<double>(expected[i])));
    largest = std::max(largest, std::abs(static_cast<double>(expected[i])));
  }
  return largest > 0 ? error / largest : error;
}

fs::path zoo_model(const std::string& name) {
  static const TemporaryFolder folder;
  const fs::path file = folder.path() / (name + ".onnx");
  if (!fs::exists(file)) write_zoo_model(name, file);
  return file;
}

void write_model(ZooModel model, uint64_t seed, const fs::path& file) {
  draw_weights(model, seed);
  std::ofstream stream(file, std::ios::binary);
  model.proto.SerializeToOstream(&stream);
}

Outcome run_snug(const std::vector<std::string>& arguments) {
  Target here;
  const RunResult result = run_program(here, SNUG_PROGRAM, arguments);
  return {.exit_code = result.exit_code, .output = result.output, .errors = result.errors};
}

}  // namespace snug::testing
