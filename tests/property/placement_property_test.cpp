// Placement against exhaustive search on small random instances, and its promises on larger ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <sstream>

#include "memory/placement.h"
#include "memory/strip.h"

namespace snug {
namespace {

struct Shape {
  int most_buffers = 6;
  int64_t steps = 6;
  int64_t longest = 4;
  int64_t most_bytes = 5;
};

std::vector<BufferLifetime> random_buffers(uint32_t seed, const Shape& shape) {
  std::mt19937 random(seed);
  const auto below = [&](int64_t limit) { return static_cast<int64_t>(random() % static_cast<uint32_t>(limit)); };
  std::vector<BufferLifetime> buffers(static_cast<size_t>(1 + below(shape.most_buffers)));
  for (BufferLifetime& buffer : buffers) {
    buffer.first = below(shape.steps);
    buffer.last = buffer.first + 1 + below(shape.longest);
    buffer.bytes = 1 + below(shape.most_bytes);
  }
  return buffers;
}

std::string text(uint32_t seed, const std::vector<BufferLifetime>& buffers) {
  std::ostringstream out;
  out << "seed " << seed << ":";
  for (const BufferLifetime& buffer : buffers)
    out << "\n  " << buffer.first << ' ' << buffer.last << ' ' << buffer.bytes;
  return out.str();
}

/// The least arena: some optimal placement arises by dropping the buffers one after the other, in order of
/// their offsets, each onto those below it, so trying all orders is enough.
int64_t least_arena(const std::vector<BufferLifetime>& buffers) {
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  int64_t best = INT64_MAX;
  do {
    std::vector<int64_t> end(buffers.size());
    for (size_t i = 0; i < order.size(); ++i) {
      const BufferLifetime& buffer = buffers[order[i]];
      int64_t offset = 0;
      for (size_t j = 0; j < i; ++j) {
        const BufferLifetime& other = buffers[order[j]];
        if (other.first < buffer.last && buffer.first < other.last) offset = std::max(offset, end[order[j]]);
      }
      end[order[i]] = offset + buffer.bytes;
    }
    best = std::min(best, *std::max_element(end.begin(), end.end()));
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

TEST(PlacementProperty, EqualsExhaustiveSearch) {
  for (uint32_t seed = 0; seed < 4000; ++seed) {
    const std::vector<BufferLifetime> buffers = random_buffers(seed, {});
    const Placement placement = place(buffers, {.alignment = 1});
    ASSERT_EQ(verify_placement(buffers, placement, 1), "") << text(seed, buffers);
    ASSERT_EQ(placement.arena_bytes, least_arena(buffers)) << text(seed, buffers);
    ASSERT_TRUE(placement.optimal) << text(seed, buffers);
  }
}

TEST(PlacementProperty, TheExactSearchDecidesAlone) {
  for (uint32_t seed = 0; seed < 2000; ++seed) {
    const std::vector<BufferLifetime> buffers = random_buffers(seed, {});
    const Strip strip = make_strip(buffers, 1);
    const int64_t least = least_arena(buffers);
    for (int64_t capacity = least - 2; capacity <= least + 2; ++capacity) {
      int64_t nodes = 100'000;
      std::vector<int64_t> offsets;
      const Verdict verdict = place_below(strip, capacity, nodes, offsets);
      ASSERT_EQ(verdict, capacity < least ? Verdict::kImpossible : Verdict::kFound)
          << "capacity " << capacity << ", " << text(seed, buffers);
      if (verdict == Verdict::kFound) {
        ASSERT_LE(placed_height(strip, offsets), capacity) << text(seed, buffers);
      }
    }
  }
}

// Gaps above the bound are rare among random instances, so look around one.
TEST(PlacementProperty, EqualsExhaustiveSearchAroundAGap) {
  const std::vector<BufferLifetime> gap = {{0, 1, 3}, {0, 3, 4}, {1, 4, 2}, {1, 5, 2},
                                           {3, 5, 1}, {3, 5, 1}, {4, 6, 4}, {5, 6, 4}};
  int above = 0;
  for (uint32_t seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    std::vector<BufferLifetime> buffers = gap;
    for (uint32_t change = 0; change < seed % 3; ++change) {
      BufferLifetime& buffer = buffers[random() % buffers.size()];
      (random() % 2 == 0 ? buffer.bytes : buffer.last) += 1;
    }
    const Placement placement = place(buffers, {.alignment = 1});
    ASSERT_EQ(verify_placement(buffers, placement, 1), "") << text(seed, buffers);
    ASSERT_EQ(placement.arena_bytes, least_arena(buffers)) << text(seed, buffers);
    ASSERT_TRUE(placement.optimal) << text(seed, buffers);
    above += placement.arena_bytes > placement.lower_bound_bytes ? 1 : 0;
  }
  EXPECT_GT(above, 20);
}

TEST(PlacementProperty, HoldsOnInstancesLikeNetworks) {
  for (uint32_t seed = 0; seed < 100; ++seed) {
    const Shape shape{.most_buffers = 150, .steps = 100, .longest = 6, .most_bytes = 100'000};
    const std::vector<BufferLifetime> buffers = random_buffers(seed, shape);
    const Placement placement = place(buffers, {.node_limit = 5000});
    ASSERT_EQ(verify_placement(buffers, placement, 64), "") << text(seed, buffers);
    ASSERT_GE(placement.arena_bytes, placement.lower_bound_bytes) << text(seed, buffers);
  }
}

TEST(PlacementProperty, IsRightHoweverLittleWorkIsGranted) {
  for (uint32_t seed = 0; seed < 50; ++seed) {
    const std::vector<BufferLifetime> buffers = random_buffers(seed, {.most_buffers = 60, .steps = 20});
    for (const int64_t nodes : {0, 1, 2, 7, 60, 500}) {
      const Placement placement = place(buffers, {.alignment = 1, .node_limit = nodes});
      ASSERT_EQ(verify_placement(buffers, placement, 1), "") << nodes << " nodes, " << text(seed, buffers);
    }
  }
}

TEST(PlacementProperty, RepeatsItself) {
  for (uint32_t seed = 0; seed < 20; ++seed) {
    const std::vector<BufferLifetime> buffers = random_buffers(seed, {.most_buffers = 60, .steps = 20});
    EXPECT_EQ(place(buffers, {.node_limit = 2000}).offsets, place(buffers, {.node_limit = 2000}).offsets)
        << text(seed, buffers);
  }
}

TEST(PlacementProperty, AlignmentScales) {
  for (uint32_t seed = 0; seed < 200; ++seed) {
    std::vector<BufferLifetime> buffers = random_buffers(seed, {});
    const Placement small = place(buffers, {.alignment = 1});
    for (BufferLifetime& buffer : buffers) buffer.bytes = 64 * buffer.bytes - 63;
    const Placement large = place(buffers, {.alignment = 64});
    EXPECT_EQ(large.arena_bytes, 64 * small.arena_bytes) << text(seed, buffers);
  }
}

TEST(PlacementVerifierProperty, CatchesAMovedBuffer) {
  int caught = 0;
  for (uint32_t seed = 0; seed < 300; ++seed) {
    const std::vector<BufferLifetime> buffers = random_buffers(seed, {});
    const Placement placement = place(buffers, {.alignment = 1});
    for (size_t i = 0; i < buffers.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        const bool together = buffers[i].first < buffers[j].last && buffers[j].first < buffers[i].last;
        if (!together) continue;
        Placement moved = placement;
        moved.offsets[i] = moved.offsets[j];
        EXPECT_NE(verify_placement(buffers, moved, 1), "") << i << " onto " << j << ", " << text(seed, buffers);
        ++caught;
      }
    }
  }
  EXPECT_GT(caught, 500);
}

}  // namespace
}  // namespace snug
