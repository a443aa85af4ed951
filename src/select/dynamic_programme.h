// The exact choice under a RAM limit, by a dynamic programme over the layouts of the live tensors.
#pragma once

#include <cstdint>
#include <vector>

#include "select/lifetimes.h"
#include "select/selection.h"

namespace snug {

struct DynamicProgramme {
  enum class Status { kSolved, kInfeasible, kGaveUp };
  Status status = Status::kGaveUp;
  std::vector<int> choice;
  int64_t states = 0;
};

/// States after which it gives up, the same on every machine. GoogLeNet has some thousands.
inline constexpr int64_t kMaxStates = 100'000;

/// Least time, then least peak (or, for Minimize::kRam, least peak; time is then arbitrary) within ram_bytes.
/// Knows nothing of flash and latency.
DynamicProgramme dynamic_programme(const CostTable& costs, int64_t ram_bytes, Minimize minimize = Minimize::kTime,
                                   int64_t max_states = kMaxStates);

}  // namespace snug
