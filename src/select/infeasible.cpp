// Explanations of limits that cannot be met. Every figure named here meets its limit when given as that
// limit: sizes and times are rounded up.
#include "select/infeasible.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/text.h"
#include "select/exact.h"
#include "select/lifetimes.h"

namespace snug {
namespace {

/// As an option takes it, rounded up.
std::string size_option(int64_t bytes) {
  const double value = static_cast<double>(bytes);
  if (bytes < 10 * 1024) return fmt::format("{}", bytes);
  if (bytes < 1024 * 1024) return fmt::format("{:.1f}KiB", std::ceil(value / 1024 * 10) / 10);
  return fmt::format("{:.2f}MiB", std::ceil(value / (1024 * 1024) * 100) / 100);
}

/// A limit as it was given, to the byte: "128KiB" is none of 131071 bytes.
std::string given_size(int64_t bytes) {
  if (bytes > 0 && bytes % (1024 * 1024) == 0) return fmt::format("{}MiB", bytes / (1024 * 1024));
  if (bytes > 0 && bytes % 1024 == 0) return fmt::format("{}KiB", bytes / 1024);
  return fmt::format("{}", bytes);
}

std::string given_latency(int64_t time_ns) {
  return fmt::format("{}", static_cast<double>(time_ns) / 1e6);
}

/// A latency as --latency takes it: in milliseconds, rounded up.
std::string latency_option(int64_t time_ns) {
  return fmt::format("{:.6g}", std::ceil(static_cast<double>(time_ns) / 1e3) / 1e3);
}

std::string shown_time(const Evaluation& evaluation) {
  return format_ns(static_cast<double>(evaluation.time_ns));
}

/// "input 0.77 + output 3.08 + workspace 0.08 MiB"
std::string shown_parts(const PeakParts& parts, int64_t peak_bytes) {
  const bool large = peak_bytes >= 1024 * 1024;
  const double unit = large ? 1024 * 1024 : 1024;
  std::vector<std::string> terms;
  const auto add = [&](const char* what, int64_t bytes) {
    if (bytes > 0) terms.push_back(fmt::format("{} {:.2f}", what, static_cast<double>(bytes) / unit));
  };
  add("inputs", parts.inputs);
  add("output", parts.output);
  add("workspace", parts.workspace);
  add("kept for later", parts.others);
  return join(terms, " + ") + (large ? " MiB" : " KiB");
}

/// Where a choice peaks: "  step 3, fire2/expand3x3: inputs 0.77 + output 3.08 MiB".
std::string shown_peak(const CostTable& costs, const Selection& selection) {
  const int node = selection.evaluation.peak_node;
  const PeakParts parts = peak_parts(costs, selection.choice, node);
  const bool end = node == static_cast<int>(costs.nodes.size());
  const std::string where = end ? "converting the outputs" : fmt::format("step {}, {}", node, costs.nodes[node].name);
  return fmt::format("  {}{}: {}", where, parts.converting && !end ? ", converting its inputs" : "",
                     shown_parts(parts, selection.evaluation.peak_bytes));
}

std::optional<Selection> selection_of(const CostTable& costs, const Solved& solved) {
  if (solved.choice.empty() && !costs.nodes.empty()) return std::nullopt;
  return Selection{solved.choice, evaluate(costs, solved.choice), Strategy::kIlp, solved.proven, solved.solver};
}

/// The point farthest below the straight line from the fastest to the smallest, both as shares of their
/// ranges: where more memory stops paying.
std::optional<Selection> knee(const std::vector<Selection>& frontier) {
  if (frontier.size() < 3) return std::nullopt;
  const Evaluation &fast = frontier.front().evaluation, &small = frontier.back().evaluation;
  const double time_range = static_cast<double>(small.time_ns - fast.time_ns);
  const double peak_range = static_cast<double>(fast.peak_bytes - small.peak_bytes);
  std::optional<Selection> best;
  double least = 1;
  for (size_t k = 1; k + 1 < frontier.size(); ++k) {
    const Evaluation& point = frontier[k].evaluation;
    const double sum = static_cast<double>(point.time_ns - fast.time_ns) / time_range +
                       static_cast<double>(point.peak_bytes - small.peak_bytes) / peak_range;
    if (sum >= least) continue;
    least = sum;
    best = frontier[k];
  }
  return best;
}

/// What the least memory costs in time, and where more of it would lead. With a flash limit every point of
/// the frontier is an integer programme, so the knee is left out.
std::string shown_remedy(const CostTable& costs, const Limits& others, const Selection& smallest) {
  std::string text = fmt::format("  --ram {} would take {}", size_option(smallest.evaluation.peak_bytes),
                                 shown_time(smallest.evaluation));
  std::vector<Selection> frontier;
  if (others.flash_bytes == kNoLimit) {
    frontier = pareto_frontier(costs, others);
  } else if (const std::optional<Selection> fastest = selection_of(costs, least_time(costs, others))) {
    frontier = {*fastest};
  }
  if (const std::optional<Selection> point = knee(frontier)) {
    text += fmt::format(", --ram {} {}", size_option(point->evaluation.peak_bytes), shown_time(point->evaluation));
  }
  if (!frontier.empty()) {
    const Evaluation& fastest = frontier.front().evaluation;
    text += fmt::format(" (fastest: {} with {})", shown_time(fastest), size_option(fastest.peak_bytes));
  }
  return text;
}

Infeasible no_valid_choice(const CostTable& costs) {
  const std::optional<Fault> fault = find_fault(costs, lifetimes_of(costs), std::vector<int>(costs.nodes.size(), 0));
  return {"none", 0, 0, fault ? fault->node : -1,
          "has no valid choice of primitives under any limit" + (fault ? "; for example, " + fault->text : "")};
}

/// What a "least possible" depends on.
std::string others_text(const Limits& others) {
  const bool none = others.ram_bytes == kNoLimit && others.flash_bytes == kNoLimit && others.latency_ns == kNoLimit;
  return none ? "" : " within the other limits";
}
constexpr const char* kOthersImpossible = " without the other limits, which cannot be met together,";

Infeasible ram_infeasible(const CostTable& costs, const Limits& limits) {
  Limits others = limits;
  others.ram_bytes = kNoLimit;
  std::optional<Selection> smallest = selection_of(costs, least_ram(costs, others));
  std::string with_others = others_text(others);
  if (!smallest) {
    others = {};
    smallest = selection_of(costs, least_ram(costs, others));
    with_others = kOthersImpossible;
  }
  if (!smallest) return no_valid_choice(costs);
  const int64_t least = smallest->evaluation.peak_bytes;
  return {"ram", limits.ram_bytes, least, smallest->evaluation.peak_node,
          fmt::format("does not fit --ram {}: the least possible{} is {}\n{}\n{}", given_size(limits.ram_bytes),
                      with_others, size_option(least), shown_peak(costs, *smallest),
                      shown_remedy(costs, others, *smallest))};
}

Infeasible flash_infeasible(const CostTable& costs, const Limits& limits) {
  Limits others = limits;
  others.flash_bytes = kNoLimit;
  std::string with_others = others_text(others);
  Solved least = least_flash(costs, others);
  if (least.choice.empty()) {
    least = least_flash(costs, {});
    with_others = kOthersImpossible;
  }
  const std::optional<Selection> smallest = selection_of(costs, least);
  if (!smallest) return no_valid_choice(costs);
  const int64_t bytes = smallest->evaluation.flash_bytes;
  return {
      "flash", limits.flash_bytes, bytes, -1,
      fmt::format("does not fit --flash {}: the least possible{} is {}, which takes {}", given_size(limits.flash_bytes),
                  with_others, size_option(bytes), shown_time(smallest->evaluation))};
}

Infeasible latency_infeasible(const CostTable& costs, const Limits& limits, const Selection& fastest) {
  Limits others = limits;
  others.latency_ns = kNoLimit;
  std::string text =
      fmt::format("does not meet --latency {}: the fastest possible{} takes {} ms", given_latency(limits.latency_ns),
                  others_text(others), latency_option(fastest.evaluation.time_ns));
  if (const std::optional<Selection> unlimited = selection_of(costs, least_time(costs, {}));
      unlimited && unlimited->evaluation.time_ns < fastest.evaluation.time_ns) {
    text += fmt::format("\n  without them {} ms, with --ram {} and --flash {}",
                        latency_option(unlimited->evaluation.time_ns), size_option(unlimited->evaluation.peak_bytes),
                        size_option(unlimited->evaluation.flash_bytes));
  }
  return {"latency", limits.latency_ns, fastest.evaluation.time_ns, -1, text};
}

}  // namespace

Infeasible explain_infeasible(const CostTable& costs, const Limits& limits) {
  Limits ram_only, flash_only, no_latency = limits;
  ram_only.ram_bytes = limits.ram_bytes;
  flash_only.flash_bytes = limits.flash_bytes;
  no_latency.latency_ns = kNoLimit;
  if (least_time(costs, ram_only).choice.empty()) return ram_infeasible(costs, limits);
  if (limits.flash_bytes != kNoLimit && least_flash(costs, flash_only).choice.empty()) {
    return flash_infeasible(costs, limits);
  }
  const std::optional<Selection> fastest = selection_of(costs, least_time(costs, no_latency));
  if (fastest) return latency_infeasible(costs, limits, *fastest);
  return ram_infeasible(costs, limits);
}

Infeasible explain_strategy(const CostTable& costs, const Limits& limits, Strategy strategy, ChooseAt choose_at) {
  Selection chosen{choose_at(costs, limits, strategy), {}, strategy, false, {}};
  if (chosen.choice.empty() && !costs.nodes.empty()) return no_valid_choice(costs);
  chosen.evaluation = evaluate(costs, chosen.choice);
  if (!chosen.evaluation.valid) {
    return {"none", 0, 0, -1, fmt::format("has no valid choice by {}: {}", name(strategy), chosen.evaluation.fault)};
  }
  if (chosen.evaluation.peak_bytes > limits.ram_bytes) {
    Limits wider = limits;
    while (chosen.evaluation.peak_bytes > wider.ram_bytes) {
      wider.ram_bytes = chosen.evaluation.peak_bytes;
      chosen.choice = choose_at(costs, wider, strategy);
      chosen.evaluation = evaluate(costs, chosen.choice);
    }
    std::string text = fmt::format("does not fit --ram {} by {}, which needs {}\n{}", given_size(limits.ram_bytes),
                                   name(strategy), size_option(wider.ram_bytes), shown_peak(costs, chosen));
    return {"ram", limits.ram_bytes, wider.ram_bytes, chosen.evaluation.peak_node, text};
  }
  if (chosen.evaluation.flash_bytes > limits.flash_bytes) {
    const int64_t bytes = chosen.evaluation.flash_bytes;
    return {"flash", limits.flash_bytes, bytes, -1,
            fmt::format("does not fit --flash {} by {}, which needs {}", given_size(limits.flash_bytes), name(strategy),
                        size_option(bytes))};
  }
  const int64_t time_ns = chosen.evaluation.time_ns;
  return {"latency", limits.latency_ns, time_ns, -1,
          fmt::format("does not meet --latency {} by {}, which takes {} ms", given_latency(limits.latency_ns),
                      name(strategy), latency_option(time_ns))};
}

}  // namespace snug
