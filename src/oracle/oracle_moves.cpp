// Operators that move values and compute none.
#include "ops/concat/concat.h"
#include "ops/pad/pad.h"
#include "ops/transpose/transpose.h"
#include "oracle/operands.h"

namespace snug {

std::vector<int64_t> row_major_strides(const Dims& dims) {
  std::vector<int64_t> strides(dims.size(), 1);
  for (size_t d = dims.size(); d-- > 1;) strides[d - 1] = strides[d] * dims[d];
  return strides;
}

Values evaluate_unchanged(const Operands& operands) {
  return operands.values(0);
}

Values evaluate_concat(const Operands& operands) {
  const size_t axis = static_cast<size_t>(attributes<Concat>(operands.node).axis);
  const Dims& output = operands.output_dims();
  const auto middle = output.begin() + static_cast<std::ptrdiff_t>(axis);
  const int64_t outer = element_count({output.begin(), middle}), inner = element_count({middle + 1, output.end()});
  Values values;
  for (int64_t i = 0; i < outer; ++i) {
    for (size_t input = 0; input < operands.node.inputs.size(); ++input) {
      const int64_t run = operands.dims(input).at(axis) * inner;
      const double* begin = operands.values(input).data() + i * run;
      values.insert(values.end(), begin, begin + run);
    }
  }
  return values;
}

Values evaluate_pad(const Operands& operands) {
  const Pad& pad = attributes<Pad>(operands.node);
  const Dims &input = operands.dims(0), &output = operands.output_dims();
  const std::vector<int64_t> input_strides = row_major_strides(input), output_strides = row_major_strides(output);
  const Values& values = operands.values(0);
  Values padded(static_cast<size_t>(element_count(output)), static_cast<double>(pad.value));
  for (size_t i = 0; i < values.size(); ++i) {
    int64_t place = 0;
    for (size_t d = 0; d < input.size(); ++d) {
      place += (static_cast<int64_t>(i) / input_strides[d] % input[d] + pad.before[d]) * output_strides[d];
    }
    padded[static_cast<size_t>(place)] = values[i];
  }
  return padded;
}

Values evaluate_transpose(const Operands& operands) {
  const std::vector<int64_t>& permutation = attributes<Transpose>(operands.node).permutation;
  const Dims& output = operands.output_dims();
  const std::vector<int64_t> input_strides = row_major_strides(operands.dims(0)), strides = row_major_strides(output);
  Values values(operands.values(0).size());
  for (size_t i = 0; i < values.size(); ++i) {
    int64_t place = 0;
    for (size_t d = 0; d < output.size(); ++d) {
      place += static_cast<int64_t>(i) / strides[d] % output[d] * input_strides[static_cast<size_t>(permutation[d])];
    }
    values[i] = operands.values(0)[static_cast<size_t>(place)];
  }
  return values;
}

}  // namespace snug
