// Places buffers with known lifetimes in one arena so that the arena is as small as can be.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace snug {

/// A buffer alive in the half-open interval [first, last) of logical time (step numbers).
/// An empty interval (first == last) needs no memory.
struct BufferLifetime {
  int64_t first = 0;
  int64_t last = 0;
  int64_t bytes = 0;
};

/// Where each buffer lies, and how good that is.
struct Placement {
  std::vector<int64_t> offsets;   ///< bytes, one per buffer, multiples of the alignment
  int64_t arena_bytes = 0;        ///< the highest end of a buffer, sizes rounded up to the alignment
  int64_t lower_bound_bytes = 0;  ///< the largest sum of live (rounded) bytes at any time
  bool optimal = false;           ///< proven: the arena equals the bound, or the exact search was exhausted
};

struct PlacementOptions {
  int64_t alignment = 64;        ///< bytes, of every offset
  int64_t node_limit = 200'000;  ///< work of the exact search (never wall time: results repeat), some µs each
  int64_t goal_bytes = 0;        ///< stop as soon as the arena is no larger; 0: only the lower bound will do
};

/// Places every buffer so that no two that are alive at the same time overlap. Same input, same result.
/// Throws UserError if the rounded bytes of all buffers add up to 2^62 or more.
Placement place(const std::vector<BufferLifetime>& buffers, const PlacementOptions& options = {});

/// Checks a placement without trusting anything that made it: quadratic and plain. Returns an empty string
/// if it is right, else the first fault: two buffers that overlap, a misaligned offset, an end outside
/// the arena, a wrong lower bound or arena size.
std::string verify_placement(const std::vector<BufferLifetime>& buffers, const Placement& placement, int64_t alignment);

}  // namespace snug
