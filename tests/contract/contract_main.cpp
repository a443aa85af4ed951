// The contract tests of one instruction set: every primitive on random layers, one test each. With a primitive and a
// layer's text it runs that one case:
//   contract_avx2 conv_direct_chw ic3ih5iw5oc4oh3ow3kh3kw3sy1sx1dy1dx1g1 --seed 7
// SNUG_CONTRACT_LAYERS and SNUG_CONTRACT_SEED in the environment: how many layers, and the first seed.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "contract/contract_case.h"
#include "contract/random_layer.h"
#include "graph/layer.h"
#include "ops/primitive.h"

namespace snug {
namespace {

const std::string kIsa = SNUG_CONTRACT_ISA;

bool processor_runs_kernels() {
#if defined(__x86_64__)
  if (kIsa == "avx2")
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
#endif
  return true;
}

int from_environment(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text ? std::atoi(text) : otherwise;
}

std::vector<int32_t> blocks_to_try(const Primitive& primitive, const snug_layer& layer) {
  if (!primitive.blocks) return {0};
  return primitive.blocks(layer);
}

/// Convolutions that chance hardly ever or never draws. Sums of many thousand terms: 113 channels of 11x11; very many
/// channels, also under Winograd's transform; a map into a fully connected layer; a row of taps so long that it is cut,
/// and left out at both ends. Padding that windows lie in as a whole, with kernels of 1x1 and of 3x3.
constexpr const char* kRareLayers[] = {
    "ic113ih12iw11oc12oh2ow1kh11kw11sy1sx1dy1dx1g1",
    "ic13600ih1iw2oc32oh1ow2kh1kw1sy1sx1dy1dx1g1res1",
    "ic4100ih6iw6oc17oh6ow6kh3kw3sy1sx1dy1dx1pt1pl1g1",
    "ic512ih7iw7oc12oh1ow1kh7kw7sy1sx1dy1dx1g1act1",
    "ic64ih2iw100oc20oh2ow5kh1kw41sy1sx20dy1dx1pl20g1res1act1",
    "ic72ih13iw13oc36oh15ow15kh1kw1sy1sx1dy1dx1pt1pl1g1act1",
    "ic20ih5iw6oc33oh9ow10kh3kw3sy1sx1dy1dx1pt3pl3g1",
};

/// What comes into the input of every fourth random layer, in turn, in a run of its own (contract_case.h).
constexpr float kPlanted[] = {NAN, HUGE_VALF, NAN, -HUGE_VALF};

/// The layer with every knob, if the primitive takes it. Returns the number of runs; fills `failure`.
int run_layer(const ListedPrimitive& listed, snug_layer layer, uint64_t seed, float planted, std::string& failure) {
  const Primitive& primitive = *listed.primitive;
  if (primitive.refusal && !primitive.refusal(layer).empty()) return 0;
  int runs = 0;
  for (const int32_t block : blocks_to_try(primitive, layer)) {
    layer.block = block;
    ++runs;
    if (failure.empty()) failure = run_contract_case(listed, layer, seed, planted, kIsa);
  }
  if (runs == 0) failure = "offers no value for its knob on " + layer_text(layer);
  return runs;
}

int run_seed(const ListedPrimitive& listed, uint64_t seed, float planted, std::string& failure) {
  Random random(seed);
  return run_layer(listed, random_layer(listed.operator_name, random), seed, planted, failure);
}

class ContractTest : public testing::Test {
 public:
  explicit ContractTest(const ListedPrimitive& listed) : listed_(listed) {}

  void TestBody() override {
    if (!processor_runs_kernels()) GTEST_SKIP() << "this processor does not run " << kIsa;
    const Primitive& primitive = *listed_.primitive;
    EXPECT_TRUE(primitive.work && !primitive.family.empty()) << "work and family must be stated";
    EXPECT_EQ(primitive.workspace_bytes == nullptr, primitive.workspace == "none");
    const int wanted = from_environment("SNUG_CONTRACT_LAYERS", 40);
    const uint64_t first_seed = static_cast<uint64_t>(from_environment("SNUG_CONTRACT_SEED", 1));
    constexpr int kMostDraws = 20000;
    int layers = 0, failures = 0;
    for (int draw = 0; draw < kMostDraws && layers < wanted && failures < 3; ++draw) {
      std::string failure;
      const uint64_t seed = first_seed + static_cast<uint64_t>(draw);
      if (run_seed(listed_, seed, 0, failure) > 0 && layers++ % 4 == 0)
        run_seed(listed_, seed, kPlanted[layers / 4 % std::size(kPlanted)], failure);
      if (!failure.empty()) {
        ADD_FAILURE() << failure;
        ++failures;
      }
    }
    EXPECT_GT(layers, 0) << "refuses every one of " << kMostDraws << " random layers, seeds from " << first_seed;
    RecordProperty("layers", layers);
    if (listed_.operator_name == "conv") run_rare_layers(first_seed);
    fmt::print("{} layers, seeds from {}\n", layers, first_seed);
  }

 private:
  void run_rare_layers(uint64_t seed) {
    for (const char* text : kRareLayers) {
      std::string failure;
      run_layer(listed_, parse_layer(text), seed, 0, failure);
      EXPECT_EQ(failure, "");
    }
  }

  const ListedPrimitive listed_;
};

/// A crash, most likely at a guard page, is reported with the case that caused it.
extern "C" void report_crash(int signal_number) {
  const char* text = "crashed (read or wrote outside of a buffer?)\n  reproduce: ";
  ssize_t ignored = write(STDERR_FILENO, text, std::strlen(text));
  ignored = write(STDERR_FILENO, running_case(), std::strlen(running_case()));
  static_cast<void>(ignored);
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

int run_one_case(const std::string& primitive_name, const std::string& layer_words, const std::string& seed,
                 const std::string& planted) {
  for (const ListedPrimitive& listed : all_primitives()) {
    if (listed.primitive->name != primitive_name) continue;
    const snug_layer layer = parse_layer(layer_words);
    if (listed.primitive->refusal && !listed.primitive->refusal(layer).empty()) {
      fmt::print("refused: {}\n", listed.primitive->refusal(layer));
      return 2;
    }
    const std::string failure = run_contract_case(listed, layer, std::stoull(seed), std::stof(planted), kIsa);
    fmt::print("{}\n", failure.empty() ? "ok" : failure);
    return failure.empty() ? 0 : 1;
  }
  fmt::print(stderr, "no primitive is called {}\n", primitive_name);
  return 2;
}

}  // namespace
}  // namespace snug

int main(int argc, char** argv) {
  using namespace snug;
  testing::InitGoogleTest(&argc, argv);
  signal(SIGSEGV, report_crash);
  signal(SIGBUS, report_crash);
  const bool planted = argc == 7 && std::string_view(argv[5]) == "--plant";
  if ((argc == 5 || planted) && std::string_view(argv[3]) == "--seed") {
    try {
      return run_one_case(argv[1], argv[2], argv[4], planted ? argv[6] : "0");
    } catch (const std::exception& error) {
      fmt::print(stderr, "{}\n", error.what());
      return 2;
    }
  }
  for (const ListedPrimitive& listed : all_primitives())
    testing::RegisterTest(("contract_" + kIsa).c_str(), std::string(listed.primitive->name).c_str(), nullptr, nullptr,
                          __FILE__, __LINE__, [listed]() -> testing::Test* { return new ContractTest(listed); });
  return RUN_ALL_TESTS();
}
