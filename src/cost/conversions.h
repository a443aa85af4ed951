// Conversions of tensors between layouts: which there are, in one step or in two, and which a choice may need.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "cost/profile.h"

namespace snug {

/// What a conversion of this tensor in one step runs; empty where there is no such primitive.
std::optional<Measurement> conversion_of(const Tensor& tensor, int from, int to,
                                         std::span<const ListedPrimitive> library);

/// Notes which conversions of the tensor there are, in one step or in two, without prices (0).
void add_conversions(const Tensor& tensor, std::span<const ListedPrimitive> library, TensorCosts& costs);

/// Which conversions of a tensor some choice of candidates may need, [from][to]; steps of composed ones included.
using LayoutPairs = std::array<std::array<bool, kLayouts.size()>, kLayouts.size()>;
std::vector<LayoutPairs> possible_conversions(const CostTable& costs);

/// Layouts over which two steps lead from one layout to another.
std::vector<int> ways_between(const TensorCosts& tensor, int from, int to);

}  // namespace snug
