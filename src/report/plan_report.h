// What was chosen, as a table and as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "memory/memory_plan.h"
#include "program/program.h"
#include "select/selection.h"

namespace snug {

/// One compilation as its report sees it.
struct PlanView {
  std::string model, target;
  const Graph& graph;
  const Program& program;
  const Selection& selection;
  const MemoryPlan& plan;
  const Limits& limits;
  int64_t placement_slack_bytes = 0;
  bool measured = false;
};

/// One row per step, totals below.
std::string plan_table(const PlanView& view);

/// Keys model, target, strategy, optimal, arena_bytes, arena_lower_bound_bytes, flash_bytes, expected_ns, layers, and
/// inputs, outputs, buffers, solver, limits.
nlohmann::json plan_json(const PlanView& view);

/// The sum of all steps' expected times.
double expected_ns(const Program& program);

}  // namespace snug
