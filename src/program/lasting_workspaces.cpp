// One workspace per thread for the whole run, instead of one per call.
#include <algorithm>

#include "program/program.h"

namespace snug {

namespace {

/// The same buffers without those that only calls worked in, which `step`s no longer name.
void erase_workspaces(Program& program) {
  std::vector<bool> is_workspace(program.buffers.size());
  for (const Step& step : program.steps) {
    if (step.workspace >= 0) is_workspace[static_cast<size_t>(step.workspace)] = true;
  }
  std::vector<int> index(program.buffers.size(), -1);
  std::vector<Buffer> kept;
  for (size_t i = 0; i < program.buffers.size(); ++i) {
    if (is_workspace[i]) continue;
    index[i] = static_cast<int>(kept.size());
    kept.push_back(std::move(program.buffers[i]));
  }
  program.buffers = std::move(kept);
  const auto renumber = [&](View& view) {
    if (view.buffer >= 0) view.buffer = index[static_cast<size_t>(view.buffer)];
  };
  for (Step& step : program.steps) {
    renumber(step.input);
    renumber(step.other);
    renumber(step.output);
    for (Sibling& sibling : step.siblings) renumber(sibling.output);
  }
  for (Port& port : program.inputs) renumber(port.view);
  for (Port& port : program.outputs) renumber(port.view);
}

}  // namespace

Program with_lasting_workspaces(Program program) {
  int64_t whole = 0, of_a_thread = 0;
  for (const Step& step : program.steps) {
    if (step.parts.empty()) whole = std::max(whole, step.workspace_bytes);
    for (const Part& part : step.parts) of_a_thread = std::max(of_a_thread, part.workspace_bytes);
  }
  if (of_a_thread == 0) return program;
  program.lasting_workspace_bytes = of_a_thread;
  erase_workspaces(program);
  const int workspaces = static_cast<int>(program.buffers.size());
  program.buffers.push_back({.name = "workspaces",
                             .bytes = std::max(whole, of_a_thread * program.threads),
                             .first = 0,
                             .last = static_cast<int>(program.steps.size()) - 1});
  for (Step& step : program.steps) {
    if (step.workspace < 0) continue;
    step.workspace = workspaces;
    for (size_t thread = 0; thread < step.parts.size(); ++thread) {
      step.parts[thread].workspace_offset_bytes = static_cast<int64_t>(thread) * of_a_thread;
    }
  }
  return program;
}

}  // namespace snug
