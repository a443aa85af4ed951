// What a choice costs, on tables small enough to add up by hand; names; strategies; explanations.
#include "select/selection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace snug {
namespace {

constexpr int kA = 0, kB = 1;  // two layouts

CostTable table() {
  CostTable costs;
  costs.layouts = {"a", "b"};
  return costs;
}

/// Sizes in blocks of 64 bytes, per layout. A conversion costs 5 ns.
int tensor(CostTable& costs, int64_t blocks_a, int64_t blocks_b) {
  TensorCosts result;
  result.name = "t" + std::to_string(costs.tensors.size());
  result.bytes = {64 * blocks_a, 64 * blocks_b};
  result.conversion_ns = {{0, 5}, {5, 0}};
  costs.tensors.push_back(result);
  return static_cast<int>(costs.tensors.size()) - 1;
}

Candidate candidate(std::vector<int> input_layouts, int output_layout, int64_t time_ns, int64_t workspace_blocks = 0) {
  Candidate result;
  result.input_layouts = std::move(input_layouts);
  result.output_layout = output_layout;
  result.time_ns = time_ns;
  result.workspace_bytes = 64 * workspace_blocks;
  return result;
}

Candidate in_place(Candidate result, int slot = 0) {
  result.in_place = slot;
  return result;
}

Candidate copy_free(Candidate result) {
  result.copy_free = true;
  result.time_ns = 0;
  return result;
}

void node(CostTable& costs, std::vector<int> inputs, int output, std::vector<Candidate> candidates) {
  costs.nodes.push_back({"n" + std::to_string(costs.nodes.size()), std::move(inputs), output, std::move(candidates)});
}

using Blocks = std::vector<int64_t>;

Blocks peaks(const CostTable& costs, const std::vector<int>& choice) {
  Blocks result;
  for (const int64_t bytes : evaluate(costs, choice).node_peak_bytes) result.push_back(bytes / 64);
  return result;
}

TEST(Evaluate, AChainHoldsInputWorkspaceAndOutput) {
  CostTable costs = table();
  const int x = tensor(costs, 3, 3), y = tensor(costs, 4, 4), z = tensor(costs, 2, 2);
  costs.tensors[x].is_input = costs.tensors[z].is_output = true;
  node(costs, {x}, y, {candidate({kA}, kA, 10, 7)});
  node(costs, {y}, z, {candidate({kA}, kA, 20, 1)});
  EXPECT_EQ(peaks(costs, {0, 0}), (Blocks{3 + 7 + 4, 4 + 1 + 2, 2}));
  EXPECT_EQ(evaluate(costs, {0, 0}).time_ns, 30);
  EXPECT_EQ(evaluate(costs, {0, 0}).peak_node, 0);
}

TEST(Evaluate, AConvertedOriginalDiesBeforeTheNodeRunsUnlessItLivesOn) {
  for (const bool lives_on : {false, true}) {
    CostTable costs = table();
    const int x = tensor(costs, 10, 3), y = tensor(costs, 14, 14), z = tensor(costs, 1, 1);
    costs.tensors[x].is_input = costs.tensors[z].is_output = true;
    node(costs, {x}, y, {candidate({kB}, kA, 10)});
    if (lives_on) {
      node(costs, {y, x}, z, {candidate({kA, kA}, kA, 1)});
    } else {
      node(costs, {y}, z, {candidate({kA}, kA, 1)});
    }
    EXPECT_EQ(peaks(costs, {0, 0})[0], (lives_on ? 10 : 0) + 3 + 14);
    EXPECT_EQ(evaluate(costs, {0, 0}).time_ns, 16);
  }
}

TEST(Evaluate, ConversionsOfOneNodeRunOneAfterAnother) {
  CostTable costs = table();
  const int x = tensor(costs, 8, 2), y = tensor(costs, 8, 2), z = tensor(costs, 1, 1);
  costs.tensors[x].is_input = costs.tensors[y].is_input = costs.tensors[z].is_output = true;
  node(costs, {x, y}, z, {candidate({kB, kB}, kA, 1)});
  EXPECT_EQ(evaluate(costs, {0}).peak_bytes, 64 * (8 + 8 + 2)) << "x is gone when y is converted";
}

TEST(Evaluate, ATensorThatStandsTwiceHasTwoCopiesAndOneOriginal) {
  CostTable costs = table();
  const int x = tensor(costs, 3, 5), z = tensor(costs, 1, 1);
  costs.tensors[x].is_input = costs.tensors[z].is_output = true;
  node(costs, {x, x}, z, {candidate({kB, kB}, kA, 1), candidate({kA, kA}, kA, 1)});
  EXPECT_EQ(evaluate(costs, {0}).peak_bytes, 64 * (3 + 5 + 5));
  EXPECT_EQ(evaluate(costs, {1}).peak_bytes, 64 * (3 + 1));
}

TEST(Evaluate, InPlaceTakesOverADyingTensorOrACopyAndNothingElse) {
  CostTable costs = table();
  const int x = tensor(costs, 4, 4), y = tensor(costs, 4, 4), z = tensor(costs, 4, 4);
  costs.tensors[x].is_input = costs.tensors[z].is_output = true;
  node(costs, {x}, y, {in_place(candidate({kA}, kA, 1)), in_place(candidate({kB}, kB, 1)), candidate({kA}, kA, 1)});
  node(costs, {y, x}, z, {in_place(candidate({kA, kA}, kA, 1)), in_place(candidate({kA, kA}, kA, 1), 1)});
  EXPECT_FALSE(evaluate(costs, {0, 0}).valid) << "x is needed by the second node";
  EXPECT_EQ(peaks(costs, {1, 0}), (Blocks{8, 4 + 4 + 4, 4}));
  EXPECT_EQ(peaks(costs, {2, 1}), (Blocks{8, 8, 4}));
}

TEST(Evaluate, OutputsAreConvertedAtTheEndOneByOne) {
  CostTable costs = table();
  const int x = tensor(costs, 1, 1), y = tensor(costs, 2, 6), z = tensor(costs, 3, 7);
  costs.tensors[x].is_input = costs.tensors[y].is_output = costs.tensors[z].is_output = true;
  node(costs, {x}, y, {candidate({kA}, kB, 1)});
  node(costs, {x}, z, {candidate({kA}, kB, 1)});
  EXPECT_EQ(peaks(costs, {0, 0}), (Blocks{1 + 6, 1 + 6 + 7, std::max(6 + 7 + 2, 2 + 7 + 3)}));
  EXPECT_EQ(evaluate(costs, {0, 0}).time_ns, 12);
}

/// Two branches into a concat, which a last node reads.
CostTable branches() {
  CostTable costs = table();
  const int x = tensor(costs, 1, 1), p = tensor(costs, 2, 2), q = tensor(costs, 3, 3), c = tensor(costs, 5, 5),
            z = tensor(costs, 1, 1);
  costs.tensors[x].is_input = costs.tensors[z].is_output = true;
  node(costs, {x}, p, {candidate({kA}, kA, 1), candidate({kA}, kB, 1)});
  node(costs, {x}, q, {candidate({kA}, kA, 1, 4)});
  node(costs, {p, q}, c, {candidate({kA, kA}, kA, 9), copy_free(candidate({kA, kA}, kA, 0))});
  node(costs, {c}, z, {candidate({kA}, kA, 1)});
  return costs;
}

TEST(Evaluate, ACopyFreeConcatIsAliveFromItsFirstProducerOn) {
  EXPECT_EQ(peaks(branches(), {0, 0, 0, 0}), (Blocks{1 + 2, 1 + 2 + 3 + 4, 2 + 3 + 5, 5 + 1, 1}));
  EXPECT_EQ(peaks(branches(), {0, 0, 1, 0}), (Blocks{1 + 5, 1 + 5 + 4, 5, 5 + 1, 1}));
  EXPECT_EQ(evaluate(branches(), {0, 0, 1, 0}).time_ns, 3);
}

TEST(Evaluate, ACopyFreeConcatRefusesInputsThatDoNotFit) {
  EXPECT_FALSE(evaluate(branches(), {1, 0, 1, 0}).valid) << "produced in another layout";
  EXPECT_TRUE(evaluate(branches(), {1, 0, 0, 0}).valid);
  CostTable costs = branches();
  costs.tensors[1].is_output = true;
  EXPECT_FALSE(evaluate(costs, {0, 0, 1, 0}).valid) << "an output of the network";
  costs = branches();
  costs.nodes[2].inputs = {1, 1};
  EXPECT_FALSE(evaluate(costs, {0, 0, 1, 0}).valid) << "one input twice";
  costs = branches();
  costs.nodes[3].inputs = {3, 1};
  costs.nodes[3].candidates = {candidate({kA, kA}, kA, 1)};
  EXPECT_FALSE(evaluate(costs, {0, 0, 1, 0}).valid) << "an input lives as long as the buffer";
}

TEST(Evaluate, NobodyOverwritesASliceOfACopyFreeConcat) {
  CostTable costs = branches();
  const int w = tensor(costs, 2, 2);
  costs.nodes.push_back({"late", {1}, w, {in_place(candidate({kA}, kA, 1)), candidate({kA}, kA, 1)}});
  std::swap(costs.nodes[3], costs.nodes[4]);
  EXPECT_TRUE(evaluate(costs, {0, 0, 0, 0, 0}).valid);
  EXPECT_FALSE(evaluate(costs, {0, 0, 1, 0, 0}).valid);
  EXPECT_EQ(peaks(costs, {0, 0, 1, 1, 0}), (Blocks{1 + 5, 1 + 5 + 4, 5, 5 + 2, 5 + 1, 1}));
}

/// x is read by three nodes, the first and the last of which one call can make; a fourth reads what they made.
CostTable family() {
  CostTable costs = table();
  const int x = tensor(costs, 1, 1), p = tensor(costs, 2, 2), q = tensor(costs, 3, 3), r = tensor(costs, 5, 7),
            z = tensor(costs, 1, 1);
  costs.tensors[x].is_input = costs.tensors[z].is_output = true;
  costs.siblings.push_back({{0, 2}, kB});
  const auto one_call = [](Candidate result) {
    result.siblings = 0;
    return result;
  };
  node(costs, {x}, p,
       {candidate({kA}, kB, 10), one_call(candidate({kA}, kB, 12, 4)), one_call(candidate({kA}, kA, 1))});
  node(costs, {x}, q, {candidate({kB}, kA, 1)});
  node(costs, {x}, r, {candidate({kA}, kB, 10), one_call(candidate({kA}, kB, 0))});
  node(costs, {p, q, r}, z, {candidate({kB, kA, kB}, kA, 1)});
  return costs;
}

TEST(Evaluate, SiblingsAreAliveFromTheirOneCallOn) {
  EXPECT_EQ(peaks(family(), {0, 0, 0, 0}), (Blocks{1 + 2, 1 + 2 + 1 + 3, 1 + 2 + 3 + 7, 2 + 3 + 7 + 1, 1}));
  EXPECT_EQ(peaks(family(), {1, 0, 1, 0}), (Blocks{1 + 2 + 7 + 4, 1 + 2 + 7 + 1 + 3, 1 + 2 + 3 + 7, 2 + 3 + 7 + 1, 1}));
  EXPECT_EQ(evaluate(family(), {1, 0, 1, 0}).time_ns, 12 + 6 + 1);
}

TEST(Evaluate, SiblingsAreAllMadeByOneCallOrNoneIs) {
  EXPECT_FALSE(evaluate(family(), {1, 0, 0, 0}).valid);
  EXPECT_FALSE(evaluate(family(), {2, 0, 1, 0}).valid) << "in another layout";
  EXPECT_EQ(evaluate(family(), {0, 0, 1, 0}).fault,
            "n2: made by one call with its siblings, but n0 has one of its own");
}

TEST(Evaluate, ASiblingMadeEarlyIsNoPartOfACopyFreeConcat) {
  CostTable costs = family();
  costs.tensors[4].bytes = {64 * 9, 64 * 9};
  costs.nodes[3] = {"n3", {1, 3}, 4, {copy_free(candidate({kB, kB}, kB, 0))}};
  EXPECT_TRUE(evaluate(costs, {0, 0, 0, 0}).valid);
  EXPECT_EQ(evaluate(costs, {1, 0, 1, 0}).fault, "n3: t3 is made before its siblings");
}

TEST(Evaluate, AMissingConversionIsNamed) {
  CostTable costs = branches();
  costs.tensors[1].conversion_ns[kB][kA] = -1;
  EXPECT_EQ(evaluate(costs, {1, 0, 0, 0}).fault, "n2: t1 cannot be converted from b to a");
}

TEST(Select, StrategiesHaveNames) {
  for (const char* text : {"ilp", "dynamic-programme", "time-only", "greedy-fastest", "greedy-in-order",
                           "greedy-smallest", "per-layer", "direct"}) {
    ASSERT_TRUE(strategy_from_name(text).has_value()) << text;
    EXPECT_EQ(name(*strategy_from_name(text)), text);
  }
  EXPECT_FALSE(strategy_from_name("fastest").has_value());
}

/// Fast with much workspace, or slower with less, twice.
CostTable trade() {
  CostTable costs = table();
  const int x = tensor(costs, 2, 2), y = tensor(costs, 2, 2), z = tensor(costs, 2, 2);
  costs.tensors[x].is_input = costs.tensors[z].is_output = true;
  node(costs, {x}, y, {candidate({kA}, kA, 1000), candidate({kA}, kA, 100, 10), candidate({kB}, kB, 98, 10)});
  node(costs, {y}, z, {candidate({kA}, kA, 1000), candidate({kA}, kA, 300, 6), candidate({kA}, kA, 100, 20)});
  return costs;
}

std::vector<int> chosen(const CostTable& costs, const Limits& limits, Strategy strategy) {
  const auto answer = select(costs, limits, strategy);
  return std::holds_alternative<Selection>(answer) ? std::get<Selection>(answer).choice : std::vector<int>{};
}

TEST(Select, EachStrategyFollowsItsRule) {
  using Choice = std::vector<int>;
  const CostTable costs = trade();
  EXPECT_EQ(chosen(costs, {}, Strategy::kTimeOnly), (Choice{1, 2}));
  EXPECT_EQ(chosen(costs, {}, Strategy::kGreedyFastest), (Choice{2, 2})) << "conversions are paid afterwards";
  EXPECT_EQ(chosen(costs, {}, Strategy::kGreedyInOrder), (Choice{1, 2})) << "the conversion counts";
  EXPECT_EQ(chosen(costs, {}, Strategy::kGreedySmallest), (Choice{0, 0}));
  EXPECT_EQ(chosen(costs, {}, Strategy::kDirect), (Choice{0, 0}));
  EXPECT_EQ(chosen(costs, {}, Strategy::kPerLayer), (Choice{1, 2}));
  EXPECT_EQ(chosen(costs, {.ram_bytes = 64 * 14}, Strategy::kPerLayer), (Choice{1, 1}));
  EXPECT_EQ(chosen(costs, {.ram_bytes = 64 * 14}, Strategy::kIlp), (Choice{1, 1}));
  EXPECT_EQ(chosen(costs, {.ram_bytes = 64 * 10}, Strategy::kIlp), (Choice{0, 1}));
  const Limits least_ram{.latency_ns = 1400, .minimize = Minimize::kRam};
  EXPECT_EQ(chosen(costs, least_ram, Strategy::kIlp), (Choice{0, 1}));
}

TEST(Select, LayerByLayerChoicesTakeCopyFreeFormsWhereTheyAreFree) {
  EXPECT_EQ(chosen(branches(), {}, Strategy::kGreedySmallest), (std::vector<int>{0, 0, 1, 0}));
}

TEST(Infeasible, NamesTheStepWhatItHoldsAndWhatWouldDo) {
  const Infeasible infeasible = std::get<Infeasible>(select(trade(), {.ram_bytes = 128}));
  EXPECT_EQ(infeasible.limit, "ram");
  EXPECT_EQ(infeasible.limit_value, 128);
  EXPECT_EQ(infeasible.least_value, 256);
  EXPECT_EQ(infeasible.node, 0);
  EXPECT_EQ(infeasible.explanation,
            "does not fit --ram 128: the least possible is 256\n"
            "  step 0, n0: inputs 0.12 + output 0.12 KiB\n"
            "  --ram 256 would take 2.0 us, --ram 896 400 ns (fastest: 200 ns with 1536)");
}

TEST(Infeasible, NamesFlashAndLatency) {
  CostTable costs = trade();
  for (NodeCosts& each : costs.nodes) {
    for (Candidate& option : each.candidates) option.weight_bytes = 6400;
  }
  const Infeasible flash = std::get<Infeasible>(select(costs, {.flash_bytes = 12000}));
  EXPECT_EQ(flash.limit, "flash");
  EXPECT_EQ(flash.least_value, 12800);
  const Infeasible latency = std::get<Infeasible>(select(costs, {.ram_bytes = 640, .latency_ns = 300}));
  EXPECT_EQ(latency.limit, "latency");
  EXPECT_EQ(latency.least_value, 1300);
  EXPECT_EQ(latency.explanation,
            "does not meet --latency 0.0003: the fastest possible within the other limits takes 0.002 ms\n"
            "  without them 0.001 ms, with --ram 1536 and --flash 12.5KiB");
}

}  // namespace
}  // namespace snug
