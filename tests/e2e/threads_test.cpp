// Networks for several threads: the same answer by OpenMP, one part after another, and by threads of the user's own.
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "e2e/end_to_end.h"

namespace snug::testing {
namespace {

namespace fs = std::filesystem;

/// What a user without OpenMP writes: a thread per part.
constexpr const char* kUsersThreads = R"(
#include <pthread.h>
#include "snug_parallel.h"

typedef struct task {
    snug_part_function *function;
    const void *context;
    int part;
} task;

static void *run(void *argument)
{
    const task *const t = argument;
    t->function(t->context, t->part);
    return NULL;
}

void snug_parallel_for(int parts, snug_part_function *function, const void *context)
{
    pthread_t threads[64];
    task tasks[64];
    int part;
    for (part = 0; part < parts; part++) {
        tasks[part].function = function;
        tasks[part].context = context;
        tasks[part].part = part;
        if (pthread_create(&threads[part], NULL, run, &tasks[part]) != 0)
            return;
    }
    for (part = 0; part < parts; part++)
        pthread_join(threads[part], NULL);
}
)";

/// Whether the host's compiler links programs with OpenMP.
bool has_openmp() {
  const Target host = find_target("host");
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "main.c") << "int main(void) { return 0; }\n";
  try {
    build_program(host, {folder.path() / "main.c"}, {}, folder.path() / "main", host.openmp);
  } catch (const UserError&) {
    return false;
  }
  return true;
}

std::string contents(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

/// A target that is the host without OpenMP.
fs::path target_without_openmp(const fs::path& folder) {
  const Target host = find_target("host");
  const fs::path file = folder / "serial.json";
  std::ofstream(file) << nlohmann::json{{"compiler", host.compiler}, {"flags", host.flags}}.dump();
  return file;
}

/// The answer of the project built with the user's own threads.
std::vector<float> answer_by_users_threads(const fs::path& project, const std::vector<std::vector<float>>& inputs) {
  const TemporaryFolder folder;
  const fs::path user = folder.path() / "users_threads.c", input = folder.path() / "input.raw";
  std::ofstream(user) << kUsersThreads;
  std::ofstream(input, std::ios::binary)
      .write(reinterpret_cast<const char*>(inputs[0].data()), static_cast<std::streamsize>(inputs[0].size() * 4));
  std::vector<fs::path> sources{user};
  fs::path weights;
  for (const fs::directory_entry& entry : fs::directory_iterator(project)) {
    if (entry.path().extension() == ".c") sources.push_back(entry.path());
    if (entry.path().extension() == ".bin") weights = entry.path();
  }
  const Target host = find_target("host");
  build_program(host, sources, {project}, folder.path() / "program", {"-pthread"});
  std::vector<std::string> arguments{"--input", input.string(), "--output", (folder.path() / "out.raw").string(),
                                     "--fill",  "0x7FC00000"};
  if (!weights.empty()) arguments.insert(arguments.end(), {"--weights", weights.string()});
  const RunResult result = run_program(host, folder.path() / "program", arguments);
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  const std::string bytes = contents(folder.path() / "out.raw");
  std::vector<float> output(bytes.size() / 4);
  std::memcpy(output.data(), bytes.data(), output.size() * 4);
  return output;
}

struct Network {
  const char* name;
  int threads;
  bool fused = false;
};

class Threads : public ::testing::TestWithParam<Network> {};

void expect_same_answer(const fs::path& model, int threads, bool fused = false) {
  const TemporaryFolder folder;
  const fs::path alone = folder.path() / "alone", shared = folder.path() / "shared";
  compile_into(model, alone);
  const Compiled compiled = compile_into(model, shared, {.threads = threads, .fused = fused});
  size_t most = 0, most_fused = 0;
  for (const Step& step : compiled.program.steps) {
    most = std::max(most, step.parts.size());
    if (!step.fused.empty()) most_fused = std::max(most_fused, step.parts.size());
  }
  EXPECT_EQ(fused ? most_fused : most, static_cast<size_t>(threads));

  const auto inputs = random_inputs(open_project(alone), 5);
  const std::vector<float> expected = answer(alone, inputs).front();
  const std::vector<float> serial = answer(shared, inputs, target_without_openmp(folder.path()).string()).front();
  EXPECT_LE(relative_error(serial, expected), 1e-4);
  EXPECT_EQ(answer_by_users_threads(shared, inputs), serial);
  if (!has_openmp()) GTEST_SKIP() << "skipped: gcc has no OpenMP";
  EXPECT_EQ(answer(shared, inputs).front(), serial);  // to the bit: the parts are the same
}

TEST_P(Threads, GiveTheSameAnswer) {
  expect_same_answer(zoo_model(GetParam().name), GetParam().threads, GetParam().fused);
}

TEST(SharedModels, ResNet8GivesTheSameAnswer) {
  SKIP_WITHOUT_SHARED_DATA();
  const fs::path model = shared_data() / "models" / "mlperf_tiny" / "resnet8.onnx";
  if (!fs::exists(model)) GTEST_SKIP() << "skipped: no " << model;
  for (const int threads : {2, 3}) expect_same_answer(model, threads);
}

INSTANTIATE_TEST_SUITE_P(Zoo, Threads,
                         ::testing::Values(Network{"squeezenet1.1", 2}, Network{"squeezenet1.1", 3},
                                           Network{"squeezenet1.1", 2, true}, Network{"mobilenetv2", 2},
                                           Network{"mobilenetv2", 3, true}, Network{"resnet18", 3}),
                         [](const auto& test) {
                           std::string name = test.param.name + std::string("_") + std::to_string(test.param.threads) +
                                              (test.param.fused ? "_fused" : "");
                           std::replace(name.begin(), name.end(), '.', '_');
                           return name;
                         });

TEST(ThreadsInC, AreStrictC) {
  const TemporaryFolder folder;
  const fs::path project = folder.path() / "squeezenet";
  compile_into(zoo_model("squeezenet1.1"), project, {.threads = 2});
  for (const char* file : {"squeezenet1_1.c", "snug_parallel.c"}) {
    for (const char* compiler : {"gcc -fopenmp", "gcc", "gcc -DSNUG_SERIAL", "clang", "tcc -DSNUG_SERIAL"}) {
      const std::string word = std::string(compiler).substr(0, std::string(compiler).find(' '));
      if (std::system(("command -v " + word + " > /dev/null 2>&1").c_str()) != 0) continue;
      const std::string command = std::string(compiler) +
                                  " -std=c99 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla -Werror -c -o " +
                                  (folder.path() / "object.o").string() + " " + (project / file).string();
      EXPECT_EQ(std::system(command.c_str()), 0) << command;
    }
  }
  const std::string header = "g++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ -include " +
                             (project / "squeezenet1_1.h").string() + " /dev/null";
  EXPECT_EQ(std::system(header.c_str()), 0) << header;
}

/// What the program that CMake builds from the project answers; how: the value of SNUG_THREADS.
std::string answer_by_cmake(const fs::path& project, const std::string& how, const fs::path& folder) {
  const fs::path build = folder / how, out = folder / (how + ".raw");
  // The compiler's work is not what is tested.
  const RunResult configured = run_process(
      {"cmake", "-S", project.string(), "-B", build.string(), "-DCMAKE_BUILD_TYPE=Debug", "-DSNUG_THREADS=" + how});
  EXPECT_EQ(configured.exit_code, 0) << configured.output << configured.errors;
  const RunResult built = run_process({"cmake", "--build", build.string(), "--parallel"});
  EXPECT_EQ(built.exit_code, 0) << built.output << built.errors;
  fs::path program = build / "squeezenet1_1_main";
  if (how == "user") {
    EXPECT_FALSE(fs::exists(program)) << "nothing defines snug_parallel_for for it";
    program = folder / "users_program";
    std::ofstream(folder / "users_threads.c") << kUsersThreads;
    const RunResult linked =
        run_process({find_target("host").compiler, "-pthread", "-I" + project.string(),
                     (project / "squeezenet1_1_main.c").string(), (folder / "users_threads.c").string(),
                     (build / "libsqueezenet1_1.a").string(), "-lm", "-o", program.string()});
    EXPECT_EQ(linked.exit_code, 0) << linked.errors;
  }
  const RunResult run = run_process({program.string(), "--weights", (project / "squeezenet1_1_weights.bin").string(),
                                     "--output", out.string(), "--fill", "0x7FC00000"});
  EXPECT_EQ(run.exit_code, 0) << run.errors;
  return contents(out);
}

TEST(ThreadsInC, CMakeBuildsThemEveryWay) {
  if (std::system("command -v cmake > /dev/null 2>&1") != 0) GTEST_SKIP() << "skipped: no cmake";
  const TemporaryFolder folder;
  const fs::path project = folder.path() / "squeezenet";
  compile_into(zoo_model("squeezenet1.1"), project, {.threads = 2});
  const std::string serial = answer_by_cmake(project, "serial", folder.path());
  EXPECT_EQ(serial.size(), 1000 * sizeof(float));
  EXPECT_EQ(answer_by_cmake(project, "user", folder.path()), serial);
  if (!has_openmp()) GTEST_SKIP() << "skipped: gcc has no OpenMP";
  EXPECT_EQ(answer_by_cmake(project, "openmp", folder.path()), serial);
}

TEST(ThreadsInC, EveryLayerIsTimed) {
  const TemporaryFolder folder;
  const fs::path project = folder.path() / "squeezenet";
  const Compiled compiled = compile_into(zoo_model("squeezenet1.1"), project, {.threads = 2});
  const Outcome outcome = run_snug({"run", project.string(), "--layers", "--json", "--repeat", "3"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  const nlohmann::json answer = nlohmann::json::parse(outcome.output);
  ASSERT_EQ(answer.at("layers").size(), compiled.program.steps.size());
  double sum = 0;
  for (const nlohmann::json& layer : answer.at("layers")) sum += layer.at("median_ns").get<double>();
  EXPECT_GT(sum, 0);
  EXPECT_LT(sum, 3 * answer.at("median_ns").get<double>());  // medians of layers; another program may have disturbed
}

TEST(ThreadsInC, LeaveOneThreadAlone) {
  const TemporaryFolder folder;
  compile_into(zoo_model("squeezenet1.1"), folder.path() / "c");
  EXPECT_FALSE(fs::exists(folder.path() / "c" / "snug_parallel.c"));
  EXPECT_EQ(contents(folder.path() / "c" / "squeezenet1_1.c").find("snug_parallel_for"), std::string::npos);
}

TEST(ThreadsInC, WorkInOnePlaceFromBeginningToEnd) {
  const TemporaryFolder folder;
  const Compiled free = compile_into(zoo_model("squeezenet1.1"), folder.path() / "free", {.threads = 2});
  ASSERT_GT(free.program.lasting_workspace_bytes, 0);
  int working = 0;
  for (const Step& step : free.program.steps) {
    if (step.workspace < 0) continue;
    const Buffer& buffer = free.program.buffers.at(static_cast<size_t>(step.workspace));
    EXPECT_EQ(buffer.name, "workspaces") << step.layer_name;
    EXPECT_EQ(buffer.first, 0);
    EXPECT_EQ(buffer.last, static_cast<int>(free.program.steps.size()) - 1);
    for (size_t part = 0; part < step.parts.size(); ++part, ++working) {
      EXPECT_LE(step.parts[part].workspace_bytes, free.program.lasting_workspace_bytes) << step.layer_name;
      EXPECT_EQ(step.parts[part].workspace_offset_bytes,
                static_cast<int64_t>(part) * free.program.lasting_workspace_bytes)
          << step.layer_name;
    }
  }
  EXPECT_GT(working, 2);

  // A byte less, and maps lie in the workspaces when nothing works there; the choice stays.
  const Compiled tight = compile_into(zoo_model("squeezenet1.1"), folder.path() / "tight",
                                      {.limits = {.ram_bytes = free.plan.arena_bytes - 1}, .threads = 2});
  EXPECT_EQ(tight.program.lasting_workspace_bytes, 0);
  EXPECT_LT(tight.plan.arena_bytes, free.plan.arena_bytes);
  EXPECT_EQ(tight.selection.choice, free.selection.choice);
  const auto inputs = random_inputs(open_project(folder.path() / "free"), 7);
  EXPECT_EQ(answer(folder.path() / "tight", inputs).front(), answer(folder.path() / "free", inputs).front());
}

TEST(ThreadsInC, KeepTheRamLimit) {
  const TemporaryFolder folder;
  // Half-way between the fastest and the smallest plan on three threads, whose workspaces count.
  const Compiled free = compile_into(zoo_model("squeezenet1.1"), folder.path() / "free", {.threads = 3});
  const Compiled least = compile_into(zoo_model("squeezenet1.1"), folder.path() / "least",
                                      {.limits = {.minimize = Minimize::kRam}, .threads = 3});
  const int64_t ram = (free.plan.arena_bytes + least.plan.arena_bytes) / 2;
  const Compiled tight =
      compile_into(zoo_model("squeezenet1.1"), folder.path() / "tight", {.limits = {.ram_bytes = ram}, .threads = 3});
  EXPECT_LE(tight.plan.arena_bytes, ram);
  const auto inputs = random_inputs(open_project(folder.path() / "free"), 6);
  EXPECT_LE(
      relative_error(answer(folder.path() / "tight", inputs).front(), answer(folder.path() / "free", inputs).front()),
      1e-4);
}

TEST(ThreadsInC, TheCommandLineSaysWhatItDid) {
  const Outcome outcome =
      run_snug({"compile", zoo_model("squeezenet1.1").string(), "--estimate", "--threads", "2", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  const nlohmann::json plan = nlohmann::json::parse(outcome.output);
  EXPECT_EQ(plan.at("threads"), 2);
  EXPECT_EQ(plan.at("layers").at(0).at("parts"), 2);
  EXPECT_NE(plan.at("layers").at(0).at("split"), "whole");
}

}  // namespace
}  // namespace snug::testing
