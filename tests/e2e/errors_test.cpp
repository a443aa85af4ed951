// Bad input: a clear message, the right exit code, nothing half-written.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file.h"
#include "base/npy.h"
#include "e2e/end_to_end.h"
#include "target/process.h"

namespace snug::testing {
namespace {

namespace fs = std::filesystem;

const fs::path kDigits = fs::path(SNUG_SOURCE_DIR) / "examples" / "digits" / "digits.onnx";

void expect_error(const std::vector<std::string>& arguments, int exit_code, const std::vector<std::string>& words) {
  const Outcome outcome = run_snug(arguments);
  EXPECT_EQ(outcome.exit_code, exit_code) << outcome.output << outcome.errors;
  for (const std::string& word : words)
    EXPECT_NE(outcome.errors.find(word), std::string::npos) << "no \"" << word << "\" in: " << outcome.errors;
}

TEST(Errors, NoSuchFile) {
  expect_error({"compile", "nowhere.onnx"}, 1, {"nowhere.onnx"});
}

TEST(Errors, NotOnnxAndTruncated) {
  const TemporaryFolder folder;
  const fs::path garbage = folder.path() / "garbage.onnx", half = folder.path() / "half.onnx";
  std::ofstream(garbage) << "this is no model";
  fs::copy_file(kDigits, half);
  fs::resize_file(half, fs::file_size(half) / 2);
  expect_error({"compile", garbage.string()}, 1, {"garbage.onnx"});
  expect_error({"compile", half.string()}, 1, {"half.onnx"});
}

TEST(Errors, BadOptionValuesEndWithTwo) {
  const std::string model = kDigits.string();
  expect_error({"compile", model, "--ram", "much"}, 2, {"--ram", "much"});
  expect_error({"compile", model, "--latency", "soon"}, 2, {"--latency", "soon"});
  expect_error({"compile", model, "--strategy", "luck"}, 2, {"--strategy", "luck", "greedy-fastest"});
  expect_error({"compile", model, "--strategy", "ipl"}, 2, {"did you mean ilp"});
  expect_error({"compile", model, "--minimize", "joy"}, 2, {"--minimize", "joy", "ram"});
  expect_error({"compile", model, "--weights", "heavy"}, 2, {"--weights", "heavy", "asm"});
  for (const char* threads : {"0", "-1", "two", "2.5", "1000", ""}) {
    expect_error({"compile", model, "--threads", threads}, 2, {"--threads", "1 to 64"});
  }
  expect_error({"compile", model, "--primitives", "some"}, 2, {"--primitives", "some"});
  expect_error({"compile", model, "--layouts", "chw,c18"}, 2, {"--layouts", "c18", "did you mean c16", "hcw"});
  expect_error({"compile", model, "--layouts", ""}, 2, {"--layouts", "chw, hwc"});
  expect_error({"compile", model, "--target", "hots"}, 2, {"--target", "hots", "host"});
  expect_error({"compile", model, "--shape", "image=1xlarge"}, 2, {"--shape", "image=1xlarge"});
  expect_error({"run", model, "--repeat", "0"}, 2, {"--repeat"});
  expect_error({"run", model, "--top", "-1"}, 2, {"--top"});
  expect_error({"run", model, "--scale", "nan"}, 2, {"--scale", "nan"});
  expect_error({"run", model, "--channels", "cmyk"}, 2, {"--channels", "cmyk", "rgb"});
  for (const char* tolerance : {"nan", "inf", "-1", "small"}) {
    expect_error({"verify", model, "--estimate", "--tolerance", tolerance}, 2, {"--tolerance", tolerance});
  }
  expect_error({"zoo", "squeezenet9"}, 2, {"squeezenet9", "squeezenet1.0"});
  expect_error({"profile"}, 2, {"--zoo"});
}

/// A script whose variable is not set must not mean "no limit".
TEST(Errors, EmptyOptionValuesEndWithTwo) {
  const std::string model = kDigits.string();
  for (const char* option : {"--ram", "--flash", "--latency", "-o", "--target", "--minimize", "--strategy", "--weights",
                             "--primitives", "--trace", "--name", "--outputs", "--shape"}) {
    expect_error({"compile", model, "--estimate", option, ""}, 2, {option});
  }
  expect_error({"compile", "", "--estimate"}, 2, {"model"});
  expect_error({"pareto", model, "--estimate", "--csv", ""}, 2, {"--csv"});
  for (const char* option : {"--input", "--output", "--labels", "--target", "--mean", "--scale"}) {
    expect_error({"run", "folder", option, ""}, 2, {option});
  }
  expect_error({"zoo", "alexnet", "-o", ""}, 2, {"-o"});
}

TEST(Errors, CommandsThatAreNotUnderstood) {
  expect_error({"compile"}, 2, {"model"});
  expect_error({"fly"}, 2, {"\"fly\"", "compile"});
  expect_error({"complie", kDigits.string()}, 2, {"\"complie\"", "did you mean compile"});
  expect_error({}, 2, {"subcommand"});
}

TEST(Errors, OptionsThatWouldDoNothing) {
  const TemporaryFolder folder;
  const std::string project = (folder.path() / "c").string(), input = (folder.path() / "input.npy").string();
  ASSERT_EQ(run_snug({"compile", kDigits.string(), "--estimate", "-o", project}).exit_code, 0);
  write_npy(input, {.dims = {1, 1, 28, 28}, .floats = std::vector<float>(784, 0.5F)});
  for (const std::vector<std::string>& option :
       {std::vector<std::string>{"--scale", "0.5"}, {"--mean", "1"}, {"--channels", "bgr"}, {"--resize"}}) {
    std::vector<std::string> arguments{"run", project, "--input", input, "--repeat", "1"};
    EXPECT_EQ(run_snug(arguments).exit_code, 0);
    arguments.insert(arguments.end(), option.begin(), option.end());
    expect_error(arguments, 2, {option[0], "images"});
  }
}

TEST(Errors, NumbersOutOfRange) {
  const std::string model = kDigits.string();
  for (const char* ram : {"9999999999G", "99999999999999999999999", "1.5", "0.2K.", "-0.5"})
    expect_error({"compile", model, "--ram", ram}, 2, {"--ram", ram});
  for (const char* seed : {"-1", "99999999999999999999", "1.5", ""}) {
    expect_error({"run", "folder", "--seed", seed}, 2, {"--seed"});
    expect_error({"zoo", "alexnet", "--seed", seed}, 2, {"--seed"});
  }
}

/// An answer that nobody can read is none; progress that nobody can read is no matter.
TEST(Errors, StreamsThatCannotBeWritten) {
  const std::string compile = std::string(SNUG_PROGRAM) + " compile " + kDigits.string() + " --estimate";
  const TemporaryFolder folder;
  const std::string output = " -o " + (folder.path() / "c").string();
  EXPECT_EQ(std::system((compile + " >/dev/full 2>/dev/null").c_str()) >> 8, 1);
  EXPECT_EQ(std::system((compile + " --json >/dev/full 2>/dev/null").c_str()) >> 8, 1);
  EXPECT_EQ(std::system((std::string(SNUG_PROGRAM) + " --help >/dev/full 2>/dev/null").c_str()) >> 8, 1);
  EXPECT_EQ(std::system((compile + output + " >/dev/null 2>/dev/full").c_str()), 0);
  EXPECT_EQ(std::system((compile + output + " >/dev/null 2>&-").c_str()), 0);
}

TEST(Errors, FilesOfTheUsersAreNotOverwritten) {
  const TemporaryFolder folder;
  const fs::path model = folder.path() / "model.onnx", trace = folder.path() / "trace";
  fs::copy_file(kDigits, model);
  expect_error({"pareto", model.string(), "--estimate", "--csv", model.string()}, 1, {"would be overwritten"});
  fs::create_directory(trace);
  write_file(trace / "notes.txt", "mine");
  expect_error({"compile", model.string(), "--estimate", "--trace", trace.string()}, 1, {"notes.txt", "--trace"});
  fs::remove(trace / "notes.txt");
  fs::create_symlink(model, trace / "1-imported.txt");
  expect_error({"compile", model.string(), "--estimate", "--trace", trace.string()}, 1, {"1-imported.txt"});
  fs::remove(trace / "1-imported.txt");
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(run_snug({"compile", model.string(), "--estimate", "--trace", trace.string()}).exit_code, 0);
  expect_error({"compile", model.string(), "--estimate", "--trace", model.string()}, 1, {"--trace"});
  EXPECT_EQ(read_file(model), read_file(kDigits));
}

TEST(Errors, OptionsThatContradict) {
  const TemporaryFolder folder;
  const std::string model = kDigits.string(), project = (folder.path() / "c").string();
  ASSERT_EQ(run_snug({"compile", model, "--estimate", "-o", project}).exit_code, 0);
  expect_error({"verify", project}, 2, {"--model"});
  expect_error({"verify", project, "--model", model, "--ram", "1M"}, 2, {"--ram", "folder"});
  expect_error({"verify", project, "--model", model, "--layers"}, 2, {"--layers"});
  expect_error({"verify", model, "--model", model}, 2, {"--model"});
  expect_error({"compile", model, "--shape", "a=1", "--shape", "a=2"}, 2, {"--shape", "twice"});
  expect_error({"zoo", "-o", (folder.path() / "x.onnx").string()}, 2, {"name"});
  expect_error({"compile", model, "--estimate", "--name", "eyes"}, 2, {"--name", "-o"});
  expect_error({"compile", model, "--estimate", "--strategy", "direct", "--minimize", "ram"}, 2,
               {"--minimize", "direct"});
  expect_error({"run", project, "--input", "x.npy", "--seed", "3"}, 2, {"--seed"});
  expect_error({"run", project, "--top", "1", "--labels", folder.path().string()}, 1, {folder.path().string()});
  expect_error({"run", project, "--top", "1", "--labels", "/dev/null"}, 1, {"/dev/null"});
  EXPECT_EQ(run_snug({"verify", project, "--model", model, "--seed", "2", "--json"}).exit_code, 0);
}

TEST(Errors, WhatTheModelDoesNotHave) {
  const std::string model = kDigits.string();
  expect_error({"compile", model, "--outputs", "nothing_of_that_name", "--estimate"}, 1, {"nothing_of_that_name"});
  expect_error({"run", "/nonexistent"}, 1, {"snug_files.json"});
}

TEST(Errors, TheMachinesFaultsAreNamed) {
  const TemporaryFolder folder;
  const std::string model = kDigits.string(), file = (folder.path() / "garbage").string();
  std::ofstream(file) << std::string(5000, 'x');
  const auto expect_named = [&](const std::string& variable, const std::string& value, const std::string& command) {
    const std::string shell =
        variable + "='" + value + "' " + SNUG_PROGRAM + " " + command + " 2>" + (folder.path() / "errors").string();
    EXPECT_NE(std::system((shell + " >/dev/null").c_str()), 0);
    const std::string errors = read_file(folder.path() / "errors");
    EXPECT_NE(errors.find(value), std::string::npos) << errors;
    EXPECT_EQ(errors.find("bug"), std::string::npos) << errors;
  };
  expect_named("SNUG_PROFILE", file, "compile " + model);
  expect_named("SNUG_PROFILE", folder.path().string(), "compile " + model);
  expect_named("TMPDIR", "/nonexistent_folder", "verify --estimate " + model);
}

/// The limit is named as it was given, to the byte.
TEST(Errors, ALimitOneByteTooSmall) {
  const auto least = [](const std::string& ram) {
    const Outcome outcome = run_snug({"compile", kDigits.string(), "--estimate", "--json", "--ram", ram});
    EXPECT_EQ(outcome.exit_code, 3);
    return nlohmann::json::parse(outcome.output).at("least_value").get<int64_t>();
  };
  const std::string ram = std::to_string(least("1K") - 1);
  expect_error({"compile", kDigits.string(), "--estimate", "--ram", ram}, 3, {"does not fit --ram " + ram + ":"});
}

/// An interrupt leaves no temporary folder and says what is kept.
TEST(Errors, Interrupted) {
  const TemporaryFolder folder;
  const fs::path temporary = folder.path() / "tmp", errors = folder.path() / "errors";
  fs::create_directory(temporary);
  for (const char* seconds : {"0.5", "1", "2", "3"}) {
    const std::string command = "TMPDIR='" + temporary.string() + "' SNUG_PROFILE='" + temporary.string() +
                                "/profile.sqlite' timeout -s INT " + seconds + " " SNUG_PROGRAM " profile --zoo >" +
                                errors.string() + " 2>&1";
    const int status = std::system(command.c_str());
    EXPECT_NE(status, 0);
    EXPECT_NE(read_file(errors).find("what was measured is kept"), std::string::npos) << read_file(errors);
    for (const fs::directory_entry& entry : fs::directory_iterator(temporary))
      EXPECT_TRUE(entry.path().filename().string().starts_with("profile.sqlite")) << entry.path();
  }
}

TEST(Errors, LimitTooSmall) {
  const TemporaryFolder folder;
  const fs::path output = folder.path() / "c";
  expect_error({"compile", kDigits.string(), "--estimate", "--ram", "4K", "-o", output.string()}, 3,
               {"digits.onnx", "--ram", "least possible"});
  EXPECT_FALSE(fs::exists(output));
  EXPECT_TRUE(fs::is_empty(folder.path()));
  const Outcome outcome = run_snug({"compile", kDigits.string(), "--estimate", "--ram", "4K", "--json"});
  const nlohmann::json answer = nlohmann::json::parse(outcome.output);
  EXPECT_TRUE(answer.at("infeasible").get<bool>());
  const int64_t least = answer.at("least_value");
  EXPECT_EQ(run_snug({"compile", kDigits.string(), "--estimate", "--ram", std::to_string(least)}).exit_code, 0);
}

TEST(Errors, WrongInputs) {
  const TemporaryFolder folder;
  const std::string project = (folder.path() / "c").string();
  ASSERT_EQ(run_snug({"compile", kDigits.string(), "--estimate", "-o", project}).exit_code, 0);
  std::ofstream(folder.path() / "picture.png") << "no picture";
  expect_error({"run", project, "--input", (folder.path() / "picture.png").string()}, 1, {"picture.png"});
  expect_error({"run", project, "--input", (folder.path() / "none.npy").string()}, 1, {"none.npy"});
}

TEST(Json, HasTheStableKeys) {
  const Outcome outcome = run_snug({"compile", kDigits.string(), "--estimate", "--json"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  const nlohmann::json plan = nlohmann::json::parse(outcome.output);
  for (const char* key : {"model", "target", "strategy", "optimal", "arena_bytes", "arena_lower_bound_bytes",
                          "flash_bytes", "expected_ns", "layers"}) {
    EXPECT_TRUE(plan.contains(key)) << key;
  }
  const nlohmann::json primitives = nlohmann::json::parse(run_snug({"primitives", "--json"}).output);
  EXPECT_GE(primitives.size(), 12U);
  for (const nlohmann::json& primitive : primitives) {
    for (const char* key : {"name", "family", "operator", "input_layout", "output_layout"})
      EXPECT_TRUE(primitive.contains(key)) << key;
  }
}

/// Every key of a value and of all within it.
void add_keys(const nlohmann::json& value, std::set<std::string>& keys) {
  if (value.is_object()) {
    for (const auto& [key, inner] : value.items()) {
      keys.insert(key);
      if (key != "shapes") add_keys(inner, keys);  // its keys are the user's
    }
  } else if (value.is_array()) {
    for (const nlohmann::json& inner : value) add_keys(inner, keys);
  }
}

TEST(Json, EveryFieldIsDocumented) {
  const TemporaryFolder folder;
  const std::string model = kDigits.string(), project = (folder.path() / "c").string();
  ASSERT_EQ(run_snug({"compile", model, "--estimate", "-o", project}).exit_code, 0);
  std::set<std::string> keys;
  for (const std::vector<std::string>& command : {std::vector<std::string>{"compile", model, "--estimate"},
                                                  {"compile", model, "--estimate", "--ram", "1K"},
                                                  {"verify", model, "--estimate", "--layers"},
                                                  {"pareto", model, "--estimate"},
                                                  {"profile", model, "--estimate"},
                                                  {"run", project, "--repeat", "1", "--layers", "--top", "1"},
                                                  {"zoo"},
                                                  {"primitives"},
                                                  {"operators"},
                                                  {"targets"}}) {
    std::vector<std::string> with_json = command;
    with_json.emplace_back("--json");
    add_keys(nlohmann::json::parse(run_snug(with_json).output), keys);
  }
  add_keys(nlohmann::json::parse(read_file(folder.path() / "c" / "plan.json")), keys);
  const nlohmann::json target =
      nlohmann::json::parse(read_file(folder.path() / "c" / "plan.json"))["target_definition"];
  for (const auto& [key, value] : target.items()) keys.erase(key);  // documented as "the fields of a target's file"
  const std::string document = read_file(fs::path(SNUG_SOURCE_DIR) / "docs" / "json.md");
  EXPECT_GT(keys.size(), 60U);
  for (const std::string& key : keys) {
    const bool documented = document.find("`" + key + "`") != std::string::npos;
    EXPECT_TRUE(documented || document.find("`" + key + "[]`") != std::string::npos) << key;
  }
}

}  // namespace
}  // namespace snug::testing
