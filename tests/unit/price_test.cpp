#include <gtest/gtest.h>

#include "cost/enumerate.h"
#include "ops/split.h"
#include "unit/tiny_graph.h"

namespace snug {
namespace {

template <int kilo>
Work million(const snug_layer&) {
  return {.multiply_adds = 1e6 * kilo, .bytes_moved = 0};
}
template <int bytes>
int64_t constant(const snug_layer&) {
  return bytes;
}

/// A conv in chw that takes about 1 ms per unit of Time on the target below, where it is of the family "im2row".
template <int Time, int Workspace, int Weights>
Primitive conv(std::string_view name, std::string_view family = "im2row") {
  return {.name = name,
          .family = family,
          .input = kChw,
          .output = kChw,
          .workspace_bytes = constant<Workspace>,
          .pack_bytes = constant<Weights>,
          .work = million<Time>};
}

const Target kTarget{.name = "t", .compiler = "cc", .giga_multiply_adds_per_second = 1, .gigabytes_per_second = 2};

std::vector<std::string> kept(const std::vector<const Primitive*>& primitives) {
  Graph graph;
  graph.outputs = {add_conv(graph, add_input(graph, {1, 3, 8, 8}), 16, 1, "conv1")};
  std::vector<ListedPrimitive> library;
  for (const Primitive* primitive : primitives) library.push_back({primitive, "conv"});
  const CostTable costs = price(enumerate_candidates(graph, library, PrimitiveSet::kAll), graph, kTarget, nullptr);
  std::vector<std::string> names;
  for (const Candidate& candidate : costs.nodes[0].candidates) names.emplace_back(candidate.primitive->name);
  return names;
}

TEST(Price, DropsWhatIsNoBetterInAnything) {
  const Primitive fast = conv<1, 640, 64>("fast"), slow = conv<2, 640, 64>("slow"), small = conv<2, 64, 64>("small"),
                  light = conv<3, 640, 0>("light"), worse = conv<3, 128, 128>("worse");
  EXPECT_EQ(kept({&worse, &slow, &small, &fast, &light}), (std::vector<std::string>{"small", "fast", "light"}));
}

TEST(Price, OfEqualsTheFirstStays) {
  const Primitive one = conv<1, 64, 64>("one"), two = conv<1, 64, 64>("two");
  EXPECT_EQ(kept({&one, &two}), std::vector<std::string>{"one"});
  EXPECT_EQ(kept({&two, &one}), std::vector<std::string>{"two"});
}

TEST(Price, OtherLayoutsDoNotCompete) {
  const Primitive one = conv<1, 64, 64>("one");
  Primitive two = conv<2, 64, 64>("two");
  two.output = kHwc;
  EXPECT_EQ(kept({&one, &two}), (std::vector<std::string>{"one", "two"}));
}

TEST(Price, TheTextbookLoopStaysForItsStrategy) {
  const Primitive fast = conv<1, 0, 64>("fast"), direct = conv<9, 0, 64>("direct", "direct");
  EXPECT_EQ(kept({&direct, &fast}), (std::vector<std::string>{"direct", "fast"}));
}

TEST(Price, CountsTheBatch) {
  const Primitive one = conv<1, 0, 64>("one");
  const std::vector<ListedPrimitive> library{{&one, "conv"}};
  const auto time_of_batch = [&](int64_t batch) {
    Graph graph;
    graph.outputs = {add_conv(graph, add_input(graph, {batch, 3, 8, 8}), 16, 1, "conv1")};
    const CostTable costs = price(enumerate_candidates(graph, library, PrimitiveSet::kAll), graph, kTarget, nullptr);
    return costs.nodes[0].candidates.at(0).time_ns;
  };
  EXPECT_GT(time_of_batch(1), 900000);
  EXPECT_NEAR(static_cast<double>(time_of_batch(3)), 3.0 * static_cast<double>(time_of_batch(1)), 2);
}

TEST(Price, PartsTakeTheirShareAndTheForkAndJoin) {
  Primitive one = conv<1, 0, 64>("one");
  one.work = [](const snug_layer& layer) { return Work{.multiply_adds = 1e6 * layer.out_height}; };
  const std::vector<ListedPrimitive> library{{&one, "conv"}};
  Target target = kTarget;
  target.fork_join_ns = 5000;
  for (const int64_t batch : {1, 3}) {
    Graph graph;
    graph.outputs = {add_conv(graph, add_input(graph, {batch, 3, 8, 8}), 16, 1, "conv1")};
    const auto time_on = [&](int threads) {
      CostTable costs = enumerate_candidates(graph, library, PrimitiveSet::kAll, threads);
      std::erase_if(costs.nodes[0].candidates,
                    [&](const Candidate& candidate) { return threads > 1 && candidate.split == Split::kWhole; });
      return static_cast<double>(price(costs, graph, target, nullptr).nodes[0].candidates.at(0).time_ns);
    };
    EXPECT_NEAR(time_on(2) - 5000, time_on(1) / 2, time_on(1) / 1000);
    EXPECT_NEAR(time_on(3) - 5000, time_on(1) * 3 / 8, time_on(1) / 1000);  // 8 rows: 2, 3, 3
  }
}

/// Half the rows take so many units of time, half the channels one.
template <int Hundredths>
Work band_or_slice(const snug_layer& layer) {
  return {.multiply_adds = layer.out_height < 8 ? 1e4 * Hundredths : layer.out_channels < 32 ? 1e6 : 2e6};
}

std::vector<Split> kept_splits(Work (*work)(const snug_layer&)) {
  Primitive one = conv<1, 0, 64>("one");
  one.work = work;
  one.splitting.channels = 16;
  Graph graph;
  graph.outputs = {add_conv(graph, add_input(graph, {1, 3, 8, 8}), 32, 1, "conv1")};
  const std::vector<ListedPrimitive> library{{&one, "conv"}};
  const CostTable costs = price(enumerate_candidates(graph, library, PrimitiveSet::kAll, 2), graph, kTarget, nullptr);
  std::vector<Split> splits;
  for (const Candidate& candidate : costs.nodes[0].candidates) splits.push_back(candidate.split);
  return splits;
}

TEST(Price, SlicesOfChannelsMustBeFasterThanTheNoise) {
  EXPECT_EQ(kept_splits(band_or_slice<102>), std::vector<Split>{Split::kRows});
  EXPECT_EQ(kept_splits(band_or_slice<105>), std::vector<Split>{Split::kChannels});
}

TEST(Price, EstimateIsWorkOverRatePlusBytesOverBandwidth) {
  const Primitive textbook{
      .name = "p", .family = "direct", .input = kChw, .output = kChw, .work = [](const snug_layer&) {
        return Work{.multiply_adds = 3e6, .bytes_moved = 1e6};
      }};
  const double ns = estimated_ns(kTarget, {.primitive = &textbook, .operator_name = "conv", .layer = {}});
  EXPECT_NEAR(ns, 3e6 / 0.0065 + 1e6 / 2, 1000);
  Target twice = kTarget;
  twice.giga_multiply_adds_per_second *= 2;
  twice.gigabytes_per_second *= 2;
  const double half = estimated_ns(twice, {.primitive = &textbook, .operator_name = "conv", .layer = {}});
  EXPECT_NEAR(half, ns / 2, 1000);
}

TEST(Measurements, NameEveryLayerOnceAndOnlyPossibleConversions) {
  Graph graph;
  const TensorId x = add_input(graph, {1, 16, 8, 8});
  const TensorId a = add_conv(graph, x, 16, 1, "a");
  graph.outputs = {add_conv(graph, a, 16, 1, "b")};
  const Primitive one = conv<1, 0, 64>("one");
  const std::vector<ListedPrimitive> planar{{&one, "conv"}};
  const std::vector<Measurement> wanted = measurements(graph, enumerate_candidates(graph, planar, PrimitiveSet::kAll));
  ASSERT_EQ(wanted.size(), 1U);
  EXPECT_EQ(wanted[0].primitive, &one);
  EXPECT_EQ(wanted[0].operator_name, "conv");
  EXPECT_EQ(wanted[0].layer.in_channels, 16);
}

TEST(Measurements, AreTakenWithEveryBlock) {
  Graph graph;
  graph.outputs = {add_conv(graph, add_input(graph, {1, 16, 8, 8}), 16, 1, "a")};
  Primitive one = conv<1, 0, 64>("one");
  one.blocks = [](const snug_layer&) { return std::vector<int32_t>{2, 8}; };
  const std::vector<ListedPrimitive> library{{&one, "conv"}};
  const std::vector<Measurement> wanted = measurements(graph, enumerate_candidates(graph, library, PrimitiveSet::kAll));
  ASSERT_EQ(wanted.size(), 2U);
  EXPECT_EQ(wanted[0].layer.block, 2);
  EXPECT_EQ(wanted[1].layer.block, 8);
}

}  // namespace
}  // namespace snug
