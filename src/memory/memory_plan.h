// Program → MemoryPlan: where every buffer lies in the arena.
#pragma once

#include <cstdint>
#include <vector>

#include "program/program.h"

namespace snug {

struct MemoryPlan {
  std::vector<int64_t> offsets;  ///< bytes, one per buffer, multiples of 64
  int64_t arena_bytes = 0;
  int64_t lower_bound_bytes = 0;  ///< the largest sum of live bytes
  bool optimal = false;           ///< no arena can be smaller
};

MemoryPlan plan_memory(const Program& program);

/// A view's place in the arena, in bytes.
int64_t arena_offset(const MemoryPlan& plan, const View& view);

/// CHECK-fails if two buffers overlap while both are alive, or one is misaligned or outside the arena.
MemoryPlan verified(MemoryPlan plan, const Program& program);

}  // namespace snug
