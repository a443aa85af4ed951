#include "cost/enumerate.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "cost/conversions.h"
#include "ops/activation/activation.h"
#include "ops/binary/binary.h"
#include "ops/reshape/reshape.h"
#include "unit/tiny_graph.h"

namespace snug {
namespace {

const Primitive conv_a{.name = "conv_a",
                       .family = "im2row",
                       .input = kChw,
                       .output = kChw,
                       .classic = true,
                       .workspace_bytes = [](const snug_layer&) -> int64_t { return 100; },
                       .pack_bytes = [](const snug_layer& layer) -> int64_t { return layer.out_channels * 6; }};
const Primitive conv_b{.name = "conv_b",
                       .family = "winograd",
                       .input = kHwc,
                       .output = kC16,
                       .in_place = true,
                       .blocks = [](const snug_layer&) { return std::vector<int32_t>{1, 4}; },
                       .workspace_bytes = [](const snug_layer& layer) -> int64_t { return layer.block * 64; },
                       .pack_bytes = [](const snug_layer&) -> int64_t { return 0; }};
const Primitive conv_picky{
    .name = "conv_picky",
    .input = kHwc,
    .output = kHwc,
    .refusal = [](const snug_layer& layer) -> std::string_view { return layer.kernel_height == 1 ? "" : "only 1x1"; },
    .pack_bytes = [](const snug_layer&) -> int64_t { return 0; }};
const Primitive map_chw{.name = "map_chw", .input = kChw, .output = kChw, .in_place = true};
const Primitive map_c16{.name = "map_c16", .input = kC16, .output = kC16, .in_place = true};
const Primitive binary_chw_fake{.name = "binary_fake",
                                .input = kChw,
                                .output = kChw,
                                .in_place = true,
                                .pack_bytes = [](const snug_layer&) -> int64_t { return 65; }};
const Primitive concat_chw_fake{.name = "concat_chw", .input = kChw, .output = kChw};
const Primitive convert_fake{.name = "convert_chw_hwc", .input = kChw, .output = kHwc};

const std::vector<ListedPrimitive> kLibrary{{&conv_a, "conv"},
                                            {&conv_b, "conv"},
                                            {&conv_picky, "conv"},
                                            {&map_chw, "activation"},
                                            {&map_c16, "activation"},
                                            {&binary_chw_fake, "binary"},
                                            {&concat_chw_fake, "concat"},
                                            {&convert_fake, "convert"}};

CostTable table_of(const Graph& graph, PrimitiveSet set = PrimitiveSet::kAll) {
  return enumerate_candidates(graph, kLibrary, set);
}

/// A candidate in a line: "conv_b/4 [1] → 2 workspace 256 weights 64 in place 1".
std::string line(const Candidate& candidate) {
  std::string text(candidate.primitive == nullptr ? "nothing" : candidate.primitive->name);
  if (candidate.block != 0) text += fmt::format("/{}", candidate.block);
  text += fmt::format(" {} > {}", fmt::join(candidate.input_layouts, " "), candidate.output_layout);
  if (candidate.workspace_bytes != 0) text += fmt::format(" workspace {}", candidate.workspace_bytes);
  if (candidate.weight_bytes != 0) text += fmt::format(" weights {}", candidate.weight_bytes);
  if (candidate.in_place >= 0) text += fmt::format(" on {}", candidate.in_place);
  if (candidate.copy_free) text += " copy-free";
  return text;
}

using Lines = std::vector<std::string>;
Lines lines(const NodeCosts& node) {
  Lines result;
  for (const Candidate& candidate : node.candidates) result.push_back(line(candidate));
  return result;
}

TEST(Enumerate, ConvTakesEveryPrimitiveThatServesItWithEveryBlock) {
  Graph graph;
  graph.outputs = {add_conv(graph, add_input(graph, {1, 3, 8, 8}), 20, 3, "conv1")};
  const CostTable costs = table_of(graph);
  ASSERT_EQ(costs.nodes.size(), 1U);
  EXPECT_EQ(costs.nodes[0].name, "conv1");
  EXPECT_EQ(costs.nodes[0].inputs, (std::vector<int>{graph.inputs[0]}));
  // Weights: 120 bytes, and a bias of 32 floats.
  EXPECT_EQ(lines(costs.nodes[0]),
            (Lines{"conv_a 0 > 0 workspace 128 weights 256", "conv_b/1 1 > 2 workspace 64 weights 128",
                   "conv_b/4 1 > 2 workspace 256 weights 128"}));
}

TEST(Enumerate, AResidualIsReadInTheOutputsLayoutAndMayBeOverwritten) {
  Graph graph;
  const TensorId x = add_input(graph, {1, 16, 8, 8}), y = add_input(graph, {1, 16, 8, 8}, "y");
  graph.outputs = {add_conv(graph, x, 16, 3, "conv1", y)};
  EXPECT_EQ(lines(table_of(graph).nodes[0]),
            (Lines{"conv_a 0 0 > 0 workspace 128 weights 192", "conv_b/1 1 2 > 2 workspace 64 weights 64",
                   "conv_b/1 1 2 > 2 workspace 64 weights 64 on 1", "conv_b/4 1 2 > 2 workspace 256 weights 64",
                   "conv_b/4 1 2 > 2 workspace 256 weights 64 on 1"}));
}

TEST(Enumerate, MapKernelsMayTakeOverTheirInput) {
  Graph graph;
  const TensorId x = add_input(graph, {1, 16, 8, 8});
  graph.outputs = {add_node(graph, activation_operator, "relu", "Relu", Activation{SNUG_RELU}, {x}, "y")};
  EXPECT_EQ(lines(table_of(graph).nodes[0]),
            (Lines{"map_chw 0 > 0", "map_chw 0 > 0 on 0", "map_c16 2 > 2", "map_c16 2 > 2 on 0"}));
}

TEST(Enumerate, AConstantOperandIsWeights) {
  Graph graph;
  const TensorId x = add_input(graph, {1, 16, 8, 8}), y = add_input(graph, {1, 16, 8, 8}, "y");
  const TensorId b = add_constant(graph, "b", {1, 16, 1, 1}, std::vector<float>(16));
  const TensorId sum = add_node(graph, binary_operator, "add", "Add", Binary{}, {x, b}, "sum");
  graph.outputs = {add_node(graph, binary_operator, "both", "Add", Binary{}, {sum, y}, "out")};
  const CostTable costs = table_of(graph);
  EXPECT_EQ(lines(costs.nodes[0]), (Lines{"binary_fake 0 > 0 weights 128", "binary_fake 0 > 0 weights 128 on 0"}));
  EXPECT_EQ(lines(costs.nodes[1]), (Lines{"binary_fake 0 0 > 0", "binary_fake 0 0 > 0 on 0"}));
}

TEST(Enumerate, AnAliasIsFreeWhereItTakesOverAndACopyElse) {
  Graph graph;
  const TensorId x = add_input(graph, {2, 3, 4, 4});
  graph.outputs = {add_node(graph, reshape_operator, "flat", "Flatten", Reshape{{2, 48}}, {x}, "y")};
  EXPECT_EQ(lines(table_of(graph).nodes[0]), (Lines{"nothing 0 > 0 on 0", "concat_chw 0 > 0"}));
}

TEST(Enumerate, AnAliasOfVectorsServesEveryLayout) {
  Graph graph;
  const TensorId x = add_input(graph, {1, 20, 1, 1});
  const TensorId flat = add_node(graph, reshape_operator, "flat", "Flatten", Reshape{{1, 20}}, {x}, "y");
  graph.outputs = {add_node(graph, reshape_operator, "rows", "Reshape", Reshape{{20, 1}}, {flat}, "z")};
  const CostTable costs = table_of(graph);
  EXPECT_EQ(lines(costs.nodes[0]), (Lines{"nothing 0 > 0 on 0", "nothing 2 > 2 on 0", "concat_chw 0 > 0"}))
      << "hwc is chw here";
  EXPECT_EQ(lines(costs.nodes[1]), (Lines{"nothing 0 > 0 on 0", "concat_chw 0 > 0"})) << "another batch";
}

struct Concatenated {
  Graph graph;
  TensorId x, a, b;
};
Concatenated branches(int64_t a_channels, int64_t b_channels) {
  Concatenated result;
  Graph& graph = result.graph;
  result.x = add_input(graph, {1, 3, 4, 4});
  result.a = add_conv(graph, result.x, a_channels, 1, "a");
  result.b = add_conv(graph, result.x, b_channels, 1, "b");
  return result;
}

TEST(Enumerate, ConcatIsCopyFreeWhereChannelOffsetsAlign) {
  Concatenated aligned = branches(16, 8);
  aligned.graph.outputs = {add_concat(aligned.graph, {aligned.a, aligned.b}, "cat")};
  EXPECT_EQ(lines(table_of(aligned.graph).nodes[2]), (Lines{"nothing 0 0 > 0 copy-free", "nothing 1 1 > 1 copy-free",
                                                            "nothing 2 2 > 2 copy-free", "concat_chw 0 0 > 0"}));
  Concatenated crooked = branches(8, 16);
  crooked.graph.outputs = {add_concat(crooked.graph, {crooked.a, crooked.b}, "cat")};
  EXPECT_EQ(lines(table_of(crooked.graph).nodes[2]),
            (Lines{"nothing 0 0 > 0 copy-free", "nothing 1 1 > 1 copy-free", "concat_chw 0 0 > 0"}));
}

TEST(Enumerate, ConcatOfAnInputOrOfATensorTwiceOrOfRowsCopies) {
  Concatenated c = branches(16, 16);
  Graph& graph = c.graph;
  graph.outputs = {add_concat(graph, {c.a, c.x}, "with_input"), add_concat(graph, {c.a, c.a}, "twice"),
                   add_concat(graph, {c.a, c.b}, "rows", 2)};
  const CostTable costs = table_of(graph);
  for (size_t node = 2; node < 5; ++node) {
    EXPECT_EQ(lines(costs.nodes[node]), Lines{"concat_chw 0 0 > 0"}) << costs.nodes[node].name;
  }
}

TEST(Enumerate, TensorsKnowTheirBytesAndConversions) {
  Graph graph;
  graph.outputs = {add_conv(graph, add_input(graph, {2, 3, 5, 5}), 17, 1, "conv1")};
  const CostTable costs = table_of(graph);
  ASSERT_EQ(costs.tensors.size(), graph.tensors.size());
  EXPECT_EQ(costs.layouts, (std::vector<std::string>{"chw", "hwc", "c16", "c8", "c4", "hcw"}));
  const TensorCosts& input = costs.tensors[static_cast<size_t>(graph.inputs[0])];
  EXPECT_TRUE(input.is_input && !input.is_output);
  EXPECT_EQ(input.bytes, (std::vector<int64_t>{640, 640, 3200, 1600, 832, 640}));  // 2x3x25 floats are 600 bytes
  std::vector<std::vector<int64_t>> conversions(6, std::vector<int64_t>(6, -1));
  for (size_t layout = 0; layout < 6; ++layout) conversions[layout][layout] = 0;
  conversions[0][1] = 0;  // convert_chw_hwc
  EXPECT_EQ(input.conversion_ns, conversions);
  const TensorCosts& output = costs.tensors[static_cast<size_t>(graph.outputs[0])];
  EXPECT_TRUE(!output.is_input && output.is_output);
  EXPECT_EQ(output.bytes[2], 2 * 32 * 25 * 4);
}

TEST(Enumerate, ConversionsWithoutAPrimitiveTakeTwoSteps) {
  Graph graph;
  graph.outputs = {add_conv(graph, add_input(graph, {1, 3, 5, 5}), 17, 1, "conv1")};
  const TensorCosts tensor = enumerate_candidates(graph).tensors[static_cast<size_t>(graph.inputs[0])];
  for (int from = 0; from < 6; ++from) {
    for (int to = 0; to < 6; ++to) EXPECT_EQ(tensor.conversion_ns[from][to], 0) << from << " " << to;
  }
  const int chw = layout_index(kChw), c8 = layout_index(kC8), c16 = layout_index(kC16), hcw = layout_index(kHcw);
  EXPECT_EQ(layout_between(tensor, chw, c8), -1);
  EXPECT_EQ(layout_between(tensor, hcw, c8), chw);
  EXPECT_EQ(bytes_between(tensor, hcw, c8), tensor.bytes[chw]);
  EXPECT_EQ(bytes_between(tensor, chw, c8), 0);
  EXPECT_EQ(ways_between(tensor, c16, c8), (std::vector<int>{chw, layout_index(kHwc)}));
}

TEST(Enumerate, OnlyLayoutsThatAreConsideredOccurAndChwWhereNoneServes) {
  Graph graph;
  const TensorId x = add_input(graph, {1, 16, 8, 8});
  const TensorId y = add_conv(graph, x, 16, 1, "conv1");
  graph.outputs = {add_node(graph, activation_operator, "relu", "Relu", Activation{SNUG_RELU}, {y}, "y")};
  LayoutSet hwc;
  hwc.set(static_cast<size_t>(layout_index(kHwc)));
  const CostTable costs = enumerate_candidates(graph, kLibrary, PrimitiveSet::kAll, 1, hwc);
  EXPECT_EQ(lines(costs.nodes[0]), Lines{"conv_picky 1 > 1 weights 64"});
  EXPECT_EQ(lines(costs.nodes[1]), (Lines{"map_chw 0 > 0", "map_chw 0 > 0 on 0"}));
}

TEST(Enumerate, ClassicLeavesOutWhatThePaperDidNotHave) {
  Graph graph;
  const TensorId y = add_conv(graph, add_input(graph, {1, 16, 8, 8}), 16, 1, "conv1");
  graph.outputs = {add_node(graph, activation_operator, "relu", "Relu", Activation{SNUG_RELU}, {y}, "y")};
  const CostTable costs = table_of(graph, PrimitiveSet::kClassic);
  EXPECT_EQ(lines(costs.nodes[0]), Lines{"conv_a 0 > 0 workspace 128 weights 192"});
  EXPECT_EQ(lines(costs.nodes[1]), (Lines{"map_chw 0 > 0", "map_chw 0 > 0 on 0"}));
}

TEST(Enumerate, ANodeThatNothingServesIsAnErrorWithEveryReason) {
  Graph graph;
  graph.outputs = {add_conv(graph, add_input(graph, {1, 16, 8, 8}), 16, 3, "conv1")};
  const std::vector<ListedPrimitive> library{{&conv_picky, "conv"}, {&map_chw, "activation"}};
  try {
    enumerate_candidates(graph, library, PrimitiveSet::kAll);
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_EQ(std::string(error.what()),
              "node \"conv1\" (Conv): no primitive can compute it for "
              "ic16ih8iw8oc16oh8ow8kh3kw3sy1sx1dy1dx1pt1pl1g1\n  conv_picky: only 1x1");
  }
}

}  // namespace
}  // namespace snug
