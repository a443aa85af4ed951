// Models that are damaged, contradict themselves or ask for too much: each is refused in words that name what is wrong.
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "base/error.h"
#include "import/constant_folding.h"
#include "import/onnx_decode.h"
#include "onnx_builder.h"

namespace snug {

static std::string failure_of(const OnnxBuilder& builder, const ImportOptions& options = {}) {
  try {
    import_onnx(builder.model(), options);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no failure";
}

using Change = std::function<void(OnnxBuilder&, OnnxNodeBuilder)>;

static OnnxBuilder convolution(const Change& change, int64_t opset = 13, const Dims& weights = {4, 3, 3, 3}) {
  OnnxBuilder builder(opset);
  builder.input("x", {1, 3, 8, 8}).constant("w", weights).output("y");
  change(builder, builder.node("Conv", {"x", "w"}, {"y"}).named("conv"));
  return builder;
}

static std::string conv_failure(const Change& change, int64_t opset = 13, const Dims& weights = {4, 3, 3, 3}) {
  return failure_of(convolution(change, opset, weights));
}

TEST(ImportAttributes, UnknownOnesAreNamedWithTheNearest) {
  const auto with = [](const std::string& name) {
    return conv_failure([&](OnnxBuilder&, OnnxNodeBuilder node) { node.with_ints(name, {2, 2}); });
  };
  EXPECT_EQ(with("stride"),
            "test.onnx: node \"conv\" (Conv): attribute \"stride\" is none of Conv; did you mean \"strides\"?");
  EXPECT_EQ(with("Strides"),
            "test.onnx: node \"conv\" (Conv): attribute \"Strides\" is none of Conv; did you mean \"strides\"?");
  EXPECT_EQ(
      with("colour_of_the_sky"),
      "test.onnx: node \"conv\" (Conv): attribute \"colour_of_the_sky\" is none of Conv; it has auto_pad, dilations, "
      "group, kernel_shape, pads, strides");
  EXPECT_EQ(with("strides"), "no failure");
}

TEST(ImportAttributes, OfAnotherTypeAreRefused) {
  EXPECT_EQ(conv_failure([](OnnxBuilder&, OnnxNodeBuilder node) { node.with("strides", 2); }),
            "test.onnx: node \"conv\" (Conv): attribute \"strides\" is an integer, not integers");
  const Change strings = [](OnnxBuilder&, OnnxNodeBuilder node) {
    onnx::AttributeProto& attribute = *node.node->add_attribute();
    attribute.set_name("strides");
    attribute.set_type(onnx::AttributeProto::STRINGS);
    attribute.add_strings("2");
  };
  EXPECT_EQ(
      conv_failure(strings),
      "test.onnx: node \"conv\" (Conv): attribute \"strides\" is of type strings; snug takes numbers, strings and "
      "tensors");
  const Change contradiction = [](OnnxBuilder&, OnnxNodeBuilder node) {
    node.with("group", 1.0f);
    node.node->mutable_attribute(0)->set_type(onnx::AttributeProto::INT);
  };
  EXPECT_NE(conv_failure(contradiction).find("states one type and holds another"), std::string::npos);
}

TEST(ImportAttributes, TwiceOrNaN) {
  EXPECT_NE(conv_failure([](OnnxBuilder&, OnnxNodeBuilder node) {
              node.with("group", 1).with("group", 3);
            }).find("attribute \"group\" stands twice"),
            std::string::npos);
  OnnxBuilder builder;
  builder.input("x", {1, 4}).output("y");
  builder.node("LeakyRelu", {"x"}, {"y"}).with("alpha", std::numeric_limits<float>::quiet_NaN());
  EXPECT_EQ(failure_of(builder), "test.onnx: node \"y\" (LeakyRelu): attribute \"alpha\" is NaN");
}

/// Infinity times zero is no number: only limits may be infinite.
TEST(ImportAttributes, Infinite) {
  const float infinity = std::numeric_limits<float>::infinity();
  OnnxBuilder factor(6), limit(6);
  factor.input("x", {1, 4}).output("y");
  factor.node("LeakyRelu", {"x"}, {"y"}).with("alpha", infinity);
  EXPECT_EQ(failure_of(factor), "test.onnx: node \"y\" (LeakyRelu): attribute \"alpha\" is infinite");
  limit.input("x", {1, 4}).output("y");
  limit.node("Clip", {"x"}, {"y"}).with("max", infinity);
  EXPECT_EQ(output_dims(limit.graph()), (Dims{1, 4}));
}

TEST(ImportAttributes, ConsumedInputsEndWithOperatorSet5) {
  const Change consumed = [](OnnxBuilder&, OnnxNodeBuilder node) { node.with_ints("consumed_inputs", {0, 0}); };
  EXPECT_EQ(conv_failure(consumed, 5), "no failure");
  EXPECT_NE(conv_failure(consumed, 6).find("attribute \"consumed_inputs\" is none of Conv"), std::string::npos);
}

TEST(ImportNodes, TooManyOrTooFewInputsAndOutputs) {
  EXPECT_EQ(conv_failure([](OnnxBuilder&, OnnxNodeBuilder node) {
              for (int i = 0; i < 2; ++i) node.node->add_input("w");
            }),
            "test.onnx: node \"conv\" (Conv): it has 4 inputs, not 2 to 3");
  EXPECT_EQ(conv_failure([](OnnxBuilder&, OnnxNodeBuilder node) { node.node->mutable_input()->RemoveLast(); }),
            "test.onnx: node \"conv\" (Conv): it has 1 inputs, not 2 to 3");
  EXPECT_EQ(conv_failure([](OnnxBuilder&, OnnxNodeBuilder node) { node.node->add_input(""); }), "no failure");
  EXPECT_EQ(conv_failure([](OnnxBuilder&, OnnxNodeBuilder node) { node.node->add_output("z"); }),
            "test.onnx: node \"conv\" (Conv): it has 2 outputs, not 1");
}

TEST(ImportNodes, RequiredAttributesOfFoldedOperators) {
  OnnxBuilder builder;
  builder.input("x", {4}).constant("c", {4}).output("y");
  builder.node("Cast", {"c"}, {"k"}).named("cast");
  builder.node("Add", {"x", "k"}, {"y"});
  EXPECT_EQ(failure_of(builder), "test.onnx: node \"cast\" (Cast): attribute \"to\" is missing");
}

TEST(ImportExtents, AreWhatKernelsCanIndex) {
  const auto with = [](const std::string& name, const std::vector<int64_t>& values) {
    return conv_failure([&](OnnxBuilder&, OnnxNodeBuilder node) { node.with_ints(name, values); });
  };
  EXPECT_EQ(with("strides", {int64_t{1} << 31, 1}),
            "test.onnx: node \"conv\" (Conv): strides holds 2147483648; snug takes 1 to 67108864");
  EXPECT_EQ(with("dilations", {1, 0}), "test.onnx: node \"conv\" (Conv): dilations holds 0; snug takes 1 to 67108864");
  EXPECT_EQ(with("pads", {0, 0, -1, 0}), "test.onnx: node \"conv\" (Conv): pads holds -1; snug takes 0 to 67108864");
  EXPECT_EQ(with("pads", {1 << 25, 1 << 25, 0, 0}),
            "test.onnx: node \"conv\" (Conv): its padded input would be 1x3x33554440x33554440; snug takes 1 to 2^30 "
            "elements, channels rounded up to 16");
  EXPECT_EQ(with("strides", {1 << 26, 1 << 26}), "no failure");
}

TEST(ImportExtents, AKernelHasNoExtentOfZero) {
  EXPECT_EQ(conv_failure([](OnnxBuilder&, OnnxNodeBuilder) {}, 13, {4, 3, 0, 3}),
            "test.onnx: node \"conv\" (Conv): the shape of its kernel holds 0; snug takes 1 to 67108864");
}

TEST(ImportExtents, MapsFitInt32WithChannelsRoundedUp) {
  const auto relu = [](const Dims& dims) {
    OnnxBuilder builder;
    builder.input("x", dims).output("y");
    builder.node("Relu", {"x"}, {"y"});
    return failure_of(builder);
  };
  EXPECT_EQ(relu({1, 1, 1 << 13, 1 << 13}), "no failure");
  EXPECT_EQ(relu({1, 16, 1 << 13, 1 << 13}), "no failure");
  EXPECT_NE(relu({1, 17, 1 << 13, 1 << 13}).find("channels rounded up to 16"), std::string::npos);
  EXPECT_NE(relu({1, 1, 1 << 13, (1 << 13) + 1}).find("channels rounded up to 16"), std::string::npos);
}

TEST(ImportExtents, DimensionsOfInputsArePositive) {
  const auto with = [](int64_t dim) {
    OnnxBuilder builder = convolution([](OnnxBuilder&, OnnxNodeBuilder) {});
    builder.proto.mutable_graph()
        ->mutable_input(0)
        ->mutable_type()
        ->mutable_tensor_type()
        ->mutable_shape()
        ->mutable_dim(2)
        ->set_dim_value(dim);
    return builder;
  };
  EXPECT_EQ(failure_of(with(0)),
            "test.onnx: input \"x\" has 0 as dimension 2; snug takes 1 or more\n"
            "  Give another with --shape x=1x3xNx8, a number for each N");
  EXPECT_NE(failure_of(with(-5)).find("has -5 as dimension 2"), std::string::npos);
  EXPECT_EQ(failure_of(with(0), {.shapes = {{"x", {1, 3, 6, 8}}}, .outputs = {}}), "no failure");
}

TEST(ImportNames, StandForOneThing) {
  const auto none = [](OnnxBuilder&, OnnxNodeBuilder) {};
  EXPECT_EQ(failure_of(convolution(none).constant("w", {4, 3, 3, 3})),
            "test.onnx: initialiser \"w\" stands twice; the file is damaged");
  EXPECT_EQ(failure_of(convolution(none).input("x", {1, 3, 8, 8})),
            "test.onnx: input \"x\" stands twice; the file is damaged");
  EXPECT_EQ(failure_of(convolution(none).output("y")), "test.onnx: output \"y\" stands twice; the file is damaged");
  EXPECT_EQ(conv_failure([](OnnxBuilder& b, OnnxNodeBuilder) { b.node("Relu", {"x"}, {"w"}); }),
            "test.onnx: a node (Relu) computes \"w\", which is an initialiser, too; the file is damaged");
  EXPECT_EQ(conv_failure([](OnnxBuilder& b, OnnxNodeBuilder) { b.node("Relu", {"y"}, {"x"}); }),
            "test.onnx: a node (Relu) computes \"x\", which is an input, too; the file is damaged");
}

TEST(ImportNames, SparseAndPartialConstants) {
  OnnxBuilder sparse = convolution([](OnnxBuilder&, OnnxNodeBuilder) {});
  auto& graph = *sparse.proto.mutable_graph();
  *graph.add_sparse_initializer()->mutable_values() = graph.initializer(0);
  graph.clear_initializer();
  EXPECT_EQ(failure_of(sparse),
            "test.onnx: constant \"w\" is sparse; snug takes dense ones, export the model with them");
  OnnxBuilder segment = convolution([](OnnxBuilder&, OnnxNodeBuilder) {});
  segment.proto.mutable_graph()->mutable_initializer(0)->mutable_segment()->set_begin(0);
  EXPECT_EQ(failure_of(segment),
            "test.onnx: constant \"w\": it is a segment of a larger tensor; snug takes whole ones");
}

TEST(ImportOrder, NodesMayStandInAnyOrderButNotInACircle) {
  OnnxBuilder builder;
  builder.input("x", {1, 4}).output("y");
  builder.node("Sigmoid", {"a"}, {"y"}).named("second");
  builder.node("Relu", {"x"}, {"a"}).named("first");
  EXPECT_EQ(builder.graph().nodes[0].name, "first");
  builder.proto.mutable_graph()->mutable_node(1)->set_input(0, "y");
  EXPECT_EQ(failure_of(builder), "test.onnx: \"y\" depends on itself; the file is damaged");
}

TEST(ImportFunctions, OperatorsKeepTheirMeaning) {
  OnnxBuilder builder = convolution([](OnnxBuilder&, OnnxNodeBuilder) {});
  builder.proto.add_functions()->set_name("Conv");
  EXPECT_EQ(failure_of(builder),
            "test.onnx: redefines the operator Conv by a function; export the model with functions inlined");
}

static std::string declared_failure(const Dims& dims, int32_t type = onnx::TensorProto::FLOAT) {
  OnnxBuilder builder;
  builder.input("x", {2, 4}).input("y", dims).output("y");
  auto& graph = *builder.proto.mutable_graph();
  *graph.mutable_output(0) = graph.input(1);
  graph.mutable_input()->RemoveLast();
  graph.mutable_output(0)->mutable_type()->mutable_tensor_type()->set_elem_type(type);
  builder.node("Relu", {"x"}, {"y"});
  return failure_of(builder);
}

TEST(ImportOutputs, AreWhatTheModelDeclares) {
  EXPECT_EQ(declared_failure({2, 4}), "no failure");
  EXPECT_EQ(declared_failure({0, 0}), "no failure") << "dimensions without a number";
  EXPECT_EQ(declared_failure({1, 4}), "no failure") << "the batch";
  EXPECT_EQ(declared_failure({2, 5}),
            "test.onnx: output \"y\" is declared as 2x5, but the nodes give 2x4; the file is damaged");
  EXPECT_EQ(declared_failure({2, 4, 1}),
            "test.onnx: output \"y\" is declared as 2x4x1, but the nodes give 2x4; the file is damaged");
  EXPECT_EQ(declared_failure({2, 4}, onnx::TensorProto::INT64),
            "test.onnx: output \"y\" is declared as int64, but the nodes give float; the file is damaged");
}

TEST(ImportOperatorSet, IsOneThatSnugKnows) {
  const auto with = [](int64_t version) { return conv_failure([](OnnxBuilder&, OnnxNodeBuilder) {}, version); };
  EXPECT_EQ(with(1), "no failure");
  EXPECT_EQ(with(kNewestOperatorSet), "no failure");
  EXPECT_EQ(with(0), "test.onnx: uses version 0 of the operators of ai.onnx; snug takes 1 to 25");
  EXPECT_NE(with(-1).find("uses version -1"), std::string::npos);
  EXPECT_NE(with(kNewestOperatorSet + 1).find("uses version 26"), std::string::npos);
}

TEST(ImportFoldingBudget, IsForAllNodesTogether) {
  // A third of the budget each: three fit, and the fourth is refused before it takes memory.
  constexpr int64_t kThird = kFoldingBudgetBytes / 3 / 4;
  const auto with = [&](int count) {
    OnnxBuilder builder;
    builder.input("x", {1}).integers("many", {kThird}).integers("none", {0}).integers("one", {1}).output("y");
    for (int i = 0; i < count; ++i) {
      const std::string name = std::to_string(i);
      builder.node("ConstantOfShape", {"many"}, {"many" + name});
      builder.node("Slice", {"many" + name, "none", "one"}, {"k" + name});
      builder.node("Add", {i == 0 ? "x" : "y" + std::to_string(i - 1), "k" + name},
                   {i + 1 == count ? "y" : "y" + name});
    }
    return failure_of(builder);
  };
  EXPECT_NE(with(4).find("(ConstantOfShape): its constant output would be"), std::string::npos);
}

TEST(ImportNames, LongOnesAndManyTakeNoTime) {
  OnnxBuilder builder;
  constexpr int kNodes = 3000;
  const std::string name(70000, 'n');
  builder.input("x", {1, 4}).output(name);
  for (int i = 0; i < kNodes; ++i) {
    builder.node("Relu", {i == 0 ? "x" : std::to_string(i)}, {std::to_string(i + 1)}).named("same");
  }
  builder.node("Relu", {std::to_string(kNodes)}, {name}).named(name);
  const Graph graph = builder.graph();
  EXPECT_EQ(graph.nodes[kNodes - 1].name, "same_3000");
  EXPECT_NE(
      failure_of(builder, {.shapes = {}, .outputs = {std::string(70000, 'm')}}).find("is not computed by any node"),
      std::string::npos);
}

}  // namespace snug
