// Measured prices: what is known, and how the rest is measured.
#include "cost/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>

#include "base/error.h"
#include "cost/profile_program.h"
#include "cost/profile_store.h"

namespace snug {

namespace {

using Key = std::pair<std::string, std::string>;  // primitive and layer text
using Clock = std::chrono::steady_clock;

Key key_of(const Measurement& measurement) {
  return {std::string(measurement.primitive->name), layer_text(measurement.layer)};
}

/// What competes with each other: the primitives of one layer, whatever their block.
std::string layer_key(const Measurement& measurement) {
  snug_layer layer = measurement.layer;
  layer.block = 0;
  return measurement.operator_name + " " + layer_text(layer);
}

}  // namespace

struct Profile::State {
  Target target;
  std::string target_identity;
  ProfileStore store;
  std::map<std::string, std::string> hashes;  // per primitive
  std::map<Key, double> measured;
};

Profile Profile::open(const Target& target, const std::filesystem::path& file) {
  Profile profile;
  profile.state_ = std::make_shared<State>(State{.target = target,
                                                 .target_identity = identity(target),
                                                 .store = ProfileStore(file.empty() ? default_profile_file() : file),
                                                 .hashes = kernel_hashes(),
                                                 .measured = {}});
  State& state = *profile.state_;
  for (const MeasuredTime& time : state.store.read(state.target_identity)) {
    const auto current = state.hashes.find(time.primitive);
    if (current == state.hashes.end() || current->second != time.kernel_hash) continue;
    state.measured[{time.primitive, time.layer}] = time.ns;
  }
  return profile;
}

std::optional<double> Profile::measured_ns(const Measurement& measurement) const {
  const auto found = state_->measured.find(key_of(measurement));
  if (found == state_->measured.end()) return std::nullopt;
  return found->second;
}

namespace {

/// What is not measured yet: the primitives of one layer together, the one that should be fastest first, so that the
/// slow ones are known to be slow after one run.
std::vector<Measurement> missing_of(const Profile& profile, const Target& target,
                                    const std::vector<Measurement>& wanted) {
  struct Ranked {
    size_t layer;
    double estimate;
    Measurement measurement;
  };
  std::map<std::string, size_t> layers;
  std::map<Key, bool> seen;
  std::vector<Ranked> ranked;
  for (const Measurement& measurement : wanted) {
    if (profile.measured_ns(measurement) || !seen.try_emplace(key_of(measurement), true).second) continue;
    const size_t layer = layers.try_emplace(layer_key(measurement), layers.size()).first->second;
    ranked.push_back({layer, estimated_ns(target, measurement), measurement});
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    return std::tie(a.layer, a.estimate) < std::tie(b.layer, b.estimate);
  });
  std::vector<Measurement> result;
  for (const Ranked& entry : ranked) result.push_back(entry.measurement);
  return result;
}

/// How long measuring will take, from the estimate and from how wrong it was so far.
class TimeLeft {
 public:
  TimeLeft(const Target& target, const std::vector<Measurement>& missing) : begin_(Clock::now()) {
    for (const Measurement& measurement : missing) {
      seconds_.push_back(std::max(kLeastSeconds, kRuns * estimated_ns(target, measurement) * 1e-9));
    }
    total_ = std::accumulate(seconds_.begin(), seconds_.end(), 0.0);
  }

  void finish_one() { done_ += seconds_[next_++]; }

  double seconds() const {
    const double elapsed = std::chrono::duration<double>(Clock::now() - begin_).count();
    return (total_ - done_) * (done_ > 0 ? elapsed / done_ : 1);
  }

 private:
  static constexpr double kLeastSeconds = 0.012;  // of repeated runs, and of the answer's way into the file
  static constexpr double kRuns = 3;
  Clock::time_point begin_;
  std::vector<double> seconds_;
  double total_ = 0, done_ = 0;
  size_t next_ = 0;
};

/// The program's answer, or a UserError that says with what it ended.
MeasuredTime ask(Process& process, const Target& target, const Measurement& measurement, double best_ns) {
  process.write(profile_request(measurement, best_ns));
  const std::optional<std::string> line = process.read_line();
  MeasuredTime time{.primitive = std::string(measurement.primitive->name), .layer = layer_text(measurement.layer)};
  long long runs = 0;
  if (line && std::sscanf(line->c_str(), "%lf %lld", &time.ns, &runs) == 2 && time.ns >= 0) {
    time.runs = runs;
    return time;
  }
  const RunResult end = process.wait();
  throw UserError(fmt::format(
      "target {}: measuring {} on {} failed with exit code {}: {}\n  Does this machine have "
      "the instructions that the target's flags ask for? If not, use --estimate",
      target.name, time.primitive, time.layer, end.exit_code, line ? "it answered \"" + *line + "\"" : end.errors));
}

}  // namespace

void Profile::measure_missing(const std::vector<Measurement>& wanted, const Progress& progress) {
  State& state = *state_;
  const std::vector<Measurement> missing = missing_of(*this, state.target, wanted);
  if (missing.empty()) return;
  if (!state.target.measures_time) {
    throw UserError(
        fmt::format("target {} runs in an emulator, which says nothing about time: use --estimate", state.target.name));
  }
  std::map<std::string, double> best;
  const auto take = [&](const Measurement& measurement, double ns) {
    double& least = best.try_emplace(layer_key(measurement), ns).first->second;
    least = std::min(least, ns);
  };
  for (const Measurement& measurement : wanted) {
    if (const std::optional<double> ns = measured_ns(measurement)) take(measurement, *ns);
  }
  const std::filesystem::path folder = state.store.file().parent_path() / "programs";
  Process process(program_command(state.target, profile_program(state.target, folder), {}));
  TimeLeft left(state.target, missing);
  for (size_t index = 0; index < missing.size(); ++index) {
    const Measurement& measurement = missing[index];
    if (progress) progress(index, missing.size(), measurement, left.seconds());
    const auto known = best.find(layer_key(measurement));
    MeasuredTime time = ask(process, state.target, measurement, known == best.end() ? 0 : known->second);
    time.kernel_hash = state.hashes.at(time.primitive);
    state.store.write(state.target_identity, time);
    state.measured[key_of(measurement)] = time.ns;
    take(measurement, time.ns);
    left.finish_one();
  }
  if (progress) progress(missing.size(), missing.size(), missing.back(), 0);
}

}  // namespace snug
