// bench_layers: snug's fastest primitive on every layer beside oneDNN's convolution and OpenBLAS's matrix product.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "base/error.h"
#include "bench/conv_bench.h"
#include "bench/peer.h"
#include "report/table.h"

namespace snug {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::vector<std::string> layers = known_layers();
  std::string csv;
  int rounds = 7;
};

/// Somebody's computation of a layer, and its time in every round.
struct Contender {
  Peer peer;
  std::vector<double> round_ns;
};

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// The median of the runs of at least three milliseconds.
double round_ns(const Peer& peer) {
  constexpr double kLeastNs = 3e6;
  std::vector<double> samples;
  const Clock::time_point begin = Clock::now();
  while (samples.empty() || ns_since(begin) < kLeastNs) {
    const Clock::time_point start = Clock::now();
    peer.run();
    samples.push_back(ns_since(start));
  }
  return median(std::move(samples));
}

/// The fastest of snug's primitives, found in a short run of its own.
Peer snug_primitive(const ConvData& data, const std::string& layer) {
  const ConvTime best = time_primitives(layer, {.primitive = "", .least_ms = 5, .cold = false}).front();
  const auto conv = std::make_shared<PreparedConv>(prepare_conv(data, *best.primitive, best.block, 0));
  const std::string knob = best.block == 0 ? "" : fmt::format(" ({})", best.block);
  return {.name = "snug",
          .how = std::string(best.primitive->name) + knob,
          .run = [conv] { conv->run(0); },
          .error = best.error};
}

/// All of them in turn, in every round; who goes first alternates.
std::vector<Contender> compete(const std::string& layer, int rounds) {
  const ConvData data = random_conv_data(parse_conv(layer));
  std::vector<Contender> contenders{{snug_primitive(data, layer), {}}};
  for (const std::optional<Peer>& peer : {onednn_convolution(data), openblas_product(data)}) {
    if (peer) contenders.push_back({*peer, {}});
  }
  for (Contender& contender : contenders) contender.peer.run();
  for (int round = 0; round < rounds; ++round) {
    for (Contender& contender : contenders) contender.round_ns.push_back(round_ns(contender.peer));
    std::reverse(contenders.begin(), contenders.end());
  }
  if (rounds % 2 == 1) std::reverse(contenders.begin(), contenders.end());
  return contenders;
}

/// Of the rounds' ratios to snug's times; above 1: snug is faster.
double median_ratio(const Contender& other, const Contender& ours) {
  std::vector<double> ratios;
  for (size_t round = 0; round < ours.round_ns.size(); ++round) {
    ratios.push_back(other.round_ns[round] / ours.round_ns[round]);
  }
  return median(std::move(ratios));
}

std::string number(const std::optional<double>& value) {
  return value ? fmt::format("{:.1e}", *value) : "-";
}

void report(const std::string& layer, const std::vector<Contender>& contenders, double peak, std::ofstream& csv) {
  const double flops = 2 * conv_multiply_adds(parse_conv(layer));
  std::vector<std::vector<std::string>> rows;
  for (const Contender& contender : contenders) {
    const double ns = median(contender.round_ns), ratio = median_ratio(contender, contenders.front());
    const Peer& peer = contender.peer;
    rows.push_back({peer.name, peer.how, fmt::format("{:.3f}", ns / 1e6), fmt::format("{:.1f}", flops / ns),
                    fmt::format("{:.0f}", 100 * flops / ns / peak), fmt::format("{:.2f}", ratio), number(peer.error)});
    csv << fmt::format("{},{},{},{:.6f},{:.2f},{:.1f},{:.3f},{}\n", layer, peer.name, peer.how, ns / 1e6, flops / ns,
                       100 * flops / ns / peak, ratio, peer.error ? number(peer.error) : "");
  }
  fmt::print("\n{}\n{}", layer,
             table({{"library"},
                    {"implementation"},
                    {"ms", Align::kRight},
                    {"GFLOP/s", Align::kRight},
                    {"% of peak", Align::kRight},
                    {"time/snug", Align::kRight},
                    {"error", Align::kRight}},
                   rows));
  std::fflush(stdout);
  csv.flush();
}

void run(const Options& options) {
  for (const auto& [name, missing] : {std::pair("oneDNN", onednn_is_missing()), {"OpenBLAS", openblas_is_missing()}}) {
    if (!missing.empty()) fmt::print("{}: skipped, {}\n", name, missing);
  }
  std::ofstream csv(options.csv.empty() ? "/dev/null" : options.csv);
  if (!csv) throw UserError(options.csv + ": cannot be written; does its folder exist?");
  csv << "layer,library,implementation,ms,gflops,percent_of_peak,time_over_snug,error\n";
  const double peak = peak_gflops();
  fmt::print("peak of fused multiply-adds: {:.1f} GFLOP/s; GFLOP/s count a direct convolution's operations\n", peak);
  for (const std::string& layer : options.layers) report(layer, compete(layer, options.rounds), peak, csv);
}

/// The libraries read how many threads they may use when they are loaded: sets it and begins again.
void use_one_thread(char** arguments) {
  const char* now = std::getenv("OMP_NUM_THREADS");
  if (now != nullptr && std::strcmp(now, "1") == 0) return;
  ::setenv("OMP_NUM_THREADS", "1", 1);
  ::setenv("OPENBLAS_NUM_THREADS", "1", 1);
  ::execv("/proc/self/exe", arguments);
  throw UserError("cannot start again with OMP_NUM_THREADS=1; set it before");
}

}  // namespace
}  // namespace snug

int main(int argc, char** argv) {
  CLI::App app{
      "Times snug's fastest primitive on layers of well-known networks beside other libraries, on one thread."};
  snug::Options options;
  app.add_option("--layer", options.layers, "a layer's text instead of the default ones; may be repeated");
  app.add_option("--rounds", options.rounds, "in each of which everybody runs")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--csv", options.csv, "write the results into this file too");
  CLI11_PARSE(app, argc, argv);
  try {
    snug::use_one_thread(argv);
    snug::run(options);
    return 0;
  } catch (const snug::UserError& error) {
    fmt::print(stderr, "bench_layers: {}\n", error.what());
    return 1;
  }
}
