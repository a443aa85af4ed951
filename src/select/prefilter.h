// Leaves out candidates that no best choice within the limits needs. Exact: in integers, and ties keep one of
// them.
#pragma once

#include <vector>

#include "select/lifetimes.h"
#include "select/selection.h"

namespace snug {

/// Per node the indices of the candidates that remain, in ascending order; a node left with none proves that
/// the limits cannot be met. Dropped are impossible ones, those whose own needs beside the least live bytes
/// exceed the RAM limit, those too slow for the latency limit, and those that another one with the same
/// layouts equals or beats in time, workspace and flash.
std::vector<std::vector<int>> useful_candidates(const CostTable& costs, const Lifetimes& lifetimes,
                                                const Limits& limits);

}  // namespace snug
