// Small ONNX models for tests, built with ONNX's own messages.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "graph/operator.h"
#include "import/import.h"

namespace snug {

/// A node that is being built: `.with(name, value)` and `.with_ints(name, values)` add attributes.
struct OnnxNodeBuilder {
  onnx::NodeProto* node;

  OnnxNodeBuilder with(const std::string& name, int64_t value) const {
    onnx::AttributeProto& attribute = add(name, onnx::AttributeProto::INT);
    attribute.set_i(value);
    return *this;
  }
  OnnxNodeBuilder with(const std::string& name, int value) const { return with(name, static_cast<int64_t>(value)); }
  OnnxNodeBuilder with(const std::string& name, float value) const {
    add(name, onnx::AttributeProto::FLOAT).set_f(value);
    return *this;
  }
  OnnxNodeBuilder with(const std::string& name, const std::string& value) const {
    add(name, onnx::AttributeProto::STRING).set_s(value);
    return *this;
  }
  OnnxNodeBuilder with(const std::string& name, const char* value) const { return with(name, std::string(value)); }
  OnnxNodeBuilder with_ints(const std::string& name, const std::vector<int64_t>& values) const {
    onnx::AttributeProto& attribute = add(name, onnx::AttributeProto::INTS);
    for (const int64_t value : values) attribute.add_ints(value);
    return *this;
  }
  OnnxNodeBuilder named(const std::string& name) const {
    node->set_name(name);
    return *this;
  }

 private:
  onnx::AttributeProto& add(const std::string& name, onnx::AttributeProto::AttributeType type) const {
    onnx::AttributeProto& attribute = *node->add_attribute();
    attribute.set_name(name);
    attribute.set_type(type);
    return attribute;
  }
};

/// A model that grows call by call; bytes() or model() at the end.
struct OnnxBuilder {
  onnx::ModelProto proto;

  explicit OnnxBuilder(int64_t opset = 13) {
    proto.set_ir_version(7);
    proto.add_opset_import()->set_version(opset);
    proto.mutable_graph()->set_name("test");
  }

  /// A float input; a dimension of 0 or less is dynamic.
  OnnxBuilder& input(const std::string& name, const Dims& dims) {
    auto& type = *proto.mutable_graph()->add_input();
    type.set_name(name);
    type.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
    for (const int64_t dim : dims) {
      auto& added = *type.mutable_type()->mutable_tensor_type()->mutable_shape()->add_dim();
      if (dim > 0) added.set_dim_value(dim);
    }
    return *this;
  }

  /// A float input whose dimensions are numbers or names: {"N", "3", "height", "width"}.
  OnnxBuilder& symbolic_input(const std::string& name, const std::vector<std::string>& dims) {
    input(name, Dims(dims.size(), 0));
    auto& shape = *proto.mutable_graph()
                       ->mutable_input(proto.graph().input_size() - 1)
                       ->mutable_type()
                       ->mutable_tensor_type()
                       ->mutable_shape();
    for (size_t i = 0; i < dims.size(); ++i) {
      const bool number = dims[i].find_first_not_of("0123456789") == std::string::npos;
      if (number) shape.mutable_dim(static_cast<int>(i))->set_dim_value(std::stoll(dims[i]));
      if (!number) shape.mutable_dim(static_cast<int>(i))->set_dim_param(dims[i]);
    }
    return *this;
  }

  /// A float initialiser; no values: 0.01, 0.02, ...
  OnnxBuilder& constant(const std::string& name, const Dims& dims, std::vector<float> values = {}) {
    if (values.empty()) {
      for (int64_t i = 0; i < element_count(dims); ++i) values.push_back(0.01f * static_cast<float>(i + 1));
    }
    onnx::TensorProto& tensor = initializer(name, dims, onnx::TensorProto::FLOAT);
    for (const float value : values) tensor.add_float_data(value);
    return *this;
  }

  /// An int64 vector.
  OnnxBuilder& integers(const std::string& name, const std::vector<int64_t>& values) {
    onnx::TensorProto& tensor = initializer(name, {static_cast<int64_t>(values.size())}, onnx::TensorProto::INT64);
    for (const int64_t value : values) tensor.add_int64_data(value);
    return *this;
  }

  onnx::TensorProto& initializer(const std::string& name, const Dims& dims, onnx::TensorProto::DataType type) {
    onnx::TensorProto& tensor = *proto.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(type);
    for (const int64_t dim : dims) tensor.add_dims(dim);
    return tensor;
  }

  OnnxNodeBuilder node(const std::string& type, const std::vector<std::string>& inputs,
                       const std::vector<std::string>& outputs) {
    onnx::NodeProto& added = *proto.mutable_graph()->add_node();
    added.set_op_type(type);
    for (const std::string& name : inputs) added.add_input(name);
    for (const std::string& name : outputs) added.add_output(name);
    return {&added};
  }

  OnnxBuilder& output(const std::string& name) {
    proto.mutable_graph()->add_output()->set_name(name);
    return *this;
  }

  std::string bytes() const { return proto.SerializeAsString(); }
  OnnxModel model() const { return {.file = "test.onnx", .bytes = bytes(), .sha256 = {}}; }
  Graph graph(const ImportOptions& options = {}) const { return import_onnx(model(), options); }
};

/// The dimensions of a graph's output.
inline Dims output_dims(const Graph& graph, size_t index = 0) {
  return graph.tensor(graph.outputs.at(index)).dims;
}

/// How a graph's node is computed.
inline Lowered lowered(const Graph& graph, size_t index = 0) {
  const Node& node = graph.nodes.at(index);
  return node.op->lower(graph, node);
}

}  // namespace snug
