#include "cost/calibration.h"

#include <algorithm>

#include "graph/layer.h"

namespace snug {

namespace {

/// Of a primitive that was measured this often, the best moment says something.
constexpr size_t kEnough = 3;
constexpr double kUnseen = 0.67;

/// By how much the bound must exceed the time of what beats it.
constexpr double kMargin = 1.5;

/// Less memory than this part of the layer's maps decides nothing.
constexpr double kClearly = 1.0 / 32;

/// A conversion reads and writes, and rarely at the memory's full speed.
constexpr double kConversionPasses = 4;

double stored_bytes(const Layout& layout, const MapShape& shape) {
  return static_cast<double>(stored_floats(layout, shape)) * sizeof(float);
}

/// What another primitive's user pays where it stands between layouts of this one.
double conversions_ns(const Measurement& from, const Primitive& to, const Target& target) {
  double bytes = 0;
  if (from.primitive->input != to.input) bytes += stored_bytes(to.input, input_shape(from.layer));
  if (from.primitive->output != to.output) bytes += stored_bytes(to.output, output_shape(from.layer));
  return kConversionPasses * bytes / target.gigabytes_per_second;
}

double workspace_bytes(const Measurement& m) {
  return m.primitive->workspace_bytes == nullptr ? 0 : static_cast<double>(m.primitive->workspace_bytes(m.layer));
}

double weight_bytes(const Measurement& m) {
  return m.primitive->pack_bytes == nullptr ? 0 : static_cast<double>(m.primitive->pack_bytes(m.layer));
}

}  // namespace

void Calibration::add(const Measurement& measurement, double measured_ns) {
  const double ratio = measured_ns / estimated_ns(target_, measurement);
  for (std::vector<double>* ratios :
       {&by_primitive_[measurement.primitive->name], &by_family_[measurement.primitive->family]}) {
    ratios->insert(std::upper_bound(ratios->begin(), ratios->end(), ratio), ratio);
  }
}

double Calibration::likely_ns(const Measurement& measurement) const {
  const double estimate = estimated_ns(target_, measurement);
  auto found = by_primitive_.find(measurement.primitive->name);
  if (found == by_primitive_.end()) {
    found = by_family_.find(measurement.primitive->family);
    if (found == by_family_.end()) return estimate;
  }
  return estimate * found->second[found->second.size() / 2];
}

std::optional<double> Calibration::least_ns(const Measurement& measurement) const {
  const auto found = by_primitive_.find(measurement.primitive->name);
  if (found == by_primitive_.end() || found->second.size() < kEnough) return std::nullopt;
  return estimated_ns(target_, measurement) * found->second.front() * kUnseen;
}

const KnownTime* what_beats(const Measurement& measurement, const std::vector<KnownTime>& known,
                            const Calibration& calibration) {
  if (measurement.operator_name != "conv") return nullptr;
  const std::optional<double> least = calibration.least_ns(measurement);
  if (!least) return nullptr;
  const Primitive& primitive = *measurement.primitive;
  const double spare = kClearly * map_bytes(measurement.layer, primitive.input, primitive.output);
  const double workspace = workspace_bytes(measurement) + spare, weights = weight_bytes(measurement) + spare;
  const KnownTime* best = nullptr;
  for (const KnownTime& other : known) {
    if (best != nullptr && other.ns >= best->ns) continue;
    const double ns = other.ns + conversions_ns(measurement, *other.measurement.primitive, calibration.target());
    if (*least > kMargin * ns && workspace_bytes(other.measurement) <= workspace &&
        weight_bytes(other.measurement) <= weights) {
      best = &other;
    }
  }
  return best;
}

}  // namespace snug
