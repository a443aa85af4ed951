// What every operator's room under ops/ provides.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "graph/graph.h"
#include "graph/layer.h"
#include "kernels/snug.h"

namespace snug {

/// One node of an ONNX model, decoded.
struct OnnxNode {
  using Attribute = std::variant<int64_t, float, std::string, std::vector<int64_t>, std::vector<float>, Tensor>;
  std::string name;           ///< unique and never empty
  std::string operator_type;  ///< "Conv"
  int64_t opset = 0;
  std::vector<TensorId> inputs;      ///< kNoTensor for an absent optional input
  std::vector<std::string> outputs;  ///< by name; empty for those that the model leaves out
  std::map<std::string, Attribute> attributes;

  bool has(const std::string& attribute) const { return attributes.count(attribute) != 0; }
  /// Fails where the attribute is absent.
  void require(const std::string& attribute) const;
  /// An attribute, or `otherwise` where absent; fails where it has another type, and where a float is NaN or infinite.
  int64_t integer(const std::string& attribute, int64_t otherwise) const;
  float real(const std::string& attribute, float otherwise) const;
  float limit(const std::string& attribute, float otherwise) const;  ///< a float that may be infinite
  std::string string(const std::string& attribute, const std::string& otherwise) const;
  std::vector<int64_t> integers(const std::string& attribute, const std::vector<int64_t>& otherwise) const;

  TensorId input(size_t index) const { return index < inputs.size() ? inputs[index] : kNoTensor; }

  /// Throws UserError: `node "NAME" (Conv): CAUSE`.
  [[noreturn]] void fail(const std::string& cause) const;
};

/// The types of OnnxNode::Attribute, in the order of its alternatives.
enum class AttributeType { kInteger, kReal, kString, kIntegers, kReals, kTensor };

/// An attribute that ONNX gives an operator. One that changed its type is listed once per type.
struct OnnxAttribute {
  std::string_view name;
  AttributeType type = AttributeType::kInteger;
};

/// A lower and an upper limit, both included.
struct CountRange {
  size_t least = 1, most = 1;
};
inline constexpr size_t kAnyCount = static_cast<size_t>(-1);

/// An operator of ONNX as snug takes it, over all versions that snug takes.
struct OnnxOperator {
  std::string_view name;                  ///< "Conv"
  CountRange inputs;                      ///< how many it has; optional ones at the end may be absent
  size_t most_outputs = 1;                ///< that ONNX gives it; snug computes the first
  std::vector<OnnxAttribute> attributes;  ///< all, also those without effect at inference
  std::string_view restrictions;          ///< what snug takes of it, for `snug operators`; empty: all
};

/// What one kernel call of a node computes: the layer, and which of the node's data inputs it reads.
struct Call {
  snug_layer layer{};           ///< strides 0: they follow from the layouts and buffers
  int input = 0;                ///< index into data_inputs(node)
  int other = -1;               ///< index into data_inputs(node) of residual or second operand; -1: none, or constant
  MapShape other_shape;         ///< of the second operand; a dimension of 1 against more is broadcast (stride 0)
  bool other_per_image = true;  ///< false where one image of `other` serves the whole batch
};

/// A node as kernel calls: one for every operator but concat, which has one per input.
struct Lowered {
  std::vector<Call> calls;
  int64_t batch = 1;            ///< each call is made once per image
  bool row_major_only = false;  ///< the maps are a re-reading of row-major memory: only chw primitives can serve it
  bool alias = false;           ///< the output is the input's row-major memory under a new shape; the call (a concat of
                                ///< one input) is made only where that memory cannot be taken over. Also
                                ///< right in every layout where all maps are 1x1 and the batch stays the same.
};

/// The lowering of a node whose output is its input's row-major memory under a new shape. Its one call is for where
/// the values have to be copied after all: as one flat row.
Lowered lower_alias(const Graph& graph, const Node& node);

/// An operator: its ONNX import, shape rule, and lowering. One `extern const Operator NAME_operator` per room
/// NAME.
struct Operator {
  std::string_view name;                     ///< the room: "conv"
  std::vector<OnnxOperator> onnx_operators;  ///< what import_onnx takes

  /// Appends the ONNX node's meaning to the graph (usually one node, through add_node) and returns the output
  /// tensor, which has the name outputs[0]. Throws through node.fail().
  TensorId (*import_onnx)(const OnnxNode& node, Graph& graph) = nullptr;

  /// The output's dimensions. Throws UserError with the cause alone; add_node puts the node's name before it.
  Dims (*output_dims)(const Graph& graph, const Node& node) = nullptr;

  /// Null for operators that the rewrites always replace (gemm, batch_normalization).
  Lowered (*lower)(const Graph& graph, const Node& node) = nullptr;

  /// Several nodes of this operator that read the same as one call that makes all their outputs: the layer has the
  /// output channels of all, each node's first one being a multiple of 16 (layer.sibling_channel). Nothing where they
  /// cannot be one, as where they differ in more than their weights. Null for operators of which none can. See
  /// graph/siblings.h.
  std::optional<Lowered> (*lower_siblings)(const Graph& graph, std::span<const Node* const> nodes) = nullptr;

  /// Attributes as text, for --trace; null where there are none.
  std::string (*describe)(const Node& node) = nullptr;

  /// A node of this operator that does what a chain of nodes does, each of which alone reads the one before; nothing
  /// where it cannot. Null for operators of which nothing is a fusion. See graph/fusion.h.
  std::optional<Node> (*fuse)(const Graph& graph, std::span<const Node* const> chain) = nullptr;

  /// Which input holds the constant that kernels read packed (conv: weights; binary: a constant operand). Not
  /// packed where that input is no constant. -1: none.
  int weights_input = -1;
  /// Which input holds the bias, -1: none.
  int bias_input = -1;
  /// The floats that a primitive packs; null: those of weights_input.
  std::vector<float> (*weights)(const Graph& graph, const Node& node) = nullptr;
};

/// Whether the kernels of a room have the signature SNUG_CONV_KERNEL: of conv, and of those whose name begins with
/// conv_.
bool has_conv_kernels(std::string_view room);

/// Every room, in alphabetical order (generated by the build from the folders of ops/).
std::span<const Operator* const> all_operators();

/// What a room says of an ONNX operator, or null.
const OnnxOperator* onnx_operator_of(const Operator& op, std::string_view onnx_operator);

/// The room that imports an ONNX operator, or null.
const Operator* operator_for_onnx(std::string_view onnx_operator);

/// The name that an error gives a node: `node "NAME" (Conv)`.
std::string node_title(std::string_view name, std::string_view onnx_operator);

/// Kernels compute coordinates, and offsets within a map, in int32. A map has at most this many elements, with the
/// padding of its window and with channels rounded up to 16 as the blocked layouts store them. The factor of 2 below
/// int32 is for sums of two such numbers.
inline constexpr int64_t kMostMapElements = int64_t{1} << 30;

/// No extent of such a map can be longer. No stride and no dilation may be either: kernels look up to 16 windows ahead.
inline constexpr int64_t kMostExtent = kMostMapElements / 16;

inline constexpr std::string_view kMapLimit = "snug takes 1 to 2^30 elements, channels rounded up to 16";

/// Elements of a tensor of these dimensions with its channels rounded up to 16; saturates.
int64_t padded_element_count(const Dims& dims);

/// Appends a node with the output shape that its operator's rule gives, and returns the output. A UserError
/// of the shape rule is thrown on with the node's name.
TensorId add_node(Graph& graph, const Operator& op, std::string name, std::string onnx_operator, std::any attributes,
                  std::vector<TensorId> inputs, std::string output_name);

}  // namespace snug
