// Time from work and bytes alone, for targets that nothing was measured on.
#include <algorithm>
#include <array>

#include "cost/profile.h"
#include "ops/split.h"

namespace snug {

namespace {

/// The part of the target's rate of multiply-adds that a family's inner loops reach, where it is not memory that limits
/// them: medians of a profile of the ten networks of the zoo on an AVX-512 machine (58 thousand million multiply-adds
/// and 40 GB a second). A tenth to nine tenths of the measured times are within a quarter of the estimates for most
/// families, within a factor of two for winograd, polyphase winograd, im2col, mec and direct, of three for depthwise,
/// and anywhere for direct vector. More than one, because part of the time of memory hides behind arithmetic. Of
/// depthwise, all of it does where the maps lie in a cache: its median, 2.9, would promise other machines too much.
/// That of int8x3 is without AMX, where no plan should take it; what it reaches with AMX is measured.
struct Efficiency {
  std::string_view family;
  double fraction;
};
constexpr std::array kEfficiencies{
    Efficiency{"direct", 0.0065},
    Efficiency{"blocked direct", 1.05},
    Efficiency{"implicit gemm", 1.05},
    Efficiency{"first layer", 1.0},
    Efficiency{"im2col", 0.85},
    Efficiency{"im2row", 1.05},
    Efficiency{"kn2", 1.0},
    Efficiency{"mec", 0.8},
    Efficiency{"winograd", 1.15},
    Efficiency{"pointwise", 1.0},
    Efficiency{"polyphase winograd", 1.15},
    Efficiency{"depthwise", 1.05},
    Efficiency{"separable", 1.05},
    Efficiency{"fully connected", 1.05},
    Efficiency{"winograd 1d", 1.05},
    Efficiency{"fft", 1.1},
    Efficiency{"strassen", 1.05},
    Efficiency{"direct vector", 0.009},
    Efficiency{"int8x3", 0.14},
    Efficiency{"winograd int8x3", 0.14},
};
constexpr double kOtherFraction = 0.1;

/// What a call costs before it does anything: arguments, set-up, cold instructions.
constexpr double kCallNs = 100;

double fraction_of(std::string_view family) {
  const auto* found = std::find_if(kEfficiencies.begin(), kEfficiencies.end(),
                                   [&](const Efficiency& efficiency) { return efficiency.family == family; });
  return found == kEfficiencies.end() ? kOtherFraction : found->fraction;
}

}  // namespace

double estimated_ns(const Target& target, const Measurement& measurement) {
  const Primitive& primitive = *measurement.primitive;
  Work work{.bytes_moved = map_bytes(measurement.layer, primitive.input, primitive.output)};
  if (primitive.work != nullptr) work = primitive.work(measurement.layer);
  const double compute_ns = work.multiply_adds / (target.giga_multiply_adds_per_second * fraction_of(primitive.family));
  const double memory_ns = work.bytes_moved / target.gigabytes_per_second;
  return kCallNs + compute_ns + memory_ns;
}

double predicted_ns(const Target& target, const Measurement& on_threads, double alone_ns) {
  const auto& [primitive, operator_name, layer, split, threads] = on_threads;
  const std::vector<Part> parts = split_layer(*primitive, layer, split, threads);
  if (parts.empty()) return alone_ns;
  double slowest = 0;
  for (const Part& part : parts) {
    slowest = std::max(slowest, estimated_ns(target, {primitive, operator_name, part.layer}));
  }
  const double share = slowest / estimated_ns(target, {primitive, operator_name, layer});
  return alone_ns * std::min(1.0, share) + target.fork_join_ns;
}

}  // namespace snug
