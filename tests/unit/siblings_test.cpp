// Convolutions that read one tensor as one call: which they are, and what becomes of them in a plan.
#include "graph/siblings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "cost/enumerate.h"
#include "onnx_builder.h"
#include "program/program.h"
#include "rewrite/rewrite.h"

namespace snug {
namespace {

using ::testing::ElementsAre;

/// 1x1 convolutions of x, a 32x5x4 map, with so many outputs; y0, y1, ...
OnnxBuilder convolutions(const std::vector<int64_t>& outputs, int64_t batch = 1) {
  OnnxBuilder model;
  model.input("x", {batch, 32, 5, 4});
  for (size_t i = 0; i < outputs.size(); ++i) {
    const std::string number = std::to_string(i);
    model.constant("w" + number, {outputs[i], 32, 1, 1});
    model.node("Conv", {"x", "w" + number}, {"y" + number}).named("conv" + number);
    model.output("y" + number);
  }
  return model;
}

TEST(Siblings, ConvolutionsThatDifferInTheirWeightsAlone) {
  const Graph graph = rewrite(convolutions({24, 16, 40}).graph());
  ASSERT_THAT(siblings(graph), ElementsAre(ElementsAre(0, 1, 2)));
  const Lowered lowered = lower_siblings(graph, {0, 1, 2});
  ASSERT_EQ(lowered.calls.size(), 1U);
  const snug_layer& layer = lowered.calls[0].layer;
  EXPECT_EQ(layer_text(layer), "ic32ih5iw4oc88oh5ow4kh1kw1sy1sx1dy1dx1g1") << "each begins at a multiple of 16";
  EXPECT_THAT(layer.sibling_channel, ElementsAre(32, 48, 0));
}

TEST(Siblings, AreFourAtMost) {
  const Graph graph = rewrite(convolutions({16, 16, 16, 16, 16, 16}).graph());
  EXPECT_THAT(siblings(graph), ElementsAre(ElementsAre(0, 1, 2, 3), ElementsAre(4, 5)));
  EXPECT_THAT(siblings(rewrite(convolutions({16, 16, 16, 16, 16}).graph())), ElementsAre(ElementsAre(0, 1, 2, 3)));
}

TEST(Siblings, NotWithAnotherActivationOrWindowOrBatch) {
  OnnxBuilder activated = convolutions({16, 16, 16});
  activated.node("Relu", {"y1"}, {"r"});
  activated.proto.mutable_graph()->mutable_output(1)->set_name("r");
  EXPECT_THAT(siblings(rewrite(activated.graph())), ElementsAre(ElementsAre(0, 2)));
  OnnxBuilder strided = convolutions({16, 16});
  strided.constant("s", {16, 32, 1, 1});
  strided.node("Conv", {"x", "s"}, {"z"}).with_ints("strides", {2, 2});
  EXPECT_THAT(siblings(rewrite(strided.output("z").graph())), ElementsAre(ElementsAre(0, 1)));
  EXPECT_TRUE(siblings(rewrite(convolutions({16, 16}, 2).graph())).empty());
}

TEST(Siblings, NotWithAResidualOrInGroupsOrOfVectors) {
  OnnxBuilder residual = convolutions({32, 32});
  residual.node("Add", {"y1", "x"}, {"s"});
  residual.proto.mutable_graph()->mutable_output(1)->set_name("s");
  EXPECT_TRUE(siblings(rewrite(residual.graph())).empty());
  OnnxBuilder grouped;
  grouped.input("x", {1, 32, 5, 4}).constant("v", {16, 16, 1, 1}).constant("w", {16, 16, 1, 1});
  grouped.node("Conv", {"x", "v"}, {"y"}).with("group", 2);
  grouped.node("Conv", {"x", "w"}, {"z"}).with("group", 2);
  EXPECT_TRUE(siblings(rewrite(grouped.output("y").output("z").graph())).empty());
  OnnxBuilder vectors;
  vectors.input("x", {1, 32, 1, 1}).constant("v", {16, 32, 1, 1}).constant("w", {16, 32, 1, 1});
  vectors.node("Conv", {"x", "v"}, {"y"});
  vectors.node("Conv", {"x", "w"}, {"z"});
  EXPECT_TRUE(siblings(rewrite(vectors.output("y").output("z").graph())).empty());
}

/// Of every node the first candidate of siblings that reads c16; else the first copy-free one; else the first.
std::vector<int> together(const CostTable& costs) {
  std::vector<int> choice;
  for (const NodeCosts& node : costs.nodes) {
    const auto rank = [](const Candidate& candidate) {
      return std::tuple(candidate.siblings < 0, !candidate.copy_free,
                        std::ranges::count(candidate.input_layouts, layout_index(kC16)) == 0);
    };
    const auto best = std::ranges::min_element(node.candidates, {}, rank);
    choice.push_back(static_cast<int>(best - node.candidates.begin()));
  }
  return choice;
}

/// Two siblings with a reader of the second between them and their last reader, which concatenates.
Graph inception() {
  OnnxBuilder model;
  model.input("x", {1, 32, 5, 4}).constant("v", {32, 32, 1, 1}).constant("w", {24, 32, 1, 1});
  model.constant("k", {16, 24, 3, 3});
  model.node("Conv", {"x", "v"}, {"one"}).named("one");
  model.node("Sigmoid", {"x"}, {"s"}).named("between");
  model.node("Conv", {"x", "w"}, {"reduced"}).named("reduce");
  model.node("Conv", {"reduced", "k"}, {"three"}).with_ints("pads", {1, 1, 1, 1});
  model.node("Concat", {"one", "three"}, {"y"}).with("axis", 1);
  return rewrite(model.output("y").output("s").graph());
}

TEST(Siblings, AreOneStepWhoseOutputsLieApart) {
  const Graph graph = inception();
  const CostTable costs = enumerate_candidates(graph);
  ASSERT_EQ(costs.siblings.size(), 1U);
  EXPECT_THAT(costs.siblings[0].nodes, ElementsAre(0, 2));
  Selection selection{.choice = together(costs)};
  selection.evaluation = evaluate(costs, selection.choice);
  ASSERT_TRUE(selection.evaluation.valid) << selection.evaluation.fault;
  const Program program = verified(schedule(graph, costs, selection));
  const auto step = std::ranges::find_if(program.steps, [](const Step& s) { return !s.siblings.empty(); });
  ASSERT_NE(step, program.steps.end()) << text(program);
  EXPECT_EQ(step->layer_name, "one");
  EXPECT_EQ(output_map(*step).channels, 32);
  ASSERT_EQ(step->siblings.size(), 1U);
  const Buffer& reduced = program.buffers[static_cast<size_t>(step->siblings[0].output.buffer)];
  EXPECT_EQ(reduced.name, "reduced");
  EXPECT_EQ(reduced.bytes, 4 * 32 * 5 * 4);
  EXPECT_EQ(reduced.first, step - program.steps.begin());
  EXPECT_EQ(program.buffers[static_cast<size_t>(step->output.buffer)].name, "y") << "inside of the concatenation";
  EXPECT_EQ(step->bias.bytes, 4 * (32 + 32));
  EXPECT_EQ(step->weights.bytes, step->primitive->pack_bytes(step->layer));
  const auto has_reduce = [](const Step& s) { return s.layer_name == "reduce"; };
  EXPECT_TRUE(std::ranges::none_of(program.steps, has_reduce)) << text(program);
}

TEST(Siblings, BelongToNoClassicLibrary) {
  EXPECT_TRUE(enumerate_candidates(inception(), PrimitiveSet::kClassic).siblings.empty());
}

}  // namespace
}  // namespace snug
