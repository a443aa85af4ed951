// The C that snug writes addresses less than 2 GiB: what needs more is refused before anything is written.
#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "driver/compile.h"
#include "onnx_builder.h"
#include "target/process.h"

namespace snug {

static std::string fit_failure(const OnnxBuilder& builder, int64_t ram_bytes = kNoLimit) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "large.onnx";
  std::ofstream(file, std::ios::binary) << builder.bytes();
  CompileOptions options;
  options.target = find_target("host");
  options.estimate = true;
  options.limits.ram_bytes = ram_bytes;
  try {
    const auto result = fit(price_model(file, options), options);
    const Compiled* compiled = std::get_if<Compiled>(&result);
    return compiled != nullptr && compiled->plan.arena_bytes < (int64_t{1} << 31) ? "no failure" : "does not fit";
  } catch (const UserError& error) {
    return error.what();
  }
}

static OnnxBuilder pooled(int64_t height) {
  OnnxBuilder builder;
  builder.input("x", {1, 16, height, 8192}).output("y");
  builder.node("GlobalMaxPool", {"x"}, {"y"});
  return builder;
}

TEST(Addressable, AnArenaOf2GiBIsRefusedWithWhatItNeeds) {
  EXPECT_EQ(fit_failure(pooled(2048)), "no failure") << "1 GiB";
  const std::string failure = fit_failure(pooled(4096));
  EXPECT_NE(failure.find("large.onnx: needs at least 2147483"), std::string::npos) << failure;
  EXPECT_NE(failure.find("bytes of arena; the C that snug writes addresses less than 2 GiB"), std::string::npos)
      << failure;
  EXPECT_NE(fit_failure(pooled(4096), int64_t{1} << 33).find("needs at least"), std::string::npos) << "--ram 8GiB";
}

}  // namespace snug
