// Import of whole models: what is taken, what is folded, and every error.
#include "import/import.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <limits>
#include <random>

#include "base/error.h"
#include "graph/operator.h"
#include "onnx_builder.h"
#include "target/process.h"

namespace snug {

static std::string failure_of(const OnnxModel& model, const ImportOptions& options = {}) {
  try {
    import_onnx(model, options);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no failure";
}

static std::string failure_of(const OnnxBuilder& builder, const ImportOptions& options = {}) {
  return failure_of(builder.model(), options);
}

static OnnxBuilder small_model() {
  OnnxBuilder builder;
  builder.input("x", {1, 2, 4, 4}).constant("w", {3, 2, 3, 3}).constant("b", {3}).output("y");
  builder.node("Conv", {"x", "w", "b"}, {"c"}).named("conv").with_ints("pads", {1, 1, 1, 1});
  builder.node("Relu", {"c"}, {"r"});
  builder.node("MaxPool", {"r"}, {"p"}).with_ints("kernel_shape", {2, 2}).with_ints("strides", {2, 2});
  builder.node("Flatten", {"p"}, {"f"});
  builder.node("Softmax", {"f"}, {"y"});
  return builder;
}

TEST(Import, NodesKeepTheirNamesOrTakeTheirOutputs) {
  const Graph graph = small_model().graph();
  EXPECT_EQ(graph.name, "test");
  ASSERT_EQ(graph.nodes.size(), 5U);
  EXPECT_EQ(graph.nodes[0].name, "conv");
  EXPECT_EQ(graph.nodes[1].name, "r");
  EXPECT_EQ(output_dims(graph), (Dims{1, 12}));
}

TEST(Import, NamesAreMadeUnique) {
  OnnxBuilder builder;
  builder.input("x", {1, 4}).output("y");
  builder.node("Relu", {"x"}, {"a"}).named("same");
  builder.node("Relu", {"a"}, {"b"}).named("same");
  builder.node("Relu", {"b"}, {"y"}).named("same_2");
  const Graph graph = builder.graph();
  EXPECT_EQ(graph.nodes[0].name, "same");
  EXPECT_EQ(graph.nodes[1].name, "same_2");
  EXPECT_EQ(graph.nodes[2].name, "same_2_2");
}

TEST(Import, InitialisersMayBeListedAsInputs) {
  OnnxBuilder builder = small_model();
  builder.input("w", {3, 2, 3, 3});
  EXPECT_EQ(builder.graph().inputs.size(), 1U);
}

TEST(Import, OutputsCutTheGraphBeforeItIsJudged) {
  OnnxBuilder builder = small_model();
  builder.node("Einsum", {"y"}, {"z"}).with("equation", "ij->ji");
  builder.output("z").symbolic_input("unused", {"N", "M"});
  EXPECT_NE(failure_of(builder), "no failure");
  const Graph graph = builder.graph({.shapes = {}, .outputs = {"r", "c", "r"}});
  EXPECT_EQ(graph.nodes.size(), 2U);
  EXPECT_EQ(graph.inputs.size(), 1U);
  ASSERT_EQ(graph.outputs.size(), 2U);
  EXPECT_EQ(graph.tensor(graph.outputs[0]).name, "r");
}

TEST(Import, UnknownOutput) {
  EXPECT_EQ(failure_of(small_model(), {.shapes = {}, .outputs = {"x"}}),
            "test.onnx: output \"x\" is not computed by any node; did you mean \"c\"?");
}

TEST(Import, UnsupportedOperatorsInOneMessage) {
  OnnxBuilder builder = small_model();
  builder.node("Einsum", {"f"}, {"e"}).named("/attn/Einsum").with("equation", "bhid->bhj");
  builder.node("NonMaxSuppression", {"e"}, {"n"}).named("/NMS");
  builder.node("Fused", {"f"}, {"q"}).named("f").node->set_domain("com.example");
  builder.output("n").output("q");
  EXPECT_EQ(failure_of(builder),
            "test.onnx: 3 operators are not supported\n"
            "  node \"/attn/Einsum\"  Einsum             equation \"bhid->bhj\"\n"
            "  node \"/NMS\"          NonMaxSuppression\n"
            "  node \"f\"             Fused              of domain com.example\n"
            "  Cut the graph before them with --outputs f, or see: snug operators");
}

TEST(Import, UnsupportedOperatorAtTheInput) {
  OnnxBuilder builder;
  builder.input("x", {1, 4}).output("y");
  builder.node("Erf", {"x"}, {"y"});
  EXPECT_EQ(failure_of(builder), "test.onnx: 1 operator is not supported\n  node \"y\"  Erf\n  See: snug operators");
}

TEST(Import, ConstantNodesOfUnknownOperatorsAreReported) {
  OnnxBuilder builder = small_model();
  builder.constant("k", {3}).output("z");
  builder.node("Erf", {"k"}, {"e"});
  builder.node("Add", {"f", "e"}, {"z"});
  EXPECT_NE(failure_of(builder).find("node \"e\"  Erf"), std::string::npos);
}

static ImportOptions shapes(std::map<std::string, Dims> given) {
  return {.shapes = std::move(given), .outputs = {}};
}

static OnnxBuilder dynamic_model(const std::vector<std::string>& dims) {
  OnnxBuilder builder;
  builder.symbolic_input("data", dims).output("y");
  builder.node("Relu", {"data"}, {"y"});
  return builder;
}

TEST(Import, ADynamicBatchIsOne) {
  EXPECT_EQ(output_dims(dynamic_model({"N", "3", "8", "8"}).graph()), (Dims{1, 3, 8, 8}));
  OnnxBuilder unnamed;
  unnamed.input("data", {-1, 3}).output("y");
  unnamed.node("Relu", {"data"}, {"y"});
  EXPECT_EQ(output_dims(unnamed.graph()), (Dims{1, 3}));
}

TEST(Import, DynamicDimensionsAreNamedAndFixed) {
  const OnnxBuilder builder = dynamic_model({"N", "3", "height", "width"});
  EXPECT_EQ(failure_of(builder),
            "test.onnx: input \"data\" has dynamic dimensions: 0 (\"N\"), 2 (\"height\"), 3 (\"width\")\n"
            "  Fix them with --shape data=1x3xNxN, a number for each N");
  EXPECT_EQ(output_dims(builder.graph(shapes({{"data", {2, 3, 5, 6}}}))), (Dims{2, 3, 5, 6}));
  EXPECT_EQ(output_dims(builder.graph(shapes({{"height", {5}}, {"width", {6}}}))), (Dims{1, 3, 5, 6}));
}

TEST(Import, WrongShapeOptions) {
  const OnnxBuilder builder = dynamic_model({"N", "3", "height", "width"});
  EXPECT_EQ(failure_of(builder, shapes({{"dat", {1, 3, 5, 6}}})),
            "test.onnx: --shape dat: the model has no such input or dimension; did you mean data?");
  EXPECT_EQ(failure_of(builder, shapes({{"data", {1, 4, 5, 6}}})),
            "test.onnx: --shape data=1x4x5x6: the model fixes dimension 1 to 3");
  EXPECT_EQ(failure_of(builder, shapes({{"data", {1, 3}}})), "test.onnx: --shape data=1x3: the input has 4 dimensions");
  EXPECT_EQ(failure_of(builder, shapes({{"data", {1, 3, 0, 6}}})),
            "test.onnx: --shape data=1x3x0x6: dimensions are 1 or more");
  EXPECT_EQ(failure_of(builder, shapes({{"height", {5, 6}}})),
            "test.onnx: --shape height: a dimension takes one number, not 5x6");
}

TEST(Import, InputsOfOtherTypes) {
  OnnxBuilder builder = dynamic_model({"4"});
  builder.proto.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
      onnx::TensorProto::INT64);
  EXPECT_EQ(failure_of(builder),
            "test.onnx: input \"data\" holds int64; snug takes float inputs, export the model with them");
}

TEST(Import, FilesThatAreNotModels) {
  const std::string bytes = small_model().bytes();
  const auto failure = [](const std::string& content) {
    return failure_of({.file = "f", .bytes = content, .sha256 = {}});
  };
  EXPECT_EQ(failure(""), "f: is empty");
  EXPECT_EQ(failure("hello, this is a text\n"), "f: is not an ONNX model");
  EXPECT_EQ(failure(std::string(100, '\0')), "f: is not an ONNX model");
  EXPECT_EQ(failure(std::string("\x1c\0\0\0TFL3 and more", 18)),
            "f: is a TensorFlow Lite model; snug reads ONNX, convert it first");
  EXPECT_EQ(failure(bytes.substr(0, bytes.size() / 2)),
            "f: is truncated: the ONNX model goes on after the end of the file");
  EXPECT_EQ(failure(bytes.substr(0, 2)), "f: holds no graph: it is truncated or not an ONNX model");
  EXPECT_EQ(failure(bytes.substr(0, bytes.size() - 4)),
            "f: names no operator set: it is truncated or not a whole ONNX model");
}

TEST(Import, ModelsOfOtherDomains) {
  OnnxBuilder builder = small_model();
  builder.proto.mutable_opset_import(0)->set_domain("ai.onnx.ml");
  EXPECT_EQ(failure_of(builder), "test.onnx: uses the operators of ai.onnx.ml only; snug takes those of ai.onnx");
}

TEST(Import, DamagedGraphs) {
  OnnxBuilder missing = small_model();
  missing.proto.mutable_graph()->mutable_initializer()->DeleteSubrange(0, 1);
  EXPECT_EQ(failure_of(missing),
            "test.onnx: node \"conv\" reads \"w\", which no input, initialiser or node gives; the file is damaged");
  OnnxBuilder twice = small_model();
  twice.node("Relu", {"c"}, {"r"});
  EXPECT_EQ(failure_of(twice), "test.onnx: two nodes compute \"r\"; the file is damaged");
  OnnxBuilder short_values = small_model();
  short_values.proto.mutable_graph()->mutable_initializer(1)->add_dims(2);
  EXPECT_EQ(failure_of(short_values),
            "test.onnx: constant \"b\": it holds 3 values where 3x2 needs 6; the file is damaged");
  OnnxBuilder no_outputs = small_model();
  no_outputs.proto.mutable_graph()->clear_output();
  EXPECT_EQ(failure_of(no_outputs), "test.onnx: has no outputs: it is truncated or not a whole ONNX model");
}

TEST(Import, ConstantOutput) {
  OnnxBuilder builder = small_model();
  builder.node("Identity", {"b"}, {"k"});
  EXPECT_EQ(failure_of(builder.output("k")),
            "test.onnx: output \"k\" is constant: it does not depend on any input; name others with --outputs");
}

/// The bias of a small model as decoded from another element type.
static std::vector<float> bias_of(onnx::TensorProto::DataType type,
                                  const std::function<void(onnx::TensorProto&)>& fill) {
  OnnxBuilder builder;
  builder.input("x", {1, 2, 4, 4}).constant("w", {3, 2, 3, 3}).output("y");
  fill(builder.initializer("b", {3}, type));
  builder.node("Conv", {"x", "w", "b"}, {"y"});
  const Graph graph = builder.graph();
  return graph.tensor(graph.nodes[0].inputs[2]).constant->floats;
}

TEST(ImportConstants, OfEveryRealType) {
  EXPECT_EQ(bias_of(onnx::TensorProto::DOUBLE,
                    [](onnx::TensorProto& t) {
                      for (const double v : {1.5, -2.0, 0.25}) t.add_double_data(v);
                    }),
            (std::vector<float>{1.5f, -2, 0.25f}));
  // 1, the least subnormal, minus infinity: IEEE 754 binary16 patterns.
  const std::vector<float> halves = bias_of(onnx::TensorProto::FLOAT16, [](onnx::TensorProto& t) {
    for (const int bits : {0x3c00, 0x0001, 0xfc00}) t.add_int32_data(bits);
  });
  EXPECT_EQ(halves[0], 1);
  EXPECT_EQ(halves[1], 0x1p-24f);
  EXPECT_EQ(halves[2], -std::numeric_limits<float>::infinity());
  EXPECT_EQ(bias_of(onnx::TensorProto::FLOAT16,
                    [](onnx::TensorProto& t) { t.set_raw_data(std::string("\x00\x3c\x00\xc0\x00\x38", 6)); }),
            (std::vector<float>{1, -2, 0.5f}));
  EXPECT_EQ(bias_of(onnx::TensorProto::FLOAT,
                    [](onnx::TensorProto& t) { t.set_raw_data(std::string("\0\0\x80\x3f\0\0\0\x40\0\0\0\0", 12)); }),
            (std::vector<float>{1, 2, 0}));
}

TEST(ImportConstants, OtherTypesAreRefused) {
  OnnxBuilder builder;
  builder.input("x", {1, 4}).output("y");
  builder.initializer("k", {4}, onnx::TensorProto::INT8);
  builder.node("Add", {"x", "k"}, {"y"});
  EXPECT_EQ(
      failure_of(builder),
      "test.onnx: constant \"k\": it holds int8; snug takes float, double, float16, bfloat16, int32, int64 and bool");
}

TEST(ReadModel, KnowsItsSha256AndItsErrors) {
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "abc.onnx") << "abc";
  EXPECT_EQ(read_model(folder.path() / "abc.onnx").sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const auto failure = [](const std::filesystem::path& path) {
    try {
      read_model(path);
    } catch (const UserError& error) {
      return std::string(error.what());
    }
    return std::string("no failure");
  };
  EXPECT_EQ(failure("no/such.onnx"), "no/such.onnx: no such file");
  EXPECT_EQ(failure(folder.path()), folder.path().string() + ": is a folder, not an ONNX file");
}

/// The trained models; skips where they are not installed.
TEST(ImportData, EveryModelLoads) {
  const char* given = std::getenv("SNUG_SHARED_DATA");
  const std::filesystem::path data = given ? given : std::filesystem::path(SNUG_SOURCE_DIR) / "../shared/data";
  if (!std::filesystem::exists(data / "models")) GTEST_SKIP() << data << " is absent";
  int count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data / "models")) {
    if (entry.path().extension() != ".onnx") continue;
    const Graph graph = import_onnx(read_model(entry.path()));
    EXPECT_EQ(graph.inputs.size(), 1U) << entry.path();
    EXPECT_EQ(graph.outputs.size(), 1U) << entry.path();
    ++count;
  }
  EXPECT_GE(count, 8);
}

/// Imports, and forgives what a damaged file may be refused with.
static void import_or_refuse(const std::string& bytes) {
  try {
    import_onnx({.file = "fuzzed.onnx", .bytes = bytes, .sha256 = {}});
  } catch (const UserError&) {
    return;
  }
}

TEST(ImportFuzz, EveryTruncationIsRefusedOrTaken) {
  const std::string bytes = small_model().bytes();
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_THROW(import_onnx({.file = "f", .bytes = bytes.substr(0, length), .sha256 = {}}), UserError) << length;
  }
}

/// A model with as many kinds of attributes, constants and folds as fit.
static OnnxBuilder varied_model() {
  OnnxBuilder builder = small_model();
  builder.constant("k", {1, 3, 1, 1})
      .integers("axes", {2})
      .integers("shape", {0, -1})
      .integers("starts", {0})
      .integers("ends", {2});
  builder.node("Shape", {"r"}, {"s"});
  builder.node("Slice", {"s", "starts", "ends"}, {"batch_channels"});
  builder.node("Gather", {"s", "axes"}, {"height"}).with("axis", 0);
  builder.node("Mul", {"height", "height"}, {"area"});
  builder.node("Concat", {"batch_channels", "area"}, {"target"}).with("axis", 0);
  builder.node("Mul", {"r", "k"}, {"scaled"});
  builder.node("Reshape", {"scaled", "target"}, {"rows"});
  builder.node("Transpose", {"rows"}, {"turned"}).with_ints("perm", {0, 2, 1});
  builder.node("AveragePool", {"scaled"}, {"pooled"}).with_ints("kernel_shape", {2, 2}).with("auto_pad", "SAME_UPPER");
  builder.node("Concat", {"pooled", "scaled"}, {"both"}).with("axis", 1);
  builder.node("LRN", {"both"}, {"normal"}).with("size", 3).with("alpha", 0.1f);
  return builder.output("turned").output("normal");
}

TEST(ImportFold, ShapesOfTheGraphItself) {
  const Graph graph = varied_model().graph();
  EXPECT_EQ(graph.outputs.size(), 3U);
  EXPECT_EQ(output_dims(graph, 1), (Dims{1, 16, 3}));
  EXPECT_EQ(output_dims(graph, 2), (Dims{1, 6, 4, 4}));
  for (const Node& node : graph.nodes) EXPECT_NE(node.onnx_operator, "Shape");
}

TEST(ImportFuzz, ChangedBytesNeverCrash) {
  const std::string bytes = varied_model().bytes();
  constexpr uint32_t kSeed = 4711;
  std::mt19937 random(kSeed);
  for (int round = 0; round < 20000; ++round) {
    std::string changed = bytes;
    const uint32_t changes = 1 + random() % 4;
    for (uint32_t i = 0; i < changes; ++i) changed[random() % changed.size()] = static_cast<char>(random());
    SCOPED_TRACE("seed " + std::to_string(kSeed) + " round " + std::to_string(round));
    import_or_refuse(changed);
  }
}

/// The constant that a chain of foldable nodes ends in, added to the input so that it stays in the graph.
template <typename Build>
static Tensor folded(Dims dims, Build build, int64_t opset = 13) {
  OnnxBuilder builder(opset);
  dims.insert(dims.begin(), 1);
  builder.input("x", dims).output("y");
  build(builder);
  builder.node("Add", {"x", "k"}, {"y"});
  const Graph graph = builder.graph();
  EXPECT_EQ(graph.nodes.size(), 1U);
  return graph.tensor(graph.nodes.at(0).inputs.at(1));
}

TEST(ImportFold, DataMovement) {
  using Floats = std::vector<float>;
  const Floats six{1, 2, 3, 4, 5, 6};
  EXPECT_EQ(folded({3, 2},
                   [&](OnnxBuilder& b) {
                     b.constant("c", {2, 3}, six);
                     b.node("Transpose", {"c"}, {"k"});
                   })
                .constant->floats,
            (Floats{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(
      folded(
          {2, 2},
          [&](OnnxBuilder& b) {
            b.constant("c", {2, 3}, six).integers("s", {-1}).integers("e", {-9}).integers("a", {1}).integers("t", {-2});
            b.node("Slice", {"c", "s", "e", "a", "t"}, {"k"});
          })
          .constant->floats,
      (Floats{3, 1, 6, 4}));
  EXPECT_EQ(folded(
                {2, 1},
                [&](OnnxBuilder& b) {
                  b.constant("c", {2, 3}, six);
                  b.node("Slice", {"c"}, {"k"}).with_ints("axes", {1}).with_ints("starts", {1}).with_ints("ends", {2});
                },
                9)
                .constant->floats,
            (Floats{2, 5}));
  EXPECT_EQ(folded({2, 4},
                   [&](OnnxBuilder& b) {
                     b.constant("c", {2, 3}, six).constant("d", {2, 1}, {7, 8});
                     b.node("Concat", {"c", "d"}, {"k"}).with("axis", -1);
                   })
                .constant->floats,
            (Floats{1, 2, 3, 7, 4, 5, 6, 8}));
  EXPECT_EQ(folded({2, 2},
                   [&](OnnxBuilder& b) {
                     b.constant("c", {2, 3}, six).integers("i", {-1, 0});
                     b.node("Gather", {"c", "i"}, {"k"}).with("axis", 1);
                   })
                .constant->floats,
            (Floats{3, 1, 6, 4}));
  EXPECT_EQ(folded({2, 3},
                   [&](OnnxBuilder& b) {
                     b.constant("c", {2, 1}, {1, 2}).integers("s", {1, 3});
                     b.node("Expand", {"c", "s"}, {"k"});
                   })
                .constant->floats,
            (Floats{1, 1, 1, 2, 2, 2}));
}

TEST(ImportFold, Arithmetic) {
  using Floats = std::vector<float>;
  const Tensor range = folded({4}, [](OnnxBuilder& b) {
    b.constant("start", {}, {1.0f}).constant("limit", {}, {3.0f}).constant("delta", {}, {0.5f});
    b.node("Range", {"start", "limit", "delta"}, {"k"});
  });
  EXPECT_EQ(range.constant->floats, (Floats{1, 1.5f, 2, 2.5f}));
  const Tensor filled = folded({2, 3}, [](OnnxBuilder& b) {
    b.integers("s", {2, 3});
    b.node("ConstantOfShape", {"s"}, {"k"});
  });
  EXPECT_EQ(filled.constant->floats, Floats(6, 0));
  const Tensor cast = folded({2}, [](OnnxBuilder& b) {
    b.integers("a", {7, -7}).integers("b", {2});
    b.node("Div", {"a", "b"}, {"d"});
    b.node("Cast", {"d"}, {"k"}).with("to", static_cast<int>(onnx::TensorProto::FLOAT));
  });
  EXPECT_EQ(cast.constant->floats, (Floats{3, -3}));
  const Tensor rounded = folded({2, 2}, [](OnnxBuilder& b) {
    b.constant("a", {2, 1}, {1.5f, -1.5f}).constant("b", {2}, {0.25f, 1});
    b.node("Sub", {"a", "b"}, {"d"});
    b.node("Floor", {"d"}, {"k"});
  });
  EXPECT_EQ(rounded.constant->floats, (Floats{1, 0, -2, -3}));
}

TEST(ImportFold, FailuresNameTheNode) {
  OnnxBuilder builder;
  builder.input("x", {2}).integers("a", {1}).integers("b", {0}).output("y");
  builder.node("Div", {"a", "b"}, {"d"}).named("half");
  builder.node("Reshape", {"x", "d"}, {"y"});
  EXPECT_EQ(failure_of(builder), "test.onnx: node \"half\" (Div): a division by 0");
  OnnxBuilder huge;
  huge.input("x", {2}).integers("s", {1 << 20, 1 << 20}).output("y");
  huge.node("ConstantOfShape", {"s"}, {"c"}).named("fill");
  huge.node("Add", {"x", "c"}, {"y"});
  EXPECT_EQ(failure_of(huge),
            "test.onnx: node \"fill\" (ConstantOfShape): its constant output would be 1048576x1048576; snug takes up "
            "to 640.00 MiB of constants that nodes compute");
}

}  // namespace snug
