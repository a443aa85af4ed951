// How fast primitives are on a target beside what the estimate says, learned from what was measured there; and, by
// that, which measurements cannot matter.
#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "cost/profile.h"

namespace snug {

/// Measured time over estimated time, of every primitive.
class Calibration {
 public:
  explicit Calibration(const Target& target) : target_(target) {}
  void add(const Measurement& measurement, double measured_ns);

  /// The estimate, times what its primitive (its family, where that was never measured) usually takes of it.
  double likely_ns(const Measurement& measurement) const;

  /// What it takes at least: as much of its estimate as in its primitive's best moment, and a third less for the moment
  /// that was not seen. Nothing while too little is known of the primitive.
  std::optional<double> least_ns(const Measurement& measurement) const;

  const Target& target() const { return target_; }

 private:
  Target target_;
  std::map<std::string_view, std::vector<double>> by_primitive_, by_family_;  // ascending
};

/// A primitive on a layer and what it takes.
struct KnownTime {
  Measurement measurement;
  double ns = 0;
};

/// A known one of the same layer that leaves `measurement` without any use: it is faster even if its input and output
/// must be converted, by a margin, and does not need clearly more workspace or flash. Null where there is none, and for
/// all operators but conv, which have few primitives and fast ones.
const KnownTime* what_beats(const Measurement& measurement, const std::vector<KnownTime>& known,
                            const Calibration& calibration);

}  // namespace snug
