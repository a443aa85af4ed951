// Program and plan → the files of a project in C.
#include "emit/emit.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <regex>

#include "base/emitted_files.h"
#include "base/error.h"
#include "base/shipped_files.h"
#include "emit/layer_function.h"
#include "emit/names.h"
#include "emit/project_files.h"
#include "emit/weights.h"
#include "graph/operator.h"

namespace snug {

namespace {

std::string plan_table(const Program& program, const MemoryPlan& plan, const std::vector<std::string>& names) {
  size_t name_width = 5, primitive_width = 9;
  for (size_t i = 0; i < names.size(); ++i) {
    name_width = std::max(name_width, names[i].size());
    primitive_width = std::max(primitive_width, program.steps[i].primitive->name.size());
  }
  std::string table =
      fmt::format(" * {:>4}  {:<{}}  {:<{}}  {:<10}  {:>10} {:>10} {:>10} {:>12}\n", "step", "layer", name_width,
                  "primitive", primitive_width, "layouts", "offset", "bytes", "workspace", "expected us");
  for (size_t i = 0; i < names.size(); ++i) {
    const Step& step = program.steps[i];
    const std::string layouts = fmt::format("{} -> {}", step.primitive->input.name, step.primitive->output.name);
    table += fmt::format(" * {:>4}  {:<{}}  {:<{}}  {:<10}  {:>10} {:>10} {:>10} {:>12.1f}\n", i, names[i], name_width,
                         step.primitive->name, primitive_width, layouts, arena_offset(plan, step.output),
                         4 * stored_floats(step.output.layout, output_shape(step.layer)) * step.batch,
                         step.workspace_bytes, step.expected_ns / 1000);
    if (step.parts.empty()) continue;
    table.pop_back();
    table += fmt::format("  {}\n", parts_text(step));
  }
  return table;
}

/// Names of a step's functions; `part` where it has parts.
struct StepNames {
  std::vector<std::string> whole, part;
};

/// Functions of the network's own file: each begins with the network's name, and none is that of a kernel, of one of
/// the network's other functions, or of a type: the C library's end with "_t".
StepNames step_names(const Program& program, const std::string& symbol) {
  UniqueNames unique;
  for (const Step& step : program.steps) unique.take(std::string(step.primitive->name));
  for (const char* other : {"_run", "_weights", "_weights_check", "_weights_union"}) unique.take(symbol + other);
  StepNames names;
  for (const Step& step : program.steps) {
    std::string name = step.operator_name == "convert" ? symbol + "_convert" : symbol;
    if (const std::string layer = c_identifier(step.layer_name); !layer.empty()) name += "_" + layer;
    if (step.call > 0) name += fmt::format("_part_{}", step.call + 1);
    if (name == symbol || name.ends_with("_t")) name += "_layer";
    names.whole.push_back(unique.take(name));
  }
  for (size_t i = 0; i < names.whole.size(); ++i) {
    names.part.push_back(program.steps[i].parts.empty() ? "" : unique.take(names.whole[i] + "_slice"));
  }
  return names;
}

/// The kernels that the network calls. Each has its short name in this file.
std::string kernel_declarations(const Program& program) {
  std::map<std::string_view, bool> kernels;  // by name; whether it has a convolution's signature
  for (const Step& step : program.steps) kernels[step.primitive->name] = has_conv_kernels(step.operator_name);
  if (kernels.empty()) return "";
  std::string text =
      "\n/* A kernel's name ends in a hash of its text: networks in one program share kernels that are equal, and\n"
      " * never get one that differs. */\n";
  for (const auto& [name, conv] : kernels) {
    text += fmt::format("#define {0} {1}\nSNUG_{2}_KERNEL({0});\n", name, kernel_symbol(name), conv ? "CONV" : "MAP");
  }
  return text;
}

/// What finds memory by its offset in bytes, and says so to the compiler.
std::string access_functions(const Program& program) {
  const bool weights = std::ranges::any_of(program.steps, [](const Step& step) { return step.weights.bytes > 0; });
  std::string text;
  if (!program.steps.empty()) {
    text =
        "\n/* What lies at an offset in bytes. */\nstatic float *snug_at(void *arena, size_t offset)\n{\n"
        "    return (float *)(void *)((unsigned char *)arena + offset);\n}\n";
  }
  if (weights) {
    text +=
        "\nstatic const float *snug_in(const void *weights, size_t offset)\n{\n"
        "    return (const float *)(const void *)((const unsigned char *)weights + offset);\n}\n";
  }
  return text;
}

/// The line that hands a step's outputs to snug_trace().
std::string trace_calls(const Program& program, const MemoryPlan& plan, const Step& step) {
  const auto trace = [&](const View& view) {
    const size_t buffer = static_cast<size_t>(view.buffer);
    return fmt::format("    snug_trace(snug_at(arena, {}), {});\n", plan.offsets[buffer],
                       program.buffers[buffer].bytes);
  };
  std::string calls = trace(step.output);
  for (const Sibling& sibling : step.siblings) calls += trace(sibling.output);
  return calls;
}

std::string source(const std::string& symbol, const Graph& graph, const Program& program, const MemoryPlan& plan,
                   const EmitOptions& options) {
  const auto [names, part_names] = step_names(program, symbol);
  std::string functions, calls;
  for (size_t i = 0; i < names.size(); ++i) {
    const Step& step = program.steps[i];
    functions += "\n" + layer_function(graph, plan, step, names[i], part_names[i]);
    calls += layer_call(plan, step, names[i]);
    if (options.trace) calls += trace_calls(program, plan, step);
  }
  const std::string access = access_functions(program);
  if (calls.empty()) calls = "    (void)arena;\n";
  if (access.find("snug_in") == std::string::npos) calls = "    (void)weights;\n" + calls;
  const bool infinite = functions.find("HUGE_VALF") != std::string::npos;
  return fmt::format("/* {0}.c - {1}\n *\n{2} */\n{3}#include \"{0}.h\"\n#include \"snug.h\"\n{4}{5}{6}{7}", symbol,
                     origin(options), plan_table(program, plan, names), infinite ? "#include <math.h>\n\n" : "",
                     kernel_declarations(program),
                     options.trace ? "\nvoid snug_trace(const void *data, size_t bytes);\n" : "", access, functions) +
         fmt::format("\nvoid {}_run(const void *weights, void *arena)\n{{\n{}}}\n", symbol, calls);
}

/// A shipped file and every shipped file that it includes.
void add_shipped(CFiles& result, const std::string& name) {
  CHECK(shipped_files().count(name) != 0, name);
  for (const std::string& file : with_includes(name)) {
    const std::string emitted = emitted_name(file);
    if (result.files.count(emitted) == 0) result.files[emitted] = emitted_text(file);
  }
}

/// The example, which includes "main.h", under the network's name.
std::string main_file(const std::string& symbol) {
  static const std::regex kOwnName("\\bmain\\.[ch]\\b");
  const std::string_view text = shipped_files().at("main.c");
  return std::regex_replace(std::string(text), kOwnName, symbol + "_$&");
}

}  // namespace

CFiles emit_c(const Graph& graph, const Program& program, const MemoryPlan& plan, const EmitOptions& options) {
  CFiles result;
  result.symbol = network_symbol(graph.name);
  const std::string& symbol = result.symbol;
  const WeightsForm form = weights_form(program, options.weights);
  result.files[symbol + ".h"] = network_header(symbol, program, plan, options);
  result.files[symbol + ".c"] = source(symbol, graph, program, plan, options);
  result.files[symbol + "_main.h"] = main_header(symbol, program, form, options.trace);
  result.files[symbol + "_main.c"] = main_file(symbol);
  add_weights(result, program, form);
  add_shipped(result, "snug.h");
  if (is_shared_out(program)) add_shipped(result, "parallel.c");
  for (const Step& step : program.steps) add_shipped(result, std::string(step.primitive->name) + ".c");
  result.files["CMakeLists.txt"] = cmake_file(result, options);
  return result;
}

}  // namespace snug
