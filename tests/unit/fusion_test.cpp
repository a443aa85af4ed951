// Chains of nodes as one: where they are offered, what they compute, and what becomes of them in a plan.
#include "graph/fusion.h"

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

OnnxBuilder conv_and_pool(const std::string& pool = "MaxPool", int64_t dilation = 1) {
  OnnxBuilder model;
  model.input("x", {1, 3, 9, 9}).constant("w", {16, 3, 3, 3});
  model.node("Conv", {"x", "w"}, {"c"}).with_ints("strides", {2, 2}).named("conv");
  model.node("Relu", {"c"}, {"r"});
  auto node = model.node(pool, {"r"}, {"y"}).named("pool");
  node.with_ints("kernel_shape", {2, 3}).with_ints("pads", {0, 1, 0, 1});
  if (dilation != 1) node.with_ints("dilations", {dilation, dilation});
  return model;
}

std::string only_layer(const Graph& graph) {
  const std::vector<Fusion> found = fusions(graph);
  if (found.size() != 1) return std::to_string(found.size()) + " fusions";
  return layer_text(found[0].node.op->lower(graph, found[0].node).calls.at(0).layer);
}

TEST(Fusion, AConvAndThePoolBehindIt) {
  const Graph graph = rewrite(conv_and_pool().output("y").graph());
  const std::vector<Fusion> found = fusions(graph);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].node.op->name, "conv_pool");
  EXPECT_THAT(found[0].nodes, ElementsAre(0, 1));
  EXPECT_EQ(graph.tensor(found[0].node.output).name, "y");
  EXPECT_EQ(only_layer(graph), "ic3ih9iw9oc16oh3ow4kh3kw3sy2sx2dy1dx1g1k1act1mh4mw4ph2pw3psy1psx1ppl1");
}

TEST(Fusion, NotWhereSomethingElseNeedsTheMapBetween) {
  OnnxBuilder read_twice = conv_and_pool();
  read_twice.node("Sigmoid", {"r"}, {"z"});
  EXPECT_TRUE(fusions(rewrite(read_twice.output("y").output("z").graph())).empty());
  EXPECT_TRUE(fusions(rewrite(conv_and_pool().output("y").output("r").graph())).empty());
}

TEST(Fusion, NotWithADilatedPool) {
  EXPECT_TRUE(fusions(rewrite(conv_and_pool("MaxPool", 2).output("y").graph())).empty());
}

TEST(Fusion, NotWithAResidual) {
  OnnxBuilder model;
  model.input("x", {1, 3, 8, 8}).constant("w", {3, 3, 1, 1});
  model.node("Conv", {"x", "w"}, {"c"});
  model.node("Add", {"c", "x"}, {"s"});
  model.node("GlobalAveragePool", {"s"}, {"y"});
  EXPECT_TRUE(fusions(rewrite(model.output("y").graph())).empty());
}

/// Expansion to 48 channels, depthwise with stride, projection to 4; ReLU behind the first two.
OnnxBuilder inverted_residual(int64_t stride, const std::string& second = "Relu") {
  OnnxBuilder model;
  model.input("x", {1, 4, 12, 12}).constant("e", {48, 4, 1, 1}).constant("d", {48, 1, 3, 3});
  model.constant("p", {4, 48, 1, 1}).constant("b", {48});
  model.node("Conv", {"x", "e"}, {"ec"});
  model.node("Relu", {"ec"}, {"er"});
  model.node("Conv", {"er", "d", "b"}, {"dc"})
      .with("group", 48)
      .with_ints("pads", {1, 1, 1, 1})
      .with_ints("strides", {stride, stride});
  model.node(second, {"dc"}, {"dr"});
  model.node("Conv", {"dr", "p"}, {"pc"});
  return model;
}

TEST(Fusion, AnInvertedResidual) {
  OnnxBuilder model = inverted_residual(1);
  model.node("Add", {"pc", "x"}, {"y"});
  const Graph graph = rewrite(model.output("y").graph());
  const std::vector<Fusion> found = fusions(graph);
  ASSERT_EQ(found.size(), 1U) << "without the expansion the residual is not the input";
  EXPECT_THAT(found[0].nodes, ElementsAre(0, 1, 2));
  const Lowered whole = found[0].node.op->lower(graph, found[0].node);
  EXPECT_EQ(layer_text(whole.calls[0].layer), "ic4ih12iw12oc4oh12ow12kh3kw3sy1sx1dy1dx1pt1pl1res1mc48ma1");
  EXPECT_EQ(whole.calls[0].other, 0) << "the residual is the input";
  EXPECT_EQ(found[0].node.op->weights(graph, found[0].node).size(), 48U * 5 + 48 * 10 + 4 * 48);
}

TEST(Fusion, OnlyDepthwiseAndProjectionWhereTheActivationsDiffer) {
  const Graph graph = rewrite(inverted_residual(2, "Sigmoid").output("pc").graph());
  const std::vector<Fusion> found = fusions(graph);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].nodes, ElementsAre(1, 2));
  EXPECT_EQ(only_layer(graph), "ic48ih12iw12oc4oh6ow6kh3kw3sy2sx2dy1dx1pt1pl1ma4");
}

/// Of every node the first candidate that is part of a fusion, one that reads chw if there is any; else the first.
std::vector<int> fused_choice(const CostTable& costs) {
  std::vector<int> choice;
  for (const NodeCosts& node : costs.nodes) {
    const auto rank = [](const Candidate& candidate) {
      const bool fused = candidate.fusion >= 0 || candidate.input_layouts[0] == kAheadLayout;
      return std::pair(!fused, candidate.input_layouts[0]);
    };
    const auto fused = std::ranges::min_element(node.candidates, {}, rank);
    choice.push_back(static_cast<int>(fused - node.candidates.begin()));
  }
  return choice;
}

TEST(Fusion, IsOneStepWithoutTheMapBetween) {
  const Graph graph = rewrite(conv_and_pool().output("y").graph());
  const CostTable costs = enumerate_candidates(graph);
  Selection selection{.choice = fused_choice(costs)};
  selection.evaluation = evaluate(costs, selection.choice);
  ASSERT_TRUE(selection.evaluation.valid) << selection.evaluation.fault;
  const Program program = verified(schedule(graph, costs, selection));
  ASSERT_EQ(program.steps.size(), 2U) << text(program);
  EXPECT_EQ(program.steps[0].operator_name, "conv_pool");
  EXPECT_THAT(program.steps[0].fused, ElementsAre(1));
  EXPECT_EQ(program.steps[1].operator_name, "convert") << "to the output's layout";
  for (const Buffer& buffer : program.buffers) EXPECT_NE(buffer.name, "r");
}

TEST(Fusion, TheResidualStaysAliveUntilTheFusedCall) {
  OnnxBuilder model = inverted_residual(1);
  model.node("Add", {"pc", "x"}, {"y"});
  const Graph graph = rewrite(model.output("y").graph());
  const CostTable costs = enumerate_candidates(graph);
  Selection selection{.choice = fused_choice(costs)};
  selection.evaluation = evaluate(costs, selection.choice);
  ASSERT_TRUE(selection.evaluation.valid) << selection.evaluation.fault;
  const Program program = verified(schedule(graph, costs, selection));
  ASSERT_EQ(program.steps.size(), 3U) << text(program);
  EXPECT_EQ(program.steps[1].operator_name, "conv_separable");
  EXPECT_EQ(program.steps[1].other.buffer, program.steps[1].input.buffer);
}

TEST(Fusion, BelongsToNoClassicLibrary) {
  const Graph graph = rewrite(inverted_residual(1).output("pc").graph());
  for (const NodeCosts& node : enumerate_candidates(graph, PrimitiveSet::kClassic).nodes) {
    for (const Candidate& candidate : node.candidates) {
      EXPECT_EQ(candidate.fusion, -1);
      EXPECT_NE(candidate.input_layouts[0], kAheadLayout);
    }
  }
}

}  // namespace
}  // namespace snug
