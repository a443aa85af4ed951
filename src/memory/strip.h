// The placement problem in its bare form: blocks of fixed columns that slide up and down in a strip.
#pragma once

#include <cstdint>
#include <vector>

#include "memory/placement.h"

namespace snug {

/// A buffer: its height in units of the alignment, and the columns [begin, end) it occupies.
struct Block {
  int begin = 0;
  int end = 0;
  int64_t height = 0;
};

/// Time shrinks to columns: one for each maximal set of buffers alive together. Two buffers share a column
/// exactly if their lifetimes intersect, and a column is never implied by another.
struct Strip {
  std::vector<Block> blocks;
  int columns = 0;
};

/// The strip of the buffers, in the same order. Buffers that need no memory get no columns.
Strip make_strip(const std::vector<BufferLifetime>& buffers, int64_t alignment);

/// The largest sum of heights in a column: no placement is lower.
int64_t highest_column(const Strip& strip);

/// The highest end of a block.
int64_t placed_height(const Strip& strip, const std::vector<int64_t>& offsets);

/// Offsets by first fit in several orders, the best of them improved by moving blocks forward in its order.
/// Stops at `goal` or below.
std::vector<int64_t> place_greedily(const Strip& strip, int64_t goal);

enum class Verdict { kFound, kImpossible, kUnknown };

/// Looks for offsets that keep every block below `capacity`. Takes the nodes it used away from `node_limit`;
/// kUnknown if those were not enough. `offsets` are set only if kFound.
Verdict place_below(const Strip& strip, int64_t capacity, int64_t& node_limit, std::vector<int64_t>& offsets);

}  // namespace snug
