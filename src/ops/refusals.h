// What a primitive refuses, in words.
#pragma once

#include <string_view>
#include <vector>

#include "ops/primitive.h"

namespace snug {

/// Every reason with which the primitive refuses one of some thousand layers that differ in kernel, stride, dilation,
/// groups, padding, sizes, kind, activation and residual; the most frequent first.
std::vector<std::string_view> refusals(const ListedPrimitive& listed);

}  // namespace snug
