// Placement by example: lifetimes in, offsets and arena out.
#include "memory/placement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "base/error.h"

namespace snug {
namespace {

/// One buffer a line: "first last bytes".
std::vector<BufferLifetime> parse(const std::string& text) {
  std::vector<BufferLifetime> buffers;
  std::istringstream lines(text);
  for (BufferLifetime buffer; lines >> buffer.first >> buffer.last >> buffer.bytes;) buffers.push_back(buffer);
  return buffers;
}

/// "offset offset … | arena bound", with "optimal" if proven; or the verifier's complaint.
std::string placed(const std::string& text, const PlacementOptions& options = {}) {
  const std::vector<BufferLifetime> buffers = parse(text);
  const Placement placement = place(buffers, options);
  const std::string fault = verify_placement(buffers, placement, options.alignment);
  if (!fault.empty()) return fault;
  std::ostringstream result;
  for (const int64_t offset : placement.offsets) result << offset << ' ';
  result << "| " << placement.arena_bytes << ' ' << placement.lower_bound_bytes;
  if (placement.optimal) result << " optimal";
  return result.str();
}

TEST(Placement, OfNothingIsEmpty) {
  EXPECT_EQ(placed(""), "| 0 0 optimal");
}

TEST(Placement, OneBufferIsRoundedUpToTheAlignment) {
  EXPECT_EQ(placed("0 1 65"), "0 | 128 128 optimal");
}

TEST(Placement, AChainAlternatesBetweenTheEnds) {
  EXPECT_EQ(placed(R"(0 2 128
                      1 3 64
                      2 4 128
                      3 5 64)"),
            "0 128 0 128 | 192 192 optimal");
}

TEST(Placement, BuffersThatOnlyTouchInTimeShareTheirBytes) {
  EXPECT_EQ(placed(R"(0 1 64
                      1 2 64)"),
            "0 0 | 64 64 optimal");
}

TEST(Placement, AResidualSpansItsBlock) {
  EXPECT_EQ(placed(R"(0 5 256
                      1 3 128
                      2 4 64
                      3 5 128)"),
            "0 256 384 256 | 448 448 optimal");
}

TEST(Placement, EmptyBuffersNeedNoMemory) {
  EXPECT_EQ(placed(R"(0 9 0
                      3 3 640
                      0 9 64)"),
            "0 0 0 | 64 64 optimal");
}

TEST(Placement, TimesMayBeAnyNumbers) {
  EXPECT_EQ(placed(R"(-9223372036854775808 0 64
                      -1 9223372036854775807 64)"),
            "0 64 | 128 128 optimal");
}

TEST(Placement, HugeBuffersDoNotOverflow) {
  EXPECT_EQ(placed(R"(0 2 2305843009213693952
                      1 3 1152921504606846976
                      2 4 64)"),
            "0 2305843009213693952 0 | 3458764513820540928 3458764513820540928 optimal");
}

TEST(Placement, RefusesMoreThanTheArithmeticHolds) {
  EXPECT_THROW(place(parse("0 1 4611686018427387904")), UserError);
  EXPECT_THROW(place(parse("0 1 9223372036854775807")), UserError);
  EXPECT_THROW(place(parse("0 1 2305843009213693952\n5 6 2305843009213693952")), UserError);
}

// First fit by size, area, width or time, and promotion, all end at 9.
const char* const kInterlocked = R"(5 10 2
                                    0 5 3
                                    4 9 3
                                    7 8 3
                                    1 6 2)";

TEST(Placement, TheGreedyResultIsImprovedToTheBound) {
  const Placement placement = place(parse(kInterlocked), {.alignment = 1});
  EXPECT_EQ(verify_placement(parse(kInterlocked), placement, 1), "");
  EXPECT_EQ(placement.arena_bytes, 8);
  EXPECT_TRUE(placement.optimal);
  const Placement greedy = place(parse(kInterlocked), {.alignment = 1, .node_limit = 0});
  EXPECT_EQ(verify_placement(parse(kInterlocked), greedy, 1), "");
  EXPECT_EQ(greedy.arena_bytes, 9);
  EXPECT_FALSE(greedy.optimal);
}

TEST(Placement, AGapAboveTheBoundIsProven) {
  const std::vector<BufferLifetime> buffers = parse(R"(0 1 3
                                                 0 3 4
                                                 1 4 2
                                                 1 5 2
                                                 3 5 1
                                                 3 5 1
                                                 4 6 4
                                                 5 6 4)");
  const Placement placement = place(buffers, {.alignment = 1});
  EXPECT_EQ(verify_placement(buffers, placement, 1), "");
  EXPECT_EQ(placement.lower_bound_bytes, 8);
  EXPECT_EQ(placement.arena_bytes, 9);
  EXPECT_TRUE(placement.optimal);
}

TEST(Placement, AGoalEndsTheSearchEarly) {
  const std::vector<BufferLifetime> buffers = parse(kInterlocked);
  const Placement placement = place(buffers, {.alignment = 1, .goal_bytes = 9});
  EXPECT_EQ(verify_placement(buffers, placement, 1), "");
  EXPECT_EQ(placement.arena_bytes, 9);
  EXPECT_FALSE(placement.optimal);
}

TEST(PlacementVerifier, NamesTheFault) {
  const std::vector<BufferLifetime> buffers = parse("0 2 64\n1 3 60\n2 4 64");
  const Placement good{.offsets = {0, 64, 0}, .arena_bytes = 128, .lower_bound_bytes = 128, .optimal = true};
  EXPECT_EQ(verify_placement(buffers, good, 64), "");

  Placement bad = good;
  bad.offsets = {0, 0, 64};
  EXPECT_EQ(verify_placement(buffers, bad, 64),
            "buffer 0 (64 bytes at 0, alive [0, 2)) overlaps buffer 1 (60 bytes at 0, alive [1, 3))");
  bad.offsets = {0, 32, 0};
  EXPECT_EQ(verify_placement(buffers, bad, 64), "buffer 1 (60 bytes at 32, alive [1, 3)) is not aligned to 64");
  bad.offsets = {0, 128, 0};
  EXPECT_EQ(verify_placement(buffers, bad, 64),
            "buffer 1 (60 bytes at 128, alive [1, 3)) is not inside the arena of 128 bytes");
  bad.offsets = {-64, 0, 0};
  EXPECT_EQ(verify_placement(buffers, bad, 64),
            "buffer 0 (64 bytes at -64, alive [0, 2)) is not inside the arena of 128 bytes");
  bad.offsets = {0, 9223372036854775744, 0};
  EXPECT_NE(verify_placement(buffers, bad, 64), "");
  bad.offsets = {0, 64};
  EXPECT_EQ(verify_placement(buffers, bad, 64), "2 offsets for 3 buffers");
  bad = good;
  bad.arena_bytes = 192;
  EXPECT_EQ(verify_placement(buffers, bad, 64), "the arena of 192 bytes is not where the highest buffer ends, 128");
  bad = good;
  bad.lower_bound_bytes = 192;
  EXPECT_EQ(verify_placement(buffers, bad, 64), "the lower bound is 128 bytes, not 192");
}

// ---- published instances: names tell the capacity in bytes ----

std::filesystem::path instance(char letter) {
  const char* shared = std::getenv("SNUG_SHARED_DATA");
  const std::filesystem::path data = shared ? shared : SNUG_SOURCE_DIR "/../shared/data";
  return data / "minimalloc" / (std::string(1, letter) + ".1048576.csv");
}

std::vector<BufferLifetime> read_csv(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);  // id,lower,upper,size
  std::vector<BufferLifetime> buffers;
  while (std::getline(file, line)) {
    std::replace(line.begin(), line.end(), ',', ' ');
    std::istringstream fields(line);
    BufferLifetime buffer;
    int64_t id = 0;
    fields >> id >> buffer.first >> buffer.last >> buffer.bytes;
    buffers.push_back(buffer);
  }
  return buffers;
}

class MinimallocInstance : public testing::TestWithParam<char> {};

TEST_P(MinimallocInstance, FitsItsCapacity) {
  const std::filesystem::path path = instance(GetParam());
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there";
  const std::vector<BufferLifetime> buffers = read_csv(path);
  ASSERT_GT(buffers.size(), 100U);
  const Placement placement = place(buffers, {.alignment = 1, .goal_bytes = 1048576});
  EXPECT_EQ(verify_placement(buffers, placement, 1), "");
  EXPECT_LE(placement.arena_bytes, 1048576);
}

INSTANTIATE_TEST_SUITE_P(AtoK, MinimallocInstance, testing::Range('A', 'L'),
                         [](const auto& name) { return std::string(1, name.param); });

}  // namespace
}  // namespace snug
