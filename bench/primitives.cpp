// bench_primitives: every convolution primitive on the layers that matter, a line per layer and primitive.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <fstream>

#include "base/error.h"
#include "base/text.h"
#include "bench/conv_bench.h"
#include "report/table.h"

namespace snug {
namespace {

struct Options {
  std::vector<std::string> layers = known_layers();
  std::string csv;
  ConvBenchOptions bench;
};

void print_results(const std::string& layer, const std::vector<ConvTime>& results, double peak) {
  std::vector<std::vector<std::string>> rows;
  for (const ConvTime& result : results) {
    const std::string knob = result.block == 0 ? "" : fmt::format(" ({})", result.block);
    rows.push_back({std::string(result.primitive->name) + knob, fmt::format("{:.3f}", result.ns / 1e6),
                    fmt::format("{:.1f}", result.gflops()), fmt::format("{:.0f}", 100 * result.gflops() / peak),
                    fmt::format("{:.0f}", 100 * result.gflops() / result.peak_between),
                    fmt::format("{:.0f}", 100 * result.roof_ns() / result.ns), fmt::format("{:.1f}", result.gb_per_s()),
                    format_bytes(result.workspace_bytes), format_bytes(result.weight_bytes),
                    result.error ? fmt::format("{:.1e}", *result.error) : "-"});
  }
  const std::vector<Column> columns{{"primitive"},
                                    {"ms", Align::kRight},
                                    {"GFLOP/s", Align::kRight},
                                    {"% of peak", Align::kRight},
                                    {"at its clock", Align::kRight},
                                    {"% of roof", Align::kRight},
                                    {"GB/s", Align::kRight},
                                    {"workspace", Align::kRight},
                                    {"weights", Align::kRight},
                                    {"error", Align::kRight}};
  fmt::print("\n{}\n{}", layer, table(columns, rows));
  std::fflush(stdout);
}

void write_csv(std::ostream& csv, const std::vector<ConvTime>& results, double peak) {
  for (const ConvTime& result : results) {
    csv << fmt::format("{},{},{},{},{:.6f},{:.2f},{:.1f},{:.1f},{:.1f},{:.2f},{},{},{}\n", result.layer,
                       result.primitive->name, result.primitive->family, result.block, result.ns / 1e6, result.gflops(),
                       100 * result.gflops() / peak, 100 * result.gflops() / result.peak_between,
                       100 * result.roof_ns() / result.ns, result.gb_per_s(), result.workspace_bytes,
                       result.weight_bytes, result.error ? fmt::format("{:.2e}", *result.error) : "");
  }
}

void run(const Options& options) {
  std::ofstream csv;
  if (!options.csv.empty()) {
    csv.open(options.csv);
    if (!csv) throw UserError(options.csv + ": cannot be written; does its folder exist?");
    csv << "layer,primitive,family,block,ms,gflops,percent_of_peak,percent_at_its_clock,percent_of_roof,gb_per_s,"
           "workspace_bytes,weight_bytes,error\n";
  }
  const double peak = peak_gflops();
  fmt::print("peak of fused multiply-adds: {:.1f} GFLOP/s; GFLOP/s count a direct convolution's operations\n", peak);
  fmt::print("reading from memory: {:.1f} GB/s; GB/s count input, packed weights and output once\n", memory_gb_per_s());
  for (const std::string& layer : options.layers) {
    const std::vector<ConvTime> results = time_primitives(layer, options.bench);
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
  app.add_option("--primitive", options.bench.primitive, "only primitives with this in their name");
  app.add_option("--least-ms", options.bench.least_ms, "time each primitive for at least so long")
      ->capture_default_str();
  app.add_flag("--cold", options.bench.cold, "every call reads another copy of the weights, as inside a network");
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
