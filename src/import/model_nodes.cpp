#include "import/model_nodes.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "graph/operator.h"
#include "import/constant_folding.h"
#include "import/input_shapes.h"
#include "import/onnx_decode.h"

namespace snug {

using Producers = std::map<std::string, int>;

static Producers producers(const onnx::GraphProto& graph) {
  Producers producer;
  for (int i = 0; i < graph.node_size(); ++i) {
    for (const std::string& output : graph.node(i).output()) {
      if (!output.empty() && !producer.emplace(output, i).second) {
        throw UserError(fmt::format("two nodes compute \"{}\"; the file is damaged", output));
      }
    }
  }
  return producer;
}

static std::vector<std::string> chosen_outputs(const onnx::GraphProto& graph, const std::vector<std::string>& wanted,
                                               const Producers& producer) {
  std::vector<std::string> names = wanted;
  if (names.empty()) {
    for (const auto& output : graph.output()) names.push_back(output.name());
  }
  if (names.empty()) throw UserError("has no outputs: it is truncated or not a whole ONNX model");
  std::vector<std::string> outputs, known;
  for (const auto& [name, node] : producer) known.push_back(name);
  for (const std::string& name : names) {
    if (producer.count(name) == 0) {
      const std::string near = closest(name, known);
      throw UserError(fmt::format("output \"{}\" is not computed by any node{}", name,
                                  near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
    }
    if (std::find(outputs.begin(), outputs.end(), name) == outputs.end()) outputs.push_back(name);
  }
  return outputs;
}

/// A node's own name, or its first output's; with a number where that is taken. Own names go before borrowed ones.
static std::vector<std::string> unique_names(const std::vector<const onnx::NodeProto*>& nodes) {
  std::vector<std::string> names(nodes.size());
  std::set<std::string> taken;
  for (const bool own : {true, false}) {
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (nodes[i]->name().empty() == own) continue;
      const auto& outputs = nodes[i]->output();
      const auto named =
          std::find_if(outputs.begin(), outputs.end(), [](const std::string& name) { return !name.empty(); });
      const std::string base = own ? nodes[i]->name() : *named;
      names[i] = base;
      for (int number = 2; !taken.insert(names[i]).second; ++number) names[i] = fmt::format("{}_{}", base, number);
    }
  }
  return names;
}

ModelNodes needed_nodes(const onnx::GraphProto& graph, const std::vector<std::string>& outputs) {
  const Producers producer = producers(graph);
  ModelNodes model;
  model.outputs = chosen_outputs(graph, outputs, producer);
  for (const auto& initializer : graph.initializer()) model.initializers[initializer.name()] = &initializer;
  std::vector<bool> needed(static_cast<size_t>(graph.node_size()), false);
  std::vector<std::string> open = model.outputs;
  while (!open.empty()) {
    const std::string name = open.back();
    open.pop_back();
    if (name.empty() || !model.tensors.insert(name).second) continue;
    const auto found = producer.find(name);
    if (found == producer.end() || needed[static_cast<size_t>(found->second)]) continue;
    needed[static_cast<size_t>(found->second)] = true;
    for (const std::string& input : graph.node(found->second).input()) open.push_back(input);
  }
  for (int i = 0; i < graph.node_size(); ++i) {
    if (needed[static_cast<size_t>(i)]) model.nodes.push_back(&graph.node(i));
  }
  model.names = unique_names(model.nodes);
  return model;
}

/// String attributes say most about an operator that is not known: "equation "bhid,bhjd->bhij"".
static std::string details(const onnx::NodeProto& node) {
  std::vector<std::string> words;
  if (!is_standard(node)) words.push_back("of domain " + node.domain());
  for (const auto& attribute : node.attribute()) {
    constexpr size_t kLongest = 60;
    if (!attribute.s().empty() && attribute.s().size() <= kLongest) {
      words.push_back(fmt::format("{} \"{}\"", attribute.name(), attribute.s()));
    }
  }
  return join(words, " ");
}

/// What becomes of each tensor, as far as operators alone tell.
struct Reach {
  std::set<std::string> constant;  ///< initialisers and what folds
  std::set<std::string> lost;      ///< depends on a node that is not supported
  std::vector<size_t> unsupported;
  std::vector<std::string> cuts;  ///< supported tensors that unsupported nodes read
};

static void note_cuts(Reach& reach, const onnx::NodeProto& node, const std::set<std::string>& computed) {
  for (const std::string& input : node.input()) {
    const bool cut = computed.count(input) != 0 && reach.constant.count(input) == 0 && reach.lost.count(input) == 0;
    if (cut && std::find(reach.cuts.begin(), reach.cuts.end(), input) == reach.cuts.end()) reach.cuts.push_back(input);
  }
}

static Reach reach_of(const ModelNodes& model) {
  Reach reach;
  std::set<std::string> computed;
  for (const auto& [name, initializer] : model.initializers) reach.constant.insert(name);
  for (size_t i = 0; i < model.nodes.size(); ++i) {
    const onnx::NodeProto& node = *model.nodes[i];
    const auto all = [&](const std::set<std::string>& of) {
      return std::all_of(node.input().begin(), node.input().end(),
                         [&](const std::string& input) { return input.empty() || of.count(input) != 0; });
    };
    const bool constant = reads_only_dims(node.op_type()) || (can_fold(node.op_type()) && all(reach.constant));
    const bool supported = is_standard(node) && (constant || operator_for_onnx(node.op_type()) != nullptr);
    if (!supported) {
      reach.unsupported.push_back(i);
      note_cuts(reach, node, computed);
    }
    const bool lost = !supported || std::any_of(node.input().begin(), node.input().end(),
                                                [&](const std::string& input) { return reach.lost.count(input) != 0; });
    for (const std::string& output : node.output()) {
      computed.insert(output);
      if (lost) reach.lost.insert(output);
      if (constant && supported) reach.constant.insert(output);
    }
  }
  return reach;
}

void check_supported(const ModelNodes& model) {
  const Reach reach = reach_of(model);
  if (reach.unsupported.empty()) return;
  size_t name_width = 0, type_width = 0;
  for (const size_t i : reach.unsupported) {
    name_width = std::max(name_width, model.names[i].size() + 2);
    type_width = std::max(type_width, model.nodes[i]->op_type().size());
  }
  const size_t count = reach.unsupported.size();
  std::string message = fmt::format("{} operator{} not supported", count, count == 1 ? " is" : "s are");
  for (const size_t i : reach.unsupported) {
    const std::string line = fmt::format("  node {:<{}}  {:<{}}  {}", "\"" + model.names[i] + "\"", name_width,
                                         model.nodes[i]->op_type(), type_width, details(*model.nodes[i]));
    message += "\n" + line.substr(0, line.find_last_not_of(' ') + 1);
  }
  const std::string cut = fmt::format("Cut the graph before {} with --outputs {}, or see", count == 1 ? "it" : "them",
                                      join(reach.cuts, ","));
  throw UserError(fmt::format("{}\n  {}: snug operators", message, reach.cuts.empty() ? "See" : cut));
}

}  // namespace snug
