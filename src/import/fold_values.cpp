// Constant folding of the operators that give new values.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "base/error.h"
#include "import/folding.h"
#include "ops/onnx_inputs.h"

namespace snug {

static const Tensor* tensor_attribute(const OnnxNode& node, const std::string& name) {
  const auto found = node.attributes.find(name);
  return found == node.attributes.end() ? nullptr : std::get_if<Tensor>(&found->second);
}

Tensor fold_value(const Folding& folding) {
  const OnnxNode& node = folding.node;
  if (const Tensor* tensor = tensor_attribute(node, "value")) return *tensor;
  if (node.has("value_int")) return of_integers({}, {node.integer("value_int", 0)});
  if (node.has("value_float")) return of_floats({}, {node.limit("value_float", 0)});
  if (node.has("value_ints")) {
    const std::vector<int64_t> values = node.integers("value_ints", {});
    return of_integers({static_cast<int64_t>(values.size())}, values);
  }
  if (const auto found = node.attributes.find("value_floats"); found != node.attributes.end()) {
    if (const auto* values = std::get_if<std::vector<float>>(&found->second)) {
      return of_floats({static_cast<int64_t>(values->size())}, *values);
    }
  }
  node.fail("it holds no value of a type that snug takes");
}

Tensor fold_constant_of_shape(const Folding& folding) {
  const OnnxNode& node = folding.node;
  operand(folding, 0);
  const Dims dims = constant_integers(node, folding.graph, 0, "shape", {});
  const Tensor* value = tensor_attribute(node, "value");
  if (value && element_count(value->dims) != 1) node.fail("attribute \"value\" is not one value");
  if (value && value->type == ElementType::kInt64) {
    auto integers = output_values<int64_t>(folding, dims);
    integers.resize(static_cast<size_t>(element_count(dims)), value->constant->integers[0]);
    return of_integers(dims, std::move(integers));
  }
  auto floats = output_values<float>(folding, dims);
  floats.resize(static_cast<size_t>(element_count(dims)), value ? value->constant->floats[0] : 0);
  return of_floats(dims, std::move(floats));
}

/// Negative positions of Shape count from the end, all are clamped.
Tensor fold_shape(const Folding& folding) {
  const OnnxNode& node = folding.node;
  const Dims& dims = required_input(node, folding.graph, 0, "x").dims;
  if (node.operator_type == "Size") return of_integers({}, {element_count(dims)});
  const int64_t rank = static_cast<int64_t>(dims.size());
  const auto position = [&](const char* name, int64_t otherwise) {
    const int64_t given = node.integer(name, otherwise);
    return std::clamp(given < 0 ? given + rank : given, int64_t{0}, rank);
  };
  const int64_t start = position("start", 0), end = std::max(start, position("end", rank));
  return of_integers({end - start}, {dims.begin() + start, dims.begin() + end});
}

namespace {

enum class CastTarget { kReal, kInteger, kTruth };

/// Cast names its type by number since opset 6, by name before.
CastTarget cast_target(const OnnxNode& node) {
  static const std::map<std::string, int64_t> kNumbers{{"FLOAT", 1}, {"INT32", 6},    {"INT64", 7},
                                                       {"BOOL", 9},  {"FLOAT16", 10}, {"DOUBLE", 11}};
  node.require("to");
  int64_t number = 0;
  if (node.opset < 6) {
    const auto found = kNumbers.find(node.string("to", ""));
    if (found == kNumbers.end()) node.fail(fmt::format("a cast to {}", node.string("to", "")));
    number = found->second;
  } else {
    number = node.integer("to", 0);
  }
  switch (number) {
    case 1:
    case 10:
    case 11:
    case 16:
      return CastTarget::kReal;
    case 6:
    case 7:
      return CastTarget::kInteger;
    case 9:
      return CastTarget::kTruth;
    default:
      node.fail(fmt::format("a cast to element type {}", number));
  }
}

int64_t cast_value(const OnnxNode& node, float value, CastTarget target) {
  if (target == CastTarget::kTruth) return value != 0 ? 1 : 0;
  if (!(std::abs(value) < 0x1p63f)) node.fail(fmt::format("{} does not fit an integer", value));
  return static_cast<int64_t>(value);
}

}  // namespace

Tensor fold_cast(const Folding& folding) {
  const Tensor& data = operand(folding, 0);
  const bool real = data.type == ElementType::kFloat32;
  const CastTarget target = cast_target(folding.node);
  if (target == CastTarget::kReal) {
    if (real) return under_dims(data, data.dims);
    auto values = output_values<float>(folding, data.dims);
    for (const int64_t value : data.constant->integers) values.push_back(static_cast<float>(value));
    return of_floats(data.dims, std::move(values));
  }
  if (!real && target == CastTarget::kInteger) return under_dims(data, data.dims);
  auto values = output_values<int64_t>(folding, data.dims);
  for (const int64_t value : data.constant->integers) values.push_back(value != 0);
  for (const float value : data.constant->floats) values.push_back(cast_value(folding.node, value, target));
  return of_integers(data.dims, std::move(values));
}

/// In 64 bits with wrap-around, as an overflow is the model's fault and must not be undefined here.
static int64_t apply(const OnnxNode& node, int64_t a, int64_t b) {
  const uint64_t x = static_cast<uint64_t>(a), y = static_cast<uint64_t>(b);
  if (node.operator_type == "Add") return static_cast<int64_t>(x + y);
  if (node.operator_type == "Sub") return static_cast<int64_t>(x - y);
  if (node.operator_type == "Mul") return static_cast<int64_t>(x * y);
  if (b == 0 || (b == -1 && a == std::numeric_limits<int64_t>::min())) node.fail("a division by 0");
  return a / b;
}

static float apply(const OnnxNode& node, float a, float b) {
  if (node.operator_type == "Add") return a + b;
  if (node.operator_type == "Sub") return a - b;
  if (node.operator_type == "Mul") return a * b;
  return a / b;
}

Tensor fold_arithmetic(const Folding& folding) {
  const Tensor& a = operand(folding, 0);
  const Tensor& b = operand(folding, 1);
  if (a.type != b.type) folding.node.fail("an integer and a float operand");
  const Dims b_dims = second_operand_dims(folding.node, a.dims, b.dims);
  const Dims dims = broadcast_dims(folding, a.dims, b_dims);
  const auto combine = [&](const auto& x, const auto& y) {
    auto values = output_values<typename std::decay_t<decltype(x)>::value_type>(folding, dims);
    StridedWalk a_walk(dims, broadcast_strides(a.dims, dims.size()));
    StridedWalk b_walk(dims, broadcast_strides(b_dims, dims.size()));
    const int64_t count = element_count(dims);
    for (int64_t i = 0; i < count; ++i) values.push_back(apply(folding.node, x[a_walk.next()], y[b_walk.next()]));
    return values;
  };
  if (a.type == ElementType::kInt64) return of_integers(dims, combine(a.constant->integers, b.constant->integers));
  return of_floats(dims, combine(a.constant->floats, b.constant->floats));
}

Tensor fold_rounding(const Folding& folding) {
  const Tensor& data = operand(folding, 0);
  if (data.type != ElementType::kFloat32) folding.node.fail("its operand is not float");
  const bool down = folding.node.operator_type == "Floor";
  auto values = output_values<float>(folding, data.dims);
  for (const float value : data.constant->floats) values.push_back(down ? std::floor(value) : std::ceil(value));
  return of_floats(data.dims, std::move(values));
}

Tensor fold_range(const Folding& folding) {
  const OnnxNode& node = folding.node;
  const bool real = operand(folding, 0).type == ElementType::kFloat32;
  const auto value = [&](size_t index) {
    const Tensor& tensor = operand(folding, index);
    const bool one = element_count(tensor.dims) == 1 && (tensor.type == ElementType::kFloat32) == real;
    if (!one) node.fail(fmt::format("input {} is not one {}", index, real ? "float" : "integer"));
    return real ? static_cast<double>(tensor.constant->floats[0]) : static_cast<double>(tensor.constant->integers[0]);
  };
  const double first = value(0), step = value(2), count = std::ceil((value(1) - first) / step);
  if (!(count < 0x1p62)) node.fail("it has no end");
  const Dims dims{static_cast<int64_t>(std::max(count, 0.0))};
  const auto number = [&](int64_t i) { return first + step * static_cast<double>(i); };
  if (real) {
    auto floats = output_values<float>(folding, dims);
    for (int64_t i = 0; i < dims[0]; ++i) floats.push_back(static_cast<float>(number(i)));
    return of_floats(dims, std::move(floats));
  }
  auto integers = output_values<int64_t>(folding, dims);
  for (int64_t i = 0; i < dims[0]; ++i)
    integers.push_back(static_cast<int64_t>(std::clamp(number(i), -0x1p62, 0x1p62)));
  return of_integers(dims, std::move(integers));
}

}  // namespace snug
