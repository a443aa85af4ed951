#include "cost/profile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <thread>

#include "base/error.h"
#include "cost/profile_program.h"
#include "cost/profile_store.h"
#include "ops/split.h"
#include "unit/tiny_graph.h"

namespace snug {
namespace {

namespace fs = std::filesystem;

class ProfileTest : public testing::Test {
 protected:
  /// A file that is not there yet, in a folder that stays: so the program that measures is built once for all tests.
  static fs::path file(const std::string& name) {
    static const fs::path folder = fs::path(SNUG_BINARY_DIR) / "profile_test";
    static std::set<std::string> known;
    if (known.insert(name).second) fs::remove(folder / name);
    return folder / name;
  }

  static std::vector<Measurement> wanted() {
    Graph graph;
    graph.outputs = {add_conv(graph, add_input(graph, {1, 8, 6, 6}), 16, 1, "conv1")};
    std::vector<Measurement> result = measurements(graph, enumerate_candidates(graph));
    const std::set<std::string_view> few{"conv_blocked_c16", "conv_direct_c16", "conv_direct_chw", "conv_direct_hwc",
                                         "conv_first_chw_c16"};
    std::erase_if(result, [&](const Measurement& measurement) {
      return measurement.layer.block > 1 || !few.contains(measurement.primitive->name);
    });
    return result;
  }

  /// How many measurements were made.
  static size_t measure(Profile profile) {
    size_t total = 0;
    profile.measure_missing(wanted(), [&](size_t, size_t all, const Measurement&, double seconds_left) {
      total = all;
      EXPECT_GE(seconds_left, 0);
    });
    return total;
  }

  static std::string error_of(const auto& action) {
    try {
      action();
    } catch (const UserError& error) {
      return error.what();
    }
    return "no error";
  }

  // No optimisation: the kernels need not be fast here.
  inline static const Target kTarget{.name = "test", .compiler = "gcc", .flags = {"-O0"}};
};

TEST_F(ProfileTest, MeasuresOnceAndRemembers) {
  const size_t count = wanted().size();
  ASSERT_GT(count, 1U);
  const Profile first = Profile::open(kTarget, file("once.sqlite"));
  EXPECT_FALSE(first.measured_ns(wanted()[0]).has_value());
  EXPECT_EQ(measure(first), count);
  const Profile second = Profile::open(kTarget, file("once.sqlite"));
  for (const Measurement& measurement : wanted()) {
    const std::optional<double> ns = second.measured_ns(measurement);
    ASSERT_TRUE(ns.has_value()) << measurement.primitive->name;
    EXPECT_GT(*ns, 1) << measurement.primitive->name;
    EXPECT_LT(*ns, 1e9) << measurement.primitive->name;
    EXPECT_EQ(*ns, *first.measured_ns(measurement));
  }
  EXPECT_EQ(measure(second), 0U);
}

TEST_F(ProfileTest, AnInterruptedRunGoesOnWhereItStopped) {
  const size_t count = wanted().size();
  Profile profile = Profile::open(kTarget, file("interrupted.sqlite"));
  const auto stop_at_one = [](size_t done, size_t, const Measurement&, double) {
    if (done == 1) throw std::runtime_error("interrupted");
  };
  EXPECT_THROW(profile.measure_missing(wanted(), stop_at_one), std::runtime_error);
  EXPECT_EQ(measure(Profile::open(kTarget, file("interrupted.sqlite"))), count - 1);
}

TEST_F(ProfileTest, OtherFlagsAreAnotherTarget) {
  measure(Profile::open(kTarget, file("flags.sqlite")));
  Target other = kTarget;
  other.flags = {"-O0", "-DSNUG_NO_SIMD"};
  EXPECT_FALSE(Profile::open(other, file("flags.sqlite")).measured_ns(wanted()[0]).has_value());
}

TEST_F(ProfileTest, TimesOfAnOlderKernelDoNotCount) {
  const Measurement measurement = wanted()[0];
  MeasuredTime time{.kernel_hash = "older",
                    .primitive = std::string(measurement.primitive->name),
                    .layer = layer_text(measurement.layer),
                    .ns = 5,
                    .runs = 1};
  ProfileStore store(file("older.sqlite"));
  store.write(identity(kTarget), time);
  EXPECT_FALSE(Profile::open(kTarget, file("older.sqlite")).measured_ns(measurement).has_value());
  time.kernel_hash = kernel_hashes().at(time.primitive);
  store.write(identity(kTarget), time);
  EXPECT_EQ(Profile::open(kTarget, file("older.sqlite")).measured_ns(measurement), 5);
}

TEST_F(ProfileTest, PriceTakesWhatWasMeasured) {
  Graph graph;
  graph.outputs = {add_conv(graph, add_input(graph, {1, 8, 6, 6}), 16, 1, "conv1")};
  const CostTable costs = enumerate_candidates(graph);
  const Measurement measurement = wanted()[0];
  ProfileStore(file("price.sqlite"))
      .write(identity(kTarget), {.kernel_hash = kernel_hashes().at(std::string(measurement.primitive->name)),
                                 .primitive = std::string(measurement.primitive->name),
                                 .layer = layer_text(measurement.layer),
                                 .ns = 1.2,
                                 .runs = 1});
  const Profile profile = Profile::open(kTarget, file("price.sqlite"));
  const CostTable priced = price(costs, graph, kTarget, &profile);
  int64_t least = INT64_MAX;
  for (const Candidate& candidate : priced.nodes[0].candidates) least = std::min(least, candidate.time_ns);
  EXPECT_EQ(least, 1);
}

TEST_F(ProfileTest, WhatIsKnownToBeHopelessIsNotMeasured) {
  ProfileStore store(file("hopeless.sqlite"));
  const std::vector<Measurement> all = wanted();
  const auto bytes = [](const Measurement& one) {
    const Primitive& p = *one.primitive;
    return p.pack_bytes(one.layer) + (p.workspace_bytes == nullptr ? 0 : p.workspace_bytes(one.layer));
  };
  // Needing most memory, it has no excuse.
  const Measurement hopeless =
      *std::ranges::max_element(all, [&](const auto& a, const auto& b) { return bytes(a) < bytes(b); });
  const Primitive& slow = *hopeless.primitive;
  for (const int channels : {9, 10, 11}) {
    snug_layer layer = hopeless.layer;
    layer.out_channels = channels;
    store.write(identity(kTarget), {.kernel_hash = kernel_hashes().at(std::string(slow.name)),
                                    .primitive = std::string(slow.name),
                                    .layer = layer_text(layer),
                                    .ns = 1e15,
                                    .runs = 1});
  }
  Profile profile = Profile::open(kTarget, file("hopeless.sqlite"));
  const ProfileReport report = profile.measure_missing(all, {});
  EXPECT_EQ(report.wanted, all.size());
  EXPECT_EQ(report.measured + report.cuts.size(), all.size());
  ASSERT_FALSE(report.cuts.empty());
  for (const Cut& cut : report.cuts) {
    EXPECT_EQ(cut.measurement.primitive, &slow);
    EXPECT_GT(cut.least_ns, cut.faster_ns);
    EXPECT_GE(cut.price_ns, cut.least_ns);
    EXPECT_FALSE(profile.measured_ns(cut.measurement).has_value());
    EXPECT_EQ(profile.price_ns(cut.measurement), cut.price_ns);
  }
  const ProfileReport again = Profile::open(kTarget, file("hopeless.sqlite")).measure_missing(all, {});
  EXPECT_EQ(again.measured, 0U);
  EXPECT_EQ(again.known, report.measured);
  EXPECT_EQ(again.cuts.size(), report.cuts.size());
}

/// All of one layer on two threads.
std::vector<Measurement> on_two_threads() {
  Graph graph;
  graph.outputs = {add_conv(graph, add_input(graph, {1, 16, 32, 32}), 64, 1, "conv1")};
  std::vector<Measurement> result = measurements(graph, enumerate_candidates(graph, PrimitiveSet::kAll, 2));
  const std::set<std::string_view> few{"conv_blocked_c16", "conv_pointwise_c16"};
  std::erase_if(result, [&](const Measurement& one) { return !few.contains(one.primitive->name); });
  return result;
}

TEST_F(ProfileTest, PartsAreMeasuredTogether) {
  Target target = kTarget;
  target.openmp = {"-fopenmp"};
  Profile profile = Profile::open(target, file("parts.sqlite"));
  const std::vector<Measurement> all = on_two_threads();
  const auto in_parts = [](const Measurement& one) { return one.split != Split::kWhole; };
  EXPECT_EQ(std::ranges::count_if(all, in_parts), 6);  // one primitive, and one with two knobs, by rows and channels
  EXPECT_EQ(all.size(), 12U);                          // whole on one thread and on two
  const ProfileReport report = profile.measure_missing(all, {});
  EXPECT_EQ(report.measured + report.cuts.size() + report.predicted, all.size());
  if (std::thread::hardware_concurrency() < 2) GTEST_SKIP() << "skipped: one processor";
  if (report.predicted == 9) GTEST_SKIP() << "skipped: gcc has no OpenMP";
  double best = 1e9;
  for (const Measurement& one : all) {
    if (!in_parts(one)) continue;
    const std::optional<double> ns = profile.measured_ns(one);
    if (ns) best = std::min(best, *ns);
  }
  for (const Measurement& one : all) {
    if (!in_parts(one) || profile.measured_ns(one)) continue;
    EXPECT_GT(profile.price_ns(one), best) << text(one);
  }
  const ProfileReport again = Profile::open(target, file("parts.sqlite")).measure_missing(all, {});
  EXPECT_EQ(again.measured, 0U);
  EXPECT_EQ(again.known, report.measured);
}

TEST_F(ProfileTest, PartsThatWereNotMeasuredArePredicted) {
  const std::vector<Measurement> all = on_two_threads();
  // A target without OpenMP measures none.
  EXPECT_EQ(Profile::open(kTarget, file("predicted.sqlite")).measure_missing(all, {}).predicted, 9U);
  const Profile profile = Profile::open(kTarget, file("predicted.sqlite"));
  const Measurement one = *std::ranges::find(all, Split::kRows, &Measurement::split);
  Measurement whole = one, larger = one;
  whole.split = Split::kWhole, whole.threads = 1;
  larger.layer.out_channels = 128;
  EXPECT_GT(profile.price_ns(one), profile.price_ns(whole) / 2);
  EXPECT_LT(profile.price_ns(one), profile.price_ns(whole) + kTarget.fork_join_ns + 1);

  // What others of the family took more than was predicted, it will take, too.
  const std::string name(one.primitive->name);
  ProfileStore(file("predicted.sqlite"))
      .write(identity(kTarget), {.kernel_hash = kernel_hashes().at(name),
                                 .primitive = name,
                                 .layer = text(one),
                                 .ns = 3 * profile.price_ns(one),
                                 .runs = 1});
  const Profile learned = Profile::open(kTarget, file("predicted.sqlite"));
  EXPECT_NEAR(*learned.measured_ns(one), 3 * profile.price_ns(one), 0.1);
  EXPECT_NEAR(learned.price_ns(larger) / profile.price_ns(larger), 3, 0.01);
}

TEST_F(ProfileTest, AFileThatIsNoDatabaseIsAnError) {
  fs::create_directories(file("broken.sqlite").parent_path());
  std::ofstream(file("broken.sqlite")) << std::string(5000, 'x');
  const std::string error = error_of([] { Profile::open(kTarget, file("broken.sqlite")); });
  EXPECT_NE(error.find("broken.sqlite: cannot be used as the profile"), std::string::npos) << error;
}

TEST_F(ProfileTest, ALineThatIsNoLayerIsAnError) {
  const std::string primitive(wanted()[0].primitive->name);
  for (const char* layer : {"nonsense", "ic8ih6 rows many"}) {
    const std::string name = std::string("line_") + layer + ".sqlite";
    ProfileStore(file(name))
        .write(
            identity(kTarget),
            {.kernel_hash = kernel_hashes().at(primitive), .primitive = primitive, .layer = layer, .ns = 5, .runs = 1});
    const std::string error = error_of([&] { Profile::open(kTarget, file(name)); });
    EXPECT_NE(error.find(name + ": holds a measurement of"), std::string::npos) << error;
  }
}

TEST_F(ProfileTest, AnEmulatorMeasuresNoTime) {
  Target target = kTarget;
  target.measures_time = false;
  const std::string error = error_of([&] { measure(Profile::open(target, file("emulator.sqlite"))); });
  EXPECT_NE(error.find("--estimate"), std::string::npos) << error;
}

TEST_F(ProfileTest, AProgramThatEndsIsAnErrorThatNamesTheLayer) {
  Target target = kTarget;
  target.runner = {"sh", "-c", "kill -ILL $$"};
  const std::string error = error_of([&] { measure(Profile::open(target, file("crash.sqlite"))); });
  EXPECT_NE(error.find("ic8ih6iw6"), std::string::npos) << error;
  EXPECT_NE(error.find("Illegal instruction"), std::string::npos) << error;
}

TEST_F(ProfileTest, TwoWritersAtOnceLoseNothing) {
  const auto write = [](const std::string& primitive) {
    ProfileStore store(file("shared.sqlite"));
    for (int k = 0; k < 100; ++k) {
      store.write("target",
                  {.kernel_hash = "h", .primitive = primitive, .layer = std::to_string(k), .ns = 1, .runs = 1});
    }
  };
  {
    const std::jthread one(write, "one"), two(write, "two");
  }
  EXPECT_EQ(ProfileStore(file("shared.sqlite")).read("target").size(), 200U);
}

TEST_F(ProfileTest, EveryKernelHasAHashOfItsOwn) {
  std::set<std::string> hashes;
  for (const auto& [primitive, hash] : kernel_hashes()) hashes.insert(hash);
  EXPECT_EQ(hashes.size(), all_primitives().size());
}

TEST_F(ProfileTest, TheFileIsWhereTheEnvironmentSays) {
  ASSERT_EQ(::setenv("SNUG_PROFILE", "/a/b.sqlite", 1), 0);
  EXPECT_EQ(default_profile_file(), "/a/b.sqlite");
  ASSERT_EQ(::unsetenv("SNUG_PROFILE"), 0);
  ASSERT_EQ(::setenv("XDG_CACHE_HOME", "/cache", 1), 0);
  EXPECT_EQ(default_profile_file(), "/cache/snug/profile.sqlite");
  ASSERT_EQ(::unsetenv("XDG_CACHE_HOME"), 0);
  ASSERT_EQ(::setenv("HOME", "/home/me", 1), 0);
  EXPECT_EQ(default_profile_file(), "/home/me/.cache/snug/profile.sqlite");
}

}  // namespace
}  // namespace snug
