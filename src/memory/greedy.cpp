// Placement by first fit in several orders, and by promotion: moving the highest block forward in the order.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "memory/strip.h"

namespace snug {
namespace {

/// Orders without gain after which promotion gives up.
constexpr int kPatience = 32;

/// Puts each block, in the given order, into the lowest gap between those already there.
std::vector<int64_t> first_fit(const Strip& strip, const std::vector<int>& order) {
  std::vector<int64_t> offsets(strip.blocks.size());
  std::vector<int> placed;  // by offset
  placed.reserve(order.size());
  for (const int b : order) {
    const Block& block = strip.blocks[b];
    int64_t offset = 0;
    for (const int p : placed) {
      const Block& other = strip.blocks[p];
      if (other.begin >= block.end || block.begin >= other.end) continue;
      if (offsets[p] >= offset + block.height) break;
      offset = std::max(offset, offsets[p] + other.height);
    }
    offsets[b] = offset;
    const auto above = [&](int64_t value, int p) { return value < offsets[p]; };
    placed.insert(std::upper_bound(placed.begin(), placed.end(), offset, above), b);
  }
  return offsets;
}

/// All blocks that have columns, from the highest score to the lowest.
template <typename Score>
std::vector<int> order_by(const Strip& strip, const Score& score) {
  std::vector<int> order;
  for (size_t i = 0; i < strip.blocks.size(); ++i)
    if (strip.blocks[i].begin < strip.blocks[i].end) order.push_back(static_cast<int>(i));
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return score(strip.blocks[a]) > score(strip.blocks[b]); });
  return order;
}

struct Attempt {
  std::vector<int> order;
  std::vector<int64_t> offsets;
  int64_t height = 0;
};

Attempt attempt(const Strip& strip, std::vector<int> order) {
  std::vector<int64_t> offsets = first_fit(strip, order);
  const int64_t height = placed_height(strip, offsets);
  return {.order = std::move(order), .offsets = std::move(offsets), .height = height};
}

/// The order with the highest block moved half the way to the front.
std::vector<int> promoted(const Strip& strip, const Attempt& current) {
  std::vector<int> order = current.order;
  const auto end_of = [&](int b) { return current.offsets[b] + strip.blocks[b].height; };
  const auto highest =
      std::max_element(order.begin(), order.end(), [&](int a, int b) { return end_of(a) < end_of(b); });
  const auto target = order.begin() + (highest - order.begin()) / 2;
  std::rotate(target, highest, highest + 1);
  return order;
}

}  // namespace

std::vector<int64_t> place_greedily(const Strip& strip, int64_t goal) {
  const auto width = [](const Block& block) { return block.end - block.begin; };
  const auto by_height = [&](const Block& block) { return std::tuple(block.height, width(block)); };
  const auto by_area = [&](const Block& block) { return static_cast<double>(block.height) * width(block); };
  const auto by_width = [&](const Block& block) { return std::tuple(width(block), block.height); };
  const auto by_begin = [&](const Block& block) { return std::tuple(-block.begin, block.height); };

  Attempt best = attempt(strip, order_by(strip, by_height));
  const auto consider = [&](std::vector<int> order) {
    if (best.height <= goal) return;
    Attempt next = attempt(strip, std::move(order));
    if (next.height < best.height) best = std::move(next);
  };
  consider(order_by(strip, by_area));
  consider(order_by(strip, by_width));
  consider(order_by(strip, by_begin));

  Attempt current = best;
  for (int idle = 0; best.height > goal && idle < kPatience; ++idle) {
    std::vector<int> order = promoted(strip, current);
    if (order == current.order) break;
    current = attempt(strip, std::move(order));
    if (current.height >= best.height) continue;
    best = current;
    idle = 0;
  }
  return best.offsets;
}

}  // namespace snug
