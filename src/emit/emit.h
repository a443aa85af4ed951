// Program + MemoryPlan → a folder of C.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "memory/memory_plan.h"
#include "program/program.h"

namespace snug {

enum class WeightsForm { kAuto, kBinary, kCArray, kAssembler };  ///< kAuto: a C array up to 1 MiB, else binary

struct EmitOptions {
  std::string command_line;  ///< quoted in the header comment
  std::string model_file;    ///< base name
  std::string model_sha256;
  std::string compiled_with;       ///< compiler, flags and machine for which the expected times hold
  std::vector<std::string> flags;  ///< of the target's compiler
  WeightsForm weights = WeightsForm::kAuto;
  bool trace = false;  ///< every step hands its output buffer to snug_trace(): for `snug verify --layers`
};

/// File name → contents. Same input, same bytes.
struct CFiles {
  std::string symbol;  ///< the C name of the network: "squeezenet1_0"
  std::map<std::string, std::string> files;
};
CFiles emit_c(const Graph& graph, const Program& program, const MemoryPlan& plan, const EmitOptions& options);

}  // namespace snug
