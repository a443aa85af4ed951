#include "import/model_nodes.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

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
      if (!output.empty()) producer.emplace(output, i);
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
  std::set<std::string> seen;
  for (const auto& [name, node] : producer) known.push_back(name);
  for (const std::string& name : names) {
    if (producer.count(name) == 0) {
      const std::string near = closest(name, known);
      throw UserError(fmt::format("output \"{}\" is not computed by any node{}", name,
                                  near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
    }
    if (seen.insert(name).second) outputs.push_back(name);
  }
  return outputs;
}

/// A node's own name, or its first output's; with a number where that is taken. Own names go before borrowed ones.
static std::vector<std::string> unique_names(const std::vector<const onnx::NodeProto*>& nodes) {
  std::vector<std::string> names(nodes.size());
  std::set<std::string> taken;
  std::map<std::string, int> numbers;  // the last number that each name was given
  for (const bool own : {true, false}) {
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (nodes[i]->name().empty() == own) continue;
      const auto& outputs = nodes[i]->output();
      const auto named =
          std::find_if(outputs.begin(), outputs.end(), [](const std::string& name) { return !name.empty(); });
      const std::string base = own ? nodes[i]->name() : *named;
      names[i] = base;
      int& number = numbers.try_emplace(base, 1).first->second;
      while (!taken.insert(names[i]).second) names[i] = fmt::format("{}_{}", base, ++number);
    }
  }
  return names;
}

namespace {

/// A node on the way from a later one back to the inputs, and which of its own inputs is next.
struct Visit {
  int node = 0, next_input = 0;
};

enum class State : uint8_t { kNew, kOpen, kDone };

}  // namespace

/// Visits the node's first input that is not done; with all of them done, the node is.
static void visit_next(const onnx::GraphProto& graph, const Producers& producer, std::vector<Visit>& path,
                       std::vector<State>& states, std::vector<int>& order) {
  Visit& visit = path.back();
  const auto& inputs = graph.node(visit.node).input();
  if (visit.next_input == inputs.size()) {
    states[static_cast<size_t>(visit.node)] = State::kDone;
    order.push_back(visit.node);
    path.pop_back();
    return;
  }
  const std::string& input = inputs[visit.next_input++];
  const auto found = producer.find(input);
  if (found == producer.end()) return;
  State& state = states[static_cast<size_t>(found->second)];
  if (state == State::kOpen) throw UserError(fmt::format("\"{}\" depends on itself; the file is damaged", input));
  if (state == State::kDone) return;
  state = State::kOpen;
  path.push_back({found->second, 0});
}

/// The needed nodes, each behind those whose outputs it reads: in the model's order where it is such, as it should be.
static std::vector<int> sorted_nodes(const onnx::GraphProto& graph, const Producers& producer,
                                     const std::vector<bool>& needed) {
  std::vector<State> states(needed.size(), State::kNew);
  std::vector<int> order;
  for (size_t i = 0; i < needed.size(); ++i) {
    if (!needed[i] || states[i] != State::kNew) continue;
    states[i] = State::kOpen;
    std::vector<Visit> path{{static_cast<int>(i), 0}};
    while (!path.empty()) visit_next(graph, producer, path, states, order);
  }
  return order;
}

static void check_dense(const onnx::GraphProto& graph, const std::set<std::string>& needed) {
  for (const auto& tensor : graph.sparse_initializer()) {
    const std::string& name = tensor.values().name();
    if (needed.count(name) == 0) continue;
    throw UserError(fmt::format("constant \"{}\" is sparse; snug takes dense ones, export the model with them", name));
  }
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
  check_dense(graph, model.tensors);
  for (const int i : sorted_nodes(graph, producer, needed)) model.nodes.push_back(&graph.node(i));
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
  std::set<std::string> seen_cuts;
};

static void note_cuts(Reach& reach, const onnx::NodeProto& node, const std::set<std::string>& computed) {
  for (const std::string& input : node.input()) {
    const bool cut = computed.count(input) != 0 && reach.constant.count(input) == 0 && reach.lost.count(input) == 0;
    if (cut && reach.seen_cuts.insert(input).second) reach.cuts.push_back(input);
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
  constexpr size_t kMostListed = 50;
  const size_t count = reach.unsupported.size();
  const std::span<const size_t> listed(reach.unsupported.data(), std::min(count, kMostListed));
  for (const size_t i : listed) {
    name_width = std::max(name_width, model.names[i].size() + 2);
    type_width = std::max(type_width, model.nodes[i]->op_type().size());
  }
  std::string message = fmt::format("{} operator{} not supported", count, count == 1 ? " is" : "s are");
  for (const size_t i : listed) {
    const std::string line = fmt::format("  node {:<{}}  {:<{}}  {}", "\"" + model.names[i] + "\"", name_width,
                                         model.nodes[i]->op_type(), type_width, details(*model.nodes[i]));
    message += "\n" + line.substr(0, line.find_last_not_of(' ') + 1);
  }
  if (listed.size() < count) message += fmt::format("\n  and {} more", count - listed.size());
  const std::string cut = fmt::format("Cut the graph before {} with --outputs {}, or see", count == 1 ? "it" : "them",
                                      join(reach.cuts, ","));
  throw UserError(fmt::format("{}\n  {}: snug operators", message, reach.cuts.empty() ? "See" : cut));
}

}  // namespace snug
