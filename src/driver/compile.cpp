#include "driver/compile.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "report/table.h"
#include "rewrite/rewrite.h"

namespace snug {

namespace {

constexpr const char* kStages[] = {"1-imported", "2-rewritten", "3-program"};

/// Throws UserError where the folder of --trace holds other files than those of an earlier trace, or cannot be made.
void check_trace_folder(const std::filesystem::path& folder) {
  if (folder.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error || !std::filesystem::is_directory(folder))
    throw UserError(fmt::format("{}: --trace needs a folder, which cannot be made there", folder.string()));
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const bool own = entry.is_regular_file() && !entry.is_symlink() && entry.path().extension() == ".txt" &&
                     std::ranges::find(kStages, entry.path().stem().string()) != std::end(kStages);
    if (!own)
      throw UserError(
          fmt::format("{}: is no file of a trace; give --trace a folder of its own", entry.path().string()));
  }
}

void write_trace(const CompileOptions& options, int stage, const std::string& contents) {
  if (options.trace.empty()) return;
  write_file(options.trace / (std::string(kStages[stage]) + ".txt"), contents);
}

}  // namespace

ProfileReport fill_profile(Profile& profile, const std::vector<Measurement>& wanted, const Target& target) {
  ProgressLine progress("measuring layers on " + target.name);
  return profile.measure_missing(
      wanted, [&](size_t done, size_t total, const Measurement& current, double seconds_left) {
        progress.show(
            done, total,
            fmt::format("{:.0f} s left  {} {}", seconds_left, current.primitive->name, layer_text(current.layer)));
      });
}

namespace {

/// The graph before and after the rewrites; costs without prices.
Priced unpriced(const std::filesystem::path& model_file, const CompileOptions& options) {
  check_trace_folder(options.trace);
  Priced priced;
  priced.model = read_model(model_file);
  priced.imported = verified(import_onnx(priced.model, options.import));
  priced.imported.name = options.name.empty() ? model_file.stem().string() : options.name;
  priced.model.bytes.clear();
  priced.model.bytes.shrink_to_fit();
  write_trace(options, 0, text(priced.imported));
  priced.graph = rewrite(priced.imported);
  write_trace(options, 1, text(priced.graph));
  priced.costs = enumerate_candidates(priced.graph, options.primitives, options.threads, options.layouts);
  return priced;
}

/// Places the buffers. Where time is what counts, threads get workspaces that last if the arena has room for them:
/// nothing else would use the memory.
void place_buffers(Compiled& compiled, const Limits& limits) {
  if (compiled.program.threads > 1 && limits.minimize == Minimize::kTime) {
    Program lasting = verified(with_lasting_workspaces(compiled.program));
    MemoryPlan plan = verified(plan_memory(lasting), lasting);
    if (plan.arena_bytes <= limits.ram_bytes) {
      compiled.program = std::move(lasting);
      compiled.plan = std::move(plan);
      return;
    }
  }
  compiled.plan = verified(plan_memory(compiled.program), compiled.program);
}

}  // namespace

std::vector<Measurement> wanted_measurements(const std::filesystem::path& model_file, const CompileOptions& options) {
  const Priced model = unpriced(model_file, options);
  return measurements(model.graph, model.costs);
}

Priced price_model(const std::filesystem::path& model_file, const CompileOptions& options) {
  Priced priced = unpriced(model_file, options);
  std::optional<Profile> profile;
  if (!options.estimate) {
    profile = Profile::open(options.target);
    priced.profile = fill_profile(*profile, measurements(priced.graph, priced.costs), options.target);
  }
  priced.costs = price(std::move(priced.costs), priced.graph, options.target, profile ? &*profile : nullptr);
  return priced;
}

namespace {

/// The C holds offsets into arena and weights as `unsigned`, and subtracts addresses, which 32 bits must hold, too.
constexpr int64_t kMostBytes = (int64_t{1} << 31) - kAlignmentBytes;

/// Sets limits that nobody asked for, but only where a selection needs them: they make selecting slower.
bool limit_to_addressable(Limits& limits, const Evaluation& evaluation) {
  if (evaluation.peak_bytes > kMostBytes) limits.ram_bytes = kMostBytes;
  if (evaluation.flash_bytes > kMostBytes) limits.flash_bytes = kMostBytes;
  return evaluation.peak_bytes > kMostBytes || evaluation.flash_bytes > kMostBytes;
}

/// Throws where no limit would help, as the least is more than the C can address.
void check_addressable(const std::string& model_file, const Infeasible& infeasible) {
  const bool bytes = infeasible.limit == "ram" || infeasible.limit == "flash";
  if (!bytes || infeasible.least_value <= kMostBytes) return;
  throw UserError(fmt::format("{}: needs at least {} bytes of {}; the C that snug writes addresses less than 2 GiB",
                              model_file, infeasible.least_value,
                              infeasible.limit == "ram" ? "arena" : "packed weights"));
}

}  // namespace

std::variant<Compiled, Infeasible> fit(const Priced& priced, const CompileOptions& options) {
  constexpr int kMostAttempts = 8;
  Limits limits = options.limits;
  Limits placement = options.limits;
  placement.ram_bytes = std::min(placement.ram_bytes, kMostBytes);
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    std::variant<Selection, Infeasible> selected = select(priced.costs, limits, options.strategy);
    if (auto* infeasible = std::get_if<Infeasible>(&selected)) {
      check_addressable(priced.model.file, *infeasible);
      return std::move(*infeasible);
    }
    if (limit_to_addressable(limits, std::get<Selection>(selected).evaluation)) continue;
    Compiled compiled{.model = priced.model,
                      .imported = priced.imported,
                      .graph = priced.graph,
                      .costs = priced.costs,
                      .selection = std::get<Selection>(std::move(selected))};
    compiled.program = verified(schedule(compiled.graph, compiled.costs, compiled.selection));
    place_buffers(compiled, placement);
    if (limits.ram_bytes < placement.ram_bytes) {
      compiled.placement_slack_bytes = placement.ram_bytes - limits.ram_bytes;
    }
    if (compiled.plan.arena_bytes <= placement.ram_bytes) {
      write_trace(options, 2, text(compiled.program));
      return compiled;
    }
    limits.ram_bytes =
        std::min(limits.ram_bytes, placement.ram_bytes) - (compiled.plan.arena_bytes - placement.ram_bytes);
  }
  if (placement.ram_bytes < options.limits.ram_bytes) {
    throw UserError(priced.model.file + ": no placement fits the 2 GiB that the C can address");
  }
  throw UserError(fmt::format("no placement fits --ram {}: raise it a little", format_bytes(options.limits.ram_bytes)));
}

}  // namespace snug
