// Import, shape rule and lowering of every operator, across operator set versions.
#include <gtest/gtest.h>

#include "base/error.h"
#include "onnx_builder.h"
#include "ops/activation/activation.h"
#include "ops/batch_normalization/batch_normalization.h"
#include "ops/binary/binary.h"
#include "ops/concat/concat.h"
#include "ops/conv/conv.h"
#include "ops/gemm/gemm.h"
#include "ops/pad/pad.h"
#include "ops/pool/pool.h"
#include "ops/softmax/softmax.h"

namespace snug {

/// One node over one input "x" (and whatever `build` adds), output "y".
template <typename Build>
static Graph one_node(int64_t opset, const Dims& input, Build build) {
  OnnxBuilder builder(opset);
  builder.input("x", input).output("y");
  build(builder);
  return builder.graph();
}

template <typename Build>
static std::string failure(int64_t opset, const Dims& input, Build build) {
  try {
    one_node(opset, input, build);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no failure";
}

TEST(ConvImport, AsymmetricPadsDilationGroups) {
  const Graph graph = one_node(11, {2, 4, 9, 10}, [](OnnxBuilder& b) {
    b.constant("w", {8, 2, 3, 2}).constant("bias", {8});
    b.node("Conv", {"x", "w", "bias"}, {"y"})
        .with_ints("pads", {1, 0, 2, 3})
        .with_ints("dilations", {2, 3})
        .with_ints("strides", {2, 1})
        .with("group", 2);
  });
  EXPECT_EQ(output_dims(graph), (Dims{2, 8, 4, 10}));
  const Lowered result = lowered(graph);
  EXPECT_EQ(result.batch, 2);
  EXPECT_EQ(layer_text(result.calls.at(0).layer), "ic4ih9iw10oc8oh4ow10kh3kw2sy2sx1dy2dx3pt1g2");
}

TEST(ConvImport, AutoPad) {
  const auto conv = [](const char* mode) {
    const Graph graph = one_node(11, {1, 1, 5, 6}, [&](OnnxBuilder& b) {
      b.constant("w", {1, 1, 2, 3});
      b.node("Conv", {"x", "w"}, {"y"}).with("auto_pad", mode).with_ints("strides", {1, 2});
    });
    return std::pair{attributes<Conv>(graph.nodes[0]), output_dims(graph)};
  };
  const auto [upper, upper_dims] = conv("SAME_UPPER");
  EXPECT_EQ(upper_dims, (Dims{1, 1, 5, 3}));
  EXPECT_EQ(upper.pad_top, 0);
  EXPECT_EQ(upper.pad_bottom, 1);
  EXPECT_EQ(upper.pad_left, 0);
  EXPECT_EQ(upper.pad_right, 1);
  const auto [lower, lower_dims] = conv("SAME_LOWER");
  EXPECT_EQ(lower_dims, (Dims{1, 1, 5, 3}));
  EXPECT_EQ(lower.pad_top, 1);
  EXPECT_EQ(lower.pad_bottom, 0);
  EXPECT_EQ(conv("VALID").second, (Dims{1, 1, 4, 2}));
}

TEST(ConvImport, OneDimensionIsAMapOfHeightOne) {
  const Graph graph = one_node(11, {1, 3, 10}, [](OnnxBuilder& b) {
    b.constant("w", {4, 3, 3});
    b.node("Conv", {"x", "w"}, {"y"}).with_ints("pads", {1, 1}).with_ints("strides", {2});
  });
  EXPECT_EQ(output_dims(graph), (Dims{1, 4, 5}));
  EXPECT_EQ(layer_text(lowered(graph).calls[0].layer), "ic3ih1iw10oc4oh1ow5kh1kw3sy1sx2dy1dx1pl1g1");
}

TEST(ConvImport, Refusals) {
  const auto fail = [](const Dims& weights, auto set) {
    return failure(11, {1, 4, 5, 5}, [&](OnnxBuilder& b) {
      b.constant("w", weights);
      set(b.node("Conv", {"x", "w"}, {"y"}).named("c"));
    });
  };
  const auto nothing = [](OnnxNodeBuilder) {};
  EXPECT_EQ(fail({8, 3, 3, 3}, nothing),
            "test.onnx: node \"c\" (Conv): weights of 8x3x3x3 where an input of 4 channels in 1 groups needs 8x4x3x3");
  EXPECT_NE(fail({8, 4, 7, 3}, nothing).find("a kernel that spans 7 does not fit an extent of 5"), std::string::npos);
  EXPECT_NE(fail({8, 4, 3}, nothing).find("do not suit an input of 1x4x5x5"), std::string::npos);
  EXPECT_NE(fail({8, 4, 3, 3}, [](OnnxNodeBuilder n) { n.with("group", 3); }).find("3 groups do not divide"),
            std::string::npos);
  EXPECT_NE(fail({8, 4, 3, 3}, [](OnnxNodeBuilder n) { n.with_ints("strides", {0, 1}); }).find("strides holds 0"),
            std::string::npos);
  EXPECT_NE(fail({8, 4, 3, 3}, [](OnnxNodeBuilder n) { n.with_ints("pads", {-1, 0, 0, 0}); }).find("pads holds -1"),
            std::string::npos);
  EXPECT_NE(fail({8, 4, 3, 3}, [](OnnxNodeBuilder n) { n.with("auto_pad", "SAME"); }).find("auto_pad \"SAME\""),
            std::string::npos);
  EXPECT_NE(fail({8, 4, 3, 3}, [](OnnxNodeBuilder n) { n.with("strides", 2); }).find("is an integer, not integers"),
            std::string::npos);
  EXPECT_NE(failure(11, {1, 4, 5, 5},
                    [](OnnxBuilder& b) {
                      b.node("Relu", {"x"}, {"w"});
                      b.node("Conv", {"x", "w"}, {"y"});
                    })
                .find("its weights \"w\" is computed at run time"),
            std::string::npos);
}

static Activation activation(int64_t opset, const std::string& type, std::vector<std::string> inputs = {"x"},
                             std::vector<std::pair<std::string, float>> reals = {}) {
  const Graph graph = one_node(opset, {1, 4, 2, 2}, [&](OnnxBuilder& b) {
    b.constant("low", {}, {-1.0f}).constant("zero", {}, {0.0f}).constant("six", {}, {6.0f});
    const OnnxNodeBuilder node = b.node(type, inputs, {"y"});
    for (const auto& [name, value] : reals) node.with(name, value);
  });
  return attributes<Activation>(graph.nodes[0]);
}

TEST(ActivationImport, ClipOfEveryVersion) {
  EXPECT_EQ(activation(6, "Clip", {"x"}, {{"min", 0.0f}, {"max", 6.0f}}), (Activation{SNUG_CLIP, 0, 6}));
  EXPECT_EQ(activation(11, "Clip", {"x", "low", "six"}), (Activation{SNUG_CLIP, -1, 6}));
  EXPECT_EQ(activation(11, "Clip", {"x", "", "six"}).beta, 6);
  EXPECT_EQ(activation(11, "Clip", {"x", "zero"}), (Activation{SNUG_RELU, 0, 0}));
}

TEST(ActivationImport, Defaults) {
  EXPECT_EQ(activation(6, "LeakyRelu"), (Activation{SNUG_LEAKY_RELU, 0.01f, 0}));
  EXPECT_EQ(activation(6, "HardSigmoid"), (Activation{SNUG_HARD_SIGMOID, 0.2f, 0.5f}));
  EXPECT_EQ(activation(14, "HardSwish"), (Activation{SNUG_HARD_SWISH, 0, 0}));
  EXPECT_EQ(activation(6, "Sigmoid"), (Activation{SNUG_SIGMOID, 0, 0}));
}

static Graph pool(const std::string& type, const Dims& input, std::vector<std::pair<std::string, int64_t>> flags,
                  std::vector<int64_t> kernel, std::vector<int64_t> strides, std::vector<int64_t> pads) {
  return one_node(11, input, [&](OnnxBuilder& b) {
    const OnnxNodeBuilder node =
        b.node(type, {"x"}, {"y"}).with_ints("kernel_shape", kernel).with_ints("strides", strides);
    node.with_ints("pads", pads);
    for (const auto& [name, value] : flags) node.with(name, value);
  });
}

TEST(PoolImport, CeilModeNeverStartsAWindowInThePaddingBelow) {
  EXPECT_EQ(output_dims(pool("MaxPool", {1, 1, 112, 112}, {}, {3, 3}, {2, 2}, {0, 0, 0, 0})), (Dims{1, 1, 55, 55}));
  EXPECT_EQ(output_dims(pool("MaxPool", {1, 1, 112, 112}, {{"ceil_mode", 1}}, {3, 3}, {2, 2}, {0, 0, 0, 0})),
            (Dims{1, 1, 56, 56}));
  EXPECT_EQ(output_dims(pool("AveragePool", {1, 1, 2, 2}, {{"ceil_mode", 1}, {"count_include_pad", 1}}, {3, 3}, {3, 3},
                             {1, 1, 1, 1})),
            (Dims{1, 1, 1, 1}));
}

TEST(PoolImport, CountIncludePad) {
  const auto kind = [](const Graph& graph) { return attributes<Pool>(graph.nodes[0]).kind; };
  const std::vector<std::pair<std::string, int64_t>> including{{"count_include_pad", 1}};
  EXPECT_EQ(kind(pool("AveragePool", {1, 1, 6, 6}, {}, {3, 3}, {1, 1}, {1, 1, 1, 1})), SNUG_AVERAGE);
  EXPECT_EQ(kind(pool("AveragePool", {1, 1, 6, 6}, including, {3, 3}, {1, 1}, {1, 1, 1, 1})),
            SNUG_AVERAGE_INCLUDING_PADDING);
  EXPECT_EQ(kind(pool("AveragePool", {1, 1, 6, 6}, including, {3, 3}, {1, 1}, {0, 0, 0, 0})), SNUG_AVERAGE);
}

TEST(PoolImport, GlobalAndOneDimension) {
  const Graph global = one_node(1, {2, 8, 7, 5}, [](OnnxBuilder& b) { b.node("GlobalAveragePool", {"x"}, {"y"}); });
  EXPECT_EQ(output_dims(global), (Dims{2, 8, 1, 1}));
  EXPECT_EQ(layer_text(lowered(global).calls[0].layer), "ic8ih7iw5oc8oh1ow1kh7kw5sy1sx1dy1dx1k2");
  EXPECT_EQ(output_dims(pool("MaxPool", {1, 2, 9}, {}, {3}, {2}, {0, 0})), (Dims{1, 2, 4}));
}

TEST(PoolImport, Refusals) {
  EXPECT_THROW(pool("MaxPool", {1, 1, 4, 4}, {}, {2, 2}, {1, 1}, {2, 0, 0, 0}), UserError);
  EXPECT_THROW(
      pool("AveragePool", {1, 1, 6, 6}, {{"ceil_mode", 1}, {"count_include_pad", 1}}, {3, 3}, {3, 3}, {1, 1, 0, 0}),
      UserError);
  const std::string indices = failure(11, {1, 1, 4, 4}, [](OnnxBuilder& b) {
    b.node("MaxPool", {"x"}, {"p", "y"}).with_ints("kernel_shape", {2, 2}).named("pool");
  });
  EXPECT_EQ(indices,
            "test.onnx: node \"pool\" (MaxPool): its output \"y\" is used; snug computes the first output only");
}

TEST(BinaryImport, AConstantOperandComesSecond) {
  const Graph graph = one_node(13, {2, 4, 3, 3}, [](OnnxBuilder& b) {
    b.constant("c", {4, 1, 1});
    b.node("Mul", {"c", "x"}, {"y"});
  });
  const Call call = lowered(graph).calls[0];
  EXPECT_EQ(graph.nodes[0].inputs[0], graph.inputs[0]);
  EXPECT_EQ(call.other, -1);
  EXPECT_EQ(call.other_shape, (MapShape{4, 1, 1}));
  EXPECT_FALSE(call.other_per_image);
  EXPECT_EQ(layer_text(call.layer), "ic4ih3iw3oc4oh3ow3k5bc4bh1bw1");
}

TEST(BinaryImport, RunTimeOperandsOfLowerRankAreReshaped) {
  OnnxBuilder builder(13);
  builder.input("x", {4, 3, 3}).input("z", {2, 4, 3, 3}).output("y");
  builder.node("Add", {"x", "z"}, {"y"}).named("add");
  const Graph graph = builder.graph();
  ASSERT_EQ(graph.nodes.size(), 2U);
  EXPECT_EQ(graph.nodes[0].name, "add/reshape");
  const Call call = lowered(graph, 1).calls[0];
  EXPECT_EQ(output_dims(graph), (Dims{2, 4, 3, 3}));
  EXPECT_EQ(call.other, 1);
  EXPECT_FALSE(call.other_per_image);
}

TEST(BinaryImport, SumIsAChain) {
  OnnxBuilder builder(8);
  builder.input("a", {1, 4}).input("b", {1, 4}).input("c", {1, 4}).output("y");
  builder.node("Sum", {"a", "b", "c"}, {"y"}).named("sum");
  const Graph graph = builder.graph();
  ASSERT_EQ(graph.nodes.size(), 2U);
  EXPECT_EQ(graph.nodes[0].name, "sum/1");
  EXPECT_EQ(graph.nodes[1].name, "sum");
  EXPECT_EQ(graph.tensor(graph.outputs[0]).name, "y");
}

TEST(BinaryImport, OldBroadcastAxis) {
  const Graph graph = one_node(6, {1, 4, 3, 3}, [](OnnxBuilder& b) {
    b.constant("c", {4});
    b.node("Add", {"x", "c"}, {"y"}).with("broadcast", 1).with("axis", 1);
  });
  EXPECT_EQ(graph.tensor(graph.nodes[0].inputs[1]).dims, (Dims{1, 4, 1, 1}));
}

TEST(BinaryImport, Refusals) {
  const auto add = [](const Dims& other) {
    return failure(13, {2, 4, 1, 3}, [&](OnnxBuilder& b) {
      b.constant("c", other);
      b.node("Add", {"x", "c"}, {"y"});
    });
  };
  EXPECT_NE(add({5, 1, 1}).find("do not broadcast"), std::string::npos);
  EXPECT_NE(add({3, 3}).find("both broadcast, or a constant is the larger"), std::string::npos);
  EXPECT_NE(add({2, 4, 1, 3}).find("differs from image to image"), std::string::npos);
}

static Graph concat(const std::vector<Dims>& inputs, int64_t axis) {
  OnnxBuilder builder(13);
  std::vector<std::string> names;
  for (const Dims& dims : inputs) {
    names.push_back("x" + std::to_string(names.size()));
    builder.input(names.back(), dims);
  }
  builder.node("Concat", names, {"y"}).with("axis", axis);
  return builder.output("y").graph();
}

TEST(ConcatImport, ChannelsInEveryLayout) {
  const Graph graph = concat({{2, 3, 4, 5}, {2, 6, 4, 5}}, -3);
  const Lowered result = lowered(graph);
  EXPECT_EQ(output_dims(graph), (Dims{2, 9, 4, 5}));
  EXPECT_FALSE(result.row_major_only);
  ASSERT_EQ(result.calls.size(), 2U);
  EXPECT_EQ(layer_text(result.calls[1].layer), "ic6ih4iw5oc9oh4ow5co3");
  EXPECT_EQ(result.calls[1].input, 1);
}

TEST(ConcatImport, AnotherAxisIsReadAsChannels) {
  const Lowered result = lowered(concat({{2, 3, 4, 5}, {2, 3, 1, 5}}, 2));
  EXPECT_TRUE(result.row_major_only);
  EXPECT_EQ(result.batch, 6);
  EXPECT_EQ(layer_text(result.calls[1].layer), "ic1ih1iw5oc5oh1ow5co4");
  EXPECT_THROW(concat({{2, 3, 4, 5}, {2, 3, 4, 6}}, 1), UserError);
  EXPECT_THROW(concat({{2, 3}, {2, 3}}, 2), UserError);
}

static Graph softmax(int64_t opset, const Dims& dims, int64_t axis) {
  return one_node(opset, dims, [&](OnnxBuilder& b) { b.node("Softmax", {"x"}, {"y"}).with("axis", axis); });
}

TEST(SoftmaxImport, OverChannelsInEveryLayout) {
  const Lowered result = lowered(softmax(13, {2, 10, 3, 4}, 1));
  EXPECT_FALSE(result.row_major_only);
  EXPECT_EQ(result.batch, 2);
  EXPECT_EQ(layer_text(result.calls[0].layer), "ic10ih3iw4oc10oh3ow4");
  EXPECT_FALSE(lowered(softmax(11, {1, 1000, 1, 1}, 1)).row_major_only);
  EXPECT_FALSE(lowered(softmax(13, {2, 10}, -1)).row_major_only);
}

TEST(SoftmaxImport, BeforeVersion13OverAllThatFollows) {
  const Graph graph = softmax(11, {2, 10, 3, 4}, 1);
  EXPECT_TRUE(attributes<Softmax>(graph.nodes[0]).to_the_end);
  EXPECT_EQ(layer_text(lowered(graph).calls[0].layer), "ic120ih1iw1oc120oh1ow1");
  EXPECT_EQ(lowered(graph).batch, 2);
}

TEST(SoftmaxImport, AnotherAxisIsReadAsChannels) {
  const Lowered result = lowered(softmax(13, {2, 10, 3, 4}, 2));
  EXPECT_TRUE(result.row_major_only);
  EXPECT_EQ(result.batch, 20);
  EXPECT_EQ(layer_text(result.calls[0].layer), "ic3ih1iw4oc3oh1ow4");
}

TEST(LrnImport, KeepsItsNumbers) {
  const Graph graph = one_node(1, {1, 8, 3, 3}, [](OnnxBuilder& b) {
    b.node("LRN", {"x"}, {"y"}).with("size", 3).with("alpha", 0.001f).with("bias", 2.0f);
  });
  EXPECT_EQ(layer_text(lowered(graph).calls[0].layer), "ic8ih3iw3oc8oh3ow3ls3la0.001lb0.75lk2");
}

static Dims reshape(const Dims& dims, std::vector<int64_t> shape, int64_t allow_zero = 0) {
  const Graph graph = one_node(14, dims, [&](OnnxBuilder& b) {
    b.integers("shape", shape);
    b.node("Reshape", {"x", "shape"}, {"y"}).with("allowzero", allow_zero);
  });
  EXPECT_TRUE(lowered(graph).alias);
  return output_dims(graph);
}

TEST(ReshapeImport, ZeroCopiesAndMinusOneTakesTheRest) {
  EXPECT_EQ(reshape({2, 3, 4}, {0, -1}), (Dims{2, 12}));
  EXPECT_EQ(reshape({2, 3, 4}, {4, 6}), (Dims{4, 6}));
  EXPECT_THROW(reshape({2, 3, 4}, {5, -1}), UserError);
  EXPECT_THROW(reshape({2, 3, 4}, {-1, -1}), UserError);
  EXPECT_THROW(reshape({2, 3, 4}, {2, 3, 4, 0}), UserError);
  EXPECT_THROW(reshape({2, 3, 4}, {0, 12}, 1), UserError);
}

TEST(ReshapeImport, FlattenSqueezeUnsqueezeOfEveryVersion) {
  const auto dims = [](int64_t opset, const Dims& input, auto build) {
    return output_dims(one_node(opset, input, build));
  };
  EXPECT_EQ(dims(9, {2, 3, 4}, [](OnnxBuilder& b) { b.node("Flatten", {"x"}, {"y"}).with("axis", 2); }), (Dims{6, 4}));
  EXPECT_EQ(dims(11, {2, 3, 4}, [](OnnxBuilder& b) { b.node("Flatten", {"x"}, {"y"}).with("axis", 0); }),
            (Dims{1, 24}));
  EXPECT_EQ(dims(11, {2, 3, 4}, [](OnnxBuilder& b) { b.node("Flatten", {"x"}, {"y"}).with("axis", -1); }),
            (Dims{6, 4}));
  EXPECT_EQ(dims(11, {1, 3, 1, 1}, [](OnnxBuilder& b) { b.node("Squeeze", {"x"}, {"y"}).with_ints("axes", {2, -1}); }),
            (Dims{1, 3}));
  EXPECT_EQ(dims(13, {1, 3, 1, 1}, [](OnnxBuilder& b) { b.node("Squeeze", {"x"}, {"y"}); }), (Dims{3}));
  EXPECT_EQ(dims(13, {2, 3},
                 [](OnnxBuilder& b) {
                   b.integers("axes", {0, -1});
                   b.node("Unsqueeze", {"x", "axes"}, {"y"});
                 }),
            (Dims{1, 2, 3, 1}));
  EXPECT_EQ(dims(1, {2, 3}, [](OnnxBuilder& b) { b.node("Unsqueeze", {"x"}, {"y"}).with_ints("axes", {2, 3}); }),
            (Dims{2, 3, 1, 1}));
  EXPECT_NE(failure(13, {2, 3},
                    [](OnnxBuilder& b) {
                      b.integers("axes", {1});
                      b.node("Squeeze", {"x", "axes"}, {"y"});
                    })
                .find("dimension 1 of 2x3 is not 1"),
            std::string::npos);
}

static Lowered transpose(const Dims& dims, const std::vector<int64_t>& permutation) {
  return lowered(
      one_node(13, dims, [&](OnnxBuilder& b) { b.node("Transpose", {"x"}, {"y"}).with_ints("perm", permutation); }));
}

TEST(TransposeImport, MergesWhatStaysTogether) {
  const Lowered to_nhwc = transpose({2, 3, 4, 5}, {0, 2, 3, 1});
  EXPECT_EQ(to_nhwc.batch, 2);
  EXPECT_EQ(to_nhwc.calls[0].layer.kind, SNUG_PERMUTE_WHC);
  EXPECT_EQ(input_shape(to_nhwc.calls[0].layer), (MapShape{3, 1, 20}));
  EXPECT_EQ(output_shape(to_nhwc.calls[0].layer), (MapShape{20, 1, 3}));
  const Lowered shuffle = transpose({1, 2, 8, 7, 7}, {0, 2, 1, 3, 4});
  EXPECT_EQ(shuffle.calls[0].layer.kind, SNUG_PERMUTE_HCW);
  EXPECT_EQ(input_shape(shuffle.calls[0].layer), (MapShape{2, 8, 49}));
  const Lowered reversed = transpose({3, 4, 5}, {2, 1, 0});
  EXPECT_EQ(reversed.calls[0].layer.kind, SNUG_PERMUTE_WHC);
  EXPECT_TRUE(transpose({1, 3, 1, 5}, {1, 0, 3, 2}).alias);
  EXPECT_TRUE(transpose({3, 4}, {0, 1}).alias);
  EXPECT_TRUE(shuffle.row_major_only);
}

TEST(TransposeImport, Refusals) {
  EXPECT_THROW(transpose({2, 3, 4, 5}, {3, 2, 1, 0}), UserError);
  EXPECT_THROW(transpose({2, 3}, {0, 0}), UserError);
  EXPECT_THROW(transpose({2, 3}, {0}), UserError);
}

TEST(PadImport, OfEveryVersion) {
  const auto attributes_of = [](int64_t opset, auto build) {
    const Graph graph = one_node(opset, {1, 2, 3, 4}, build);
    EXPECT_EQ(output_dims(graph), (Dims{1, 2, 4, 9}));
    EXPECT_EQ(layer_text(lowered(graph).calls[0].layer), "ic2ih3iw4oc2oh4ow9pt1pl2pv1.5");
    return attributes<Pad>(graph.nodes[0]);
  };
  const std::vector<int64_t> pads{0, 0, 1, 2, 0, 0, 0, 3};
  attributes_of(2, [&](OnnxBuilder& b) { b.node("Pad", {"x"}, {"y"}).with_ints("pads", pads).with("value", 1.5f); });
  attributes_of(11, [&](OnnxBuilder& b) {
    b.integers("pads", pads).constant("value", {}, {1.5f});
    b.node("Pad", {"x", "pads", "value"}, {"y"});
  });
  const Pad pad = attributes_of(18, [&](OnnxBuilder& b) {
    b.integers("pads", {2, 1, 3, 0}).constant("value", {}, {1.5f}).integers("axes", {-1, 2});
    b.node("Pad", {"x", "pads", "value", "axes"}, {"y"});
  });
  EXPECT_EQ(pad.before, (std::vector<int64_t>{0, 0, 1, 2}));
}

TEST(PadImport, ChannelsAreReadAsRows) {
  const auto pad = [](const Dims& dims, const std::vector<int64_t>& pads) {
    return one_node(11, dims, [&](OnnxBuilder& b) {
      b.integers("pads", pads);
      b.node("Pad", {"x", "pads"}, {"y"});
    });
  };
  const Lowered channels = lowered(pad({1, 2, 3, 4}, {0, 1, 0, 0, 0, 2, 0, 0}));
  EXPECT_TRUE(channels.row_major_only);
  EXPECT_EQ(layer_text(channels.calls[0].layer), "ic1ih1iw24oc1oh1ow60pl12");
  const Lowered matrix = lowered(pad({2, 3}, {1, 1, 0, 2}));
  EXPECT_EQ(layer_text(matrix.calls[0].layer), "ic1ih2iw3oc1oh3ow6pt1pl1");
  EXPECT_THROW(pad({1, 2, 3, 4}, {0, 1, 1, 1, 0, 0, 0, 0}), UserError);
  EXPECT_THROW(pad({1, 2, 3, 4}, {0, 0, -1, 0, 0, 0, 0, 0}), UserError);
}

TEST(GemmImport, BiasesAndTransposes) {
  const auto gemm = [](const Dims& bias, int64_t transpose_a) {
    return one_node(13, {2, 3}, [&](OnnxBuilder& b) {
      b.constant("w", {4, transpose_a != 0 ? 2 : 3}).constant("c", bias);
      b.node("Gemm", {"x", "w", "c"}, {"y"}).with("transB", 1).with("transA", transpose_a).named("fc");
    });
  };
  EXPECT_EQ(output_dims(gemm({4}, 0)), (Dims{2, 4}));
  const Graph scalar = gemm({1}, 0);
  EXPECT_EQ(scalar.tensor(scalar.nodes[0].inputs[2]).dims, (Dims{4}));
  const Graph transposed = gemm({1, 4}, 1);
  EXPECT_EQ(output_dims(transposed), (Dims{3, 4}));
  EXPECT_EQ(transposed.nodes[0].name, "fc/transpose");
  EXPECT_THROW(gemm({2, 4}, 0), UserError);
}

TEST(GemmImport, MatMulTakesRowsOfAnyRank) {
  const auto matmul = [](const Dims& a, const Dims& b_dims) {
    return output_dims(one_node(13, a, [&](OnnxBuilder& b) {
      b.constant("w", b_dims);
      b.node("MatMul", {"x", "w"}, {"y"});
    }));
  };
  EXPECT_EQ(matmul({2, 3}, {3, 5}), (Dims{2, 5}));
  EXPECT_EQ(matmul({2, 7, 3}, {3, 5}), (Dims{2, 7, 5}));
  EXPECT_EQ(matmul({3}, {3, 5}), (Dims{5}));
  EXPECT_EQ(matmul({2, 3}, {3}), (Dims{2}));
  EXPECT_THROW(matmul({2, 3}, {4, 5}), UserError);
  EXPECT_THROW(matmul({2, 2, 3}, {2, 3, 5}), UserError);
}

TEST(BatchNormalizationImport, AtInferenceOnly) {
  const auto normalization = [](int64_t opset, const std::string& flag, int64_t value,
                                const std::vector<std::string>& outputs = {"y"}) {
    return failure(opset, {1, 4, 2, 2}, [&](OnnxBuilder& b) {
      for (const char* name : {"s", "b", "m", "v"}) b.constant(name, {4});
      b.node("BatchNormalization", {"x", "s", "b", "m", "v"}, outputs).with(flag, value);
    });
  };
  const char* const kInTraining = "export the model for inference";
  EXPECT_EQ(normalization(9, "spatial", 1), "no failure");
  EXPECT_NE(normalization(7, "spatial", 0).find("spatial = 0"), std::string::npos);
  EXPECT_NE(normalization(14, "training_mode", 1).find(kInTraining), std::string::npos);
  EXPECT_NE(normalization(9, "spatial", 1, {"y", "mean"}).find(kInTraining), std::string::npos);
  EXPECT_EQ(normalization(9, "spatial", 1, {"y", ""}), "no failure");
  EXPECT_NE(normalization(6, "is_test", 0).find(kInTraining), std::string::npos);
  EXPECT_EQ(normalization(6, "is_test", 1), "no failure");
}

TEST(DropoutImport, IsAnIdentity) {
  const Graph graph =
      one_node(7, {1, 4}, [](OnnxBuilder& b) { b.node("Dropout", {"x"}, {"y", "mask"}).with("ratio", 0.5f); });
  EXPECT_TRUE(lowered(graph).alias);
}

}  // namespace snug
