// Prices of candidates and conversions; what must be measured for them; dominated candidates go.
#include <algorithm>
#include <cmath>
#include <map>

#include "base/error.h"
#include "cost/conversions.h"
#include "cost/enumerate.h"
#include "ops/split.h"

namespace snug {

namespace {

using Key = std::pair<const Primitive*, std::string>;
Key key_of(const Measurement& measurement) {
  return {measurement.primitive, text(measurement)};
}

/// Prices of single calls, each worked out once.
struct Prices {
  const Target& target;
  const Profile* profile;
  std::map<Key, double> known;

  double ns(const Measurement& measurement) {
    const auto [entry, is_new] = known.try_emplace(key_of(measurement), 0);
    if (!is_new) return entry->second;
    entry->second = profile != nullptr ? profile->price_ns(measurement) : estimate_of(measurement);
    return entry->second;
  }

  double estimate_of(const Measurement& measurement) const {
    const double alone = estimated_ns(target, measurement);
    return measurement.threads == 1 ? alone : predicted_ns(target, measurement, alone);
  }

  /// What `batch` runs of a call take; those in parts start their threads once.
  double ns(const Measurement& measurement, double batch) {
    const double one = ns(measurement);
    const double fork_join = measurement.split == Split::kWhole ? 0 : std::min(one, target.fork_join_ns);
    return (one - fork_join) * batch + fork_join;
  }
};

/// The call on several threads, in parts or, where it cannot be split this way, whole.
Measurement on_threads(Measurement call, Split split, int threads) {
  call.threads = threads;
  if (!split_layer(*call.primitive, call.layer, split, threads).empty()) call.split = split;
  return call;
}

int64_t whole_ns(double ns) {
  return std::max<int64_t>(0, std::llround(ns));
}

/// A conversion in two steps goes the cheapest way.
void price_composed(TensorCosts& tensor, int from, int to) {
  const auto ns = [&](int via) { return tensor.conversion_ns[from][via] + tensor.conversion_ns[via][to]; };
  const std::vector<int> ways = ways_between(tensor, from, to);
  const int via = *std::ranges::min_element(ways, {}, ns);
  tensor.conversion_via[from][to] = via;
  tensor.conversion_ns[from][to] = ns(via);
}

/// A time to compare by. Bands leave a map where its next reader works on it, which is dear to change where threads
/// share no cache: slices of channels must be faster by more than the noise of measurement.
double weighed_ns(const Candidate& candidate) {
  constexpr double kOfSlices = 1.03;
  return static_cast<double>(candidate.time_ns) * (candidate.split == Split::kChannels ? kOfSlices : 1);
}

/// Whether nothing that `a` is used in gets worse when it stands in for `b`.
bool dominates(const Candidate& a, const Candidate& b) {
  return weighed_ns(a) <= weighed_ns(b) && a.workspace_bytes <= b.workspace_bytes && a.weight_bytes <= b.weight_bytes;
}

/// The strategy `direct` needs its candidates, however slow they are.
bool is_kept_for_comparison(const Candidate& candidate) {
  return candidate.primitive != nullptr && candidate.primitive->family == "direct";
}

std::vector<Candidate> without_dominated(const std::vector<Candidate>& candidates) {
  std::vector<Candidate> kept;
  for (size_t k = 0; k < candidates.size(); ++k) {
    bool dominated = false;
    for (size_t other = 0; other < candidates.size() && !dominated; ++other) {
      if (other == k || !same_form(candidates[other], candidates[k])) continue;
      // Of equals the first stays.
      dominated =
          dominates(candidates[other], candidates[k]) && (other < k || !dominates(candidates[k], candidates[other]));
    }
    if (!dominated || is_kept_for_comparison(candidates[k])) kept.push_back(candidates[k]);
  }
  return kept;
}

}  // namespace

std::vector<Measurement> measurements(const Graph& graph, const CostTable& costs) {
  std::vector<Measurement> result;
  std::map<Key, bool> seen;
  const std::vector<Fusion> fused = fusions(graph);
  const auto add = [&](const Measurement& measurement) {
    if (seen.try_emplace(key_of(measurement), true).second) result.push_back(measurement);
  };
  for (size_t index = 0; index < graph.nodes.size(); ++index) {
    for (const Candidate& candidate : costs.nodes.at(index).candidates) {
      if (candidate.primitive == nullptr) continue;
      const Computed computed = computed_by(graph, costs, fused, static_cast<int>(index), candidate);
      for (const Call& call : computed.lowered.calls) {
        const Measurement alone = measurement_of(computed, call, candidate);
        add(alone);
        add(on_threads(alone, candidate.split, costs.threads));
      }
    }
  }
  const std::vector<LayoutPairs> needed = possible_conversions(costs);
  for (size_t id = 0; id < graph.tensors.size(); ++id) {
    for (int from = 0; from < kLayoutCount; ++from) {
      for (int to = 0; to < kLayoutCount; ++to) {
        if (!needed[id][static_cast<size_t>(from)][static_cast<size_t>(to)]) continue;
        const auto conversion = conversion_of(graph.tensors[id], from, to, all_primitives());
        if (!conversion) continue;
        add(*conversion);
        for (const Split split : {Split::kWhole, Split::kRows}) add(on_threads(*conversion, split, costs.threads));
      }
    }
  }
  return result;
}

CostTable price(CostTable costs, const Graph& graph, const Target& target, const Profile* profile) {
  CHECK(costs.nodes.size() == graph.nodes.size() && costs.tensors.size() == graph.tensors.size(),
        "a cost table of another graph");
  const std::vector<Fusion> fused = fusions(graph);
  Prices prices{.target = target, .profile = profile, .known = {}};
  for (size_t index = 0; index < graph.nodes.size(); ++index) {
    for (Candidate& candidate : costs.nodes[index].candidates) {
      if (candidate.primitive == nullptr) continue;
      const Computed computed = computed_by(graph, costs, fused, static_cast<int>(index), candidate);
      const double batch = static_cast<double>(computed.lowered.batch);
      double ns = 0;
      for (const Call& call : computed.lowered.calls) {
        const Measurement alone = measurement_of(computed, call, candidate);
        ns += prices.ns(on_threads(alone, candidate.split, costs.threads), batch);
      }
      candidate.time_ns = whole_ns(ns);
    }
    costs.nodes[index].candidates = without_dominated(costs.nodes[index].candidates);
  }
  const std::vector<LayoutPairs> needed = possible_conversions(costs);
  const auto for_each_needed = [&](size_t id, bool composed, const auto& visit) {
    for (int from = 0; from < kLayoutCount; ++from) {
      for (int to = 0; to < kLayoutCount; ++to) {
        const TensorCosts& tensor = costs.tensors[id];
        if (!needed[id][from][to] || tensor.conversion_ns[from][to] < 0) continue;
        if (composed == (layout_between(tensor, from, to) >= 0)) visit(from, to);
      }
    }
  };
  for (size_t id = 0; id < graph.tensors.size(); ++id) {
    const double batch = static_cast<double>(images(graph.tensors[id].dims).batch);
    for_each_needed(id, false, [&](int from, int to) {
      const auto conversion = conversion_of(graph.tensors[id], from, to, all_primitives());
      if (!conversion) return;
      const double whole = prices.ns(on_threads(*conversion, Split::kWhole, costs.threads), batch);
      int64_t& price = costs.tensors[id].conversion_ns[from][to];
      price = whole_ns(whole);
      const double in_bands = prices.ns(on_threads(*conversion, Split::kRows, costs.threads), batch);
      if (in_bands >= whole) return;
      price = whole_ns(in_bands);
      costs.tensors[id].conversion_split[from][to] = Split::kRows;
    });
    for_each_needed(id, true, [&](int from, int to) { price_composed(costs.tensors[id], from, to); });
  }
  return costs;
}

}  // namespace snug
