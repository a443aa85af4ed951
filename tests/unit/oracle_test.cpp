// The oracle against results worked out by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "base/error.h"
#include "evaluate.h"
#include "onnx_builder.h"
#include "ops/activation/activation.h"
#include "ops/conv/conv.h"
#include "rewrite/rewrite.h"

namespace snug {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsNan;
using ::testing::Pointwise;
using Values = std::vector<double>;

MATCHER(IsNear, "is within 1e-7 of") {
  return std::abs(std::get<0>(arg) - std::get<1>(arg)) < 1e-7;
}

Values output(const Graph& graph, const std::vector<Values>& inputs) {
  return evaluate(graph, inputs).at(0);
}

/// A model of one input "x" and one node, whose inputs may be constants that `model` has already.
Graph one_node(OnnxBuilder model, const Dims& dims, const std::string& type, const std::vector<std::string>& inputs,
               const std::function<void(OnnxNodeBuilder)>& attributes = {}) {
  model.input("x", dims);
  const OnnxNodeBuilder node = model.node(type, inputs, {"y"});
  if (attributes) attributes(node);
  return model.output("y").graph();
}

TEST(Oracle, ConvSlidesItsKernelOverEveryChannel) {
  const Graph graph =
      one_node(OnnxBuilder().constant("w", {1, 2, 2, 2}, {1, 0, 0, 1, 0, 2, 0, 0}).constant("b", {1}, {100}),
               {1, 2, 2, 3}, "Conv", {"x", "w", "b"});
  // Channel 0 is 1..6, channel 1 is 7..12: 1 + 5 + 2 * 8 and 2 + 6 + 2 * 9.
  EXPECT_THAT(output(graph, {counting(12)}), ElementsAre(122, 126));
}

TEST(Oracle, ConvPadsUnequallyAndStrides) {
  const Graph graph =
      one_node(OnnxBuilder().constant("w", {1, 1, 1, 3}, {1, 10, 100}), {1, 1, 1, 5}, "Conv", {"x", "w"},
               [](OnnxNodeBuilder node) { node.with_ints("pads", {0, 2, 0, 0}).with_ints("strides", {1, 2}); });
  // Windows 0 0 1, 1 2 3, 3 4 5.
  EXPECT_THAT(output(graph, {counting(5)}), ElementsAre(100, 321, 543));
}

TEST(Oracle, ConvDilates) {
  const Graph graph = one_node(OnnxBuilder().constant("w", {1, 1, 2, 1}, {1, 10}), {1, 1, 4, 1}, "Conv", {"x", "w"},
                               [](OnnxNodeBuilder node) { node.with_ints("dilations", {2, 1}); });
  EXPECT_THAT(output(graph, {counting(4)}), ElementsAre(31, 42));
}

TEST(Oracle, ConvKeepsGroupsAndImagesApart) {
  const Graph graph = one_node(OnnxBuilder().constant("w", {4, 1, 1, 1}, {1, 2, 3, 4}), {2, 2, 1, 1}, "Conv",
                               {"x", "w"}, [](OnnxNodeBuilder node) { node.with("group", 2); });
  EXPECT_THAT(output(graph, {{5, 7, 11, 13}}), ElementsAre(5, 10, 21, 28, 11, 22, 39, 52));
}

TEST(Oracle, ConvOfOneDimension) {
  const Graph graph = one_node(OnnxBuilder().constant("w", {1, 1, 2}, {1, -1}), {1, 1, 4}, "Conv", {"x", "w"});
  EXPECT_THAT(output(graph, {{1, 4, 9, 16}}), ElementsAre(-3, -5, -7));
}

TEST(Oracle, ConvAddsItsResidualBeforeTheActivation) {
  Graph graph;
  const TensorId x = add_tensor(graph, {.name = "x", .dims = {1, 1, 1, 3}});
  const TensorId residual = add_tensor(graph, {.name = "residual", .dims = {1, 1, 1, 3}});
  const TensorId weights = add_constant(graph, "w", {1, 1, 1, 1}, {2});
  graph.inputs = {x, residual};
  graph.outputs = {add_node(graph, conv_operator, "conv", "Conv", Conv{.activation = {SNUG_RELU, 0, 0}},
                            {x, weights, kNoTensor, residual}, "y")};
  EXPECT_THAT(output(graph, {{1, 2, 3}, {-1, -5, 1}}), ElementsAre(1, 0, 7));
}

TEST(Oracle, ConvWithMatrixOutputSpansTheMap) {
  Graph graph;
  const TensorId x = add_tensor(graph, {.name = "x", .dims = {1, 1, 2, 2}});
  const TensorId weights = add_constant(graph, "w", {2, 1, 2, 2}, {1, 1, 1, 1, 1, 10, 100, 1000});
  graph.inputs = {x};
  graph.outputs = {add_node(graph, conv_operator, "conv", "Gemm",
                            Conv{.kernel_height = 2, .kernel_width = 2, .matrix_output = true},
                            {x, weights, kNoTensor, kNoTensor}, "y")};
  EXPECT_EQ(output_dims(graph), (Dims{1, 2}));
  EXPECT_THAT(output(graph, {counting(4)}), ElementsAre(10, 4321));
}

TEST(Oracle, MaxPoolIgnoresPadding) {
  const Graph graph = one_node(OnnxBuilder(), {1, 1, 3, 3}, "MaxPool", {"x"}, [](OnnxNodeBuilder node) {
    node.with_ints("kernel_shape", {2, 2}).with_ints("strides", {2, 2}).with_ints("pads", {1, 1, 0, 0});
  });
  EXPECT_THAT(output(graph, {counting(9, -9)}), ElementsAre(-9, -7, -3, -1));
}

TEST(Oracle, MaxPoolKeepsNaNAndInfinity) {
  const Graph graph = one_node(OnnxBuilder(), {1, 1, 1, 8}, "MaxPool", {"x"}, [](OnnxNodeBuilder node) {
    node.with_ints("kernel_shape", {1, 2}).with_ints("strides", {1, 2});
  });
  EXPECT_THAT(output(graph, {{NAN, 1, 2, NAN, -HUGE_VAL, -HUGE_VAL, 3, HUGE_VAL}}),
              ElementsAre(IsNan(), IsNan(), -HUGE_VAL, HUGE_VAL));
}

TEST(Oracle, AveragePoolCountsWhatLiesInside) {
  const auto pads = [](OnnxNodeBuilder node) {
    node.with_ints("kernel_shape", {1, 2}).with_ints("pads", {0, 1, 0, 1});
  };
  const Graph inside = one_node(OnnxBuilder(), {1, 1, 1, 3}, "AveragePool", {"x"}, pads);
  EXPECT_THAT(output(inside, {{2, 4, 8}}), ElementsAre(2, 3, 6, 8));
  const Graph all = one_node(OnnxBuilder(), {1, 1, 1, 3}, "AveragePool", {"x"}, [&](OnnxNodeBuilder node) {
    pads(node);
    node.with("count_include_pad", 1);
  });
  EXPECT_THAT(output(all, {{2, 4, 8}}), ElementsAre(1, 3, 6, 4));
}

TEST(Oracle, PoolWithCeilModeHasALastWindowThatSticksOut) {
  const Graph graph = one_node(OnnxBuilder(), {1, 1, 1, 4}, "AveragePool", {"x"}, [](OnnxNodeBuilder node) {
    node.with_ints("kernel_shape", {1, 3}).with_ints("strides", {1, 2}).with("ceil_mode", 1);
  });
  EXPECT_THAT(output(graph, {{3, 6, 9, 12}}), ElementsAre(6, 10.5));
}

TEST(Oracle, GlobalPoolsTakeWholeMaps) {
  EXPECT_THAT(output(one_node(OnnxBuilder(), {1, 2, 2, 2}, "GlobalAveragePool", {"x"}), {counting(8)}),
              ElementsAre(2.5, 6.5));
  EXPECT_THAT(output(one_node(OnnxBuilder(), {1, 2, 2, 2}, "GlobalMaxPool", {"x"}), {counting(8)}), ElementsAre(4, 8));
}

TEST(Oracle, Activations) {
  const Values x{-4, -0.5, 0, 0.5, 4};
  const auto result = [&](const std::string& type, const std::function<void(OnnxNodeBuilder)>& attributes = {}) {
    return output(one_node(OnnxBuilder(14), {5}, type, {"x"}, attributes), {x});
  };
  EXPECT_THAT(result("Relu"), ElementsAre(0, 0, 0, 0.5, 4));
  EXPECT_THAT(result("LeakyRelu", [](OnnxNodeBuilder node) { node.with("alpha", 0.25F); }),
              ElementsAre(-1, -0.125, 0, 0.5, 4));
  EXPECT_THAT(result("HardSigmoid", [](OnnxNodeBuilder node) { node.with("alpha", 0.5F).with("beta", 0.25F); }),
              ElementsAre(0, 0, 0.25, 0.5, 1));
  EXPECT_THAT(result("HardSwish"), Pointwise(IsNear(), Values{0, -0.5 * (2.5 / 6), 0, 0.5 * (3.5 / 6), 4}));
  EXPECT_THAT(result("Sigmoid"),
              Pointwise(IsNear(), Values{0.01798620996, 0.37754066880, 0.5, 0.62245933120, 0.98201379004}));
  const Graph clip =
      one_node(OnnxBuilder().constant("low", {}, {-1}).constant("high", {}, {2}), {5}, "Clip", {"x", "low", "high"});
  EXPECT_THAT(output(clip, {x}), ElementsAre(-1, -0.5, 0, 0.5, 2));
}

TEST(Oracle, ActivationsOfNaNAreNaN) {
  for (const char* type : {"Relu", "LeakyRelu", "Clip", "Sigmoid", "HardSigmoid", "HardSwish"})
    EXPECT_THAT(output(one_node(OnnxBuilder(14), {1}, type, {"x"}), {{NAN}}), ElementsAre(IsNan())) << type;
}

TEST(Oracle, AddAndMulBroadcast) {
  const Graph sum = one_node(OnnxBuilder().constant("b", {2, 1}, {10, 20}), {1, 2, 3}, "Add", {"x", "b"});
  EXPECT_THAT(output(sum, {counting(6)}), ElementsAre(11, 12, 13, 24, 25, 26));
  const Graph product = one_node(OnnxBuilder().constant("b", {3}, {1, 2, 3}), {2, 3}, "Mul", {"b", "x"});
  EXPECT_THAT(output(product, {counting(6)}), ElementsAre(1, 4, 9, 4, 10, 18));
}

TEST(Oracle, SumOfThreeInputs) {
  OnnxBuilder model;
  model.input("a", {2}).input("b", {2}).input("c", {2});
  model.node("Sum", {"a", "b", "c"}, {"y"});
  EXPECT_THAT(output(model.output("y").graph(), {{1, 2}, {10, 20}, {100, 200}}), ElementsAre(111, 222));
}

TEST(Oracle, ConcatAlongAnInnerAxis) {
  OnnxBuilder model;
  model.input("a", {2, 1}).input("b", {2, 2});
  model.node("Concat", {"a", "b"}, {"y"}).with("axis", 1);
  EXPECT_THAT(output(model.output("y").graph(), {{1, 2}, {3, 4, 5, 6}}), ElementsAre(1, 3, 4, 2, 5, 6));
}

TEST(Oracle, GemmScalesTransposesAndAdds) {
  const Graph graph = one_node(
      OnnxBuilder().constant("b", {2, 3}, {1, 0, 2, 0, 1, 0}).constant("c", {2}, {1, 2}), {1, 3}, "Gemm",
      {"x", "b", "c"}, [](OnnxNodeBuilder node) { node.with("alpha", 2.0F).with("beta", 10.0F).with("transB", 1); });
  EXPECT_THAT(output(graph, {{1, 2, 3}}), ElementsAre(24, 24));
}

TEST(Oracle, BatchNormalization) {
  const Graph graph = one_node(OnnxBuilder()
                                   .constant("scale", {2}, {2, 1})
                                   .constant("bias", {2}, {1, 0})
                                   .constant("mean", {2}, {3, 0})
                                   .constant("variance", {2}, {3.75F, 0}),
                               {1, 2, 1, 2}, "BatchNormalization", {"x", "scale", "bias", "mean", "variance"},
                               [](OnnxNodeBuilder node) { node.with("epsilon", 0.25F); });
  EXPECT_THAT(output(graph, {{5, 3, 1, -2}}), ElementsAre(3, 1, 2, -4));
}

TEST(Oracle, LrnSumsSquaresOfNeighbouringChannels) {
  const Graph graph = one_node(OnnxBuilder(), {1, 3, 1, 1}, "LRN", {"x"}, [](OnnxNodeBuilder node) {
    node.with("size", 3).with("alpha", 3.0F).with("beta", 0.5F).with("bias", 4.0F);
  });
  EXPECT_THAT(output(graph, {{1, 2, 4}}),
              Pointwise(IsNear(), Values{1 / std::sqrt(9.0), 2 / 5.0, 4 / std::sqrt(24.0)}));
}

TEST(Oracle, SoftmaxAlongAnAxisAndOverAllBehindIt) {
  const Values x{0, std::log(3.0), 0, 0};
  EXPECT_THAT(output(one_node(OnnxBuilder(13), {2, 2}, "Softmax", {"x"}), {x}),
              Pointwise(IsNear(), Values{0.25, 0.75, 0.5, 0.5}));
  const auto axis = [](OnnxNodeBuilder node) { node.with("axis", 0); };
  EXPECT_THAT(output(one_node(OnnxBuilder(13), {2, 2}, "Softmax", {"x"}, axis), {x}),
              Pointwise(IsNear(), Values{0.5, 0.75, 0.5, 0.25}));
  EXPECT_THAT(output(one_node(OnnxBuilder(11), {2, 2}, "Softmax", {"x"}, axis), {x}),
              Pointwise(IsNear(), Values{1 / 6.0, 0.5, 1 / 6.0, 1 / 6.0}));
}

TEST(Oracle, SoftmaxOfLargeValuesIsFinite) {
  EXPECT_THAT(output(one_node(OnnxBuilder(), {1, 2}, "Softmax", {"x"}), {{1e6, 1e6}}), ElementsAre(0.5, 0.5));
}

TEST(Oracle, PadAndTransposeMoveValues) {
  const Graph pad = one_node(OnnxBuilder().integers("pads", {0, 1, 1, 0}).constant("value", {}, {9}), {2, 2}, "Pad",
                             {"x", "pads", "value"});
  EXPECT_THAT(output(pad, {counting(4)}), ElementsAre(9, 1, 2, 9, 3, 4, 9, 9, 9));
  const Graph transpose = one_node(OnnxBuilder(), {1, 2, 3}, "Transpose", {"x"},
                                   [](OnnxNodeBuilder node) { node.with_ints("perm", {0, 2, 1}); });
  EXPECT_THAT(output(transpose, {counting(6)}), ElementsAre(1, 4, 2, 5, 3, 6));
}

TEST(Oracle, KeepsEveryTensorWhereAsked) {
  OnnxBuilder model;
  model.input("x", {2});
  model.node("Relu", {"x"}, {"middle"});
  model.node("Sigmoid", {"middle"}, {"y"});
  const Graph graph = model.output("y").graph();
  const OracleValues inputs{{graph.inputs[0], {-1, 0}}};
  EXPECT_EQ(evaluate_oracle(graph, inputs).size(), 1U);
  const OracleValues all = evaluate_oracle(graph, inputs, true);
  EXPECT_EQ(all.size(), 3U);
  EXPECT_THAT(all.at(graph.nodes[0].output), ElementsAre(0, 0));
}

TEST(Oracle, NamesAnInputThatIsMissing) {
  const Graph graph = one_node(OnnxBuilder(), {2}, "Relu", {"x"});
  try {
    evaluate_oracle(graph, {});
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("input \"x\" of 2 needs 2 values; 0 are given"));
  }
}

}  // namespace
}  // namespace snug
