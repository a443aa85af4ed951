// bench_primitives: every convolution primitive on the layers that matter, a line per layer and primitive.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <fstream>

#include "base/error.h"
#include "base/text.h"
#include "bench/conv_layer.h"
#include "bench/fma_peak.h"
#include "report/table.h"

namespace snug {
namespace {

using Clock = std::chrono::steady_clock;

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

struct Options {
  std::vector<std::string> layers = kLayers;
  std::string primitive, csv;
  double least_ms = 50;
  bool cold = false;
};

struct Result {
  std::string layer;
  const Primitive* primitive = nullptr;
  int32_t block = 0;
  double multiply_adds = 0, ns = 0;
  int64_t workspace_bytes = 0, weight_bytes = 0;
  std::optional<double> error;

  /// Of the layer as a direct convolution computes it, whatever the primitive saves.
  double gflops() const { return 2 * multiply_adds / ns; }
};

double ns_since(Clock::time_point start) {
  return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

/// The best of many short runs: what disturbs a run only ever makes it slower.
double peak_gflops() {
  constexpr long kCount = 200'000;
  constexpr int kRuns = 200;
  double best_ns = 1e18;
  volatile float kept = 0;
  for (int run = 0; run < kRuns; ++run) {
    const Clock::time_point start = Clock::now();
    kept = fma_chains(kCount);
    best_ns = std::min(best_ns, ns_since(start));
  }
  (void)kept;
  return fma_chains_flops(kCount) / best_ns;
}

/// The lower quartile of runs that take at least `least_ms` together, after one that warms up.
double lower_quartile_ns(PreparedConv& conv, double least_ms) {
  constexpr size_t kLeastRuns = 3;
  constexpr double kLongNs = 5e8;  // one run of it tells enough
  std::vector<double> samples;
  double total_ns = 0;
  for (size_t run = 1; (samples.size() < kLeastRuns && total_ns < kLongNs) || total_ns < 1e6 * least_ms; ++run) {
    const Clock::time_point start = Clock::now();
    conv.run(run);
    samples.push_back(ns_since(start));
    total_ns += samples.back();
  }
  const auto quartile = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 4);
  std::nth_element(samples.begin(), quartile, samples.end());
  return *quartile;
}

Result measure(const ConvData& data, const std::string& layer, const Primitive& primitive, int32_t block,
               const Options& options) {
  constexpr size_t kLargerThanCaches = size_t{128} << 20;
  PreparedConv conv = prepare_conv(data, primitive, block, options.cold ? kLargerThanCaches : 0);
  conv.run(0);
  return {.layer = layer,
          .primitive = &primitive,
          .block = block,
          .multiply_adds = conv_multiply_adds(data.layer),
          .ns = lower_quartile_ns(conv, options.least_ms),
          .workspace_bytes = conv.workspace_bytes,
          .weight_bytes = conv.weight_bytes,
          .error = sampled_error(data, primitive, conv)};
}

/// Every primitive that serves the layer, with each value of its knob, fastest first.
std::vector<Result> measure_layer(const std::string& text, const Options& options) {
  const snug_layer layer = parse_layer(text);
  if (layer.groups < 1 || layer.kernel_height < 1 || layer.kernel_width < 1 || layer.stride_y < 1 ||
      layer.stride_x < 1 || layer.in_channels < layer.groups || output_shape(layer).floats() < 1) {
    throw UserError(fmt::format("--layer: \"{}\" is no convolution; write such as {}", text, kLayers.front()));
  }
  const ConvData data = random_conv_data(layer);
  std::vector<Result> results;
  for (const ListedPrimitive& listed : all_primitives()) {
    const Primitive& primitive = *listed.primitive;
    if (listed.operator_name != "conv" || primitive.name.find(options.primitive) == std::string_view::npos) continue;
    if (primitive.refusal != nullptr && !primitive.refusal(layer).empty()) continue;
    const std::vector<int32_t> blocks = primitive.blocks == nullptr ? std::vector{0} : primitive.blocks(layer);
    for (const int32_t block : blocks) results.push_back(measure(data, text, primitive, block, options));
  }
  if (results.empty()) {
    throw UserError(fmt::format("no primitive named *{}* serves {}; see: snug primitives", options.primitive, text));
  }
  std::sort(results.begin(), results.end(), [](const Result& a, const Result& b) { return a.ns < b.ns; });
  return results;
}

void print_results(const std::string& layer, const std::vector<Result>& results, double peak) {
  std::vector<std::vector<std::string>> rows;
  for (const Result& result : results) {
    const std::string knob = result.block == 0 ? "" : fmt::format(" ({})", result.block);
    rows.push_back({std::string(result.primitive->name) + knob, fmt::format("{:.3f}", result.ns / 1e6),
                    fmt::format("{:.1f}", result.gflops()), fmt::format("{:.0f}", 100 * result.gflops() / peak),
                    format_bytes(result.workspace_bytes), format_bytes(result.weight_bytes),
                    result.error ? fmt::format("{:.1e}", *result.error) : "-"});
  }
  const std::vector<Column> columns{{"primitive"},
                                    {"ms", Align::kRight},
                                    {"GFLOP/s", Align::kRight},
                                    {"% of peak", Align::kRight},
                                    {"workspace", Align::kRight},
                                    {"weights", Align::kRight},
                                    {"error", Align::kRight}};
  fmt::print("\n{}\n{}", layer, table(columns, rows));
  std::fflush(stdout);
}

void write_csv(std::ostream& csv, const std::vector<Result>& results, double peak) {
  for (const Result& result : results) {
    csv << fmt::format("{},{},{},{:.0f},{:.2f},{:.2f},{},{},{}\n", result.layer, result.primitive->name, result.block,
                       result.ns, result.gflops(), peak, result.workspace_bytes, result.weight_bytes,
                       result.error ? fmt::format("{:.2e}", *result.error) : "");
  }
}

void run(const Options& options) {
  std::ofstream csv;
  if (!options.csv.empty()) {
    csv.open(options.csv);
    if (!csv) throw UserError(options.csv + ": cannot be written; does its folder exist?");
    csv << "layer,primitive,block,ns,gflops,peak_gflops,workspace_bytes,weight_bytes,error\n";
  }
  const double peak = peak_gflops();
  fmt::print("peak of fused multiply-adds: {:.1f} GFLOP/s; GFLOP/s count a direct convolution's operations\n", peak);
  for (const std::string& layer : options.layers) {
    const std::vector<Result> results = measure_layer(layer, options);
    print_results(layer, results, peak);
    if (csv.is_open()) write_csv(csv, results, peak);
  }
}

}  // namespace
}  // namespace snug

int main(int argc, char** argv) {
  CLI::App app{"Times every convolution primitive on layers of well-known networks, on this machine, on one thread."};
  snug::Options options;
  app.add_option("--layer", options.layers, "a layer's text instead of the default ones; may be repeated");
  app.add_option("--primitive", options.primitive, "only primitives with this in their name");
  app.add_option("--least-ms", options.least_ms, "time each primitive for at least so long")->capture_default_str();
  app.add_flag("--cold", options.cold, "every call reads another copy of the weights, as inside a network");
  app.add_option("--csv", options.csv, "write the results into this file too");
  CLI11_PARSE(app, argc, argv);
  try {
    snug::run(options);
    return 0;
  } catch (const snug::UserError& error) {
    fmt::print(stderr, "bench_primitives: {}\n", error.what());
    return 1;
  }
}
