// One emitted C function per step, and the call that runs it.
#pragma once

#include <string>

#include "memory/memory_plan.h"
#include "program/program.h"

namespace snug {

/// The function `name` for a step, with a comment that says which ONNX node it is. Where the step has parts,
/// `part_name` is the function that runs one of them.
std::string layer_function(const Graph& graph, const MemoryPlan& plan, const Step& step, const std::string& name,
                           const std::string& part_name);

/// The line of the run function that calls it.
std::string layer_call(const MemoryPlan& plan, const Step& step, const std::string& name);

}  // namespace snug
