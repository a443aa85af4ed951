// Every rewrite: where it applies, what comes out, and where it keeps away. That the values stay is the property
// test's business.
#include "rewrite/rewrite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "onnx_builder.h"
#include "ops/binary/binary.h"
#include "ops/conv/conv.h"

namespace snug {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatEq;
using ::testing::HasSubstr;

/// The ONNX operators of all nodes, in order.
std::vector<std::string> operators(const Graph& graph) {
  std::vector<std::string> types;
  for (const Node& node : graph.nodes) types.push_back(node.onnx_operator);
  return types;
}

const std::vector<float>& constant(const Graph& graph, const Node& node, size_t input) {
  return graph.tensor(node.inputs.at(input)).constant->floats;
}

std::string output_name(const Graph& graph) {
  return graph.tensor(graph.outputs.at(0)).name;
}

/// A model with input "x" and conv weights "w" that keep 2 channels, 1x1.
OnnxBuilder two_channels() {
  OnnxBuilder model;
  model.input("x", {1, 2, 3, 3}).constant("w", {2, 2, 1, 1}, {1, 2, 3, 4});
  return model;
}

TEST(DropIdentities, ReadersReadTheInput) {
  OnnxBuilder model = two_channels();
  model.node("Identity", {"x"}, {"a"});
  model.node("Conv", {"a", "w"}, {"b"});
  model.node("Dropout", {"b"}, {"c"});
  model.node("Relu", {"c"}, {"y"});
  const Graph graph = verified(drop_identities(model.output("y").graph()));
  EXPECT_THAT(operators(graph), ElementsAre("Conv", "Relu"));
  EXPECT_EQ(graph.nodes[0].inputs[0], graph.inputs[0]);
}

TEST(DropIdentities, NodesThatHappenToChangeNothing) {
  OnnxBuilder model = two_channels();
  model.integers("same", {1, 2, 3, 3}).integers("no_pads", {0, 0, 0, 0, 0, 0, 0, 0});
  model.node("Reshape", {"x", "same"}, {"a"});
  model.node("Transpose", {"a"}, {"b"}).with_ints("perm", {0, 1, 2, 3});
  model.node("Pad", {"b", "no_pads"}, {"c"});
  model.node("Concat", {"c"}, {"d"}).with("axis", 1);
  model.node("Relu", {"d"}, {"y"});
  EXPECT_THAT(operators(verified(drop_identities(model.output("y").graph()))), ElementsAre("Relu"));
}

TEST(DropIdentities, TheNodeBeforeTakesOverTheNameOfAnOutput) {
  OnnxBuilder model = two_channels();
  model.node("Relu", {"x"}, {"a"});
  model.node("Identity", {"a"}, {"y"});
  const Graph graph = verified(drop_identities(model.output("y").graph()));
  EXPECT_THAT(operators(graph), ElementsAre("Relu"));
  EXPECT_EQ(output_name(graph), "y");
}

TEST(DropIdentities, StaysBetweenAnInputAndAnOutputOfTheNetwork) {
  OnnxBuilder model = two_channels();
  model.node("Identity", {"x"}, {"y"});
  EXPECT_THAT(operators(verified(drop_identities(model.output("y").graph()))), ElementsAre("Identity"));
}

TEST(DropIdentities, StaysBetweenTwoOutputsOfTheNetwork) {
  OnnxBuilder model = two_channels();
  model.node("Relu", {"x"}, {"a"});
  model.node("Identity", {"a"}, {"y"});
  EXPECT_THAT(operators(verified(drop_identities(model.output("a").output("y").graph()))),
              ElementsAre("Relu", "Identity"));
}

TEST(GemmToConv, RowsBecomeImagesOfOnePixel) {
  OnnxBuilder model;
  model.input("x", {4, 3}).constant("w", {3, 2}, {1, 2, 3, 4, 5, 6}).constant("b", {2}, {7, 8});
  model.node("Gemm", {"x", "w", "b"}, {"y"}).with("alpha", 2.0F).with("beta", 10.0F);
  const Graph graph = verified(gemm_to_conv(model.output("y").graph()));
  ASSERT_EQ(graph.nodes.size(), 1U);
  const Node& node = graph.nodes[0];
  EXPECT_EQ(node.op, &conv_operator);
  EXPECT_TRUE(attributes<Conv>(node).matrix_output);
  EXPECT_EQ(graph.tensor(node.inputs[1]).dims, (Dims{2, 3, 1, 1}));
  EXPECT_THAT(constant(graph, node, 1), ElementsAre(2, 6, 10, 4, 8, 12));
  EXPECT_THAT(constant(graph, node, 2), ElementsAre(70, 80));
}

TEST(GemmToConv, ReadsTheMapsBeforeFlatten) {
  OnnxBuilder model;
  model.input("x", {2, 3, 4, 5}).constant("w", {7, 60});
  model.node("Flatten", {"x"}, {"rows"});
  model.node("Gemm", {"rows", "w"}, {"y"}).with("transB", 1);
  const Graph imported = model.output("y").graph();
  const Graph graph = verified(gemm_to_conv(imported));
  ASSERT_THAT(operators(graph), ElementsAre("Gemm"));
  EXPECT_EQ(graph.nodes[0].inputs[0], graph.inputs[0]);
  EXPECT_EQ(graph.tensor(graph.nodes[0].inputs[1]).dims, (Dims{7, 3, 4, 5}));
  EXPECT_EQ(graph.tensor(graph.nodes[0].inputs[1]).constant, imported.tensor(imported.nodes[1].inputs[1]).constant)
      << "the weights are copied";
}

TEST(GemmToConv, KeepsAReshapeThatCutsAcrossImages) {
  OnnxBuilder model;
  model.input("x", {2, 3, 4}).constant("w", {4, 5});
  model.node("MatMul", {"x", "w"}, {"y"});
  const Graph graph = verified(gemm_to_conv(model.output("y").graph()));
  EXPECT_THAT(operators(graph), ElementsAre("Reshape", "MatMul", "Reshape"));
  EXPECT_EQ(output_dims(graph), (Dims{2, 3, 5}));
}

/// x → conv → [between] → BatchNormalization; 2 channels, scale 2 and 4, shift 1 and -3.
OnnxBuilder with_batch_normalization(const std::string& between) {
  OnnxBuilder model = two_channels();
  model.constant("scale", {2}, {2, 4}).constant("shift", {2}, {1, -3}).constant("mean", {2}, {0, 0});
  model.constant("variance", {2}, {0.75F, 0.75F});
  model.constant("b", {2}, {10, 20});
  model.node("Conv", {"x", "w", "b"}, {"conv"});
  if (!between.empty()) model.node(between, {"conv"}, {"between"});
  model.node("BatchNormalization", {between.empty() ? "conv" : "between", "scale", "shift", "mean", "variance"}, {"y"})
      .with("epsilon", 0.25F);
  return model;
}

TEST(FoldBatchNormalization, IntoWeightsAndBiasOfTheConv) {
  const Graph graph = verified(fold_batch_normalization(with_batch_normalization("").output("y").graph()));
  ASSERT_THAT(operators(graph), ElementsAre("Conv+BatchNormalization"));
  EXPECT_THAT(constant(graph, graph.nodes[0], 1), ElementsAre(2, 4, 12, 16));
  EXPECT_THAT(constant(graph, graph.nodes[0], 2), ElementsAre(21, 77));
  EXPECT_EQ(output_name(graph), "y");
}

TEST(FoldBatchNormalization, LeavesSharedWeightsToTheOtherConv) {
  OnnxBuilder model = with_batch_normalization("");
  model.node("Conv", {"x", "w"}, {"z"});
  const Graph graph = verified(fold_batch_normalization(model.output("y").output("z").graph()));
  ASSERT_THAT(operators(graph), ElementsAre("Conv+BatchNormalization", "Conv"));
  EXPECT_THAT(constant(graph, graph.nodes[1], 1), ElementsAre(1, 2, 3, 4));
}

void expect_depthwise(const Graph& graph) {
  ASSERT_EQ(graph.nodes.back().op, &conv_operator);
  EXPECT_EQ(attributes<Conv>(graph.nodes.back()).groups, 2);
  EXPECT_THAT(constant(graph, graph.nodes.back(), 1), ElementsAre(2, 4));
  EXPECT_THAT(constant(graph, graph.nodes.back(), 2), ElementsAre(1, -3));
}

TEST(FoldBatchNormalization, BecomesDepthwiseBehindAnotherOperator) {
  const Graph graph = verified(fold_batch_normalization(with_batch_normalization("Relu").output("y").graph()));
  EXPECT_THAT(operators(graph), ElementsAre("Conv", "Relu", "BatchNormalization"));
  expect_depthwise(graph);
}

TEST(FoldBatchNormalization, BecomesDepthwiseWhereTheConvHasAnActivation) {
  const Graph graph =
      verified(fold_batch_normalization(fuse_activation(with_batch_normalization("Relu").output("y").graph())));
  EXPECT_THAT(operators(graph), ElementsAre("Conv+Relu", "BatchNormalization"));
  expect_depthwise(graph);
}

TEST(FoldBatchNormalization, BecomesDepthwiseWhereTheConvIsReadElsewhere) {
  OnnxBuilder twice = with_batch_normalization("");
  twice.node("Relu", {"conv"}, {"z"});
  Graph graph = verified(fold_batch_normalization(twice.output("z").output("y").graph()));
  EXPECT_THAT(operators(graph), ElementsAre("Conv", "BatchNormalization", "Relu"));
  graph = verified(fold_batch_normalization(with_batch_normalization("").output("y").output("conv").graph()));
  EXPECT_THAT(operators(graph), ElementsAre("Conv", "BatchNormalization"));
  expect_depthwise(graph);
}

/// x → conv → Add or Mul with the constant.
Graph with_constant(const std::string& type, const Dims& dims, const std::vector<float>& values) {
  OnnxBuilder model = two_channels();
  model.constant("b", {2}, {10, 20}).constant("c", dims, values);
  model.node("Conv", {"x", "w", "b"}, {"conv"});
  model.node(type, {"c", "conv"}, {"y"});
  return verified(fold_constant_binary(model.output("y").graph()));
}

TEST(FoldConstantBinary, ASumGoesIntoTheBias) {
  const Graph graph = with_constant("Add", {2, 1, 1}, {1, 2});
  ASSERT_THAT(operators(graph), ElementsAre("Conv+Add"));
  EXPECT_THAT(constant(graph, graph.nodes[0], 1), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(constant(graph, graph.nodes[0], 2), ElementsAre(11, 22));
}

TEST(FoldConstantBinary, AFactorGoesIntoWeightsAndBias) {
  const Graph graph = with_constant("Mul", {}, {3});
  ASSERT_THAT(operators(graph), ElementsAre("Conv+Mul"));
  EXPECT_THAT(constant(graph, graph.nodes[0], 1), ElementsAre(3, 6, 9, 12));
  EXPECT_THAT(constant(graph, graph.nodes[0], 2), ElementsAre(30, 60));
}

TEST(FoldConstantBinary, KeepsAwayFromConstantsThatDifferWithinAChannel) {
  EXPECT_THAT(operators(with_constant("Add", {3}, {1, 2, 3})), ElementsAre("Conv", "Add"));
  EXPECT_THAT(operators(with_constant("Add", {1, 2, 3, 3}, {})), ElementsAre("Conv", "Add"));
}

TEST(FoldConstantBinary, KeepsAwayWhereTheConvIsFinishedOrReadElsewhere) {
  OnnxBuilder model = two_channels();
  model.constant("c", {}, {1});
  model.node("Conv", {"x", "w"}, {"a"});
  model.node("Relu", {"a"}, {"b"});
  model.node("Add", {"b", "c"}, {"y"});
  const Graph graph = model.output("y").graph();
  EXPECT_THAT(operators(fold_constant_binary(fuse_activation(graph))), ElementsAre("Conv+Relu", "Add"));
  OnnxBuilder shared = two_channels();
  shared.constant("c", {}, {1});
  shared.node("Conv", {"x", "w"}, {"a"});
  shared.node("Add", {"a", "c"}, {"y"});
  EXPECT_THAT(operators(fold_constant_binary(shared.output("a").output("y").graph())), ElementsAre("Conv", "Add"));
}

/// x → Pad → conv 3x3 with padding 1.
OnnxBuilder with_pad(const std::vector<int64_t>& pads, float value) {
  OnnxBuilder model;
  model.input("x", {1, 1, 5, 5}).constant("w", {1, 1, 3, 3}).integers("pads", pads).constant("value", {}, {value});
  model.node("Pad", {"x", "pads", "value"}, {"padded"});
  model.node("Conv", {"padded", "w"}, {"y"}).with_ints("pads", {1, 1, 1, 1});
  return model;
}

TEST(FoldPad, AddsToThePaddingOfTheConv) {
  const Graph graph = verified(fold_pad(with_pad({0, 0, 1, 2, 0, 0, 3, 4}, 0).output("y").graph()));
  ASSERT_THAT(operators(graph), ElementsAre("Pad+Conv"));
  const Conv& conv = attributes<Conv>(graph.nodes[0]);
  EXPECT_THAT((std::vector<int64_t>{conv.pad_top, conv.pad_left, conv.pad_bottom, conv.pad_right}),
              ElementsAre(2, 3, 4, 5));
}

TEST(FoldPad, KeepsAwayFromOtherValuesAndPaddedChannels) {
  EXPECT_EQ(fold_pad(with_pad({0, 0, 1, 1, 0, 0, 1, 1}, 2).output("y").graph()).nodes.size(), 2U);
  OnnxBuilder channels;
  channels.input("x", {1, 1, 5, 5}).constant("w", {1, 2, 3, 3}).integers("pads", {0, 1, 0, 0, 0, 0, 0, 0});
  channels.node("Pad", {"x", "pads"}, {"padded"});
  channels.node("Conv", {"padded", "w"}, {"y"});
  EXPECT_EQ(fold_pad(channels.output("y").graph()).nodes.size(), 2U);
}

TEST(FoldPad, StaysWhereThePaddedMapHasToExist) {
  const std::vector<int64_t> pads{0, 0, 1, 1, 0, 0, 1, 1};
  EXPECT_EQ(fold_pad(with_pad(pads, 0).output("y").output("padded").graph()).nodes.size(), 2U);
  OnnxBuilder model = with_pad(pads, 0);
  model.node("Relu", {"padded"}, {"z"});
  EXPECT_EQ(fold_pad(model.output("y").output("z").graph()).nodes.size(), 3U);
}

TEST(FuseResidualAdd, IntoTheConvThatRunsLast) {
  OnnxBuilder model = two_channels();
  model.node("Conv", {"x", "w"}, {"early"}).named("early");
  model.node("Relu", {"x"}, {"middle"});
  model.node("Conv", {"middle", "w"}, {"late"}).named("late");
  model.node("Add", {"late", "early"}, {"y"});
  const Graph graph = verified(fuse_residual_add(model.output("y").graph()));
  ASSERT_THAT(operators(graph), ElementsAre("Conv", "Relu", "Conv+Add"));
  EXPECT_EQ(graph.nodes[2].name, "late");
  EXPECT_EQ(graph.nodes[2].inputs[3], graph.nodes[0].output);
  EXPECT_EQ(output_name(graph), "y");
}

TEST(FuseResidualAdd, TakesTheNetworksInputToo) {
  OnnxBuilder model = two_channels();
  model.node("Conv", {"x", "w"}, {"a"});
  model.node("Add", {"x", "a"}, {"y"});
  EXPECT_THAT(operators(verified(fuse_residual_add(model.output("y").graph()))), ElementsAre("Conv+Add"));
}

TEST(FuseResidualAdd, TakesTheActivationOfTheAddAlong) {
  OnnxBuilder model = two_channels();
  model.node("Conv", {"x", "w"}, {"a"});
  model.node("Add", {"x", "a"}, {"b"});
  model.node("Relu", {"b"}, {"y"});
  const Graph graph = verified(fuse_residual_add(fuse_activation(model.output("y").graph())));
  ASSERT_THAT(operators(graph), ElementsAre("Conv+Add+Relu"));
  EXPECT_EQ(attributes<Conv>(graph.nodes[0]).activation.kind, SNUG_RELU);
}

TEST(FuseResidualAdd, KeepsAwayWhereTheOtherOperandComesLater) {
  OnnxBuilder model = two_channels();
  model.node("Conv", {"x", "w"}, {"a"});
  model.node("Relu", {"x"}, {"late"});
  model.node("Add", {"a", "late"}, {"y"});
  EXPECT_THAT(operators(fuse_residual_add(model.output("y").graph())), ElementsAre("Conv", "Relu", "Add"));
}

TEST(FuseResidualAdd, KeepsAwayFromBroadcastConstantsProductsAndDoubling) {
  const auto unchanged = [](const std::string& type, const std::string& a, const std::string& b) {
    OnnxBuilder model = two_channels();
    model.input("column", {1, 2, 1, 1}).constant("c", {1, 2, 3, 3});
    model.node("Conv", {"x", "w"}, {"conv"});
    model.node(type, {a, b}, {"y"});
    return operators(fuse_residual_add(model.output("y").graph())) == std::vector<std::string>{"Conv", type};
  };
  EXPECT_TRUE(unchanged("Add", "conv", "column"));
  EXPECT_TRUE(unchanged("Add", "conv", "c"));
  EXPECT_TRUE(unchanged("Mul", "conv", "x"));
  EXPECT_TRUE(unchanged("Add", "conv", "conv"));
  EXPECT_FALSE(unchanged("Add", "conv", "x"));
}

TEST(FuseResidualAdd, KeepsAwayWhereTheConvIsReadElsewhereOrFinished) {
  OnnxBuilder read = two_channels();
  read.node("Conv", {"x", "w"}, {"a"});
  read.node("Add", {"a", "x"}, {"b"});
  read.node("Mul", {"b", "a"}, {"y"});
  EXPECT_EQ(fuse_residual_add(read.output("y").graph()).nodes.size(), 3U);
  OnnxBuilder finished = two_channels();
  finished.node("Conv", {"x", "w"}, {"a"});
  finished.node("Relu", {"a"}, {"b"});
  finished.node("Add", {"b", "x"}, {"y"});
  EXPECT_THAT(operators(fuse_residual_add(fuse_activation(finished.output("y").graph()))),
              ElementsAre("Conv+Relu", "Add"));
}

TEST(FuseActivation, IntoConvAndAdd) {
  OnnxBuilder model = two_channels();
  model.node("Conv", {"x", "w"}, {"a"});
  model.node("HardSwish", {"a"}, {"b"});
  model.node("Add", {"b", "x"}, {"c"});
  model.node("Relu", {"c"}, {"y"});
  const Graph graph = verified(fuse_activation(model.output("y").graph()));
  ASSERT_THAT(operators(graph), ElementsAre("Conv+HardSwish", "Add+Relu"));
  EXPECT_EQ(attributes<Conv>(graph.nodes[0]).activation.kind, SNUG_HARD_SWISH);
  EXPECT_EQ(attributes<Binary>(graph.nodes[1]).activation.kind, SNUG_RELU);
}

TEST(FuseActivation, OnlyOne) {
  OnnxBuilder model = two_channels();
  model.node("Conv", {"x", "w"}, {"a"});
  model.node("Relu", {"a"}, {"b"});
  model.node("Sigmoid", {"b"}, {"y"});
  EXPECT_THAT(operators(verified(fuse_activation(model.output("y").graph()))), ElementsAre("Conv+Relu", "Sigmoid"));
}

TEST(FuseActivation, KeepsAwayFromOtherOperatorsAndSharedTensors) {
  OnnxBuilder shared = two_channels();
  shared.node("Conv", {"x", "w"}, {"a"});
  shared.node("Relu", {"a"}, {"b"});
  shared.node("Add", {"b", "a"}, {"y"});
  EXPECT_EQ(fuse_activation(shared.output("y").graph()).nodes.size(), 3U);
  OnnxBuilder pool = two_channels();
  pool.node("GlobalAveragePool", {"x"}, {"a"});
  pool.node("Relu", {"a"}, {"y"});
  EXPECT_EQ(fuse_activation(pool.output("y").graph()).nodes.size(), 2U);
  OnnxBuilder output = two_channels();
  output.node("Conv", {"x", "w"}, {"a"});
  output.node("Relu", {"a"}, {"y"});
  EXPECT_EQ(fuse_activation(output.output("a").output("y").graph()).nodes.size(), 2U);
}

TEST(Rewrite, ConvNormalizationAddAndReluAreOneConv) {
  OnnxBuilder model = two_channels();
  model.constant("scale", {2}).constant("shift", {2}).constant("mean", {2}).constant("variance", {2});
  model.node("Identity", {"x"}, {"same"});
  model.node("Conv", {"same", "w"}, {"a"}).named("conv");
  model.node("BatchNormalization", {"a", "scale", "shift", "mean", "variance"}, {"b"});
  model.node("Add", {"b", "same"}, {"c"});
  model.node("Relu", {"c"}, {"y"});
  const Graph graph = rewrite(model.output("y").graph());
  ASSERT_THAT(operators(graph), ElementsAre("Conv+BatchNormalization+Add+Relu"));
  EXPECT_EQ(graph.nodes[0].name, "conv");
  EXPECT_EQ(output_name(graph), "y");
}

TEST(Rewrite, AClassifiersHeadIsOneConvPerProduct) {
  OnnxBuilder model;
  model.input("x", {1, 3, 2, 2}).constant("w1", {5, 12}).constant("w2", {5, 4});
  model.node("Flatten", {"x"}, {"rows"});
  model.node("Gemm", {"rows", "w1"}, {"hidden"}).with("transB", 1);
  model.node("Relu", {"hidden"}, {"active"});
  model.node("Dropout", {"active"}, {"kept"});
  model.node("MatMul", {"kept", "w2"}, {"y"});
  EXPECT_THAT(operators(rewrite(model.output("y").graph())), ElementsAre("Gemm+Relu", "MatMul"));
}

TEST(Rewrite, TheBiasOfAProductMayBeAnAdd) {
  OnnxBuilder model;
  model.input("x", {1, 4}).constant("w", {4, 3}).constant("b", {3});
  model.node("MatMul", {"x", "w"}, {"product"});
  model.node("Add", {"product", "b"}, {"sum"});
  model.node("Relu", {"sum"}, {"y"});
  EXPECT_THAT(operators(rewrite(model.output("y").graph())), ElementsAre("MatMul+Add+Relu"));
}

TEST(Rewrite, LeavesNoTensorThatNothingUses) {
  const Graph graph = rewrite(with_batch_normalization("").output("y").graph());
  EXPECT_EQ(graph.tensors.size(), 4U) << text(graph);
}

}  // namespace
}  // namespace snug
