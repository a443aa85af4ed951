// Placement in three steps: greedy, exact at the lower bound, exact in between until proven or out of nodes.
#include "memory/placement.h"

#include <algorithm>

#include "base/error.h"
#include "memory/strip.h"

namespace snug {
namespace {

constexpr int64_t kMostBytes = int64_t{1} << 62;

void check_input(const std::vector<BufferLifetime>& buffers, const PlacementOptions& options) {
  CHECK(options.alignment > 0);
  CHECK(options.alignment < kMostBytes);
  int64_t room = kMostBytes;
  for (const BufferLifetime& buffer : buffers) {
    CHECK(buffer.bytes >= 0);
    CHECK(buffer.first <= buffer.last);
    if (buffer.bytes >= room || buffer.bytes + options.alignment - 1 >= room)
      throw UserError("the buffers of this network add up to more than 2^62 bytes; reduce its input shape");
    room -= (buffer.bytes + options.alignment - 1) / options.alignment * options.alignment;
  }
}

/// The best placement so far, and what is known about better ones. Heights in units of the alignment.
struct State {
  std::vector<int64_t> offsets;
  int64_t height = 0;
  int64_t proven = 0;  // nothing is lower than this
};

Verdict probe(const Strip& strip, int64_t capacity, int64_t granted, int64_t& nodes, State& state) {
  int64_t left = granted;
  const Verdict verdict = place_below(strip, capacity, left, state.offsets);
  nodes -= granted - left;
  if (verdict == Verdict::kFound) state.height = placed_height(strip, state.offsets);
  if (verdict == Verdict::kImpossible) state.proven = std::max(state.proven, capacity + 1);
  return verdict;
}

/// Asks for the goal itself with most of the nodes, as it can nearly always be had; then halves the distance
/// to what is known; then tries to prove that the result cannot be lowered.
void improve(const Strip& strip, int64_t goal, int64_t nodes, State& state) {
  int64_t hopeless = goal - 1;  // impossible, or given up
  int64_t capacity = goal;
  int64_t granted = nodes - nodes / 4;
  while (nodes > 0 && state.height > hopeless + 1) {
    const Verdict verdict = probe(strip, capacity, std::min(granted, nodes), nodes, state);
    if (verdict != Verdict::kFound) hopeless = capacity;
    capacity = hopeless + (state.height - hopeless) / 2;
    granted = std::max<int64_t>(nodes / 4, 1);
  }
  while (nodes > 0 && state.height > std::max(goal, state.proven))
    if (probe(strip, state.height - 1, nodes, nodes, state) == Verdict::kUnknown) return;
}

}  // namespace

Placement place(const std::vector<BufferLifetime>& buffers, const PlacementOptions& options) {
  check_input(buffers, options);
  const Strip strip = make_strip(buffers, options.alignment);
  const int64_t bound = highest_column(strip);
  const int64_t goal = std::max(bound, options.goal_bytes / options.alignment);

  State state{.offsets = place_greedily(strip, goal), .proven = bound};
  state.height = placed_height(strip, state.offsets);
  improve(strip, goal, options.node_limit, state);

  Placement placement{.offsets = std::move(state.offsets),
                      .arena_bytes = state.height * options.alignment,
                      .lower_bound_bytes = bound * options.alignment,
                      .optimal = state.height == state.proven};
  for (int64_t& offset : placement.offsets) offset *= options.alignment;
  return placement;
}

}  // namespace snug
