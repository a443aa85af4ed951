// The layers of OnnxWriter as ONNX nodes of operator set 13.
#include "zoo/onnx_writer.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "base/error.h"
#include "zoo/random.h"

namespace snug {
namespace {

constexpr double kBiasDeviation = 0.01;
constexpr double kNormalizationDeviation = 0.05;

/// Weights are called after their node without the leading slash, which has no meaning for them.
std::string weight_name(std::string_view node_name, std::string_view suffix) {
  if (node_name.starts_with('/')) node_name.remove_prefix(1);
  return std::string(node_name) + std::string(suffix);
}

void set_ints(onnx::NodeProto& node, const char* name, std::initializer_list<int64_t> values) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INTS);
  for (const int64_t value : values) attribute.add_ints(value);
}

void set_int(onnx::NodeProto& node, const char* name, int64_t value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::INT);
  attribute.set_i(value);
}

void set_float(onnx::NodeProto& node, const char* name, double value) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::AttributeProto::FLOAT);
  attribute.set_f(static_cast<float>(value));
}

void set_window(onnx::NodeProto& node, int64_t kernel, int64_t stride, int64_t pad) {
  set_ints(node, "kernel_shape", {kernel, kernel});
  set_ints(node, "strides", {stride, stride});
  set_ints(node, "pads", {pad, pad, pad, pad});
}

int64_t windows(int64_t extent, int64_t kernel, int64_t stride, int64_t pad, bool ceil) {
  const int64_t span = extent + 2 * pad - kernel;
  CHECK(span >= 0);
  return (span + (ceil ? stride - 1 : 0)) / stride + 1;
}

void describe(onnx::ValueInfoProto& value, std::string_view name, std::initializer_list<int64_t> dims) {
  value.set_name(std::string(name));
  onnx::TypeProto_Tensor& type = *value.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  for (const int64_t dim : dims) type.mutable_shape()->add_dim()->set_dim_value(dim);
}

double he_deviation(int64_t fan_in) {
  return std::sqrt(2.0 / static_cast<double>(fan_in));
}

}  // namespace

void draw_weights(ZooModel& model, uint64_t seed) {
  for (const WeightDraw& draw : model.draws) {
    onnx::TensorProto& tensor = *model.proto.mutable_graph()->mutable_initializer(draw.initializer);
    const int64_t count = std::accumulate(tensor.dims().begin(), tensor.dims().end(), int64_t{1}, std::multiplies<>());
    std::string& bytes = *tensor.mutable_raw_data();
    bytes.resize(static_cast<size_t>(count) * sizeof(float));
    fill_normal(bytes, random_stream(seed, tensor.name()), draw.mean, draw.standard_deviation);
  }
}

OnnxWriter::OnnxWriter(std::string_view model_name) {
  model_.proto.set_ir_version(7);
  model_.proto.set_producer_name("snug");
  onnx::OperatorSetIdProto& operators = *model_.proto.add_opset_import();
  operators.set_domain("");
  operators.set_version(13);
  model_.proto.mutable_graph()->set_name(std::string(model_name));
}

onnx::NodeProto& OnnxWriter::add_node(std::string_view op, std::string_view name,
                                      const std::vector<std::string>& inputs) {
  onnx::NodeProto& node = *model_.proto.mutable_graph()->add_node();
  node.set_op_type(std::string(op));
  node.set_name(std::string(name));
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(std::string(name));
  return node;
}

std::string OnnxWriter::add_weight(const std::string& name, const std::vector<int64_t>& dims, double mean,
                                   double standard_deviation) {
  onnx::GraphProto& graph = *model_.proto.mutable_graph();
  model_.draws.push_back({graph.initializer_size(), mean, standard_deviation});
  onnx::TensorProto& tensor = *graph.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  for (const int64_t dim : dims) tensor.add_dims(dim);
  return name;
}

std::string OnnxWriter::scalar(const std::string& name, float value) {
  onnx::GraphProto& graph = *model_.proto.mutable_graph();
  const bool known = std::any_of(graph.initializer().begin(), graph.initializer().end(),
                                 [&](const onnx::TensorProto& tensor) { return tensor.name() == name; });
  if (!known) {
    onnx::TensorProto& tensor = *graph.add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    tensor.add_float_data(value);
  }
  return name;
}

ZooTensor OnnxWriter::input(std::string_view name, const MapShape& shape) {
  describe(*model_.proto.mutable_graph()->add_input(), name, {1, shape.channels, shape.height, shape.width});
  return {std::string(name), shape};
}

ZooTensor OnnxWriter::conv(std::string_view name, const ZooTensor& x, const ConvSettings& settings) {
  const auto& [out_channels, kernel, stride, pad, groups, bias] = settings;
  CHECK(x.shape.channels % groups == 0);
  CHECK(out_channels % groups == 0);
  const int64_t group_channels = x.shape.channels / groups;
  std::vector<std::string> inputs{x.name};
  inputs.push_back(add_weight(weight_name(name, ".weight"), {out_channels, group_channels, kernel, kernel}, 0,
                              he_deviation(group_channels * kernel * kernel)));
  if (bias) inputs.push_back(add_weight(weight_name(name, ".bias"), {out_channels}, 0, kBiasDeviation));
  onnx::NodeProto& node = add_node("Conv", name, inputs);
  set_window(node, kernel, stride, pad);
  set_int(node, "group", groups);
  return {std::string(name),
          {out_channels, windows(x.shape.height, kernel, stride, pad, false),
           windows(x.shape.width, kernel, stride, pad, false)}};
}

ZooTensor OnnxWriter::fully_connected(std::string_view name, const ZooTensor& x, int64_t out_features) {
  CHECK(x.shape.height == 1);
  CHECK(x.shape.width == 1);
  const std::string weight =
      add_weight(weight_name(name, ".weight"), {out_features, x.shape.channels}, 0, he_deviation(x.shape.channels));
  const std::string bias = add_weight(weight_name(name, ".bias"), {out_features}, 0, kBiasDeviation);
  onnx::NodeProto& node = add_node("Gemm", name, {x.name, weight, bias});
  set_int(node, "transB", 1);
  return {std::string(name), {out_features, 1, 1}};
}

ZooTensor OnnxWriter::batch_normalization(std::string_view name, const ZooTensor& x, double gamma) {
  const std::vector<int64_t> dims{x.shape.channels};
  const double deviation = kNormalizationDeviation;
  const std::string scale = add_weight(weight_name(name, ".scale"), dims, gamma, gamma * deviation);
  const std::string shift = add_weight(weight_name(name, ".bias"), dims, 0, deviation);
  const std::string mean = add_weight(weight_name(name, ".mean"), dims, 0, deviation);
  const std::string variance = add_weight(weight_name(name, ".variance"), dims, 1, deviation);
  onnx::NodeProto& node = add_node("BatchNormalization", name, {x.name, scale, shift, mean, variance});
  set_float(node, "epsilon", 1e-5);
  return {std::string(name), x.shape};
}

ZooTensor OnnxWriter::relu(std::string_view name, const ZooTensor& x) {
  add_node("Relu", name, {x.name});
  return {std::string(name), x.shape};
}

ZooTensor OnnxWriter::relu6(std::string_view name, const ZooTensor& x) {
  add_node("Clip", name, {x.name, scalar("zero", 0), scalar("six", 6)});
  return {std::string(name), x.shape};
}

ZooTensor OnnxWriter::dropout(std::string_view name, const ZooTensor& x, float ratio) {
  add_node("Dropout", name, {x.name, scalar(weight_name(name, ".ratio"), ratio)});
  return {std::string(name), x.shape};
}

ZooTensor OnnxWriter::lrn(std::string_view name, const ZooTensor& x, const LrnSettings& settings) {
  onnx::NodeProto& node = add_node("LRN", name, {x.name});
  set_int(node, "size", settings.size);
  set_float(node, "alpha", settings.alpha);
  set_float(node, "beta", settings.beta);
  set_float(node, "bias", settings.bias);
  return {std::string(name), x.shape};
}

ZooTensor OnnxWriter::max_pool(std::string_view name, const ZooTensor& x, const PoolSettings& settings) {
  const auto& [kernel, stride, pad, ceil] = settings;
  onnx::NodeProto& node = add_node("MaxPool", name, {x.name});
  set_window(node, kernel, stride, pad);
  set_int(node, "ceil_mode", ceil ? 1 : 0);
  return {std::string(name),
          {x.shape.channels, windows(x.shape.height, kernel, stride, pad, ceil),
           windows(x.shape.width, kernel, stride, pad, ceil)}};
}

ZooTensor OnnxWriter::global_average_pool(std::string_view name, const ZooTensor& x) {
  add_node("GlobalAveragePool", name, {x.name});
  return {std::string(name), {x.shape.channels, 1, 1}};
}

ZooTensor OnnxWriter::flatten(std::string_view name, const ZooTensor& x) {
  set_int(add_node("Flatten", name, {x.name}), "axis", 1);
  return {std::string(name), {x.shape.floats(), 1, 1}};
}

ZooTensor OnnxWriter::add(std::string_view name, const ZooTensor& a, const ZooTensor& b) {
  CHECK(a.shape == b.shape);
  add_node("Add", name, {a.name, b.name});
  return {std::string(name), a.shape};
}

ZooTensor OnnxWriter::concat(std::string_view name, const std::vector<ZooTensor>& parts) {
  CHECK(!parts.empty());
  std::vector<std::string> names;
  MapShape shape = parts.front().shape;
  shape.channels = 0;
  for (const ZooTensor& part : parts) {
    CHECK(part.shape.height == shape.height);
    CHECK(part.shape.width == shape.width);
    shape.channels += part.shape.channels;
    names.push_back(part.name);
  }
  set_int(add_node("Concat", name, names), "axis", 1);
  return {std::string(name), shape};
}

ZooModel OnnxWriter::finish(const ZooTensor& result, std::string_view output_name) {
  onnx::GraphProto& graph = *model_.proto.mutable_graph();
  onnx::NodeProto& last = *graph.mutable_node(graph.node_size() - 1);
  CHECK(last.output(0) == result.name);
  last.set_output(0, std::string(output_name));
  describe(*graph.add_output(), output_name, {1, result.shape.channels});
  return std::move(model_);
}

}  // namespace snug
