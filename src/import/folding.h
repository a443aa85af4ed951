// What the files that fold constants share; see constant_folding.h.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "graph/operator.h"

namespace snug {

/// A node to fold, and the bytes that constants made by folding may still take.
struct Folding {
  const OnnxNode& node;
  const Graph& graph;
  int64_t& budget_bytes;
};

using Fold = Tensor (*)(const Folding& folding);

Tensor fold_value(const Folding& folding);              ///< Constant
Tensor fold_constant_of_shape(const Folding& folding);  ///< ConstantOfShape
Tensor fold_shape(const Folding& folding);              ///< Shape, Size
Tensor fold_cast(const Folding& folding);               ///< Cast
Tensor fold_arithmetic(const Folding& folding);         ///< Add, Sub, Mul, Div
Tensor fold_rounding(const Folding& folding);           ///< Floor, Ceil
Tensor fold_range(const Folding& folding);              ///< Range

Tensor fold_gather(const Folding& folding);     ///< Gather
Tensor fold_concat(const Folding& folding);     ///< Concat
Tensor fold_slice(const Folding& folding);      ///< Slice
Tensor fold_transpose(const Folding& folding);  ///< Transpose
Tensor fold_expand(const Folding& folding);     ///< Expand
Tensor fold_reshape(const Folding& folding);    ///< Reshape, Flatten, Squeeze, Unsqueeze
Tensor fold_identity(const Folding& folding);   ///< Identity

/// An input, which is constant.
const Tensor& operand(const Folding& folding, size_t index);

Tensor of_integers(Dims dims, std::vector<int64_t> values);
Tensor of_floats(Dims dims, std::vector<float> values);

/// The tensor's values under other dimensions, not copied.
Tensor under_dims(const Tensor& tensor, Dims dims);

/// Takes the output's bytes from the budget; fails where they are more than is left, or a dimension is negative.
void take_bytes(const Folding& folding, const Dims& dims, int64_t value_bytes);

/// An empty list with room for the output's values, whose bytes are taken from the budget.
template <typename Value>
std::vector<Value> output_values(const Folding& folding, const Dims& dims) {
  take_bytes(folding, dims, static_cast<int64_t>(sizeof(Value)));
  std::vector<Value> values;
  values.reserve(static_cast<size_t>(element_count(dims)));
  return values;
}

/// Walks over a tensor in the row-major order of `dims`: a step along dimension i moves by strides[i] elements.
class StridedWalk {
 public:
  StridedWalk(Dims dims, std::vector<int64_t> strides, int64_t first = 0)
      : dims_(std::move(dims)), strides_(std::move(strides)), index_(dims_.size(), 0), place_(first) {}

  /// The element where the walk is; then moves on.
  size_t next() {
    const int64_t place = place_;
    for (size_t d = dims_.size(); d-- > 0;) {
      place_ += strides_[d];
      if (++index_[d] < dims_[d]) break;
      place_ -= strides_[d] * dims_[d];
      index_[d] = 0;
    }
    return static_cast<size_t>(place);
  }

 private:
  Dims dims_;
  std::vector<int64_t> strides_;
  Dims index_;
  int64_t place_;
};

/// Of a constant, which is row-major.
std::vector<int64_t> constant_strides(const Dims& dims);

/// Strides of a tensor read under larger dimensions: 0 where it is broadcast.
std::vector<int64_t> broadcast_strides(const Dims& dims, size_t rank);

/// The dimensions of two operands that broadcast; fails where they do not.
Dims broadcast_dims(const Folding& folding, const Dims& a, const Dims& b);

}  // namespace snug
