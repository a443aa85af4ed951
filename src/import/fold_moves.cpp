// Constant folding of the operators that move values and compute none.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "import/folding.h"
#include "ops/onnx_inputs.h"
#include "ops/reshape/reshape.h"

namespace snug {

namespace {

/// Output element i is the input's element `place(i)`; places are asked for in order.
template <typename Place>
Tensor picked(const Folding& folding, const Tensor& input, const Dims& dims, Place place) {
  const auto pick = [&](const auto& from) {
    auto values = output_values<typename std::decay_t<decltype(from)>::value_type>(folding, dims);
    const int64_t count = element_count(dims);
    for (int64_t i = 0; i < count; ++i) values.push_back(from.at(place(i)));
    return values;
  };
  if (input.type == ElementType::kInt64) return of_integers(dims, pick(input.constant->integers));
  return of_floats(dims, pick(input.constant->floats));
}

Tensor walked(const Folding& folding, const Tensor& input, const Dims& dims, std::vector<int64_t> strides,
              int64_t first = 0) {
  StridedWalk walk(dims, std::move(strides), first);
  return picked(folding, input, dims, [&](int64_t) { return walk.next(); });
}

/// The indices counted from the front; fails outside [-length, length).
std::vector<int64_t> front_indices(const OnnxNode& node, const Tensor& indices, int64_t length) {
  std::vector<int64_t> result = indices.constant->integers;
  for (int64_t& index : result) {
    if (index < -length || index >= length) node.fail(fmt::format("index {} is outside {}", index, length));
    if (index < 0) index += length;
  }
  return result;
}

}  // namespace

Tensor fold_gather(const Folding& folding) {
  const OnnxNode& node = folding.node;
  const Tensor& data = operand(folding, 0);
  const Tensor& indices = operand(folding, 1);
  if (indices.type != ElementType::kInt64) node.fail("its indices are not integers");
  const int64_t axis = front_axis(node, node.integer("axis", 0), data.dims.size());
  const auto middle = data.dims.begin() + axis;
  const int64_t length = *middle, inner = element_count({middle + 1, data.dims.end()});
  Dims dims(data.dims.begin(), middle);
  dims.insert(dims.end(), indices.dims.begin(), indices.dims.end());
  dims.insert(dims.end(), middle + 1, data.dims.end());
  const std::vector<int64_t> rows = front_indices(node, indices, length);
  const int64_t count = static_cast<int64_t>(rows.size());
  return picked(folding, data, dims, [&](int64_t i) {
    const int64_t row = rows[static_cast<size_t>(i / inner % count)];
    return static_cast<size_t>((i / inner / count * length + row) * inner + i % inner);
  });
}

template <typename Value>
static std::vector<Value> concatenated(const Folding& folding, const Dims& dims, size_t axis,
                                       std::vector<Value> Constant::* member) {
  auto values = output_values<Value>(folding, dims);
  const int64_t outer = element_count({dims.begin(), dims.begin() + static_cast<std::ptrdiff_t>(axis)});
  for (int64_t o = 0; o < outer; ++o) {
    for (const TensorId id : folding.node.inputs) {
      const std::vector<Value>& from = (*folding.graph.tensor(id).constant).*member;
      const std::ptrdiff_t length = static_cast<std::ptrdiff_t>(from.size()) / outer;
      values.insert(values.end(), from.begin() + o * length, from.begin() + (o + 1) * length);
    }
  }
  return values;
}

Tensor fold_concat(const Folding& folding) {
  const OnnxNode& node = folding.node;
  const Tensor& first = operand(folding, 0);
  if (node.opset >= 4) node.require("axis");
  const size_t axis = static_cast<size_t>(front_axis(node, node.integer("axis", 1), first.dims.size()));
  Dims dims = first.dims;
  dims[axis] = 0;
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    const Tensor& input = operand(folding, i);
    Dims expected = dims;
    if (input.dims.size() == dims.size()) expected[axis] = input.dims[axis];
    if (input.dims != expected || input.type != first.type)
      node.fail(fmt::format("input {} does not fit the others", i));
    dims[axis] += input.dims[axis];
  }
  if (first.type == ElementType::kInt64)
    return of_integers(dims, concatenated(folding, dims, axis, &Constant::integers));
  return of_floats(dims, concatenated(folding, dims, axis, &Constant::floats));
}

namespace {

/// What Slice takes of one dimension.
struct Cut {
  int64_t start = 0, count = 0, step = 1;
};

/// Negative positions count from the end, all are clamped.
Cut clamped_cut(int64_t start, int64_t end, int64_t step, int64_t length) {
  const auto clamped = [&](int64_t position, int64_t least, int64_t most) {
    return std::clamp(position < 0 ? position + length : position, least, most);
  };
  if (length == 0) return {};
  step = std::clamp(step, -length, length);
  if (step > 0) {
    const int64_t from = clamped(start, 0, length), reach = clamped(end, 0, length) - from;
    return {from, reach <= 0 ? 0 : (reach + step - 1) / step, step};
  }
  const int64_t from = clamped(start, 0, length - 1), reach = from - clamped(end, -1, length - 1);
  return {from, reach <= 0 ? 0 : (reach - step - 1) / -step, step};
}

}  // namespace

/// Its bounds are attributes before opset 10, inputs since.
Tensor fold_slice(const Folding& folding) {
  const OnnxNode& node = folding.node;
  const Graph& graph = folding.graph;
  const Tensor& data = operand(folding, 0);
  for (const char* bound : {"starts", "ends"}) {
    if (node.opset < 10) node.require(bound);
  }
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
  std::vector<int64_t> strides = constant_strides(dims);
  int64_t first = 0;
  std::set<int64_t> seen;
  for (size_t i = 0; i < starts.size(); ++i) {
    const int64_t axis = front_axis(node, axes[i], dims.size());
    if (steps[i] == 0 || !seen.insert(axis).second) node.fail("a step is 0, or an axis stands twice");
    const size_t at = static_cast<size_t>(axis);
    const Cut cut = clamped_cut(starts[i], ends[i], steps[i], data.dims[at]);
    dims[at] = cut.count;
    first += cut.start * strides[at];
    strides[at] *= cut.step;
  }
  return walked(folding, data, dims, strides, first);
}

Tensor fold_transpose(const Folding& folding) {
  const OnnxNode& node = folding.node;
  const Tensor& data = operand(folding, 0);
  const size_t rank = data.dims.size();
  std::vector<int64_t> order(rank);
  for (size_t i = 0; i < rank; ++i) order[i] = static_cast<int64_t>(rank - 1 - i);
  order = node.integers("perm", order);
  const std::vector<int64_t> own = constant_strides(data.dims);
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
  return walked(folding, data, dims, strides);
}

Tensor fold_expand(const Folding& folding) {
  const Tensor& data = operand(folding, 0);
  operand(folding, 1);
  const Dims dims = broadcast_dims(folding, data.dims, constant_integers(folding.node, folding.graph, 1, "shape", {}));
  return walked(folding, data, dims, broadcast_strides(data.dims, dims.size()));
}

Tensor fold_reshape(const Folding& folding) {
  const Tensor& data = operand(folding, 0);
  return under_dims(data, reshaped_dims(folding.node, folding.graph, data.dims));
}

Tensor fold_identity(const Folding& folding) {
  const Tensor& data = operand(folding, 0);
  return under_dims(data, data.dims);
}

}  // namespace snug
