// What layers cost on a target: measured once and kept in SQLite, or estimated.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cost/cost_table.h"
#include "graph/graph.h"
#include "ops/primitive.h"
#include "target/target.h"

namespace snug {

/// One thing to measure: a primitive on a layer (its block set, strides 0).
struct Measurement {
  const Primitive* primitive = nullptr;
  std::string operator_name;
  snug_layer layer{};
};

enum class PrimitiveSet { kAll, kClassic };

/// Candidates of every node, and every conversion between layouts of every tensor, without prices (time_ns
/// 0). Throws UserError if a node has no candidate, with every primitive's refusal.
CostTable enumerate_candidates(const Graph& graph, PrimitiveSet set = PrimitiveSet::kAll);

/// Every distinct measurement that pricing this table needs.
std::vector<Measurement> measurements(const Graph& graph, const CostTable& costs);

/// Prices in nanoseconds, by measurement; a view of the SQLite file, keyed by target identity and kernel
/// source.
class Profile {
 public:
  /// Opens or creates the file (default: $SNUG_PROFILE, else $XDG_CACHE_HOME/snug/profile.sqlite, else
  /// ~/.cache/...).
  static Profile open(const Target& target, const std::filesystem::path& file = {});

  std::optional<double> measured_ns(const Measurement& measurement) const;

  using Progress = std::function<void(size_t done, size_t total, const Measurement& current, double seconds_left)>;
  /// Measures what is missing, in one benchmark program; each result is kept at once, so that an interrupted
  /// run goes on where it stopped.
  void measure_missing(const std::vector<Measurement>& wanted, const Progress& progress);

  struct State;

 private:
  std::shared_ptr<State> state_;
};

/// Time from work and bytes alone.
double estimated_ns(const Target& target, const Measurement& measurement);

/// Fills in every time_ns: measured where the profile has it (and one is given), else estimated. Dominated
/// candidates go.
CostTable price(CostTable costs, const Graph& graph, const Target& target, const Profile* profile);

}  // namespace snug
