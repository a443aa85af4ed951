#include "graph/graph.h"

#include <gtest/gtest.h>

#include <limits>

#include "graph/operator.h"
#include "onnx_builder.h"
#include "ops/activation/activation.h"

namespace snug {

static Graph two_branches() {
  OnnxBuilder builder;
  builder.input("x", {1, 4, 6, 6}).constant("w", {8, 4, 3, 3});
  builder.node("Conv", {"x", "w"}, {"a"});
  builder.node("Relu", {"a"}, {"b"});
  builder.node("Add", {"a", "b"}, {"y"});
  return builder.output("y").graph();
}

TEST(Dims, CountAndText) {
  EXPECT_EQ(element_count({}), 1);
  EXPECT_EQ(element_count({2, 3, 4}), 24);
  EXPECT_EQ(element_count({int64_t{1} << 40, int64_t{1} << 40}), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(text(Dims{1, 3, 224, 224}), "1x3x224x224");
}

TEST(Dims, AsImages) {
  EXPECT_EQ(images({7}).map, (MapShape{7, 1, 1}));
  EXPECT_EQ(images({2, 7}).batch, 2);
  EXPECT_EQ(images({2, 7, 5}).map, (MapShape{7, 1, 5}));
  EXPECT_EQ(images({2, 7, 3, 4, 5}).map, (MapShape{7, 12, 5}));
}

TEST(Graph, KnowsWhoReadsAndWrites) {
  const Graph graph = two_branches();
  const TensorId a = graph.nodes[0].output;
  EXPECT_EQ(consumers(graph)[static_cast<size_t>(a)], (std::vector<int>{1, 2}));
  EXPECT_EQ(producers(graph)[static_cast<size_t>(a)], 0);
  EXPECT_EQ(producers(graph)[static_cast<size_t>(graph.inputs[0])], -1);
  EXPECT_EQ(data_inputs(graph, graph.nodes[0]), (std::vector<TensorId>{graph.inputs[0]}));
}

TEST(Graph, ATensorReadTwiceIsOneConsumerAndTwoInputs) {
  OnnxBuilder builder;
  builder.input("x", {1, 4, 2, 2});
  builder.node("Add", {"x", "x"}, {"y"});
  const Graph graph = builder.output("y").graph();
  EXPECT_EQ(data_inputs(graph, graph.nodes[0]).size(), 2U);
  EXPECT_EQ(consumers(graph)[static_cast<size_t>(graph.inputs[0])].size(), 1U);
}

TEST(Graph, WithoutUnusedDropsNodesThatNoOutputNeeds) {
  Graph graph = two_branches();
  graph.outputs = {graph.nodes[0].output};
  const Graph smaller = verified(without_unused(graph));
  EXPECT_EQ(smaller.nodes.size(), 1U);
  EXPECT_EQ(smaller.tensors.size(), 3U);
  EXPECT_EQ(smaller.tensor(smaller.outputs[0]).name, "a");
}

TEST(Graph, TextHasALinePerNode) {
  EXPECT_EQ(text(two_branches()),
            "graph test\n"
            "input x 1x4x6x6\n"
            "a: Conv kernel 3x3, stride 1x1 (x 1x4x6x6, constant w 8x4x3x3, -, -) -> a 1x8x4x4\n"
            "b: Relu ReLU (a 1x8x4x4) -> b 1x8x4x4\n"
            "y: Add sum (a 1x8x4x4, b 1x8x4x4) -> y 1x8x4x4\n"
            "output y 1x8x4x4\n");
}

TEST(VerifyDeathTest, WrongShape) {
  Graph graph = two_branches();
  graph.tensor(graph.nodes[1].output).dims = {1, 8, 4, 5};
  EXPECT_DEATH(verified(graph), "by its rule 1x8x4x4");
}

TEST(VerifyDeathTest, OrderOfNodes) {
  Graph graph = two_branches();
  std::swap(graph.nodes[0], graph.nodes[1]);
  EXPECT_DEATH(verified(graph), "b reads a");
}

TEST(VerifyDeathTest, NamesAreUnique) {
  Graph graph = two_branches();
  graph.nodes[1].name = "a";
  EXPECT_DEATH(verified(graph), "node name \"a\"");
}

TEST(VerifyDeathTest, WrittenTwice) {
  Graph graph = two_branches();
  graph.nodes[1].output = graph.nodes[0].output;
  EXPECT_DEATH(verified(graph), "written twice");
}

}  // namespace snug
