#include "import/constant_folding.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "import/folding.h"
#include "ops/onnx_inputs.h"

namespace snug {

using enum AttributeType;

void take_bytes(const Folding& folding, const Dims& dims, int64_t value_bytes) {
  const bool negative = std::any_of(dims.begin(), dims.end(), [](int64_t dim) { return dim < 0; });
  if (negative) folding.node.fail(fmt::format("its constant output would be {}", text(dims)));
  const int64_t bytes = element_count({element_count(dims), value_bytes});
  if (bytes > folding.budget_bytes) {
    folding.node.fail(
        fmt::format("its constant output would be {}; snug takes up to {} of constants that nodes compute", text(dims),
                    format_bytes(kFoldingBudgetBytes)));
  }
  folding.budget_bytes -= bytes;
}

Tensor of_integers(Dims dims, std::vector<int64_t> values) {
  auto constant = std::make_shared<Constant>();
  constant->integers = std::move(values);
  return {"", ElementType::kInt64, std::move(dims), std::move(constant)};
}

Tensor of_floats(Dims dims, std::vector<float> values) {
  auto constant = std::make_shared<Constant>();
  constant->floats = std::move(values);
  return {"", ElementType::kFloat32, std::move(dims), std::move(constant)};
}

Tensor under_dims(const Tensor& tensor, Dims dims) {
  return {"", tensor.type, std::move(dims), tensor.constant};
}

std::vector<int64_t> constant_strides(const Dims& dims) {
  std::vector<int64_t> strides(dims.size(), 1);
  for (size_t i = dims.size(); i-- > 1;) strides[i - 1] = element_count({strides[i], dims[i]});
  return strides;
}

std::vector<int64_t> broadcast_strides(const Dims& dims, size_t rank) {
  const std::vector<int64_t> own = constant_strides(dims);
  std::vector<int64_t> strides(rank, 0);
  const size_t missing = rank - dims.size();
  for (size_t i = 0; i < dims.size(); ++i) strides[missing + i] = dims[i] == 1 ? 0 : own[i];
  return strides;
}

Dims broadcast_dims(const Folding& folding, const Dims& a, const Dims& b) {
  Dims result(std::max(a.size(), b.size()), 1);
  for (const Dims& dims : {a, b}) {
    const size_t missing = result.size() - dims.size();
    for (size_t i = 0; i < dims.size(); ++i) {
      int64_t& dim = result[missing + i];
      if (dim != dims[i] && dim != 1 && dims[i] != 1)
        folding.node.fail(fmt::format("{} and {} do not broadcast", text(a), text(b)));
      if (dim == 1) dim = dims[i];
    }
  }
  return result;
}

const Tensor& operand(const Folding& folding, size_t index) {
  const Tensor& tensor = required_input(folding.node, folding.graph, index, "operand");
  CHECK(tensor.constant, folding.node.name);
  return tensor;
}

static const std::map<std::string, Fold>& folds() {
  static const std::map<std::string, Fold> table{
      {"Constant", fold_value},    {"ConstantOfShape", fold_constant_of_shape},
      {"Shape", fold_shape},       {"Size", fold_shape},
      {"Gather", fold_gather},     {"Concat", fold_concat},
      {"Slice", fold_slice},       {"Transpose", fold_transpose},
      {"Expand", fold_expand},     {"Reshape", fold_reshape},
      {"Flatten", fold_reshape},   {"Squeeze", fold_reshape},
      {"Unsqueeze", fold_reshape}, {"Identity", fold_identity},
      {"Cast", fold_cast},         {"Add", fold_arithmetic},
      {"Sub", fold_arithmetic},    {"Mul", fold_arithmetic},
      {"Div", fold_arithmetic},    {"Floor", fold_rounding},
      {"Ceil", fold_rounding},     {"Range", fold_range}};
  return table;
}

/// The folded operators that no room imports.
static const std::vector<OnnxOperator>& folded_only() {
  static const std::vector<OnnxAttribute> broadcast{{"broadcast", kInteger}, {"axis", kInteger}};
  static const std::vector<OnnxOperator> operators{
      {.name = "Constant",
       .inputs = {0, 0},
       .attributes = {{"value", kTensor},
                      {"value_int", kInteger},
                      {"value_ints", kIntegers},
                      {"value_float", kReal},
                      {"value_floats", kReals},
                      {"value_string", kString}}},
      {.name = "ConstantOfShape", .attributes = {{"value", kTensor}}},
      {.name = "Shape", .attributes = {{"start", kInteger}, {"end", kInteger}}},
      {.name = "Size"},
      {.name = "Gather", .inputs = {2, 2}, .attributes = {{"axis", kInteger}}},
      {.name = "Slice",
       .inputs = {1, 5},
       .attributes = {{"starts", kIntegers}, {"ends", kIntegers}, {"axes", kIntegers}}},
      {.name = "Expand", .inputs = {2, 2}},
      {.name = "Cast",
       .attributes = {{"to", kInteger}, {"to", kString}, {"saturate", kInteger}, {"round_mode", kString}}},
      {.name = "Sub", .inputs = {2, 2}, .attributes = broadcast},
      {.name = "Div", .inputs = {2, 2}, .attributes = broadcast},
      {.name = "Floor"},
      {.name = "Ceil"},
      {.name = "Range", .inputs = {3, 3}}};
  return operators;
}

bool can_fold(const std::string& operator_type) {
  return folds().count(operator_type) != 0;
}

bool reads_only_dims(const std::string& operator_type) {
  return operator_type == "Shape" || operator_type == "Size";
}

const OnnxOperator* folded_operator(const std::string& operator_type) {
  const auto found = std::ranges::find(folded_only(), operator_type, &OnnxOperator::name);
  return found == folded_only().end() ? nullptr : &*found;
}

Tensor fold_constant(const OnnxNode& node, const Graph& graph, int64_t& budget_bytes) {
  Tensor result = folds().at(node.operator_type)({node, graph, budget_bytes});
  result.name = node.outputs[0];
  return result;
}

}  // namespace snug
