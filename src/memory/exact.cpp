// Exact placement below a given height: depth-first search over skylines from the bottom up.
//
// Every placement can be pushed down until each block rests on the floor or on another block. The search
// builds just those. Its state is the set of blocks not yet placed with the least offset each can still
// have. The floor of a column is the smallest of these among its blocks still to come.
//
//        ┌───┐                       A valley is a run of columns with equal floor between higher ones.
//        │   │ valley ┌─────┐        A block that starts on the floor of a valley lies within it and has
//   ─────┘   └────────┘     └────    nothing but finished space below. So for any column of a valley:
//                                    one of its blocks starts on the floor, or all of them start higher.
//
// The column with the fewest choices and the most failures so far is taken: what cannot work shall fail
// early, and not over and over at the end of long ways. Blocks that no column connects any more are
// searched apart, and states that failed are remembered. When the choices are tried in a bad order the
// search is lost early on, so many orders take turns with growing shares of the nodes.
#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <numeric>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "base/error.h"
#include "memory/strip.h"

namespace snug {
namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

/// Deeper searches are given up: a bound for the call stack.
constexpr int kDepthLimit = 4000;

/// Nodes of the first attempt. Most attempts end soon after as many nodes as there are blocks, or never.
constexpr int64_t kFirstShare = 1024;

/// A node's work grows with its blocks, so a large one counts several times.
constexpr int64_t kBlocksPerNode = 64;

/// 128 bits, so that a chance collision (which would spoil a proof, never a placement) is out of the
/// question.
struct StateKey {
  uint64_t low = 0;
  uint64_t high = 0;
  bool operator==(const StateKey&) const = default;
};

struct StateKeyHash {
  size_t operator()(const StateKey& key) const { return key.low; }
};

/// A bijection of 64 bits in which each bit of the result depends on all bits of x.
uint64_t scramble(uint64_t x) {
  x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93U;
  x = (x ^ (x >> 32)) * 0xd6e8feb86659fd93U;
  return x ^ (x >> 32);
}

/// A run of columns [begin, end); empty at first.
struct Window {
  int begin = std::numeric_limits<int>::max();
  int end = 0;
  bool empty() const { return begin >= end; }
  void include(const Window& other) {
    begin = std::min(begin, other.begin);
    end = std::max(end, other.end);
  }
};

bool meets(const Block& block, const Window& window) {
  return block.begin < window.end && window.begin < block.end;
}
bool meets(const Block& a, const Block& b) {
  return a.begin < b.end && b.begin < a.end;
}
bool covers(const Block& block, int column) {
  return block.begin <= column && column < block.end;
}

/// The urgency of a column that leaves no choice.
constexpr double kForced = std::numeric_limits<double>::infinity();

/// A column of a valley.
struct Choice {
  int column = 0;
  int64_t floor = 0;
  int64_t slack = 0;  // how much of the column may stay empty
  double urgency = 0;
};

class Search {
 public:
  Search(const Strip& strip, int64_t capacity);

  /// Searches from the start; `rank` gives the order in which blocks are tried, `nodes` is used up.
  Verdict run(const std::vector<int>& rank, int64_t& nodes);
  const std::vector<int64_t>& offsets() const { return least_; }

 private:
  using Blocks = std::vector<int>;  // unplaced ones, by first column

  void set(int64_t& value, int64_t replacement);
  void undo(size_t mark);
  bool out_of_nodes() const { return nodes_ < 0; }
  StateKey key(const Blocks& blocks) const;
  bool lift_blocks(const Blocks& blocks, const Window& risen, Window& lifted);
  Window lift_floors(const Blocks& blocks, const Window& stale);
  bool fits(const Blocks& blocks, const Window& changed);
  bool propagate(const Blocks& blocks, Window changed);
  Choice choose(const Blocks& blocks);
  Blocks candidates(const Blocks& blocks, const Choice& choice) const;
  bool put(const Blocks& blocks, int chosen);
  bool leave_empty(const Blocks& blocks, const Choice& choice);
  bool keep_off_floor(const Blocks& blocks, const Choice& choice, Window& changed);
  bool solve_part(const Blocks& blocks);
  bool solve(const Blocks& blocks);

  const Strip& strip_;
  const int64_t capacity_;
  Blocks all_;
  std::vector<int> kind_;          // by block: equal for blocks that are alike
  std::vector<int> rank_;          // by block: lower is tried earlier
  std::vector<int64_t> least_;     // by block: its offset, or the least that it can still have
  std::vector<int64_t> floor_;     // by column
  std::vector<int64_t> reach_;     // by column: the least height of its end, from the least offsets of its blocks
  std::vector<int64_t> low_;       // by column, scratch
  std::vector<int64_t> failures_;  // by column: how often it has ended the search
  std::vector<int> count_;         // by column, scratch
  Blocks by_offset_;               // scratch
  std::vector<std::pair<int64_t*, int64_t>> trail_;
  std::unordered_set<StateKey, StateKeyHash> failed_;
  int64_t nodes_ = 0;
  int depth_ = 0;
};

Search::Search(const Strip& strip, int64_t capacity)
    : strip_(strip), capacity_(capacity), kind_(strip.blocks.size()), least_(strip.blocks.size()) {
  std::map<std::tuple<int, int, int64_t>, int> kinds;
  for (size_t i = 0; i < strip.blocks.size(); ++i) {
    const Block& block = strip.blocks[i];
    const int next_kind = static_cast<int>(kinds.size());
    kind_[i] = kinds.try_emplace({block.begin, block.end, block.height}, next_kind).first->second;
    if (block.begin < block.end) all_.push_back(static_cast<int>(i));
  }
  std::stable_sort(all_.begin(), all_.end(),
                   [&](int a, int b) { return strip.blocks[a].begin < strip.blocks[b].begin; });
  floor_.resize(strip.columns);
  reach_.resize(strip.columns);
  low_.resize(strip.columns);
  failures_.resize(strip.columns);
  count_.resize(strip.columns);
}

Verdict Search::run(const std::vector<int>& rank, int64_t& nodes) {
  rank_ = rank;
  nodes_ = nodes;
  undo(0);
  const bool found = propagate(all_, {.begin = 0, .end = strip_.columns}) && solve(all_);
  nodes = std::max<int64_t>(nodes_, 0);
  if (found) return Verdict::kFound;
  return out_of_nodes() ? Verdict::kUnknown : Verdict::kImpossible;
}

void Search::set(int64_t& value, int64_t replacement) {
  trail_.emplace_back(&value, value);
  value = replacement;
}

void Search::undo(size_t mark) {
  while (trail_.size() > mark) {
    *trail_.back().first = trail_.back().second;
    trail_.pop_back();
  }
}

/// Floors follow from the least offsets, so these and the blocks are the whole state. Alike blocks may swap.
StateKey Search::key(const Blocks& blocks) const {
  StateKey sum;
  for (const int b : blocks) {
    const uint64_t low = scramble(static_cast<uint64_t>(kind_[b] + 1) * 0x9e3779b97f4a7c15U ^
                                  scramble(static_cast<uint64_t>(least_[b])));
    sum.low += low;
    sum.high += scramble(low + 0x2545f4914f6cdd1dU);
  }
  return sum;
}

/// Moves blocks up to the floors that have risen. False if one does not fit below the capacity any more.
bool Search::lift_blocks(const Blocks& blocks, const Window& risen, Window& lifted) {
  for (const int b : blocks) {
    const Block& block = strip_.blocks[b];
    if (!meets(block, risen)) continue;
    const auto begin = floor_.begin() + std::max(block.begin, risen.begin);
    const int64_t top = *std::max_element(begin, floor_.begin() + std::min(block.end, risen.end));
    if (top > least_[b]) {
      set(least_[b], top);
      lifted.include({block.begin, block.end});
    }
    if (least_[b] + block.height > capacity_) return false;
  }
  return true;
}

/// Brings floors up to date where blocks have moved up or left; returns where they rose.
Window Search::lift_floors(const Blocks& blocks, const Window& stale) {
  Window risen;
  if (stale.empty()) return risen;
  std::fill(low_.begin() + stale.begin, low_.begin() + stale.end, kNever);
  for (const int b : blocks) {
    const Block& block = strip_.blocks[b];
    const int end = std::min(block.end, stale.end);
    for (int c = std::max(block.begin, stale.begin); c < end; ++c) low_[c] = std::min(low_[c], least_[b]);
  }
  for (int c = stale.begin; c < stale.end; ++c) {
    if (low_[c] == kNever || low_[c] <= floor_[c]) continue;
    set(floor_[c], low_[c]);
    risen.include({c, c + 1});
  }
  return risen;
}

/// In each column the blocks are jobs on one machine with release times: piling them up in the order of
/// their least offsets gives the least height. False if that exceeds the capacity somewhere.
bool Search::fits(const Blocks& blocks, const Window& changed) {
  by_offset_.clear();
  for (const int b : blocks)
    if (meets(strip_.blocks[b], changed)) by_offset_.push_back(b);
  std::sort(by_offset_.begin(), by_offset_.end(), [&](int a, int b) { return least_[a] < least_[b]; });
  std::fill(low_.begin() + changed.begin, low_.begin() + changed.end, 0);
  for (const int b : by_offset_) {
    const Block& block = strip_.blocks[b];
    const int end = std::min(block.end, changed.end);
    for (int c = std::max(block.begin, changed.begin); c < end; ++c) {
      low_[c] = std::max(low_[c], least_[b]) + block.height;
      if (low_[c] <= capacity_) continue;
      ++failures_[c];
      return false;
    }
  }
  for (int c = changed.begin; c < changed.end; ++c)
    if (low_[c] != reach_[c]) set(reach_[c], low_[c]);
  return true;
}

/// Draws all conclusions from a change within a window. False if there is no placement.
bool Search::propagate(const Blocks& blocks, Window changed) {
  if (blocks.empty() || changed.empty()) return true;
  Window stale = changed;
  for (Window risen = changed; !risen.empty();) {
    if (!lift_blocks(blocks, risen, stale)) return false;
    changed.include(stale);
    risen = lift_floors(blocks, stale);
    stale = {};
  }
  return fits(blocks, changed);
}

Choice Search::choose(const Blocks& blocks) {
  Window span;
  for (const int b : blocks) span.include({strip_.blocks[b].begin, strip_.blocks[b].end});
  std::fill(count_.begin() + span.begin, count_.begin() + span.end, 0);
  for (const int b : blocks)
    for (int c = strip_.blocks[b].begin; c < strip_.blocks[b].end; ++c) count_[c] += least_[b] == floor_[c];

  Choice best;
  for (int begin = span.begin, end = 0; begin < span.end; begin = end) {
    end = begin + 1;
    while (end < span.end && floor_[end] == floor_[begin]) ++end;
    const bool lower_left = begin > span.begin && floor_[begin - 1] < floor_[begin];
    const bool lower_right = end < span.end && floor_[end] < floor_[begin];
    if (lower_left || lower_right) continue;
    for (int c = begin; c < end; ++c) {
      const int64_t slack = capacity_ - reach_[c];
      const int options = count_[c] + (slack > 0 ? 1 : 0);
      const double urgency = options <= 1 ? kForced : static_cast<double>(1 + failures_[c]) / (options * options);
      if (urgency < best.urgency || (urgency == best.urgency && slack >= best.slack)) continue;
      best = {.column = c, .floor = floor_[c], .slack = slack, .urgency = urgency};
    }
  }
  return best;
}

/// The blocks of the column that can start on its floor, one of each kind.
Search::Blocks Search::candidates(const Blocks& blocks, const Choice& choice) const {
  Blocks found;
  for (const int b : blocks) {
    if (!covers(strip_.blocks[b], choice.column) || least_[b] != choice.floor) continue;
    const auto alike = [&](int other) { return kind_[other] == kind_[b]; };
    if (std::none_of(found.begin(), found.end(), alike)) found.push_back(b);
  }
  std::sort(found.begin(), found.end(), [&](int a, int b) { return rank_[a] < rank_[b]; });
  return found;
}

bool Search::put(const Blocks& blocks, int chosen) {
  const Block& block = strip_.blocks[chosen];
  for (int c = block.begin; c < block.end; ++c) set(floor_[c], least_[chosen] + block.height);
  Blocks others;
  others.reserve(blocks.size());
  std::copy_if(blocks.begin(), blocks.end(), std::back_inserter(others), [&](int b) { return b != chosen; });
  return propagate(others, {block.begin, block.end}) && solve(others);
}

/// What may not start on the floor of the valley must rest on something there that has yet to come: on a
/// block beside the column, or on one of the column, which in turn starts no lower than the lowest such end.
bool Search::keep_off_floor(const Blocks& blocks, const Choice& choice, Window& changed) {
  int64_t lowest = kNever;  // start of any block of the column
  std::vector<std::pair<int, int64_t>> lifted;
  for (const int b : blocks) {
    const Block& block = strip_.blocks[b];
    if (!covers(block, choice.column)) continue;
    if (least_[b] > choice.floor) {
      lowest = std::min(lowest, least_[b]);
      continue;
    }
    int64_t support = kNever;
    for (const int a : blocks)
      if (!covers(strip_.blocks[a], choice.column) && meets(strip_.blocks[a], block))
        support = std::min(support, least_[a] + strip_.blocks[a].height);
    lifted.emplace_back(b, support);
    lowest = std::min(lowest, support);
  }
  if (lowest == kNever || lowest - choice.floor > choice.slack) return false;
  for (auto& [b, support] : lifted)
    for (const int a : blocks)
      if (a != b && covers(strip_.blocks[a], choice.column))
        support = std::min(support, std::max(lowest, least_[a]) + strip_.blocks[a].height);
  for (const auto& [b, support] : lifted) {
    if (support > capacity_) return false;
    set(least_[b], support);
    changed.include({strip_.blocks[b].begin, strip_.blocks[b].end});
  }
  return true;
}

bool Search::leave_empty(const Blocks& blocks, const Choice& choice) {
  Window changed;
  return keep_off_floor(blocks, choice, changed) && propagate(blocks, changed) && solve(blocks);
}

bool Search::solve_part(const Blocks& blocks) {
  if (blocks.size() == 1) return true;
  if (depth_ >= kDepthLimit) nodes_ = 0;
  nodes_ -= 1 + static_cast<int64_t>(blocks.size()) / kBlocksPerNode;
  if (out_of_nodes()) return false;
  const StateKey state = key(blocks);
  if (failed_.contains(state)) return false;

  const Choice choice = choose(blocks);
  const size_t mark = trail_.size();
  for (const int b : candidates(blocks, choice)) {
    if (put(blocks, b)) return true;
    if (out_of_nodes()) return false;
    undo(mark);
  }
  if (choice.slack > 0) {
    if (leave_empty(blocks, choice)) return true;
    if (out_of_nodes()) return false;
    undo(mark);
  }
  failed_.insert(state);
  return false;
}

/// Parts that share no column do not see each other: one of them failing is final.
bool Search::solve(const Blocks& blocks) {
  std::vector<Blocks> parts;
  int end = 0;
  for (const int b : blocks) {
    const Block& block = strip_.blocks[b];
    if (parts.empty() || block.begin >= end) parts.emplace_back();
    parts.back().push_back(b);
    end = std::max(end, block.end);
  }
  std::stable_sort(parts.begin(), parts.end(), [](const Blocks& a, const Blocks& b) { return a.size() < b.size(); });
  ++depth_;
  const bool solved = std::all_of(parts.begin(), parts.end(), [&](const Blocks& part) { return solve_part(part); });
  --depth_;
  return solved;
}

double width(const Block& block) {
  return block.end - block.begin;
}
double height(const Block& block) {
  return static_cast<double>(block.height);
}

/// What makes a block worth trying early: no single rule is good everywhere.
constexpr std::array kScores = {
    +[](const Block& block) { return height(block); },
    +[](const Block& block) { return width(block); },
    +[](const Block& block) { return height(block) * width(block) * width(block); },
    +[](const Block& block) { return 1 / width(block); },
    +[](const Block& block) { return height(block) * width(block); },
};

/// Ranks of the blocks from the highest score to the lowest. From round 1 on each score is shaken by a factor
/// between 1/2 and 3/2, always the same for the same round.
std::vector<int> rank_by(const Strip& strip, double (*score)(const Block&), int round) {
  std::vector<double> scores(strip.blocks.size());
  for (size_t i = 0; i < scores.size(); ++i) {
    const uint64_t dice = scramble((static_cast<uint64_t>(round) << 32) + i + 1) >> 32;
    const double factor = round == 0 ? 1 : 0.5 + static_cast<double>(dice) / 4294967296.0;
    scores[i] = score(strip.blocks[i]) * factor;
  }
  std::vector<int> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return scores[a] > scores[b]; });
  std::vector<int> rank(order.size());
  for (size_t i = 0; i < order.size(); ++i) rank[order[i]] = static_cast<int>(i);
  return rank;
}

}  // namespace

Verdict place_below(const Strip& strip, int64_t capacity, int64_t& node_limit, std::vector<int64_t>& offsets) {
  Search search(strip, capacity);
  int64_t share = kFirstShare;
  for (int round = 0;; ++round) {
    for (const auto score : kScores) {
      const int64_t granted = std::min(share, node_limit);
      int64_t nodes = granted;
      const Verdict verdict = search.run(rank_by(strip, score, round), nodes);
      node_limit -= granted - nodes;
      if (verdict == Verdict::kFound) offsets = search.offsets();
      if (verdict != Verdict::kUnknown || node_limit <= 0) return verdict;
    }
    share += share / 2;
  }
}

}  // namespace snug
