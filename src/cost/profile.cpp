// Measured prices: what is known, and how the rest is measured.
#include "cost/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <numeric>
#include <set>
#include <thread>

#include "base/error.h"
#include "base/text.h"
#include "cost/calibration.h"
#include "cost/profile_program.h"
#include "cost/profile_store.h"
#include "ops/split.h"

namespace snug {

namespace {

using Key = std::pair<std::string, std::string>;  // primitive and layer text
using Clock = std::chrono::steady_clock;

Key key_of(const Measurement& measurement) {
  return {std::string(measurement.primitive->name), text(measurement)};
}

/// The same on one thread.
Measurement alone(Measurement measurement) {
  measurement.split = Split::kWhole;
  measurement.threads = 1;
  return measurement;
}

/// What competes with each other: the primitives of one layer, whatever their block. Conversions do not. On several
/// threads only primitives of the same layouts do.
std::string layer_key(const Measurement& measurement) {
  snug_layer layer = measurement.layer;
  layer.block = 0;
  const std::string_view who = measurement.operator_name == "convert" ? measurement.primitive->name : "";
  std::string same = fmt::format("{} {} {}", measurement.operator_name, who, layer_text(layer));
  if (measurement.threads == 1) return same;
  return fmt::format("{} {} {} {}", same, measurement.threads, measurement.primitive->input.name,
                     measurement.primitive->output.name);
}

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Families on several threads: by how much more they took than was predicted.
using Excess = std::map<std::tuple<std::string_view, Split, int>, std::vector<double>>;

}  // namespace

std::string text(const Measurement& measurement) {
  std::string layer = layer_text(measurement.layer);
  if (measurement.threads == 1) return layer;
  return fmt::format("{} {} {}", layer, name(measurement.split), measurement.threads);
}

struct Profile::State {
  Target target;
  std::string target_identity;
  ProfileStore store;
  std::map<std::string, std::string> hashes;  // per primitive
  std::map<Key, double> measured;
  Calibration calibration;
  Excess excess;

  std::optional<double> measured_ns(const Measurement& measurement) const {
    const auto found = measured.find(key_of(measurement));
    if (found == measured.end()) return std::nullopt;
    return found->second;
  }

  /// Without a measurement of this.
  double likely_ns(const Measurement& measurement) const {
    if (measurement.threads == 1) return calibration.likely_ns(measurement);
    const Measurement one = alone(measurement);
    return predicted_ns(target, measurement, measured_ns(one).value_or(calibration.likely_ns(one)));
  }

  void learn(const Measurement& measurement, double ns) {
    if (measurement.threads == 1) return calibration.add(measurement, ns);
    std::vector<double>& ratios = excess[{measurement.primitive->family, measurement.split, measurement.threads}];
    const double ratio = ns / likely_ns(measurement);
    ratios.insert(std::ranges::upper_bound(ratios, ratio), ratio);
  }
};

namespace {

/// What a line of the store was measured on; its operator is not known there.
Measurement measurement_of(const MeasuredTime& time) {
  const size_t end = time.layer.find(' ');
  Measurement measurement{.primitive = find_primitive(time.primitive), .layer = parse_layer(time.layer.substr(0, end))};
  if (end == std::string::npos) return measurement;
  const size_t number = time.layer.rfind(' ');
  const std::string way = time.layer.substr(end + 1, number - end - 1);
  for (const Split split : {Split::kRows, Split::kChannels}) {
    if (way == name(split)) measurement.split = split;
  }
  measurement.threads = std::stoi(time.layer.substr(number + 1));
  return measurement;
}

/// Throws UserError with the store's file where the line says no layer.
Measurement readable_measurement(const MeasuredTime& time, const ProfileStore& store) {
  try {
    return measurement_of(time);
  } catch (const std::exception& error) {
    throw UserError(fmt::format("{}: holds a measurement of \"{}\", which is no layer ({}); remove the file",
                                store.file().string(), printable(time.layer), error.what()));
  }
}

}  // namespace

Profile Profile::open(const Target& target, const std::filesystem::path& file) {
  Profile profile;
  profile.state_ = std::make_shared<State>(State{.target = target,
                                                 .target_identity = identity(target),
                                                 .store = ProfileStore(file.empty() ? default_profile_file() : file),
                                                 .hashes = kernel_hashes(),
                                                 .measured = {},
                                                 .calibration = Calibration(target),
                                                 .excess = {}});
  State& state = *profile.state_;
  std::vector<std::pair<Measurement, double>> on_threads;
  for (const MeasuredTime& time : state.store.read(state.target_identity)) {
    const auto current = state.hashes.find(time.primitive);
    if (current == state.hashes.end() || current->second != time.kernel_hash) continue;
    state.measured[{time.primitive, time.layer}] = time.ns;
    const Measurement measurement = readable_measurement(time, state.store);
    if (measurement.threads == 1)
      state.learn(measurement, time.ns);
    else
      on_threads.emplace_back(measurement, time.ns);
  }
  // What is learned of these depends on the times on one thread.
  for (const auto& [measurement, ns] : on_threads) state.learn(measurement, ns);
  return profile;
}

std::optional<double> Profile::measured_ns(const Measurement& measurement) const {
  return state_->measured_ns(measurement);
}

double Profile::price_ns(const Measurement& measurement) const {
  const std::optional<double> measured = measured_ns(measurement);
  if (measured) return *measured;
  const double likely = state_->likely_ns(measurement);
  const auto found = state_->excess.find({measurement.primitive->family, measurement.split, measurement.threads});
  if (measurement.threads == 1 || found == state_->excess.end()) return likely;
  return likely * std::max(1.0, found->second[found->second.size() / 2]);
}

namespace {

/// How long measuring will take, from the estimate and from how wrong it was so far.
class TimeLeft {
 public:
  TimeLeft(const Target& target, const std::vector<Measurement>& missing) : begin_(Clock::now()) {
    for (const Measurement& measurement : missing) total_ += likely_seconds(target, measurement);
  }

  void finish(const Target& target, const Measurement& measurement) { done_ += likely_seconds(target, measurement); }

  double seconds() const { return std::max(0.0, total_ - done_) * (done_ > 0 ? seconds_since(begin_) / done_ : 1); }

 private:
  static double likely_seconds(const Target& target, const Measurement& measurement) {
    constexpr double kLeast = 0.012;  // of repeated runs, and of the answer's way into the file
    constexpr double kMost = 0.5;     // of a kernel that runs once
    constexpr double kRuns = 4;
    return std::clamp(kRuns * estimated_ns(target, measurement) * 1e-9, kLeast, kMost);
  }

  Clock::time_point begin_;
  double total_ = 0, done_ = 0;
};

/// The primitives of one layer.
struct Contest {
  std::vector<Measurement> missing;
  std::vector<KnownTime> known;
  double least_estimate_ns = 0;

  double best_ns() const {
    double best = 0;
    for (const KnownTime& one : known) best = best == 0 ? one.ns : std::min(best, one.ns);
    return best;
  }
};

/// By layer, small layers first: what they say of a primitive spares runs on large ones.
std::vector<Contest> contests_of(const Profile& profile, const Target& target, const std::vector<Measurement>& wanted) {
  std::map<std::string, Contest> by_layer;
  std::set<Key> seen;
  for (const Measurement& measurement : wanted) {
    if (!seen.insert(key_of(measurement)).second) continue;
    Contest& contest = by_layer[layer_key(measurement)];
    const double estimate = estimated_ns(target, measurement);
    const bool first = contest.missing.empty() && contest.known.empty();
    contest.least_estimate_ns = first ? estimate : std::min(contest.least_estimate_ns, estimate);
    const std::optional<double> ns = profile.measured_ns(measurement);
    if (ns)
      contest.known.push_back({measurement, *ns});
    else
      contest.missing.push_back(measurement);
  }
  std::vector<Contest> result;
  for (auto& [layer, contest] : by_layer) result.push_back(std::move(contest));
  std::stable_sort(result.begin(), result.end(),
                   [](const Contest& a, const Contest& b) { return a.least_estimate_ns < b.least_estimate_ns; });
  return result;
}

/// The program's answer, or a UserError that says with what it ended.
MeasuredTime ask(Process& process, const Target& target, const Measurement& measurement, double best_ns) {
  process.write(profile_request(measurement, best_ns));
  const std::optional<std::string> line = process.read_line();
  MeasuredTime time{.primitive = std::string(measurement.primitive->name), .layer = text(measurement)};
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

/// Whether a measurement cannot matter. One on several threads cannot if, with nothing but work to share, it would not
/// be nearly as fast as the best one is.
bool is_hopeless(const Profile::State& state, const Contest& contest, const Measurement& measurement) {
  constexpr double kNear = 1.2;
  if (measurement.threads == 1) return what_beats(measurement, contest.known, state.calibration) != nullptr;
  return !contest.known.empty() && state.likely_ns(measurement) > kNear * contest.best_ns();
}

/// One run of the program that measures.
class Measuring {
 public:
  Measuring(Profile::State& state, std::vector<Contest>& contests, const std::filesystem::path& program,
            const Profile::Progress& progress)
      : state_(state),
        contests_(contests),
        progress_(progress),
        process_(program_command(state.target, program, {})),
        left_(state.target, all_missing()) {}

  /// Returns how many were measured; the others stay in `missing`.
  size_t run() {
    for (Contest& contest : contests_) hold(contest);
    // What was learned later may have shown a primitive to be faster than was thought when it was given up.
    for (bool changed = true; changed;) {
      changed = false;
      for (Contest& contest : contests_) changed = settle(contest) || changed;
    }
    if (progress_) progress_(total_, total_, last_, 0);
    return measured_;
  }

 private:
  std::vector<Measurement> all_missing() {
    std::vector<Measurement> all;
    for (const Contest& contest : contests_) all.insert(all.end(), contest.missing.begin(), contest.missing.end());
    total_ = all.size();
    return all;
  }

  /// Measures the likely fastest first, so that the slow ones are known to be slow before they run, or after one run.
  void hold(Contest& contest) {
    std::stable_sort(contest.missing.begin(), contest.missing.end(), [&](const Measurement& a, const Measurement& b) {
      return state_.likely_ns(a) < state_.likely_ns(b);
    });
    const size_t known_before = contest.known.size();
    std::vector<Measurement> given_up;
    for (const Measurement& measurement : contest.missing) {
      if (is_hopeless(state_, contest, measurement))
        given_up.push_back(measurement);
      else
        measure(contest, measurement);
      left_.finish(state_.target, measurement);
      ++done_;
    }
    contest.missing = std::move(given_up);
    look_again(contest, known_before);
  }

  void measure(Contest& contest, const Measurement& measurement) {
    if (progress_) progress_(done_, total_, measurement, left_.seconds());
    const double ns = store(ask(process_, state_.target, measurement, contest.best_ns()), measurement);
    state_.learn(measurement, ns);
    contest.known.push_back({measurement, ns});
    last_ = measurement;
    ++measured_;
  }

  double store(MeasuredTime time, const Measurement& measurement) {
    time.kernel_hash = state_.hashes.at(time.primitive);
    state_.store.write(state_.target_identity, time);
    state_.measured[key_of(measurement)] = time.ns;
    return time.ns;
  }

  /// Selection takes the least of many measurements, and with it the luckiest: those that it may take are measured a
  /// second time, a little later, and get the mean.
  void look_again(Contest& contest, size_t known_before) {
    constexpr double kNear = 1.2;
    if (contest.known.size() < 2) return;
    const double best_ns = contest.best_ns();
    for (size_t i = known_before; i < contest.known.size(); ++i) {
      KnownTime& one = contest.known[i];
      if (one.ns > kNear * best_ns) continue;
      MeasuredTime time = ask(process_, state_.target, one.measurement, best_ns);
      time.ns = (time.ns + one.ns) / 2;
      one.ns = store(time, one.measurement);
    }
  }

  /// Measures what is not beaten any more; true where there was such.
  bool settle(Contest& contest) {
    std::vector<Measurement> given_up;
    for (const Measurement& measurement : contest.missing) {
      if (is_hopeless(state_, contest, measurement))
        given_up.push_back(measurement);
      else
        measure(contest, measurement);
    }
    const bool changed = given_up.size() < contest.missing.size();
    contest.missing = std::move(given_up);
    return changed;
  }

  Profile::State& state_;
  std::vector<Contest>& contests_;
  const Profile::Progress& progress_;
  Process process_;
  size_t total_ = 0, done_ = 0, measured_ = 0;
  TimeLeft left_;
  Measurement last_;
};

/// Whether what is missing was given up before, so that there is nothing to do.
bool all_given_up(const Profile::State& state, const std::vector<Contest>& contests) {
  return std::ranges::all_of(contests, [&](const Contest& contest) {
    return std::ranges::all_of(
        contest.missing, [&](const Measurement& measurement) { return is_hopeless(state, contest, measurement); });
  });
}

std::vector<Cut> cuts_of(const std::vector<Contest>& contests, const Calibration& calibration) {
  std::vector<Cut> cuts;
  for (const Contest& contest : contests) {
    for (const Measurement& measurement : contest.missing) {
      const KnownTime* faster = what_beats(measurement, contest.known, calibration);
      CHECK(faster != nullptr, std::string(measurement.primitive->name));
      cuts.push_back({.measurement = measurement,
                      .least_ns = calibration.least_ns(measurement).value_or(0),
                      .price_ns = calibration.likely_ns(measurement),
                      .faster = faster->measurement,
                      .faster_ns = faster->ns});
    }
  }
  return cuts;
}

/// The program that runs parts at the same time; none where they cannot run so on this machine.
std::optional<std::filesystem::path> program_for_threads(const Target& target, const std::filesystem::path& folder,
                                                         int threads) {
  const int processors = static_cast<int>(std::thread::hardware_concurrency());
  if (!target.runner.empty() || target.openmp.empty() || processors < threads) return std::nullopt;
  try {
    return profile_program(target, folder, ForThreads::kMany);
  } catch (const UserError&) {
    return std::nullopt;  // a compiler without OpenMP's library
  }
}

void count(const std::vector<Contest>& contests, ProfileReport& report) {
  for (const Contest& contest : contests) {
    report.known += contest.known.size();
    report.wanted += contest.known.size() + contest.missing.size();
  }
}

/// Those on one thread, or those on several.
std::vector<Measurement> some_of(const std::vector<Measurement>& wanted, bool several) {
  std::vector<Measurement> result;
  std::ranges::copy_if(wanted, std::back_inserter(result),
                       [&](const Measurement& measurement) { return (measurement.threads > 1) == several; });
  return result;
}

}  // namespace

ProfileReport Profile::measure_missing(const std::vector<Measurement>& wanted, const Progress& progress) {
  const Clock::time_point begin = Clock::now();
  State& state = *state_;
  const std::filesystem::path folder = state.store.file().parent_path() / "programs";
  ProfileReport report;
  std::vector<Contest> contests = contests_of(*this, state.target, some_of(wanted, false));
  count(contests, report);
  if (!all_given_up(state, contests)) {
    if (!state.target.measures_time) {
      throw UserError(fmt::format("target {} runs in an emulator, which says nothing about time: use --estimate",
                                  state.target.name));
    }
    report.measured = Measuring(state, contests, profile_program(state.target, folder), progress).run();
  }
  report.cuts = cuts_of(contests, state.calibration);

  const std::vector<Measurement> on_threads = some_of(wanted, true);
  contests = contests_of(*this, state.target, on_threads);
  count(contests, report);
  if (!all_given_up(state, contests)) {
    const auto program = program_for_threads(state.target, folder, on_threads.front().threads);
    if (program) report.measured += Measuring(state, contests, *program, progress).run();
  }
  for (const Contest& contest : contests) report.predicted += contest.missing.size();
  report.seconds = seconds_since(begin);
  return report;
}

}  // namespace snug
