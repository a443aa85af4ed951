// The ONNX project's cases (Debian's libonnx-testdata): models of mostly one node, with inputs and outputs. Every
// case of the operators that snug imports gives the stored output: from the graph before and after the rewrites, and
// from the compiled C in every layout; or is refused for a reason that is listed here. Every other case is refused by
// name.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "base/error.h"
#include "e2e/end_to_end.h"
#include "evaluate.h"
#include "import/import.h"
#include "import/onnx_decode.h"
#include "rewrite/rewrite.h"

namespace snug {
namespace {

namespace fs = std::filesystem;

/// Why snug refuses a case: part of the cases' names (empty: any), part of the message.
struct Refusal {
  const char* name;
  const char* cause;
};
constexpr Refusal kRefusals[] = {
    {"", "snug takes float inputs"},  // networks of other types, sequences and optional values
    {"3d", "snug takes maps of 3 or 4 dimensions"},
    {"pool_2d_ceil", "a window that ceil_mode lets stick out beyond the padding"},
    {"training", "export the model for inference"},
    {"_pad", "snug takes \"constant\" only"},
    {"Pad2d", "snug takes \"constant\" only"},
    {"gemm_default_matrix_bias", "differs from row to row"},
    {"matmul", "snug takes one matrix"},            // products of two computed tensors
    {"addmm", "snug takes constants only"},         // the same
    {"reshape_allowzero", "snug takes 1 or more"},  // a tensor without values
};
/// Messages for models that hold no unsupported operator of ai.onnx, yet are no network for snug.
constexpr const char* kOtherCauses[] = {
    "does not depend on any input",
    "snug takes those of ai.onnx",
};

/// Operators alone; and layers of PyTorch, with weights, whose inputs are all computed at run time.
constexpr const char* kNode = "node";
constexpr const char* kConverted = "pytorch-converted";
constexpr const char* kOperator = "pytorch-operator";

fs::path cases(const std::string& collection) {
  const char* given = std::getenv("SNUG_ONNX_TESTDATA");
  return fs::path(given ? given : "/usr/share/libonnx-testdata") / "data" / collection;
}

std::string read_bytes(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

onnx::TensorProto read_tensor(const fs::path& file) {
  onnx::TensorProto tensor;
  if (!tensor.ParseFromString(read_bytes(file))) throw UserError(file.string() + ": not a tensor");
  return tensor;
}

bool imports(const onnx::ModelProto& model) {
  return std::all_of(model.graph().node().begin(), model.graph().node().end(), [](const onnx::NodeProto& node) {
    return is_standard(node) && operator_for_onnx(node.op_type()) != nullptr;
  });
}

/// Names of the cases that snug is to compute, or of all others.
std::vector<std::string> case_names(const std::string& collection, bool supported) {
  std::vector<std::string> names;
  if (!fs::exists(cases(collection))) return names;
  for (const auto& entry : fs::directory_iterator(cases(collection))) {
    onnx::ModelProto model;
    if (!model.ParseFromString(read_bytes(entry.path() / "model.onnx"))) continue;
    if (imports(model) == supported) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// The node cases give weights, shapes and limits as inputs; in the networks that snug takes they are constants. So all
/// but the first input become initialisers, save where the operator combines tensors.
bool takes_constants(const std::string& collection, const onnx::ModelProto& model) {
  static const std::set<std::string> kCombining{"Add", "Mul", "Sum", "Concat"};
  return collection == kNode && kCombining.count(model.graph().node(0).op_type()) == 0;
}

struct Case {
  std::string collection, name;
  onnx::ModelProto model;
  std::map<std::string, onnx::TensorProto> inputs;  ///< what is computed at run time

  fs::path data() const { return cases(collection) / name / "test_data_set_0"; }
};

/// Before IR version 4 initialisers are among the inputs; the stored ones leave them out.
bool is_initializer(const onnx::GraphProto& graph, const std::string& name) {
  return std::any_of(graph.initializer().begin(), graph.initializer().end(),
                     [&](const onnx::TensorProto& tensor) { return tensor.name() == name; });
}

Case read_case(const std::string& collection, const std::string& name) {
  Case result{.collection = collection, .name = name, .model = {}, .inputs = {}};
  result.model.ParseFromString(read_bytes(cases(collection) / name / "model.onnx"));
  const bool constants = takes_constants(collection, result.model);
  const auto inputs = result.model.graph().input();
  int stored = 0;
  for (const onnx::ValueInfoProto& input : inputs) {
    if (is_initializer(result.model.graph(), input.name())) continue;
    const int i = stored++;
    if (!input.type().has_tensor_type()) continue;
    onnx::TensorProto tensor = read_tensor(result.data() / ("input_" + std::to_string(i) + ".pb"));
    tensor.set_name(input.name());
    if (i == 0 || !constants) {
      result.inputs[input.name()] = tensor;
    } else {
      *result.model.mutable_graph()->add_initializer() = tensor;
    }
  }
  return result;
}

/// Only the first output: the others are masks and running statistics, which snug does not compute.
Graph import_case(const Case& known) {
  return import_onnx({.file = known.name, .bytes = known.model.SerializeAsString(), .sha256 = {}},
                     {.outputs = {known.model.graph().output(0).name()}});
}

std::vector<std::vector<double>> values_for(const Graph& graph, const Case& known) {
  std::vector<std::vector<double>> values;
  for (const TensorId id : graph.inputs) {
    const Tensor tensor = decode_tensor(known.inputs.at(graph.tensor(id).name), {});
    values.emplace_back(tensor.constant->floats.begin(), tensor.constant->floats.end());
  }
  return values;
}

double relative_tolerance(const std::string& name) {
  // This one case's output is stored with four digits.
  return name == "test_averagepool_2d_ceil_last_window_starts_on_pad" ? 1e-3 : 1e-5;
}

Tensor stored_output(const Case& known) {
  return decode_tensor(read_tensor(known.data() / "output_0.pb"), {});
}

void expect_stored_output(const Graph& graph, const Case& known) {
  const Tensor stored = stored_output(known);
  EXPECT_EQ(graph.tensor(graph.outputs.at(0)).dims, stored.dims);
  const std::vector<double> values = evaluate(graph, values_for(graph, known)).at(0);
  ASSERT_EQ(values.size(), stored.constant->floats.size());
  for (size_t i = 0; i < values.size(); ++i) {
    const double expected = static_cast<double>(stored.constant->floats[i]);
    ASSERT_NEAR(values[i], expected, relative_tolerance(known.name) * std::abs(expected) + 1e-6) << "at " << i;
  }
}

std::vector<std::vector<float>> inputs_for(const Graph& graph, const Case& known) {
  std::vector<std::vector<float>> values;
  for (const TensorId id : graph.inputs)
    values.push_back(decode_tensor(known.inputs.at(graph.tensor(id).name), {}).constant->floats);
  return values;
}

void expect_stored_values(const std::vector<float>& values, const Case& known) {
  const Tensor stored = stored_output(known);
  const std::vector<float>& expected = stored.constant->floats;
  ASSERT_EQ(values.size(), expected.size());
  float largest = 0;
  for (const float value : expected) largest = std::max(largest, std::abs(value));
  const double relative = std::max(1e-4, relative_tolerance(known.name));
  for (size_t i = 0; i < values.size(); ++i) {
    ASSERT_NEAR(values[i], expected[i], relative * std::abs(expected[i]) + 1e-5 * largest) << "at " << i;
  }
}

/// Compiles the case to C, builds and runs it: with the usual layouts, then in every other one alone, then in several.
void expect_stored_output_of_c(const Case& known) {
  const TemporaryFolder folder;
  const fs::path file = folder.path() / (known.name + ".onnx");
  std::ofstream(file, std::ios::binary) << known.model.SerializeAsString();
  const std::vector<std::vector<Layout>> choices{{}, {kHwc}, {kC16}, {kC8}, {kC4}, {kHcw}, {kHcw, kC8, kC16, kC4}};
  std::set<std::string> programs;
  for (const std::vector<Layout>& layouts : choices) {
    const std::string name = layouts.empty() ? "usual" : fmt::format("{}_{}", layouts[0].name, layouts.size());
    SCOPED_TRACE(name);
    const fs::path project = folder.path() / name;
    const Compiled compiled =
        testing::compile_into(file, project, {.outputs = {known.model.graph().output(0).name()}, .layouts = layouts});
    if (!programs.insert(text(compiled.program)).second) continue;
    expect_stored_values(testing::answer(project, inputs_for(compiled.graph, known)).at(0), known);
  }
}

bool is_listed(const std::string& name, const std::string& cause) {
  return std::any_of(std::begin(kRefusals), std::end(kRefusals), [&](const Refusal& refusal) {
    return name.find(refusal.name) != std::string::npos && cause.find(refusal.cause) != std::string::npos;
  });
}

void expect_conformance(const std::string& collection, const std::string& name) {
  const Case known = read_case(collection, name);
  std::optional<Graph> graph;
  try {
    graph = import_case(known);
  } catch (const UserError& error) {
    EXPECT_TRUE(is_listed(name, error.what())) << error.what();
    return;
  }
  expect_stored_output(*graph, known);
  expect_stored_output(rewrite(*graph), known);
  expect_stored_output_of_c(known);
}

class NodeCase : public ::testing::TestWithParam<std::string> {};
TEST_P(NodeCase, GivesTheStoredOutput) {
  expect_conformance(kNode, GetParam());
}
INSTANTIATE_TEST_SUITE_P(Onnx, NodeCase, ::testing::ValuesIn(case_names(kNode, true)),
                         [](const auto& instance) { return instance.param; });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(NodeCase);

class ConvertedCase : public ::testing::TestWithParam<std::string> {};
TEST_P(ConvertedCase, GivesTheStoredOutput) {
  expect_conformance(kConverted, GetParam());
}
INSTANTIATE_TEST_SUITE_P(PyTorch, ConvertedCase, ::testing::ValuesIn(case_names(kConverted, true)),
                         [](const auto& instance) { return instance.param; });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ConvertedCase);

class OperatorCase : public ::testing::TestWithParam<std::string> {};
TEST_P(OperatorCase, GivesTheStoredOutput) {
  expect_conformance(kOperator, GetParam());
}
INSTANTIATE_TEST_SUITE_P(PyTorch, OperatorCase, ::testing::ValuesIn(case_names(kOperator, true)),
                         [](const auto& instance) { return instance.param; });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(OperatorCase);

/// Whether the message names an operator of the model, or says why the model is no network.
bool explains(const std::string& message, const onnx::ModelProto& model) {
  const auto& nodes = model.graph().node();
  return std::any_of(nodes.begin(), nodes.end(),
                     [&](const auto& node) { return message.find(node.op_type()) != std::string::npos; }) ||
         std::any_of(std::begin(kOtherCauses), std::end(kOtherCauses),
                     [&](const char* cause) { return message.find(cause) != std::string::npos; });
}

TEST(OtherNodeCases, AreRefusedByName) {
  const std::vector<std::string> names = case_names(kNode, false);
  if (names.empty()) GTEST_SKIP() << cases(kNode) << " is missing: scripts/setup --test installs libonnx-testdata";
  for (const std::string& name : names) {
    onnx::ModelProto model;
    model.ParseFromString(read_bytes(cases(kNode) / name / "model.onnx"));
    try {
      import_onnx({.file = name, .bytes = model.SerializeAsString(), .sha256 = {}});
      ADD_FAILURE() << name << " is taken";
    } catch (const UserError& error) {
      EXPECT_TRUE(explains(error.what(), model)) << error.what();
    }
  }
}

}  // namespace
}  // namespace snug
