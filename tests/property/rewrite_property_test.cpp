// On random networks the rewrites change nothing that the oracle can see. Weights and statistics are small dyadic
// numbers, so that folding them is exact in float32 and the bound can be tight.
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "contract/random.h"
#include "evaluate.h"
#include "onnx_builder.h"
#include "ops/batch_normalization/batch_normalization.h"
#include "ops/gemm/gemm.h"
#include "rewrite/rewrite.h"

namespace snug {
namespace {

/// A network that grows at its end; any earlier tensor may be read again.
class RandomNetwork {
 public:
  explicit RandomNetwork(uint64_t seed) : random_(seed) {
    const Dims dims{random_.integer(1, 2), random_.integer(1, 3), random_.integer(4, 7), random_.integer(4, 7)};
    model_.input("x", dims);
    tensors_.push_back({"x", dims});
    for (int32_t left = random_.integer(3, 14); left > 0; --left) add_layer();
    if (random_.chance(50)) add_head();
    model_.output(tensors_.back().name);
    if (tensors_.size() > 2 && random_.chance(30)) model_.output(tensors_[tensors_.size() / 2].name);
  }

  Graph graph() { return model_.graph(); }

 private:
  struct Map {
    std::string name;
    Dims dims;
  };

  /// The last tensor most of the time: chains are what rewrites look for.
  Map any_map() {
    if (random_.chance(75)) return tensors_.back();
    return tensors_[static_cast<size_t>(random_.integer(0, static_cast<int32_t>(tensors_.size()) - 1))];
  }

  std::string constant(const Dims& dims, int32_t least, int32_t most, float unit, float offset = 0) {
    std::vector<float> values;
    for (int64_t i = 0; i < element_count(dims); ++i) {
      values.push_back(offset + unit * static_cast<float>(random_.integer(least, most)));
    }
    const std::string name = "c" + std::to_string(++constants_);
    model_.constant(name, dims, values);
    return name;
  }

  OnnxNodeBuilder node(const std::string& type, const std::vector<std::string>& inputs, const Dims& dims) {
    tensors_.push_back({"t" + std::to_string(tensors_.size()), dims});
    return model_.node(type, inputs, {tensors_.back().name});
  }

  void add_layer() {
    switch (random_.integer(0, 10)) {
      case 0:
      case 1:
      case 2:
        return add_conv(any_map());
      case 3:
        return add_normalization(any_map());
      case 4:
      case 5:
        return add_sum();
      case 6:
        return add_pad(any_map());
      case 7:
        return add_nothing(any_map());
      case 8:
        return add_constant_operand(any_map());
      default:
        return add_activation(any_map());
    }
  }

  void add_conv(const Map& map) {
    const int64_t kernel = random_.one_of<int64_t>({1, 1, 3}), channels = map.dims[1];
    const bool depthwise = random_.chance(25);
    const int64_t outputs = depthwise || random_.chance(60) ? channels : random_.integer(1, 4);
    std::vector<std::string> inputs{map.name};
    inputs.push_back(constant({outputs, depthwise ? 1 : channels, kernel, kernel}, -2, 2, 0.5F));
    if (random_.chance(50)) inputs.push_back(constant({outputs}, -4, 4, 0.25F));
    node("Conv", inputs, {map.dims[0], outputs, map.dims[2], map.dims[3]})
        .with("auto_pad", "SAME_UPPER")
        .with("group", depthwise ? channels : 1);
  }

  void add_normalization(const Map& map) {
    const Dims channels{map.dims[1]};
    const std::string scale = constant(channels, 1, 3, 0.5F), shift = constant(channels, -4, 4, 0.25F);
    const std::string mean = constant(channels, -4, 4, 0.25F);
    // Variance and epsilon add up to 1 or 4.
    const std::string variance = constant(channels, 0, 1, 3, 0.75F);
    node("BatchNormalization", {map.name, scale, shift, mean, variance}, map.dims).with("epsilon", 0.25F);
  }

  void add_sum() {
    const Map a = tensors_.back(), b = any_map();
    if (a.dims != b.dims) return add_activation(a);
    node(random_.chance(80) ? "Add" : "Mul", {b.name, a.name}, a.dims);
  }

  void add_constant_operand(const Map& map) {
    const Dims dims = random_.one_of<Dims>({{map.dims[1], 1, 1}, {}, {1, map.dims[1], 1, 1}, {map.dims[3]}});
    const std::string operand = constant(dims, -2, 4, 0.5F);
    node(random_.one_of({"Add", "Mul"}), {map.name, operand}, map.dims);
  }

  void add_pad(const Map& map) {
    std::vector<int64_t> pads(8, 0);
    for (const size_t place : {size_t{2}, size_t{3}, size_t{6}, size_t{7}}) pads[place] = random_.integer(0, 2);
    const std::string name = "c" + std::to_string(++constants_);
    model_.integers(name, pads);
    const std::string value = constant({}, 0, random_.chance(30) ? 1 : 0, 1);
    node("Pad", {map.name, name, value},
         {map.dims[0], map.dims[1], map.dims[2] + pads[2] + pads[6], map.dims[3] + pads[3] + pads[7]});
    if (random_.chance(70)) add_conv(tensors_.back());
  }

  void add_nothing(const Map& map) {
    if (random_.chance(50)) {
      node(random_.one_of({"Identity", "Dropout"}), {map.name}, map.dims);
    } else {
      node("Transpose", {map.name}, map.dims).with_ints("perm", {0, 1, 2, 3});
    }
  }

  void add_activation(const Map& map) {
    node(random_.one_of({"Relu", "LeakyRelu", "Sigmoid", "HardSigmoid", "HardSwish"}), {map.name}, map.dims);
  }

  void add_head() {
    const Map map = tensors_.back();
    const int64_t length = map.dims[1] * map.dims[2] * map.dims[3];
    node("Flatten", {map.name}, {map.dims[0], length});
    const bool transposed = random_.chance(50);
    const std::string weights = constant(transposed ? Dims{3, length} : Dims{length, 3}, -2, 2, 0.5F);
    const std::string bias = constant({3}, -4, 4, 0.25F);
    node("Gemm", {tensors_.back().name, weights, bias}, {map.dims[0], 3})
        .with("transB", transposed ? 1 : 0)
        .with("alpha", random_.one_of({1.0F, 0.5F}))
        .with("beta", random_.one_of({1.0F, 2.0F}));
    if (random_.chance(50)) node("Relu", {tensors_.back().name}, {map.dims[0], 3});
  }

  Random random_;
  OnnxBuilder model_{14};
  std::vector<Map> tensors_;
  int constants_ = 0;
};

std::vector<std::vector<double>> random_inputs(const Graph& graph, uint64_t seed) {
  Random random(seed);
  std::vector<std::vector<double>> inputs;
  for (const TensorId id : graph.inputs) {
    std::vector<double> values(static_cast<size_t>(element_count(graph.tensor(id).dims)));
    for (double& value : values) value = static_cast<double>(random.real(-1, 1));
    inputs.push_back(std::move(values));
  }
  return inputs;
}

std::vector<std::string> output_names(const Graph& graph) {
  std::vector<std::string> names;
  for (const TensorId id : graph.outputs) names.push_back(graph.tensor(id).name);
  return names;
}

void expect_same_answers(const Graph& before, const Graph& after, uint64_t seed) {
  EXPECT_EQ(output_names(after), output_names(before));
  const auto expected = evaluate(before, random_inputs(before, seed));
  const auto values = evaluate(after, random_inputs(before, seed));
  ASSERT_EQ(values.size(), expected.size());
  for (size_t i = 0; i < values.size(); ++i) EXPECT_LE(relative_difference(values[i], expected[i]), 1e-9);
}

TEST(RewriteProperty, EveryRewriteKeepsTheAnswers) {
  constexpr std::pair<const char*, Graph (*)(Graph)> kRewrites[] = {
      {"drop_identities", drop_identities},
      {"gemm_to_conv", gemm_to_conv},
      {"fold_batch_normalization", fold_batch_normalization},
      {"fold_constant_binary", fold_constant_binary},
      {"fold_pad", fold_pad},
      {"fuse_residual_add", fuse_residual_add},
      {"fuse_activation", fuse_activation},
      {"rewrite", rewrite},
  };
  for (uint64_t seed = 1; seed <= 200 && !HasFailure(); ++seed) {
    const Graph graph = RandomNetwork(seed).graph();
    for (const auto& [name, rewritten] : kRewrites) {
      SCOPED_TRACE(std::string(name) + ", seed " + std::to_string(seed) + "\n" + text(graph));
      expect_same_answers(graph, verified(rewritten(graph)), seed);
    }
  }
}

TEST(RewriteProperty, TheRewritesDoSomething) {
  std::string fused;
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    for (const Node& node : rewrite(RandomNetwork(seed).graph()).nodes) {
      fused += node.onnx_operator + "\n";
      EXPECT_NE(node.op, &gemm_operator) << node.name;
      EXPECT_NE(node.op, &batch_normalization_operator) << node.name;
    }
  }
  for (const char* expected : {"Pad+Conv", "Conv+BatchNormalization", "Conv+Add", "Conv+Add+", "Conv+Sigmoid",
                               "Conv+Mul", "Gemm+Relu", "\nAdd+"}) {
    EXPECT_NE(fused.find(expected), std::string::npos) << expected << " never came about";
  }
}

}  // namespace
}  // namespace snug
