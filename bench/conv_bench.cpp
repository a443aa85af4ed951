#include "bench/conv_bench.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "bench/machine_peak.h"

namespace snug {

namespace {

using Clock = std::chrono::steady_clock;

/// What no cache holds.
constexpr size_t kMemoryReadBytes = size_t{512} << 20;

/// What decides the speed of the well-known networks.
const std::vector<std::string> kLayers{
    // the RGB layers of VGG, ResNet, AlexNet
    "ic3ih224iw224oc64oh224ow224kh3kw3sy1sx1dy1dx1pt1pl1g1",
    "ic3ih224iw224oc64oh112ow112kh7kw7sy2sx2dy1dx1pt3pl3g1",
    "ic3ih224iw224oc64oh55ow55kh11kw11sy4sx4dy1dx1pt2pl2g1",
    // 3x3, from large maps with few channels to small maps with many
    "ic64ih224iw224oc64oh224ow224kh3kw3sy1sx1dy1dx1pt1pl1g1",
    "ic128ih112iw112oc128oh112ow112kh3kw3sy1sx1dy1dx1pt1pl1g1",
    "ic64ih56iw56oc64oh56ow56kh3kw3sy1sx1dy1dx1pt1pl1g1",
    "ic256ih56iw56oc256oh56ow56kh3kw3sy1sx1dy1dx1pt1pl1g1",
    "ic128ih28iw28oc128oh28ow28kh3kw3sy1sx1dy1dx1pt1pl1g1",
    "ic512ih28iw28oc512oh28ow28kh3kw3sy1sx1dy1dx1pt1pl1g1",
    "ic256ih14iw14oc256oh14ow14kh3kw3sy1sx1dy1dx1pt1pl1g1",
    "ic512ih14iw14oc512oh14ow14kh3kw3sy1sx1dy1dx1pt1pl1g1",
    "ic512ih7iw7oc512oh7ow7kh3kw3sy1sx1dy1dx1pt1pl1g1",
    // 3x3 with stride 2
    "ic128ih56iw56oc128oh28ow28kh3kw3sy2sx2dy1dx1pt1pl1g1",
    "ic256ih28iw28oc256oh14ow14kh3kw3sy2sx2dy1dx1pt1pl1g1",
    "ic512ih14iw14oc512oh7ow7kh3kw3sy2sx2dy1dx1pt1pl1g1",
    // 5x5
    "ic32ih28iw28oc96oh28ow28kh5kw5sy1sx1dy1dx1pt2pl2g1",
    // 1x1
    "ic64ih56iw56oc256oh56ow56kh1kw1sy1sx1dy1dx1g1",
    "ic512ih28iw28oc128oh28ow28kh1kw1sy1sx1dy1dx1g1",
    "ic256ih14iw14oc1024oh14ow14kh1kw1sy1sx1dy1dx1g1",
    "ic512ih7iw7oc2048oh7ow7kh1kw1sy1sx1dy1dx1g1",
    // depthwise
    "ic96ih112iw112oc96oh56ow56kh3kw3sy2sx2dy1dx1pt1pl1g96",
    "ic144ih56iw56oc144oh56ow56kh3kw3sy1sx1dy1dx1pt1pl1g144",
    "ic384ih14iw14oc384oh14ow14kh3kw3sy1sx1dy1dx1pt1pl1g384",
    // fully connected
    "ic25088ih1iw1oc4096oh1ow1kh1kw1sy1sx1dy1dx1g1",
};

double lower_quartile(std::vector<double>& samples) {
  const auto quartile = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 4);
  std::nth_element(samples.begin(), quartile, samples.end());
  return *quartile;
}

/// The least of some bursts of `count` multiply-adds in each chain: what disturbs a burst only ever makes it slower.
double peak_ns_per_flop(long count, int bursts) {
  double best_ns = 1e18;
  volatile float kept = 0;
  for (int burst = 0; burst < bursts; ++burst) {
    const Clock::time_point start = Clock::now();
    kept = fma_chains(count);
    best_ns = std::min(best_ns, ns_since(start));
  }
  (void)kept;
  return best_ns / fma_chains_flops(count);
}

/// The same at the clock of what ran just before: bursts that are too short to change it, and few, the first of which
/// finds its code evicted.
double brief_peak_ns_per_flop() {
  return peak_ns_per_flop(1'000, 4);
}

/// One call's time, and the peak between the calls: cores lower their clock under a load of wide multiply-adds that
/// also come from memory, and only there.
struct Timing {
  double ns, peak_gflops;
};

/// The lower quartile of calls of run(1), run(2), ... that take at least `least_ms` together, with `between` behind
/// each.
template <typename Run, typename Between>
double time_calls(double least_ms, const Run& run, const Between& between) {
  constexpr size_t kLeastRuns = 3;
  constexpr double kLongNs = 5e8;  // one run of it tells enough
  std::vector<double> samples;
  double total_ns = 0;
  for (size_t i = 1; (samples.size() < kLeastRuns && total_ns < kLongNs) || total_ns < 1e6 * least_ms; ++i) {
    const Clock::time_point start = Clock::now();
    run(i);
    samples.push_back(ns_since(start));
    total_ns += samples.back();
    between();
  }
  return lower_quartile(samples);
}

/// Of a kernel that has run once.
Timing time_runs(PreparedConv& conv, double least_ms) {
  std::vector<double> peaks;
  const double ns =
      time_calls(least_ms, [&](size_t i) { conv.run(i); }, [&] { peaks.push_back(brief_peak_ns_per_flop()); });
  return {.ns = ns, .peak_gflops = 1 / lower_quartile(peaks)};
}

/// Of nothing but the kernel's reading and writing.
double time_moves(PreparedConv& conv, double least_ms) {
  return time_calls(least_ms, [&](size_t i) { conv.move(i); }, [] {});
}

ConvTime time_primitive(const ConvData& data, const std::string& layer, const Primitive& primitive, int32_t block,
                        const ConvBenchOptions& options, double best_ns) {
  constexpr size_t kLargerThanCaches = size_t{128} << 20;
  constexpr double kHopeless = 20;  // times the best one's time: the first run tells enough
  PreparedConv conv = prepare_conv(data, primitive, block, options.cold ? kLargerThanCaches : 0);
  const Clock::time_point start = Clock::now();
  conv.run(0);
  const double first_ns = ns_since(start);
  const bool hopeless = first_ns > kHopeless * best_ns && first_ns > 1e6 * options.least_ms;
  const Timing timing = hopeless ? Timing{first_ns, 1 / brief_peak_ns_per_flop()} : time_runs(conv, options.least_ms);
  const std::optional<double> error =
      sampled_error(data, [&](int64_t o, int64_t y, int64_t x) { return conv.at(primitive, o, y, x); });
  return {.layer = layer,
          .primitive = &primitive,
          .block = block,
          .multiply_adds = conv_multiply_adds(data.layer),
          .ns = timing.ns,
          .peak_between = timing.peak_gflops,
          .move_ns = time_moves(conv, options.least_ms),
          .workspace_bytes = conv.workspace_bytes,
          .weight_bytes = conv.weight_bytes,
          .moved_bytes = conv.weight_bytes + 4 * (input_shape(data.layer).floats() + output_shape(data.layer).floats()),
          .error = error};
}

}  // namespace

const std::vector<std::string>& known_layers() {
  return kLayers;
}

snug_layer parse_conv(const std::string& text) {
  const snug_layer layer = parse_layer(text);
  if (layer.groups < 1 || layer.kernel_height < 1 || layer.kernel_width < 1 || layer.stride_y < 1 ||
      layer.stride_x < 1 || layer.in_channels < layer.groups || output_shape(layer).floats() < 1) {
    throw UserError(fmt::format("--layer: \"{}\" is no convolution; write such as {}", text, kLayers.front()));
  }
  return layer;
}

double ns_since(Clock::time_point start) {
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

double peak_gflops() {
  return 1 / peak_ns_per_flop(200'000, 200);
}

double memory_gb_per_s() {
  constexpr int kReads = 5;
  const AlignedFloats floats(kMemoryReadBytes / sizeof(float));
  double best_ns = 1e18;
  volatile float kept = 0;
  for (int read = 0; read < kReads; ++read) {
    const Clock::time_point start = Clock::now();
    kept = read_floats(floats.data(), long{kMemoryReadBytes / sizeof(float)});
    best_ns = std::min(best_ns, ns_since(start));
  }
  (void)kept;
  return static_cast<double>(kMemoryReadBytes) / best_ns;
}

std::vector<ConvTime> time_primitives(const std::string& layer, const ConvBenchOptions& options) {
  const ConvData data = random_conv_data(parse_conv(layer));
  std::vector<ConvTime> results;
  double best_ns = 1e300;
  for (const ListedPrimitive& listed : all_primitives()) {
    const Primitive& primitive = *listed.primitive;
    if (listed.operator_name != "conv" || primitive.name.find(options.primitive) == std::string_view::npos) continue;
    if (primitive.refusal != nullptr && !primitive.refusal(data.layer).empty()) continue;
    const std::vector<int32_t> blocks = primitive.blocks == nullptr ? std::vector{0} : primitive.blocks(data.layer);
    for (const int32_t block : blocks) {
      results.push_back(time_primitive(data, layer, primitive, block, options, best_ns));
      best_ns = std::min(best_ns, results.back().ns);
    }
  }
  if (results.empty()) {
    throw UserError(fmt::format("no primitive named *{}* serves {}; see: snug primitives", options.primitive, layer));
  }
  std::sort(results.begin(), results.end(), [](const ConvTime& a, const ConvTime& b) { return a.ns < b.ns; });
  return results;
}

}  // namespace snug
