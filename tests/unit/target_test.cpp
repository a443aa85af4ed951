#include "target/target.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "target/process.h"

namespace snug {
namespace {

namespace fs = std::filesystem;

fs::path write(const fs::path& folder, const std::string& name, const std::string& text) {
  std::ofstream(folder / name) << text;
  return folder / name;
}

std::string error_of(const auto& action) {
  try {
    action();
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Target, HasTheShippedOnes) {
  std::vector<std::string> names;
  for (const Target& target : all_targets()) names.push_back(target.name);
  EXPECT_EQ(names, (std::vector<std::string>{"aarch64", "c99", "clang", "cortex-a15", "host", "tcc", "x86-64-v2",
                                             "x86-64-v3", "x86-64-v4"}));
  const Target target = find_target("cortex-a15");
  EXPECT_EQ(target.runner, (std::vector<std::string>{"qemu-arm", "-L", "/usr/arm-linux-gnueabihf"}));
  EXPECT_FALSE(target.measures_time);
  EXPECT_TRUE(find_target("host").measures_time);
}

TEST(Target, UnknownNameListsTheKnown) {
  const std::string error = error_of([] { find_target("hots"); });
  EXPECT_NE(error.find("(\"host\"?)"), std::string::npos) << error;
  EXPECT_NE(error.find("cortex-a15"), std::string::npos) << error;
}

TEST(Target, ReadsAFile) {
  const TemporaryFolder folder;
  const fs::path file = write(folder.path(), "mine.json", R"({"compiler": "cc", "flags": ["-O1"]})");
  const Target target = find_target(file.string());
  EXPECT_EQ(target.name, "mine");
  EXPECT_EQ(target.compiler, "cc");
  EXPECT_EQ(target.flags, std::vector<std::string>{"-O1"});
}

TEST(Target, RefusesBadFiles) {
  const TemporaryFolder folder;
  const auto error_for = [&](const std::string& text) {
    const fs::path file = write(folder.path(), "bad.json", text);
    return error_of([&] { find_target(file.string()); });
  };
  EXPECT_NE(error_for("{").find("parse error"), std::string::npos);
  EXPECT_NE(error_for("[]").find("a target is a JSON object"), std::string::npos);
  EXPECT_NE(error_for("{}").find("\"compiler\" is missing"), std::string::npos);
  EXPECT_NE(error_for(R"({"compiler": 3})").find("must be string"), std::string::npos);
  EXPECT_NE(error_for(R"({"compiler": "cc", "flag": []})").find("\"flag\" is not a field"), std::string::npos);
  EXPECT_NE(error_for(R"({"compiler": "cc", "gigabytes_per_second": 0})").find("greater than 0"), std::string::npos);
  EXPECT_NE(error_of([] { find_target("/nowhere/none.json"); }).find("cannot be read"), std::string::npos);
}

TEST(Target, IdentityNamesCompilerAndFlags) {
  Target target{.name = "t", .compiler = "gcc", .flags = {"-O2", "-DX=1"}};
  const std::string text = identity(target);
  EXPECT_TRUE(text.starts_with("gcc ")) << text;
  EXPECT_NE(text.find(" -O2 -DX=1, "), std::string::npos) << text;
  target.compiler = "no-such-compiler";
  const std::string error = error_of([&] { identity(target); });
  EXPECT_NE(error.find("cannot run \"no-such-compiler\""), std::string::npos) << error;
}

TEST(Target, BuildsAndRunsAProgram) {
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "include");
  write(folder.path() / "include", "twice.h", "int twice(int value);\n");
  const fs::path twice =
      write(folder.path(), "twice.c", "#include \"twice.h\"\nint twice(int v) { return v * FACTOR; }\n");
  const fs::path main = write(folder.path(), "main.c", R"(#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "twice.h"
int main(int argc, char **argv) {
  int c;
  while ((c = getchar()) != EOF) putchar(c);
  fprintf(stderr, "%d %.0f", twice(atoi(argv[argc - 1])), sqrt(argc + 7.0));
  return 3;
})");
  const Target target{.name = "t", .compiler = "gcc", .flags = {"-O1"}};
  build_program(target, {main, twice}, {folder.path() / "include"}, folder.path() / "program", {"-DFACTOR=2"});
  const RunResult result = run_program(target, folder.path() / "program", {"a b", "21"}, "in\nput");
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.output, "in\nput");
  EXPECT_EQ(result.errors, "42 3");
}

TEST(Target, ABuildThatFailsShowsTheCompilersWords) {
  const TemporaryFolder folder;
  const fs::path source = write(folder.path(), "broken.c", "int main(void) { return undeclared_name; }\n");
  const Target target{.name = "t", .compiler = "gcc"};
  const std::string error = error_of([&] { build_program(target, {source}, {}, folder.path() / "program"); });
  EXPECT_NE(error.find("target t:"), std::string::npos) << error;
  EXPECT_NE(error.find("undeclared_name"), std::string::npos) << error;
  EXPECT_FALSE(fs::exists(folder.path() / "program"));
}

TEST(Target, TheRunnerIsPutBeforeTheProgram) {
  const Target target{.name = "t", .compiler = "gcc", .runner = {"echo", "-n", "run"}};
  EXPECT_EQ(run_program(target, "/some/program", {"x"}).output, "run /some/program x");
}

TEST(Process, MuchInputAndOutputDoNotBlockEachOther) {
  const std::string text(3 << 20, 'x');
  EXPECT_EQ(run_process({"cat"}, text).output, text);
  const RunResult both = run_process({"sh", "-c", "head -c 1000000 /dev/zero >&2; cat"}, text);
  EXPECT_EQ(both.errors.size(), 1000000U);
  EXPECT_EQ(both.output.size(), text.size());
}

TEST(Process, AProgramThatDoesNotReadIsNoTrouble) {
  EXPECT_EQ(run_process({"true"}, std::string(3 << 20, 'x')).exit_code, 0);
}

TEST(Process, ASignalIsReported) {
  const RunResult result = run_process({"sh", "-c", "kill -SEGV $$"});
  EXPECT_EQ(result.exit_code, 128 + 11);
  EXPECT_NE(result.errors.find("Segmentation fault"), std::string::npos) << result.errors;
}

TEST(Process, AnswersLineByLine) {
  Process process({"sh", "-c", "while read line; do echo \"<$line>\"; done"});
  process.write("one\n");
  EXPECT_EQ(process.read_line(), "<one>");
  process.write("two\n");
  EXPECT_EQ(process.read_line(), "<two>");
  EXPECT_EQ(process.wait().exit_code, 0);
}

}  // namespace
}  // namespace snug
