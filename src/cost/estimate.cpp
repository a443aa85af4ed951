// Time from work and bytes alone, for targets that nothing was measured on.
#include <algorithm>
#include <array>

#include "cost/profile.h"

namespace snug {

namespace {

/// The part of the target's rate of multiply-adds that a family's inner loops reach, where it is not memory that limits
/// them. Those of direct, blocked direct, implicit gemm, first layer, im2col, im2row, pointwise and winograd are near
/// the medians of one profile of SqueezeNet 1.1 on a busy AVX-512 machine (a tenth to nine tenths of its layers: half
/// to twice as much); the others are from textbook knowledge.
struct Efficiency {
  std::string_view family;
  double fraction;
};
constexpr std::array kEfficiencies{
    Efficiency{"direct", 0.003},
    Efficiency{"blocked direct", 0.8},
    Efficiency{"implicit gemm", 0.8},
    Efficiency{"first layer", 0.8},
    Efficiency{"im2col", 0.5},
    Efficiency{"im2row", 0.7},
    Efficiency{"kn2row", 0.45},
    Efficiency{"kn2col", 0.45},
    Efficiency{"winograd", 0.65},
    Efficiency{"pointwise", 0.75},
    Efficiency{"depthwise", 0.4},
    Efficiency{"fully connected", 0.5},
    Efficiency{"polyphase winograd", 0.8},
    Efficiency{"winograd 1d", 0.75},
    Efficiency{"fft", 0.6},
    Efficiency{"strassen", 0.8},
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

}  // namespace snug
