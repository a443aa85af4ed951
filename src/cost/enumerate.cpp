// Graph → every way to compute every node, without prices.
#include "cost/enumerate.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "cost/conversions.h"
#include "graph/siblings.h"
#include "ops/concat/concat.h"
#include "ops/split.h"

namespace snug {

namespace {

struct Enumeration {
  const Graph& graph;
  std::span<const ListedPrimitive> primitives;
  PrimitiveSet set;
  int threads;
  LayoutSet layouts;
  std::vector<TensorCosts> tensors;
  std::vector<int> producer;  // per tensor
  std::vector<Fusion> fusions;
  std::vector<SiblingCosts> siblings;
};

/// The layout of the network's inputs and outputs: what nodes read and write that have no primitive in another one.
constexpr int kChwIndex = 0;
static_assert(kLayouts[kChwIndex].name == kChw.name);

int64_t bytes_in(const Tensor& tensor, const Layout& layout) {
  const Images shape = images(tensor.dims);
  return round_up(shape.batch * stored_floats(layout, shape.map) * element_bytes(tensor.type), kAlignmentBytes);
}

/// Tensors inside of fusions may be the memory of the fusion's output.
void add_ahead_layout(const Graph& graph, std::span<const Fusion> fusions, std::vector<TensorCosts>& tensors) {
  if (fusions.empty()) return;
  for (TensorCosts& costs : tensors) {
    costs.bytes.push_back(0);
    for (std::vector<int64_t>& from : costs.conversion_ns) from.push_back(-1);
    costs.conversion_ns.emplace_back(kAheadLayout + 1, -1).back() = 0;
    for (std::vector<int>& from : costs.conversion_via) from.push_back(-1);
    costs.conversion_via.emplace_back(kAheadLayout + 1, -1);
  }
  for (const Fusion& fusion : fusions) {
    const int64_t bytes = bytes_in(graph.tensor(fusion.node.output), kC16);
    for (size_t i = 0; i + 1 < fusion.nodes.size(); ++i) {
      tensors[static_cast<size_t>(graph.nodes[static_cast<size_t>(fusion.nodes[i])].output)].bytes[kAheadLayout] =
          bytes;
    }
  }
}

std::vector<TensorCosts> tensor_costs(const Graph& graph, std::span<const ListedPrimitive> library,
                                      std::span<const Fusion> fusions) {
  std::vector<TensorCosts> result;
  for (const Tensor& tensor : graph.tensors) {
    TensorCosts costs{.name = tensor.name, .fixed_layout = layout_index(kChw)};
    for (const Layout& layout : kLayouts) costs.bytes.push_back(bytes_in(tensor, layout));
    add_conversions(tensor, library, costs);
    result.push_back(std::move(costs));
  }
  add_ahead_layout(graph, fusions, result);
  for (const TensorId id : graph.inputs) result[static_cast<size_t>(id)].is_input = true;
  for (const TensorId id : graph.outputs) result[static_cast<size_t>(id)].is_output = true;
  return result;
}

/// The layer of a call with a block set; its strides stay 0.
snug_layer with_block(const Call& call, int32_t block) {
  snug_layer layer = call.layer;
  layer.block = block;
  return layer;
}

/// Layouts in which the node's data inputs are read: the call's input in the primitive's input layout, a residual or
/// second operand in its output layout.
std::vector<int> read_layouts(size_t inputs, const Lowered& lowered, const Primitive& primitive) {
  std::vector<int> layouts(inputs, layout_index(primitive.input));
  for (const Call& call : lowered.calls) {
    if (call.other >= 0) layouts.at(static_cast<size_t>(call.other)) = layout_index(primitive.output);
  }
  return layouts;
}

int64_t weight_bytes(const Graph& graph, const Node& node, const Lowered& lowered, const Primitive& primitive,
                     int32_t block) {
  int64_t bytes = 0;
  const bool has_weights = packed_constant(graph, node) != nullptr;
  for (const Call& call : lowered.calls) {
    if (has_weights) bytes += round_up(primitive.pack_bytes(with_block(call, block)), kAlignmentBytes);
    if (!has_conv_kernels(node.op->name)) continue;
    const int64_t bias_floats = round_up(call.layer.out_channels, 16);
    bytes += round_up(bias_floats * static_cast<int64_t>(sizeof(float)), kAlignmentBytes);
  }
  return bytes;
}

/// The data input on which the primitive may put its output, or -1: a conv's residual, a map kernel's input.
int place_to_take(const Enumeration& e, const Node& node, const Lowered& lowered, const Candidate& candidate) {
  if (!candidate.primitive->in_place || lowered.calls.size() != 1) return -1;
  const Call& call = lowered.calls.front();
  const int slot = has_conv_kernels(node.op->name) ? call.other : call.input;
  if (slot < 0 || candidate.input_layouts.at(static_cast<size_t>(slot)) != candidate.output_layout) return -1;
  const TensorId taken = data_inputs(e.graph, node).at(static_cast<size_t>(slot));
  const size_t layout = static_cast<size_t>(candidate.output_layout);
  const bool same_size =
      e.tensors[static_cast<size_t>(taken)].bytes[layout] == e.tensors[static_cast<size_t>(node.output)].bytes[layout];
  return same_size ? slot : -1;
}

std::vector<int32_t> blocks_of(const Primitive& primitive, const Lowered& lowered) {
  if (primitive.blocks == nullptr) return {0};
  return primitive.blocks(lowered.calls.front().layer);
}

/// Why the primitive cannot make the calls of this node in these layouts, or empty.
std::string refusal_of(const Enumeration& e, const Node& node, const Lowered& lowered, const Primitive& primitive,
                       const LayoutSet& layouts) {
  if (!layouts[layout_index(primitive.input)] || !layouts[layout_index(primitive.output)]) {
    return "its layouts are not considered";
  }
  if (lowered.row_major_only && !(primitive.input == kChw && primitive.output == kChw)) {
    return "the node reads its input as row-major memory, which is chw only";
  }
  if (e.set == PrimitiveSet::kClassic) {
    const bool planar = primitive.input.block <= 1 && primitive.output.block <= 1;
    if (has_conv_kernels(node.op->name) ? !primitive.classic : !planar) return "not in the classic library";
  }
  if (packed_constant(e.graph, node) != nullptr && primitive.pack_bytes == nullptr) return "takes no constant operand";
  for (const Call& call : lowered.calls) {
    const std::string_view refusal = primitive.refusal == nullptr ? "" : primitive.refusal(call.layer);
    if (!refusal.empty()) return std::string(refusal);
  }
  return {};
}

/// A split of a node's calls; those that cannot be split that way stay whole.
struct SplitCalls {
  Split split;
  int64_t workspace_bytes;  // of the call that needs most
};

/// The ways in which the node's calls can be split among the threads, leaving them whole being one.
std::vector<SplitCalls> splits_of(const Enumeration& e, const Lowered& lowered, const Primitive& primitive,
                                  int32_t block) {
  std::vector<SplitCalls> result;
  for (const Split split : {Split::kWhole, Split::kRows, Split::kChannels}) {
    int64_t most = 0;
    bool any = split == Split::kWhole;
    for (const Call& call : lowered.calls) {
      const snug_layer layer = with_block(call, block);
      const std::vector<Part> parts = split_layer(primitive, layer, split, e.threads);
      any = any || !parts.empty();
      const bool whole = parts.empty() && primitive.workspace_bytes != nullptr;
      most =
          std::max(most, whole ? round_up(primitive.workspace_bytes(layer), kAlignmentBytes) : workspace_bytes(parts));
    }
    if (any) result.push_back({split, most});
  }
  return result;
}

void append_primitive(const Enumeration& e, const Node& node, const Lowered& lowered, const Primitive& primitive,
                      std::vector<Candidate>& candidates) {
  const size_t inputs = data_inputs(e.graph, node).size();
  for (const int32_t block : blocks_of(primitive, lowered)) {
    for (const SplitCalls& calls : splits_of(e, lowered, primitive, block)) {
      Candidate candidate{.primitive = &primitive,
                          .block = block,
                          .split = calls.split,
                          .input_layouts = read_layouts(inputs, lowered, primitive),
                          .output_layout = layout_index(primitive.output),
                          .workspace_bytes = calls.workspace_bytes,
                          .weight_bytes = weight_bytes(e.graph, node, lowered, primitive, block)};
      candidates.push_back(candidate);
      candidate.in_place = place_to_take(e, node, lowered, candidate);
      if (candidate.in_place >= 0) candidates.push_back(candidate);
    }
  }
}

/// The primitives that can make the calls of a node in these layouts.
std::vector<const Primitive*> servers_in(const Enumeration& e, const Node& node, const Lowered& lowered,
                                         const LayoutSet& layouts) {
  std::vector<const Primitive*> result;
  for (const auto& [primitive, operator_name] : e.primitives) {
    if (operator_name != node.op->name || !refusal_of(e, node, lowered, *primitive, layouts).empty()) continue;
    result.push_back(primitive);
  }
  return result;
}

/// The primitives that can make a node and its siblings in one call.
std::vector<const Primitive*> servers_of_siblings(const Enumeration& e, const Node& node, const Lowered& lowered) {
  std::vector<const Primitive*> result = servers_in(e, node, lowered, e.layouts);
  std::erase_if(result, [](const Primitive* primitive) { return !primitive->siblings; });
  for (const Primitive* primitive : result) {
    CHECK(primitive->input == kC16 && primitive->output == kC16, std::string(primitive->name));
  }
  return result;
}

std::vector<SiblingCosts> sibling_costs(const Enumeration& e) {
  std::vector<SiblingCosts> result;
  for (const std::vector<int>& nodes : siblings(e.graph)) {
    const Node& first = e.graph.nodes[static_cast<size_t>(nodes.front())];
    if (servers_of_siblings(e, first, lower_siblings(e.graph, nodes)).empty()) continue;
    result.push_back({.nodes = nodes, .output_layout = layout_index(kC16)});
  }
  return result;
}

/// Candidates of a node behind the first one of a fusion: it reads what was computed ahead. What else it reads may lie
/// in any layout, since it does not look at it.
void append_taken_over(const Enumeration& e, int index, bool last, std::vector<Candidate>& candidates) {
  const std::vector<TensorId> inputs = data_inputs(e.graph, e.graph.nodes[static_cast<size_t>(index)]);
  for (int layout = 0; layout < (inputs.size() > 1 ? kLayoutCount : 1); ++layout) {
    if (layout != kChwIndex && !e.layouts[layout]) continue;
    Candidate candidate{.input_layouts = std::vector<int>(inputs.size(), layout),
                        .output_layout = last ? layout_index(kC16) : kAheadLayout,
                        .in_place = 0};
    candidate.input_layouts[0] = kAheadLayout;
    candidates.push_back(candidate);
  }
}

/// The primitives that can compute a fusion.
std::vector<const Primitive*> servers(const Enumeration& e, const Fusion& fusion) {
  const Lowered lowered = fusion.node.op->lower(e.graph, fusion.node);
  std::vector<const Primitive*> result = servers_in(e, fusion.node, lowered, e.layouts);
  for (const Primitive* primitive : result) {
    CHECK(primitive->output == kC16 && !primitive->in_place, std::string(primitive->name));
  }
  return result;
}

void append_fused(const Enumeration& e, int fusion, std::vector<Candidate>& candidates) {
  const auto& [node, nodes] = e.fusions[static_cast<size_t>(fusion)];
  const Node& first = e.graph.nodes[static_cast<size_t>(nodes.front())];
  const Lowered lowered = node.op->lower(e.graph, node);
  const size_t before = candidates.size();
  for (const Primitive* primitive : servers(e, e.fusions[static_cast<size_t>(fusion)])) {
    append_primitive(e, node, lowered, *primitive, candidates);
  }
  for (size_t i = before; i < candidates.size(); ++i) {
    candidates[i].fusion = fusion;
    candidates[i].input_layouts.resize(data_inputs(e.graph, first).size());
    candidates[i].output_layout = kAheadLayout;
  }
}

/// The first node of a fusion computes all of it; the others take over the memory in which the answer already lies.
void append_fusions(const Enumeration& e, int index, std::vector<Candidate>& candidates) {
  bool taken_over = false;
  for (int k = 0; k < static_cast<int>(e.fusions.size()); ++k) {
    const std::vector<int>& nodes = e.fusions[static_cast<size_t>(k)].nodes;
    if (nodes.front() == index) append_fused(e, k, candidates);
    const bool behind = nodes.front() != index && std::ranges::count(nodes, index) > 0;
    if (!behind || taken_over || servers(e, e.fusions[static_cast<size_t>(k)]).empty()) continue;
    append_taken_over(e, index, nodes.back() == index, candidates);
    taken_over = true;
  }
}

/// The first of some siblings may make them all; the others then have nothing to do, and may find what they do not read
/// in any layout.
void append_siblings(const Enumeration& e, int index, std::vector<Candidate>& candidates) {
  for (int k = 0; k < static_cast<int>(e.siblings.size()); ++k) {
    const std::vector<int>& nodes = e.siblings[static_cast<size_t>(k)].nodes;
    if (std::ranges::count(nodes, index) == 0) continue;
    const size_t before = candidates.size();
    if (nodes.front() == index) {
      const Node& node = e.graph.nodes[static_cast<size_t>(index)];
      const Lowered lowered = lower_siblings(e.graph, nodes);
      for (const Primitive* primitive : servers_of_siblings(e, node, lowered)) {
        append_primitive(e, node, lowered, *primitive, candidates);
      }
    } else {
      for (int layout = 0; layout < kLayoutCount; ++layout) {
        if (layout != kChwIndex && !e.layouts[layout]) continue;
        candidates.push_back({.input_layouts = {layout}, .output_layout = layout_index(kC16)});
      }
    }
    for (size_t i = before; i < candidates.size(); ++i) candidates[i].siblings = k;
  }
}

/// A change of shape alone: nothing to do where the output takes over the input's memory, else a copy.
void append_aliases(const Enumeration& e, const Node& node, const Lowered& lowered,
                    std::vector<Candidate>& candidates) {
  const bool vectors = is_vector_alias(e.graph, node);
  const MapShape map = images(e.graph.tensor(node.output).dims).map;
  for (int layout = 0; layout < kLayoutCount; ++layout) {
    if (layout != kChwIndex && !(vectors && e.layouts[layout])) continue;
    if (canonical_layout(layout, map) != layout) continue;
    candidates.push_back({.input_layouts = {layout}, .output_layout = layout, .in_place = 0});
  }
  const Primitive* copy = find_primitive("concat_chw", e.primitives);
  if (copy == nullptr || lowered.calls.empty()) return;
  const std::string_view refusal = copy->refusal == nullptr ? "" : copy->refusal(lowered.calls.front().layer);
  if (!refusal.empty()) return;
  candidates.push_back({.primitive = copy, .input_layouts = {layout_index(kChw)}, .output_layout = layout_index(kChw)});
}

/// Whether in this layout every input can be written straight into its slice of the output.
bool slices_align(const Graph& graph, const Node& node, const Layout& layout) {
  if (layout.block <= 1) return true;
  int64_t channel = 0;
  for (const TensorId id : node.inputs) {
    if (channel % layout.block != 0) return false;
    channel += images(graph.tensor(id).dims).map.channels;
  }
  return true;
}

void append_copy_free(const Enumeration& e, const Node& node, const Lowered& lowered,
                      std::vector<Candidate>& candidates) {
  if (attributes<Concat>(node).axis != 1 || lowered.row_major_only || lowered.batch != 1) return;
  const std::set<TensorId> distinct(node.inputs.begin(), node.inputs.end());
  if (distinct.size() != node.inputs.size()) return;
  for (const TensorId id : node.inputs) {
    if (e.producer[static_cast<size_t>(id)] < 0) return;
  }
  for (int layout = 0; layout < kLayoutCount; ++layout) {
    const Layout& value = kLayouts[static_cast<size_t>(layout)];
    if (!e.layouts[layout] || !slices_align(e.graph, node, value)) continue;
    if (e.set == PrimitiveSet::kClassic && value.block > 1) continue;
    candidates.push_back(
        {.input_layouts = std::vector<int>(node.inputs.size(), layout), .output_layout = layout, .copy_free = true});
  }
}

void check_concat(const Graph& graph, const Node& node) {
  for (const TensorId id : node.inputs) {
    if (graph.tensor(id).constant == nullptr) continue;
    throw UserError(
        fmt::format("node \"{}\" ({}): its input \"{}\" is constant; snug concatenates computed tensors only. Cut the "
                    "graph before it with --outputs",
                    node.name, node.onnx_operator, graph.tensor(id).name));
  }
}

[[noreturn]] void fail_without_candidate(const Enumeration& e, const Node& node, const Lowered& lowered) {
  std::string reasons;
  for (const auto& [primitive, operator_name] : e.primitives) {
    if (operator_name != node.op->name) continue;
    const std::string refusal = refusal_of(e, node, lowered, *primitive, e.layouts);
    reasons += fmt::format("\n  {}: {}", primitive->name, refusal.empty() ? "offers no block for it" : refusal);
  }
  if (reasons.empty()) reasons = fmt::format("\n  the operator {} has no primitive at all", node.op->name);
  const std::string layer = lowered.calls.empty() ? "" : " for " + layer_text(lowered.calls.front().layer);
  throw UserError(
      fmt::format("node \"{}\" ({}): no primitive can compute it{}{}", node.name, node.onnx_operator, layer, reasons));
}

/// Layouts that store a tensor alike count as one: nothing need be converted between them.
void merge_equal_layouts(const Graph& graph, NodeCosts& costs) {
  const auto merged = [&](TensorId id, int layout) {
    if (layout == kAheadLayout) return layout;
    return canonical_layout(layout, images(graph.tensor(id).dims).map);
  };
  for (Candidate& candidate : costs.candidates) {
    for (size_t slot = 0; slot < costs.inputs.size(); ++slot) {
      candidate.input_layouts[slot] = merged(costs.inputs[slot], candidate.input_layouts[slot]);
    }
    candidate.output_layout = merged(costs.output, candidate.output_layout);
  }
  std::erase_if(costs.candidates, [](const Candidate& candidate) {
    const auto differs = [&](int layout) { return layout != candidate.output_layout; };
    return candidate.copy_free && std::ranges::any_of(candidate.input_layouts, differs);
  });
}

/// Adds the candidates that read and write these layouts; returns whether there are any.
bool append_primitives(const Enumeration& e, const Node& node, const Lowered& lowered, const LayoutSet& layouts,
                       std::vector<Candidate>& candidates) {
  const size_t before = candidates.size();
  for (const Primitive* primitive : servers_in(e, node, lowered, layouts)) {
    append_primitive(e, node, lowered, *primitive, candidates);
  }
  return candidates.size() > before;
}

NodeCosts unmerged_node_costs(const Enumeration& e, const Node& node) {
  CHECK(node.op->lower != nullptr, node.name + " should have been rewritten");
  const bool concat = node.op->name == "concat";
  if (concat) check_concat(e.graph, node);
  const Lowered lowered = node.op->lower(e.graph, node);
  NodeCosts costs{.name = node.name, .inputs = data_inputs(e.graph, node), .output = node.output, .candidates = {}};
  if (lowered.alias) {
    append_aliases(e, node, lowered, costs.candidates);
    return costs;
  }
  if (concat) append_copy_free(e, node, lowered, costs.candidates);
  if (append_primitives(e, node, lowered, e.layouts, costs.candidates)) return costs;
  const LayoutSet with_chw = LayoutSet(e.layouts).set(kChwIndex);
  if (append_primitives(e, node, lowered, with_chw, costs.candidates)) return costs;
  if (costs.candidates.empty()) fail_without_candidate(e, node, lowered);
  return costs;
}

NodeCosts node_costs(const Enumeration& e, int index) {
  NodeCosts costs = unmerged_node_costs(e, e.graph.nodes[static_cast<size_t>(index)]);
  append_fusions(e, index, costs.candidates);
  append_siblings(e, index, costs.candidates);
  merge_equal_layouts(e.graph, costs);
  return costs;
}

}  // namespace

bool is_vector_alias(const Graph& graph, const Node& node) {
  const Images input = images(graph.tensor(data_inputs(graph, node).at(0)).dims);
  const Images output = images(graph.tensor(node.output).dims);
  const auto is_vector = [](const MapShape& map) { return map.height == 1 && map.width == 1; };
  return is_vector(input.map) && is_vector(output.map) && input.batch == output.batch;
}

const Constant* packed_constant(const Graph& graph, const Node& node) {
  return input_constant(graph, node, node.op->weights_input);
}

Computed computed_by(const Graph& graph, const CostTable& costs, std::span<const Fusion> fusions, int index,
                     const Candidate& candidate) {
  const Node& node = candidate.fusion < 0 ? graph.nodes[static_cast<size_t>(index)]
                                          : fusions[static_cast<size_t>(candidate.fusion)].node;
  if (candidate.siblings < 0) return {node, node.op->lower(graph, node)};
  return {node, lower_siblings(graph, costs.siblings[static_cast<size_t>(candidate.siblings)].nodes)};
}

Measurement measurement_of(const Computed& computed, const Call& call, const Candidate& candidate) {
  return {.primitive = candidate.primitive,
          .operator_name = computed.lowered.alias ? "concat" : std::string(computed.node.op->name),
          .layer = with_block(call, candidate.block)};
}

CostTable enumerate_candidates(const Graph& graph, std::span<const ListedPrimitive> library, PrimitiveSet set,
                               int threads, const LayoutSet& layouts) {
  const std::vector<Fusion> fused = fusions(graph);
  Enumeration e{.graph = graph,
                .primitives = library,
                .set = set,
                .threads = threads,
                .layouts = layouts,
                .tensors = tensor_costs(graph, library, fused),
                .producer = producers(graph),
                .fusions = fused,
                .siblings = {}};
  e.siblings = sibling_costs(e);
  CostTable costs;
  for (const Layout& layout : kLayouts) costs.layouts.emplace_back(layout.name);
  if (!fused.empty()) costs.layouts.emplace_back("computed ahead");
  costs.tensors = e.tensors;
  costs.siblings = e.siblings;
  costs.threads = threads;
  for (int node = 0; node < static_cast<int>(graph.nodes.size()); ++node) costs.nodes.push_back(node_costs(e, node));
  return costs;
}

CostTable enumerate_candidates(const Graph& graph, PrimitiveSet set, int threads, const LayoutSet& layouts) {
  return enumerate_candidates(graph, all_primitives(), set, threads, layouts);
}

}  // namespace snug
