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

/// One thing to measure: a primitive on a layer (its block set, strides 0), in a network for so many threads: whole, or
/// in parts.
struct Measurement {
  const Primitive* primitive = nullptr;
  std::string operator_name;
  snug_layer layer{};
  Split split{};
  int threads = 1;
};

/// The layer as text, and on several threads how it is split: "ic3ih224...", "ic3ih224... rows 2".
std::string text(const Measurement& measurement);

enum class PrimitiveSet { kAll, kClassic };

/// Candidates of every node that read and write these layouts (chw where there is none), and every conversion of every
/// tensor, without prices (time_ns 0). For several threads every candidate stands there in as many ways as its calls
/// can be split, with the workspace of all parts. Throws UserError if a node has no candidate, with every primitive's
/// refusal.
CostTable enumerate_candidates(const Graph& graph, PrimitiveSet set = PrimitiveSet::kAll, int threads = 1,
                               const LayoutSet& layouts = kUsualLayouts);

/// Every distinct measurement that pricing this table needs.
std::vector<Measurement> measurements(const Graph& graph, const CostTable& costs);

/// A measurement that was not worth making: this primitive takes at least `least_ns`, and another one of the layer,
/// which needs no more memory worth mentioning, was measured to be faster by far, conversions of its maps included.
struct Cut {
  Measurement measurement;
  double least_ns = 0;
  double price_ns = 0;  ///< the estimate, corrected by how the primitive did on other layers
  Measurement faster;
  double faster_ns = 0;
};

/// What filling a profile took.
struct ProfileReport {
  size_t wanted = 0;    ///< distinct measurements
  size_t known = 0;     ///< of them, from earlier runs
  size_t measured = 0;  ///< of them, now
  double seconds = 0;
  std::vector<Cut> cuts;  ///< the rest, small layers first, but for
  size_t predicted = 0;   ///< calls on several threads whose times are predicted from those on one
};

/// Prices in nanoseconds, by measurement; a view of the SQLite file, keyed by target identity and kernel
/// source.
class Profile {
 public:
  /// Opens or creates the file (default: $SNUG_PROFILE, else $XDG_CACHE_HOME/snug/profile.sqlite, else
  /// ~/.cache/...).
  static Profile open(const Target& target, const std::filesystem::path& file = {});

  std::optional<double> measured_ns(const Measurement& measurement) const;

  /// Measured, or estimated and corrected by what this target's measurements say of the primitive. A call on several
  /// threads that was not measured: predicted_ns, and as much more as others of the family took.
  double price_ns(const Measurement& measurement) const;

  using Progress = std::function<void(size_t done, size_t total, const Measurement& current, double seconds_left)>;
  /// Measures what is missing and may matter, in one program; each result is kept at once, so that an interrupted run
  /// goes on where it stopped. Measures nothing when called again with the same wishes.
  ProfileReport measure_missing(const std::vector<Measurement>& wanted, const Progress& progress);

  struct State;

 private:
  std::shared_ptr<State> state_;
};

/// Time from work and bytes alone.
double estimated_ns(const Target& target, const Measurement& measurement);

/// What a call takes on several threads if these have nothing to share but the work, given what it takes on one: the
/// share that the slowest part has by the estimate, and the target's fork_join_ns; as long, where it stays whole.
double predicted_ns(const Target& target, const Measurement& on_threads, double alone_ns);

/// Fills in every time_ns: the profile's price, or the estimate where no profile is given. Dominated candidates go.
CostTable price(CostTable costs, const Graph& graph, const Target& target, const Profile* profile);

}  // namespace snug
