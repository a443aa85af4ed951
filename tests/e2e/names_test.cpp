// Whatever a model, its layers and its tensors are called, the emitted C builds, alone and beside other networks.
#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"
#include "e2e/end_to_end.h"
#include "emit/output_folder.h"
#include "onnx_builder.h"
#include "target/process.h"

namespace snug::testing {
namespace {

namespace fs = std::filesystem;

/// conv → function → max pool on 1x2x6x6, its nodes and tensors called as given.
void write_named_model(const fs::path& file, const std::vector<std::string>& names, float weight = 0.5F) {
  OnnxBuilder model;
  const auto name = [&](size_t i) { return names[i % names.size()]; };
  model.input("in_" + name(0), {1, 2, 6, 6});
  model.constant("w", {2, 2, 3, 3}, std::vector<float>(36, weight));
  model.node("Conv", {"in_" + name(0), "w"}, {"a_" + name(1)}).named(name(0));
  model.node("Sigmoid", {"a_" + name(1)}, {"b_" + name(2)}).named(name(1));
  model.node("MaxPool", {"b_" + name(2)}, {name(3)}).with_ints("kernel_shape", {2, 2}).named(name(2));
  model.output(name(3));
  std::ofstream(file, std::ios::binary) << model.bytes();
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += "'" + word + "' ";
  return text;
}

/// Strict, with every warning an error; all files include only what the folder and the C library hold.
void expect_clean_build(const fs::path& folder) {
  for (const std::string& name : files_of_folder(folder)) {
    if (!name.ends_with(".c")) continue;
    const RunResult result = run_process({"gcc", "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror",
                                          "-I", folder.string(), "-fsyntax-only", (folder / name).string()});
    EXPECT_EQ(result.exit_code, 0) << name << "\n" << result.errors;
  }
}

class ModelNames : public ::testing::TestWithParam<const char*> {};

TEST_P(ModelNames, Build) {
  const TemporaryFolder folder;
  const fs::path model = folder.path() / (std::string(GetParam()) + ".onnx"), project = folder.path() / "c";
  write_named_model(model, {"conv", "function", "pool", "result"});
  const Outcome compiled = run_snug({"compile", model.string(), "--estimate", "-o", project.string()});
  ASSERT_EQ(compiled.exit_code, 0) << compiled.errors;
  expect_clean_build(project);
  const Outcome verified = run_snug({"verify", project.string(), "--model", model.string()});
  EXPECT_EQ(verified.exit_code, 0) << verified.errors;
}

INSTANTIATE_TEST_SUITE_P(All, ModelNames,
                         ::testing::Values("network", "main", "snug", "pool", "copy", "gemm", "simd", "math", "stdint",
                                           "time", "模型", "2 models", "double", "m", "test", "size", "a'b\"c; $(d)",
                                           "-o", "conv_direct", "x.y.z"),
                         [](const auto& test) { return "Number" + std::to_string(test.index); });

TEST(Names, OfLayersAndTensors) {
  const TemporaryFolder folder;
  const std::vector<std::vector<std::string>> all{
      {"round", "Tanh", "isnan", "exp"},
      {"size_t", "t", "snug_layer", "int"},
      {"/* open", "close */", "// line", "?\?/"},
      {"a\nb", "\x1b[31m", "\u202eevil", "\t"},
      {std::string(70000, 'x'), std::string(70000, 'x') + "y", std::string(40000, '/'), "模型"},
      {"run", "weights", "weights_check", "arena"},
      {"conv", "conv", "conv", "conv_2"},
      {"\"; system(\"x\"); \"", "%s%n", "\\", "#define"},
  };
  for (const auto& names : all) {
    const fs::path model = folder.path() / "size.onnx", project = folder.path() / "c";
    write_named_model(model, names);
    const Outcome compiled = run_snug({"compile", model.string(), "--estimate", "-o", project.string()});
    ASSERT_EQ(compiled.exit_code, 0) << joined(names).substr(0, 500) << compiled.errors.substr(0, 2000);
    EXPECT_LT(compiled.output.size(), 20000U) << "long names are shortened";
    for (const char control : {'\x1b', '\t', '\r'}) EXPECT_EQ(compiled.output.find(control), std::string::npos);
    EXPECT_EQ(compiled.output.find("\u202e"), std::string::npos);
    expect_clean_build(project);
    EXPECT_LT(read_file(project / "size.c").size(), 20000U);
    const Outcome verified = run_snug({"verify", project.string(), "--model", model.string()});
    EXPECT_EQ(verified.exit_code, 0) << joined(names).substr(0, 500) << verified.errors.substr(0, 2000);
  }
}

TEST(Names, BytesThatAreNotUtf8AreShownAsEscapes) {
  const TemporaryFolder folder;
  const fs::path model = folder.path() / "odd.onnx";
  write_named_model(model, {"\xff\xfe", "\xc3", "ok", "out\x80"});
  const Outcome json = run_snug({"compile", model.string(), "--estimate", "--json"});
  ASSERT_EQ(json.exit_code, 0) << json.errors;
  EXPECT_NE(json.output.find(R"(\\xff\\xfe)"), std::string::npos) << json.output.substr(0, 2000);
}

/// Symbols that an object defines or asks for.
std::vector<std::string> symbols(const fs::path& file) {
  const RunResult result = run_process({"nm", "-g", "--format=posix", file.string()});
  std::vector<std::string> names;
  std::istringstream lines(result.output);
  for (std::string line; std::getline(lines, line);) {
    const size_t space = line.find(' ');
    if (space != std::string::npos) names.push_back(line.substr(0, space));
  }
  return names;
}

TEST(Names, EveryFileAndSymbolHasAPrefix) {
  const TemporaryFolder folder;
  const fs::path model = folder.path() / "tiny.onnx", project = folder.path() / "c";
  write_named_model(model, {"round", "abs", "pow", "read"});
  ASSERT_EQ(run_snug({"compile", model.string(), "--estimate", "-o", project.string()}).exit_code, 0);
  for (const std::string& name : files_of_folder(project)) {
    const bool prefixed = name.starts_with("tiny") || name.starts_with("snug");
    EXPECT_TRUE(prefixed || name == "CMakeLists.txt" || name == "plan.json") << name;
    if (!name.ends_with(".c") || name == "tiny_main.c") continue;
    const fs::path object = folder.path() / "object.o";
    ASSERT_EQ(run_process({"gcc", "-std=c99", "-O1", "-c", (project / name).string(), "-o", object.string()}).exit_code,
              0);
    for (const std::string& symbol : symbols(object)) {
      const bool own = symbol.starts_with("tiny_") || symbol.starts_with("snug_");
      const bool of_the_compiler =
          symbol == "memcpy" || symbol == "memset" || symbol == "memmove" || symbol.starts_with("_");
      EXPECT_TRUE(own || of_the_compiler) << name << " has " << symbol;
    }
  }
}

TEST(Names, TwoNetworksInOneProgramShareKernels) {
  const TemporaryFolder folder;
  std::string sources, text = "#include <stdio.h>\n";
  for (const char* name : {"one", "two"}) {
    const fs::path model = folder.path() / (std::string(name) + ".onnx"), project = folder.path() / name;
    write_named_model(model, {"conv", "function", "pool", "out"}, name == std::string("one") ? 0.5F : -0.25F);
    ASSERT_EQ(run_snug({"compile", model.string(), "--estimate", "-o", project.string()}).exit_code, 0);
    text += std::string("#include \"") + name + "/" + name + ".h\"\n#include \"" + name + "/" + name + "_weights.h\"\n";
  }
  text += R"(
static float arena[(ONE_ARENA_BYTES + TWO_ARENA_BYTES) / 4];
int main(void)
{
    int i;
    for (i = 0; i < (int)(sizeof arena / sizeof arena[0]); i++)
        arena[i] = 1;
    one_run(&one_weights, arena);
    printf("%.4f", (double)arena[ONE_OUTPUT_OFFSET / 4]);
    for (i = 0; i < (int)(sizeof arena / sizeof arena[0]); i++)
        arena[i] = 1;
    two_run(&two_weights, arena);
    printf(" %.4f\n", (double)arena[TWO_OUTPUT_OFFSET / 4]);
    return 0;
}
)";
  write_file(folder.path() / "app.c", text);
  write_file(folder.path() / "CMakeLists.txt",
             "cmake_minimum_required(VERSION 3.13)\nproject(app LANGUAGES C)\nadd_subdirectory(one)\n"
             "add_subdirectory(two)\nadd_executable(app app.c)\ntarget_link_libraries(app PRIVATE one two)\n");
  const fs::path build = folder.path() / "build";
  const RunResult configured = run_process({"cmake", "-S", folder.path().string(), "-B", build.string()});
  ASSERT_EQ(configured.exit_code, 0) << configured.errors;
  const RunResult built = run_process({"cmake", "--build", build.string()});
  ASSERT_EQ(built.exit_code, 0) << built.output << built.errors;
  EXPECT_FALSE(fs::exists(build / "one" / "one_main")) << "the example is not a part of another project";
  EXPECT_EQ(run_process({(build / "app").string()}).output, "0.9999 0.0110\n");  // 1 / (1 + e^-9), 1 / (1 + e^4.5)
}

TEST(Names, OfTheUsersChoice) {
  const TemporaryFolder folder;
  const fs::path model = folder.path() / "model.onnx", project = folder.path() / "c";
  write_named_model(model, {"conv", "function", "pool", "out"});
  ASSERT_EQ(run_snug({"compile", model.string(), "--estimate", "--name", "eyes", "-o", project.string()}).exit_code, 0);
  EXPECT_TRUE(fs::exists(project / "eyes.h"));
  for (const char* bad : {"Main", "main", "", "a b", "snug_eyes", "math", "cmake_c", "con"}) {
    const Outcome outcome = run_snug({"compile", model.string(), "--estimate", "--name", bad, "-o", project.string()});
    EXPECT_EQ(outcome.exit_code, 2) << bad;
    EXPECT_NE(outcome.errors.find("--name"), std::string::npos) << outcome.errors;
  }
}

}  // namespace
}  // namespace snug::testing
