#include "import/constant_folding.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "base/error.h"
#include "ops/onnx_inputs.h"
#include "ops/reshape/reshape.h"

namespace snug {

namespace {

constexpr int64_t kMostValues = int64_t{1} << 28;

void check_size(const OnnxNode& node, const Dims& dims) {
  const bool negative = std::any_of(dims.begin(), dims.end(), [](int64_t dim) { return dim < 0; });
  if (negative || element_count(dims) > kMostValues) {
    node.fail(fmt::format("its constant output would be {}; snug takes up to 2^28 values", text(dims)));
  }
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

/// Output element i is input element places[i].
Tensor picked(const Tensor& input, Dims dims, const std::vector<int64_t>& places) {
  const auto pick = [&](const auto& from) {
    std::decay_t<decltype(from)> values;
    values.reserve(places.size());
    for (const int64_t place : places) values.push_back(from.at(static_cast<size_t>(place)));
    return values;
  };
  if (input.type == ElementType::kInt64) return of_integers(std::move(dims), pick(input.constant->integers));
  return of_floats(std::move(dims), pick(input.constant->floats));
}

std::vector<int64_t> row_major_strides(const Dims& dims) {
  std::vector<int64_t> strides(dims.size(), 1);
  for (size_t i = dims.size(); i-- > 1;) strides[i - 1] = element_count({strides[i], dims[i]});
  return strides;
}

/// Places first + sum of index * stride, for every index into dims in row-major order.
std::vector<int64_t> strided_places(const Dims& dims, const std::vector<int64_t>& strides, int64_t first) {
  std::vector<int64_t> places;
  const int64_t count = element_count(dims);
  places.reserve(static_cast<size_t>(count));
  Dims index(dims.size(), 0);
  for (int64_t i = 0; i < count; ++i) {
    places.push_back(first);
    for (size_t d = dims.size(); d-- > 0;) {
      first += strides[d];
      if (++index[d] < dims[d]) break;
      first -= strides[d] * dims[d];
      index[d] = 0;
    }
  }
  return places;
}

/// Strides of a tensor read under larger dimensions: 0 where it is broadcast.
std::vector<int64_t> broadcast_strides(const Dims& dims, size_t rank) {
  const std::vector<int64_t> own = row_major_strides(dims);
  std::vector<int64_t> strides(rank, 0);
  const size_t missing = rank - dims.size();
  for (size_t i = 0; i < dims.size(); ++i) strides[missing + i] = dims[i] == 1 ? 0 : own[i];
  return strides;
}

Dims broadcast_dims(const OnnxNode& node, const Dims& a, const Dims& b) {
  Dims result(std::max(a.size(), b.size()), 1);
  for (const Dims& dims : {a, b}) {
    const size_t missing = result.size() - dims.size();
    for (size_t i = 0; i < dims.size(); ++i) {
      int64_t& dim = result[missing + i];
      if (dim != dims[i] && dim != 1 && dims[i] != 1)
        node.fail(fmt::format("{} and {} do not broadcast", text(a), text(b)));
      if (dim == 1) dim = dims[i];
    }
  }
  check_size(node, result);
  return result;
}

const Tensor& operand(const OnnxNode& node, const Graph& graph, size_t index) {
  const Tensor& tensor = required_input(node, graph, index, "operand");
  CHECK(tensor.constant, node.name);
  return tensor;
}

int64_t one_integer(const OnnxNode& node, const Tensor& tensor) {
  if (tensor.type != ElementType::kInt64 || tensor.constant->integers.size() != 1)
    node.fail("an operand is not one integer");
  return tensor.constant->integers[0];
}

Tensor fold_value(const OnnxNode& node, const Graph&) {
  if (const auto found = node.attributes.find("value"); found != node.attributes.end()) {
    if (const Tensor* tensor = std::get_if<Tensor>(&found->second)) return *tensor;
  }
  if (node.has("value_int")) return of_integers({}, {node.integer("value_int", 0)});
  if (node.has("value_float")) return of_floats({}, {node.real("value_float", 0)});
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

Tensor fold_constant_of_shape(const OnnxNode& node, const Graph& graph) {
  operand(node, graph, 0);
  const Dims dims = constant_integers(node, graph, 0, "shape", {});
  check_size(node, dims);
  const size_t count = static_cast<size_t>(element_count(dims));
  const auto found = node.attributes.find("value");
  const Tensor* value = found == node.attributes.end() ? nullptr : std::get_if<Tensor>(&found->second);
  if (!value) return of_floats(dims, std::vector<float>(count, 0));
  if (element_count(value->dims) != 1) node.fail("attribute \"value\" is not one value");
  if (value->type == ElementType::kInt64)
    return of_integers(dims, std::vector<int64_t>(count, value->constant->integers[0]));
  return of_floats(dims, std::vector<float>(count, value->constant->floats[0]));
}

/// A position of Shape or Slice: negative ones count from the end, all are clamped.
int64_t clamped(int64_t position, int64_t length, int64_t least, int64_t most) {
  return std::clamp(position < 0 ? position + length : position, least, most);
}

Tensor fold_shape(const OnnxNode& node, const Graph& graph) {
  const Dims& dims = required_input(node, graph, 0, "x").dims;
  if (node.operator_type == "Size") return of_integers({}, {element_count(dims)});
  const int64_t rank = static_cast<int64_t>(dims.size());
  const int64_t start = clamped(node.integer("start", 0), rank, 0, rank);
  const int64_t end = std::max(start, clamped(node.integer("end", rank), rank, 0, rank));
  return of_integers({end - start}, {dims.begin() + start, dims.begin() + end});
}

Tensor fold_gather(const OnnxNode& node, const Graph& graph) {
  const Tensor& data = operand(node, graph, 0);
  const Tensor& indices = operand(node, graph, 1);
  if (indices.type != ElementType::kInt64) node.fail("its indices are not integers");
  const int64_t axis = front_axis(node, node.integer("axis", 0), data.dims.size());
  const auto middle = data.dims.begin() + axis;
  const int64_t outer = element_count({data.dims.begin(), middle}), length = *middle;
  const int64_t inner = element_count({middle + 1, data.dims.end()});
  Dims dims(data.dims.begin(), middle);
  dims.insert(dims.end(), indices.dims.begin(), indices.dims.end());
  dims.insert(dims.end(), middle + 1, data.dims.end());
  check_size(node, dims);
  std::vector<int64_t> places;
  for (int64_t o = 0; o < outer; ++o) {
    for (const int64_t index : indices.constant->integers) {
      if (index < -length || index >= length) node.fail(fmt::format("index {} is outside {}", index, length));
      const int64_t first = (o * length + (index < 0 ? index + length : index)) * inner;
      for (int64_t i = 0; i < inner; ++i) places.push_back(first + i);
    }
  }
  return picked(data, dims, places);
}

template <typename Value>
std::vector<Value> concatenated(const OnnxNode& node, const Graph& graph, size_t axis,
                                std::vector<Value> Constant::* member) {
  const Dims& first = graph.tensor(node.inputs[0]).dims;
  const int64_t outer = element_count({first.begin(), first.begin() + static_cast<std::ptrdiff_t>(axis)});
  std::vector<Value> values;
  if (outer == 0) return values;
  for (int64_t o = 0; o < outer; ++o) {
    for (const TensorId id : node.inputs) {
      const std::vector<Value>& from = (*graph.tensor(id).constant).*member;
      const std::ptrdiff_t length = static_cast<std::ptrdiff_t>(from.size()) / outer;
      values.insert(values.end(), from.begin() + o * length, from.begin() + (o + 1) * length);
    }
  }
  return values;
}

Tensor fold_concat(const OnnxNode& node, const Graph& graph) {
  const Tensor& first = operand(node, graph, 0);
  const size_t axis = static_cast<size_t>(front_axis(node, node.integer("axis", 1), first.dims.size()));
  Dims dims = first.dims;
  dims[axis] = 0;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const Tensor& input = operand(node, graph, i);
    Dims expected = dims;
    if (input.dims.size() == dims.size()) expected[axis] = input.dims[axis];
    if (input.dims != expected || input.type != first.type)
      node.fail(fmt::format("input {} does not fit the others", i));
    dims[axis] += input.dims[axis];
  }
  check_size(node, dims);
  if (first.type == ElementType::kInt64) return of_integers(dims, concatenated(node, graph, axis, &Constant::integers));
  return of_floats(dims, concatenated(node, graph, axis, &Constant::floats));
}

/// Slice: its bounds are attributes before opset 10, inputs since.
Tensor fold_slice(const OnnxNode& node, const Graph& graph) {
  const Tensor& data = operand(node, graph, 0);
  const std::vector<int64_t> starts = constant_integers(node, graph, 1, "starts", node.integers("starts", {}));
  const std::vector<int64_t> ends = constant_integers(node, graph, 2, "ends", node.integers("ends", {}));
  std::vector<int64_t> axes(starts.size());
  for (size_t i = 0; i < axes.size(); ++i) axes[i] = static_cast<int64_t>(i);
  axes = constant_integers(node, graph, 3, "axes", node.integers("axes", axes));
  const std::vector<int64_t> steps = constant_integers(node, graph, 4, "steps", std::vector<int64_t>(starts.size(), 1));
  if (ends.size() != starts.size() || axes.size() != starts.size() || steps.size() != starts.size()) {
    node.fail("starts, ends, axes and steps differ in number");
  }
  Dims dims = data.dims;
  std::vector<int64_t> strides = row_major_strides(dims);
  int64_t first = 0;
  std::set<int64_t> seen;
  for (size_t i = 0; i < starts.size(); ++i) {
    const int64_t axis = front_axis(node, axes[i], dims.size());
    const size_t at = static_cast<size_t>(axis);
    const int64_t length = data.dims[at], step = std::clamp<int64_t>(steps[i], -kMostValues, kMostValues);
    if (step == 0 || !seen.insert(axis).second) node.fail("a step is 0, or an axis stands twice");
    if (length == 0) continue;
    const bool forward = step > 0;
    const int64_t start = clamped(starts[i], length, 0, forward ? length : length - 1);
    const int64_t end = clamped(ends[i], length, forward ? 0 : -1, forward ? length : length - 1);
    const int64_t reach = forward ? end - start : start - end;
    dims[at] = reach <= 0 ? 0 : (reach + std::abs(step) - 1) / std::abs(step);
    first += start * strides[at];
    strides[at] *= step;
  }
  return picked(data, dims, strided_places(dims, strides, first));
}

Tensor fold_transpose(const OnnxNode& node, const Graph& graph) {
  const Tensor& data = operand(node, graph, 0);
  const size_t rank = data.dims.size();
  std::vector<int64_t> order(rank);
  for (size_t i = 0; i < rank; ++i) order[i] = static_cast<int64_t>(rank - 1 - i);
  order = node.integers("perm", order);
  const std::vector<int64_t> own = row_major_strides(data.dims);
  std::vector<int64_t> strides;
  Dims dims;
  std::set<int64_t> seen;
  for (const int64_t place : order) {
    if (place < 0 || place >= static_cast<int64_t>(rank) || !seen.insert(place).second)
      node.fail("perm is no permutation");
    strides.push_back(own[static_cast<size_t>(place)]);
    dims.push_back(data.dims[static_cast<size_t>(place)]);
  }
  if (dims.size() != rank) node.fail("perm is no permutation");
  return picked(data, dims, strided_places(dims, strides, 0));
}

Tensor fold_expand(const OnnxNode& node, const Graph& graph) {
  const Tensor& data = operand(node, graph, 0);
  operand(node, graph, 1);
  const Dims dims = broadcast_dims(node, data.dims, constant_integers(node, graph, 1, "shape", {}));
  return picked(data, dims, strided_places(dims, broadcast_strides(data.dims, dims.size()), 0));
}

Tensor fold_reshape(const OnnxNode& node, const Graph& graph) {
  const Tensor& data = operand(node, graph, 0);
  const Dims dims = reshaped_dims(node, graph, data.dims);
  check_size(node, dims);
  return under_dims(data, dims);
}

Tensor fold_identity(const OnnxNode& node, const Graph& graph) {
  const Tensor& data = operand(node, graph, 0);
  return under_dims(data, data.dims);
}

enum class CastTarget { kReal, kInteger, kTruth };

/// Cast names its type by number since opset 6, by name before.
CastTarget cast_target(const OnnxNode& node) {
  static const std::map<std::string, int64_t> kNumbers{{"FLOAT", 1}, {"INT32", 6},    {"INT64", 7},
                                                       {"BOOL", 9},  {"FLOAT16", 10}, {"DOUBLE", 11}};
  int64_t number = 0;
  if (node.opset < 6) {
    const auto found = kNumbers.find(node.string("to", ""));
    if (found != kNumbers.end()) number = found->second;
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

Tensor fold_cast(const OnnxNode& node, const Graph& graph) {
  const Tensor& data = operand(node, graph, 0);
  const bool real = data.type == ElementType::kFloat32;
  const CastTarget target = cast_target(node);
  if (target == CastTarget::kReal) {
    if (real) return under_dims(data, data.dims);
    const auto& from = data.constant->integers;
    std::vector<float> values(from.size());
    std::transform(from.begin(), from.end(), values.begin(), [](int64_t value) { return static_cast<float>(value); });
    return of_floats(data.dims, std::move(values));
  }
  std::vector<int64_t> values = data.constant->integers;
  for (const float value : data.constant->floats) {
    const bool fits = std::abs(value) < 0x1p63f;
    if (target == CastTarget::kInteger && !fits) node.fail(fmt::format("{} does not fit an integer", value));
    values.push_back(target == CastTarget::kTruth ? value != 0 : static_cast<int64_t>(value));
  }
  if (target == CastTarget::kTruth) {
    for (int64_t& value : values) value = value != 0;
  }
  return of_integers(data.dims, std::move(values));
}

/// In 64 bits with wrap-around, as an overflow is the model's fault and must not be undefined here.
int64_t apply(const OnnxNode& node, int64_t a, int64_t b) {
  const uint64_t x = static_cast<uint64_t>(a), y = static_cast<uint64_t>(b);
  if (node.operator_type == "Add") return static_cast<int64_t>(x + y);
  if (node.operator_type == "Sub") return static_cast<int64_t>(x - y);
  if (node.operator_type == "Mul") return static_cast<int64_t>(x * y);
  if (b == 0 || (b == -1 && a == std::numeric_limits<int64_t>::min())) node.fail("a division by 0");
  return a / b;
}

float apply(const OnnxNode& node, float a, float b) {
  if (node.operator_type == "Add") return a + b;
  if (node.operator_type == "Sub") return a - b;
  if (node.operator_type == "Mul") return a * b;
  return a / b;
}

Tensor fold_arithmetic(const OnnxNode& node, const Graph& graph) {
  const Tensor& a = operand(node, graph, 0);
  const Tensor& b = operand(node, graph, 1);
  if (a.type != b.type) node.fail("an integer and a float operand");
  const Dims dims = broadcast_dims(node, a.dims, b.dims);
  const std::vector<int64_t> a_places = strided_places(dims, broadcast_strides(a.dims, dims.size()), 0);
  const std::vector<int64_t> b_places = strided_places(dims, broadcast_strides(b.dims, dims.size()), 0);
  const auto combine = [&](const auto& x, const auto& y) {
    std::decay_t<decltype(x)> values(a_places.size());
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = apply(node, x[static_cast<size_t>(a_places[i])], y[static_cast<size_t>(b_places[i])]);
    }
    return values;
  };
  if (a.type == ElementType::kInt64) return of_integers(dims, combine(a.constant->integers, b.constant->integers));
  return of_floats(dims, combine(a.constant->floats, b.constant->floats));
}

Tensor fold_rounding(const OnnxNode& node, const Graph& graph) {
  const Tensor& data = operand(node, graph, 0);
  if (data.type != ElementType::kFloat32) node.fail("its operand is not float");
  std::vector<float> values = data.constant->floats;
  for (float& value : values) value = node.operator_type == "Floor" ? std::floor(value) : std::ceil(value);
  return of_floats(data.dims, std::move(values));
}

Tensor fold_range(const OnnxNode& node, const Graph& graph) {
  const Tensor& start = operand(node, graph, 0);
  const Tensor& limit = operand(node, graph, 1);
  const Tensor& delta = operand(node, graph, 2);
  const bool real = start.type == ElementType::kFloat32;
  const auto value = [&](const Tensor& tensor) {
    if (!real) return static_cast<double>(one_integer(node, tensor));
    if (tensor.constant->floats.size() != 1) node.fail("an operand is not one float");
    return static_cast<double>(tensor.constant->floats[0]);
  };
  const double first = value(start), step = value(delta), count = std::ceil((value(limit) - first) / step);
  if (!(count <= static_cast<double>(kMostValues))) node.fail("it has no end, or more than 2^28 values");
  std::vector<float> floats;
  std::vector<int64_t> integers;
  for (int64_t i = 0; i < static_cast<int64_t>(std::max(count, 0.0)); ++i) {
    const double number = first + step * static_cast<double>(i);
    if (real) floats.push_back(static_cast<float>(number));
    if (!real) integers.push_back(static_cast<int64_t>(std::clamp(number, -0x1p62, 0x1p62)));
  }
  const int64_t length = static_cast<int64_t>(real ? floats.size() : integers.size());
  return real ? of_floats({length}, std::move(floats)) : of_integers({length}, std::move(integers));
}

using Fold = Tensor (*)(const OnnxNode& node, const Graph& graph);

const std::map<std::string, Fold>& folds() {
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

}  // namespace

bool can_fold(const std::string& operator_type) {
  return folds().count(operator_type) != 0;
}

bool reads_only_dims(const std::string& operator_type) {
  return operator_type == "Shape" || operator_type == "Size";
}

Tensor fold_constant(const OnnxNode& node, const Graph& graph) {
  Tensor result = folds().at(node.operator_type)(node, graph);
  result.name = node.outputs[0];
  return result;
}

}  // namespace snug
