// Graph and selection → steps over buffers: conversions before their readers, views for slices and in-place
// outputs.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "cost/enumerate.h"
#include "graph/fusion.h"
#include "ops/convert/convert.h"
#include "program/program.h"
#include "select/lifetimes.h"

namespace snug {

namespace {

struct Scheduling {
  const Graph& graph;
  const CostTable& costs;
  const Selection& selection;
  Program program;
  std::vector<Fusion> fusions;
  std::vector<View> views;     // per tensor, once it has a place
  std::vector<int> concat_of;  // per tensor: the copy-free concat whose output it is a slice of, or -1
};

const Candidate& chosen(const Scheduling& s, int node) {
  const size_t index = static_cast<size_t>(node);
  return s.costs.nodes[index].candidates.at(static_cast<size_t>(s.selection.choice.at(index)));
}

int now(const Scheduling& s) {
  return static_cast<int>(s.program.steps.size());
}

int add_buffer(Scheduling& s, const std::string& name, int64_t bytes, int first) {
  s.program.buffers.push_back({.name = name, .bytes = bytes, .first = first, .last = first});
  return static_cast<int>(s.program.buffers.size()) - 1;
}

void keep_alive(Scheduling& s, const View& view, int step) {
  if (view.buffer < 0) return;
  Buffer& buffer = s.program.buffers[static_cast<size_t>(view.buffer)];
  buffer.last = std::max(buffer.last, step);
}

View dense_view(int buffer, const Layout& layout, const MapShape& map) {
  return {.buffer = buffer,
          .layout = layout,
          .strides = dense_strides(layout, map),
          .image_floats = stored_floats(layout, map)};
}

/// A tensor's place in a buffer of its own.
View place_tensor(Scheduling& s, TensorId id, int layout, const std::string& name) {
  const int64_t bytes = s.costs.tensors[static_cast<size_t>(id)].bytes[static_cast<size_t>(layout)];
  const int buffer = add_buffer(s, name, bytes, now(s));
  return dense_view(buffer, kLayouts[static_cast<size_t>(layout)], images(s.graph.tensor(id).dims).map);
}

/// The slice of a copy-free concat's output that `id` is; the output gets its buffer with the first slice.
View place_slice(Scheduling& s, TensorId id, int node) {
  const Node& concat = s.graph.nodes[static_cast<size_t>(node)];
  View& whole = s.views[static_cast<size_t>(concat.output)];
  if (whole.buffer < 0) {
    whole = place_tensor(s, concat.output, chosen(s, node).output_layout, s.graph.tensor(concat.output).name);
  }
  int64_t channel = 0;
  for (const TensorId input : concat.inputs) {
    if (input == id) break;
    channel += images(s.graph.tensor(input).dims).map.channels;
  }
  View slice = whole;
  slice.offset_bytes += offset(slice.layout, slice.strides, channel, 0, 0) * element_bytes(s.graph.tensor(id).type);
  return slice;
}

WeightSpan append_weights(Program& program, const std::vector<std::byte>& bytes) {
  const int64_t begin = round_up(static_cast<int64_t>(program.weights.size()), kAlignmentBytes);
  const int64_t end = round_up(begin + static_cast<int64_t>(bytes.size()), kAlignmentBytes);
  program.weights.resize(static_cast<size_t>(end));
  std::copy(bytes.begin(), bytes.end(), program.weights.begin() + begin);
  return {.offset_bytes = begin, .bytes = static_cast<int64_t>(bytes.size())};
}

/// A node's weights as the primitive packs them for this layer; nothing where it has none.
std::vector<std::byte> packed_weights(const Graph& graph, const Node& node, const Primitive& primitive,
                                      const snug_layer& layer) {
  const Constant* const weights = packed_constant(graph, node);
  if (weights == nullptr) return {};
  return primitive.pack(layer, node.op->weights == nullptr ? weights->floats : node.op->weights(graph, node));
}

/// A node's bias, with zeros up to a multiple of 16.
std::vector<float> padded_bias(const Graph& graph, const Node& node, int32_t out_channels) {
  std::vector<float> bias(static_cast<size_t>(round_up(out_channels, 16)));
  if (const Constant* values = input_constant(graph, node, node.op->bias_input)) {
    std::copy(values->floats.begin(), values->floats.end(), bias.begin());
  }
  return bias;
}

/// Those of siblings lie one after another.
void pack_constants(Scheduling& s, const Node& node, Step& step) {
  snug_layer layer = step.layer;
  layer.out_channels = output_map(step).channels;
  std::vector<std::byte> weights = packed_weights(s.graph, node, *step.primitive, layer);
  std::vector<float> bias;
  if (has_conv_kernels(step.operator_name)) bias = padded_bias(s.graph, node, layer.out_channels);
  for (const Sibling& sibling : step.siblings) {
    const Node& other = s.graph.nodes[static_cast<size_t>(sibling.node)];
    layer.out_channels = static_cast<int32_t>(images(s.graph.tensor(other.output).dims).map.channels);
    const std::vector<std::byte> more_weights = packed_weights(s.graph, other, *step.primitive, layer);
    const std::vector<float> more_bias = padded_bias(s.graph, other, layer.out_channels);
    weights.insert(weights.end(), more_weights.begin(), more_weights.end());
    bias.insert(bias.end(), more_bias.begin(), more_bias.end());
  }
  if (!weights.empty()) step.weights = append_weights(s.program, weights);
  if (!bias.empty()) step.bias = append_weights(s.program, to_bytes(bias));
}

/// A view as a call sees it: in the primitive's layout, which may be another name for the same memory; maps that
/// re-read row-major memory have the layer's own shape.
View as_seen(const Lowered& lowered, const View& view, const Layout& layout, const MapShape& shape) {
  const bool row_major = lowered.row_major_only || lowered.alias;
  if (!row_major && view.layout == layout) return view;
  View dense = dense_view(view.buffer, row_major ? kChw : layout, shape);
  dense.offset_bytes = view.offset_bytes;
  return dense;
}

void set_strides(snug_layer& layer, const View& input, const View& other, const View& output, const Call& call) {
  const auto narrow = [](int64_t stride) { return static_cast<int32_t>(stride); };
  layer.in_plane = narrow(input.strides.plane), layer.in_row = narrow(input.strides.row);
  layer.in_pixel = narrow(input.strides.pixel);
  layer.out_plane = narrow(output.strides.plane), layer.out_row = narrow(output.strides.row);
  layer.out_pixel = narrow(output.strides.pixel);
  const MapShape& shape = call.other_shape;
  layer.other_plane = narrow(shape.channels == 1 ? 0 : other.strides.plane);
  layer.other_row = narrow(shape.height == 1 ? 0 : other.strides.row);
  layer.other_pixel = narrow(shape.width == 1 ? 0 : other.strides.pixel);
}

/// The parts of a step whose strides are set.
void split_step(const Scheduling& s, Step& step, Split split) {
  step.parts = split_layer(*step.primitive, step.layer, split, s.costs.threads);
  if (!step.parts.empty()) step.split = split;
}

/// The primitive that makes a call: an alias that has to copy after all does it as a concat of one input.
struct Maker {
  const Primitive* primitive;
  std::string operator_name;
};
Maker maker(const Node& node, const Candidate& candidate, const Lowered& lowered) {
  return {candidate.primitive, lowered.alias ? "concat" : std::string(node.op->name)};
}

/// Places for the outputs of a group behind that of the first node.
std::vector<Sibling> place_siblings(Scheduling& s, int group) {
  const auto& [nodes, layout] = s.costs.siblings.at(static_cast<size_t>(group));
  std::vector<Sibling> result;
  for (size_t i = 1; i < nodes.size(); ++i) {
    const TensorId id = s.graph.nodes[static_cast<size_t>(nodes[i])].output;
    View& view = s.views[static_cast<size_t>(id)];
    view = place_tensor(s, id, layout, s.graph.tensor(id).name);
    result.push_back({.node = nodes[i], .output = view});
  }
  return result;
}

void add_calls(Scheduling& s, int index, const std::vector<View>& reads) {
  const Candidate& candidate = chosen(s, index);
  const auto [node, lowered] = computed_by(s.graph, s.costs, s.fusions, index, candidate);
  const View output = s.views[static_cast<size_t>(s.graph.nodes[static_cast<size_t>(index)].output)];
  const int workspace = candidate.workspace_bytes == 0
                            ? -1
                            : add_buffer(s, "workspace of " + node.name, candidate.workspace_bytes, now(s));
  const Maker made = maker(node, candidate, lowered);
  for (size_t k = 0; k < lowered.calls.size(); ++k) {
    const Call& call = lowered.calls[k];
    Step step{.node = index,
              .call = static_cast<int>(k),
              .layer_name = node.name,
              .primitive = made.primitive,
              .operator_name = made.operator_name,
              .layer = call.layer};
    if (candidate.fusion >= 0) {
      const std::vector<int>& nodes = s.fusions.at(static_cast<size_t>(candidate.fusion)).nodes;
      step.fused.assign(nodes.begin() + 1, nodes.end());
    }
    if (candidate.siblings >= 0) step.siblings = place_siblings(s, candidate.siblings);
    step.layer.block = candidate.block;
    step.input =
        as_seen(lowered, reads.at(static_cast<size_t>(call.input)), made.primitive->input, input_shape(call.layer));
    step.output = as_seen(lowered, output, made.primitive->output, output_shape(call.layer));
    if (call.other >= 0) {
      step.other =
          as_seen(lowered, reads.at(static_cast<size_t>(call.other)), made.primitive->output, call.other_shape);
      if (!call.other_per_image) step.other.image_floats = 0;
    } else if (node.op->weights_input >= 0 && !has_conv_kernels(step.operator_name)) {
      step.other =
          dense_view(-1, made.primitive->output, call.other_shape);  // the constant operand, packed like the output
    }
    set_strides(step.layer, step.input, step.other, step.output, call);
    split_step(s, step, candidate.split);
    pack_constants(s, node, step);
    step.workspace = workspace;
    step.workspace_bytes = candidate.workspace_bytes;
    step.batch = lowered.batch;
    step.expected_ns = static_cast<double>(candidate.time_ns) / static_cast<double>(lowered.calls.size());
    s.program.steps.push_back(step);
  }
  const int last = now(s) - 1;
  for (const View& read : reads) keep_alive(s, read, last);
  keep_alive(s, output, last);
  for (const Sibling& sibling : s.program.steps.back().siblings) keep_alive(s, sibling.output, last);
  if (workspace >= 0) s.program.buffers[static_cast<size_t>(workspace)].last = last;
}

/// Appends the step that converts a tensor, which lies in `source`, and returns the copy.
View add_conversion_step(Scheduling& s, TensorId id, const View& source, int from, int to, int reader) {
  const Tensor& tensor = s.graph.tensor(id);
  const std::string_view from_name = kLayouts[static_cast<size_t>(from)].name,
                         to_name = kLayouts[static_cast<size_t>(to)].name;
  const Images shape = images(tensor.dims);
  const View copy = place_tensor(s, id, to, fmt::format("{} in {}", tensor.name, to_name));
  Step step{.node = reader,
            .layer_name = fmt::format("{}: {} → {}", tensor.name, from_name, to_name),
            .primitive = find_primitive(fmt::format("convert_{}_{}", from_name, to_name)),
            .operator_name = "convert",
            .layer = convert_layer(shape.map),
            .input = source,
            .output = copy,
            .batch = shape.batch};
  CHECK(step.primitive != nullptr, step.layer_name);
  set_strides(step.layer, source, {}, copy, {});
  const TensorCosts& prices = s.costs.tensors[static_cast<size_t>(id)];
  const auto price = [&](const auto& table) { return table[static_cast<size_t>(from)][static_cast<size_t>(to)]; };
  step.expected_ns = static_cast<double>(price(prices.conversion_ns));
  if (!prices.conversion_split.empty()) split_step(s, step, price(prices.conversion_split));
  keep_alive(s, source, now(s));
  s.program.steps.push_back(step);
  return copy;
}

/// Converts a tensor in one step or two and returns the copy.
View add_conversion(Scheduling& s, TensorId id, int from, int to, int reader) {
  const View source = s.views[static_cast<size_t>(id)];
  const int via = layout_between(s.costs.tensors[static_cast<size_t>(id)], from, to);
  if (via < 0) return add_conversion_step(s, id, source, from, to, reader);
  const View between = add_conversion_step(s, id, source, from, via, reader);
  const View copy = add_conversion_step(s, id, between, via, to, reader);
  keep_alive(s, source, now(s) - 1);  // as `evaluate` counts it
  return copy;
}

/// What a node reads: the tensors themselves, or copies converted for it just before.
std::vector<View> read_inputs(Scheduling& s, int index) {
  const Node& node = s.graph.nodes[static_cast<size_t>(index)];
  const Candidate& candidate = chosen(s, index);
  std::vector<View> reads;
  const std::vector<TensorId> inputs = data_inputs(s.graph, node);
  for (size_t k = 0; k < inputs.size(); ++k) {
    const View& view = s.views[static_cast<size_t>(inputs[k])];
    CHECK(view.buffer >= 0, s.graph.tensor(inputs[k]).name);
    const int from = layout_index(view.layout), to = candidate.input_layouts[k];
    const bool as_it_is = from == to || to == kAheadLayout;
    reads.push_back(as_it_is ? view : add_conversion(s, inputs[k], from, to, index));
  }
  return reads;
}

void add_node_steps(Scheduling& s, int index) {
  const Node& node = s.graph.nodes[static_cast<size_t>(index)];
  const Candidate& candidate = chosen(s, index);
  if (candidate.copy_free) return;
  const std::vector<View> reads = read_inputs(s, index);
  View& output = s.views[static_cast<size_t>(node.output)];
  if (made_by_sibling(s.costs, index, candidate.siblings)) {
    keep_alive(s, output, now(s) - 1);
  } else if (candidate.in_place >= 0) {
    const View& taken = reads.at(static_cast<size_t>(candidate.in_place));
    const int layout = candidate.output_layout;
    output = layout == kAheadLayout ? taken
                                    : dense_view(taken.buffer, kLayouts[static_cast<size_t>(layout)],
                                                 images(s.graph.tensor(node.output).dims).map);
  } else if (candidate.fusion >= 0) {
    const TensorId last = s.fusions.at(static_cast<size_t>(candidate.fusion)).node.output;
    output = place_tensor(s, last, layout_index(kC16), s.graph.tensor(last).name);
  } else if (const int concat = s.concat_of[static_cast<size_t>(node.output)]; concat >= 0) {
    output = place_slice(s, node.output, concat);
  } else {
    output = place_tensor(s, node.output, candidate.output_layout, s.graph.tensor(node.output).name);
  }
  if (candidate.primitive != nullptr) {
    add_calls(s, index, reads);
  } else {
    for (const View& read : reads) keep_alive(s, read, now(s) - 1);
  }
}

void add_ports(Scheduling& s, const std::vector<TensorId>& ids, std::vector<Port>& ports) {
  for (const TensorId id : ids) {
    const Tensor& tensor = s.graph.tensor(id);
    ports.push_back({.name = tensor.name, .dims = tensor.dims, .view = s.views[static_cast<size_t>(id)]});
  }
}

void add_outputs(Scheduling& s) {
  // In the order in which `evaluate` counts their bytes.
  const std::set<TensorId> ordered(s.graph.outputs.begin(), s.graph.outputs.end());
  for (const TensorId id : ordered) {
    View& view = s.views[static_cast<size_t>(id)];
    const int to = s.costs.tensors[static_cast<size_t>(id)].fixed_layout, from = layout_index(view.layout);
    if (from != to) view = add_conversion(s, id, from, to, -1);
  }
  add_ports(s, s.graph.outputs, s.program.outputs);
  for (const Port& port : s.program.outputs) keep_alive(s, port.view, std::max(0, now(s) - 1));
}

int64_t largest_live_bytes(const Program& program) {
  int64_t largest = 0;
  const int steps = std::max<int>(1, static_cast<int>(program.steps.size()));
  for (int step = 0; step < steps; ++step) {
    int64_t live = 0;
    for (const Buffer& buffer : program.buffers) {
      if (buffer.first <= step && step <= buffer.last) live += buffer.bytes;
    }
    largest = std::max(largest, live);
  }
  return largest;
}

}  // namespace

Program schedule(const Graph& graph, const CostTable& costs, const Selection& selection) {
  Scheduling s{.graph = graph,
               .costs = costs,
               .selection = selection,
               .program = {},
               .fusions = fusions(graph),
               .views = {},
               .concat_of = {}};
  s.program.name = graph.name;
  s.program.threads = costs.threads;
  s.views.resize(graph.tensors.size());
  s.concat_of.assign(graph.tensors.size(), -1);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!chosen(s, static_cast<int>(i)).copy_free) continue;
    for (const TensorId input : graph.nodes[i].inputs) s.concat_of[static_cast<size_t>(input)] = static_cast<int>(i);
  }
  for (const TensorId id : graph.inputs) {
    s.views[static_cast<size_t>(id)] =
        place_tensor(s, id, costs.tensors[static_cast<size_t>(id)].fixed_layout, graph.tensor(id).name);
  }
  add_ports(s, graph.inputs, s.program.inputs);
  for (size_t i = 0; i < graph.nodes.size(); ++i) add_node_steps(s, static_cast<int>(i));
  add_outputs(s);
  const int64_t live = largest_live_bytes(s.program);
  CHECK(live == selection.evaluation.peak_bytes,
        fmt::format("{} bytes live in the program, {} in the selection", live, selection.evaluation.peak_bytes));
  return std::move(s.program);
}

}  // namespace snug
