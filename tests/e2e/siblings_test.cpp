// Convolutions that read the same as one call, inside of a whole network.
#include <gtest/gtest.h>

#include <algorithm>

#include "e2e/end_to_end.h"
#include "zoo/onnx_writer.h"

namespace snug::testing {
namespace {

ZooTensor branch(OnnxWriter& net, const std::string& name, const ZooTensor& x, int64_t channels, int64_t kernel) {
  return net.relu(name + "/relu",
                  net.conv(name, x, {.out_channels = channels, .kernel = kernel, .pad = (kernel - 1) / 2}));
}

/// Two modules of GoogLeNet's kind: three 1x1 convolutions of one map, of which one is a part of the concatenation and
/// two are read later. Their channels are no multiples of 16 in the second one, which has to copy.
void write_modules(const std::filesystem::path& file) {
  OnnxWriter net("modules");
  ZooTensor x = net.input("data", {.channels = 32, .height = 12, .width = 11});
  for (const int64_t one : {32, 20}) {
    const std::string name = "/module" + std::to_string(one);
    const ZooTensor first = branch(net, name + "/1x1", x, one, 1);
    const ZooTensor three = branch(net, name + "/3x3", branch(net, name + "/3x3_reduce", x, 48, 1), 32, 3);
    const ZooTensor five = branch(net, name + "/5x5", branch(net, name + "/5x5_reduce", x, 24, 1), 16, 5);
    x = net.concat(name + "/output", {first, three, five});
  }
  write_model(net.finish(net.fully_connected("/fc", net.flatten("/flatten", x), 10), "logits"), 3, file);
}

TEST(Siblings, GiveTheSameAnswerOnAnyNumberOfThreads) {
  const TemporaryFolder folder;
  const std::filesystem::path model = folder.path() / "modules.onnx";
  write_modules(model);
  compile_into(model, folder.path() / "apart");
  const auto inputs = random_inputs(open_project(folder.path() / "apart"), 7);
  const std::vector<float> expected = answer(folder.path() / "apart", inputs).front();
  for (const int threads : {1, 3}) {
    const std::filesystem::path together = folder.path() / std::to_string(threads);
    const Compiled compiled = compile_into(model, together, {.threads = threads, .siblings = true});
    const auto has_siblings = [](const Step& step) { return step.siblings.size() == 2; };
    EXPECT_EQ(std::ranges::count_if(compiled.program.steps, has_siblings), 2);
    EXPECT_LE(relative_error(answer(together, inputs).front(), expected), 1e-4);
  }
}

}  // namespace
}  // namespace snug::testing
