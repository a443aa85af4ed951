// Models made to break an importer, where the shared folder has them. Each is refused by name, or compiled into C that
// gives what the model means; in little time and memory, and nothing is written but what was asked for.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

#include "e2e/end_to_end.h"
#include "target/process.h"

namespace snug::testing {
namespace {

namespace fs = std::filesystem;

// Sanitizers reserve terabytes of addresses for what they note of memory, and slow programs down.
#ifdef __SANITIZE_ADDRESS__
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
constexpr long kMostKilobytes = 1 << 20;
constexpr double kMostSeconds = kSanitized ? 60 : 5, kMostSecondsToRefuse = kSanitized ? 10 : 1,
                 kMostSecondsIfSlow = 2 * kMostSeconds;

fs::path hostile_models() {
  const fs::path data = shared_data();
  return data.empty() ? fs::path{} : data.parent_path() / "hostile";
}

const std::set<std::string> kSlow{"wide500", "softmax_big", "x_batch1000000"};

/// Sums of floats overflow on the way to what these models mean.
const std::set<std::string> kNotFinite{"w_huge"};

std::vector<fs::path> models(bool slow) {
  std::vector<fs::path> found;
  if (!fs::exists(hostile_models())) return found;
  for (const auto& entry : fs::recursive_directory_iterator(hostile_models())) {
    if (entry.path().extension() != ".onnx") continue;
    if ((kSlow.count(entry.path().stem().string()) != 0) == slow) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string test_name(const fs::path& model) {
  std::string name = fs::relative(model, hostile_models()).replace_extension().string();
  std::replace_if(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

/// What the programs that were run so far have used.
struct Used {
  double seconds = 0;
  long most_kilobytes = 0;
};
Used used_by_programs() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss};
}

/// Runs snug in a folder, with as much memory as it may have.
RunResult run_limited(const fs::path& folder, const std::vector<std::string>& arguments) {
  const std::string limit = kSanitized ? "" : fmt::format("ulimit -v {} && ", kMostKilobytes);
  std::vector<std::string> command{
      "sh", "-c", "cd \"$1\" && shift && " + limit + "exec \"$@\"", "sh", folder.string(), SNUG_PROGRAM};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_process(command);
}

/// Most bytes are known only of all programs so far: they count where they became more.
void expect_frugal(const Used& before, double most_seconds) {
  const Used after = used_by_programs();
  EXPECT_LE(after.seconds - before.seconds, most_seconds);
  EXPECT_TRUE(after.most_kilobytes <= std::max(before.most_kilobytes, kMostKilobytes))
      << after.most_kilobytes << " KiB";
}

void expect_refusal(const RunResult& result, const fs::path& model, const fs::path& output) {
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.errors.find(model.filename().string()), std::string::npos);
  EXPECT_EQ(result.errors.find("bug in snug"), std::string::npos);
  EXPECT_FALSE(fs::exists(output)) << "something was written";
}

/// The C built and run against the oracle.
void expect_right(const fs::path& model) {
  const Outcome verified = run_snug({"verify", "--estimate", model.string()});
  const std::string name = model.stem().string();
  const bool differs = verified.exit_code == 4;
  if (differs && kNotFinite.count(name) != 0 && verified.output.find("not finite") != std::string::npos) return;
  EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
}

void expect_refused_or_right(const fs::path& model, double most_seconds) {
  SCOPED_TRACE("snug verify --estimate " + model.string());
  const TemporaryFolder folder;
  const fs::path working = folder.path() / "working", output = folder.path() / "output";
  fs::create_directory(working);
  const Used before = used_by_programs();
  const RunResult result = run_limited(working, {"compile", "--estimate", model.string(), "-o", output.string()});
  SCOPED_TRACE(result.errors.substr(0, 2000));
  expect_frugal(before, result.exit_code == 0 ? most_seconds : kMostSecondsToRefuse);
  EXPECT_TRUE(fs::is_empty(working)) << "something was written";
  if (result.exit_code != 0) {
    expect_refusal(result, model, output);
    return;
  }
  expect_right(model);
}

class HostileModel : public ::testing::TestWithParam<fs::path> {};
TEST_P(HostileModel, IsRefusedByNameOrCompiledIntoRightC) {
  expect_refused_or_right(GetParam(), kMostSeconds);
}
INSTANTIATE_TEST_SUITE_P(Shared, HostileModel, ::testing::ValuesIn(models(false)),
                         [](const auto& instance) { return test_name(instance.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(HostileModel);

/// Of these the selection takes most of its time, or the oracle evaluates a million images or values.
class SlowHostileModel : public ::testing::TestWithParam<fs::path> {};
TEST_P(SlowHostileModel, IsRefusedByNameOrCompiledIntoRightC) {
  expect_refused_or_right(GetParam(), kMostSecondsIfSlow);
}
INSTANTIATE_TEST_SUITE_P(Shared, SlowHostileModel, ::testing::ValuesIn(models(true)),
                         [](const auto& instance) { return test_name(instance.param); });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(SlowHostileModel);

TEST(HostileModels, AreThere) {
  if (models(false).empty())
    GTEST_SKIP() << "skipped: no hostile models; set SNUG_SHARED_DATA to the folder beside theirs";
  EXPECT_EQ(models(true).size(), kSlow.size());
}

}  // namespace
}  // namespace snug::testing
