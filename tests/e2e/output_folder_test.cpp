// `snug compile -o` and the user's files: what snug did not write stays, whatever happens.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "base/file.h"
#include "base/hash.h"
#include "e2e/end_to_end.h"
#include "emit/output_folder.h"
#include "target/process.h"

namespace snug::testing {
namespace {

namespace fs = std::filesystem;

const fs::path kDigits = fs::path(SNUG_SOURCE_DIR) / "examples" / "digits" / "digits.onnx";

Outcome compile_to(const std::string& folder, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"compile", kDigits.string(), "--estimate", "-o", folder};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_snug(arguments);
}

/// Whether a folder holds all files of its marker, as they were written.
bool is_whole(const fs::path& folder) {
  if (!fs::exists(folder / "snug_files.json")) return false;
  const auto marker = nlohmann::json::parse(read_file(folder / "snug_files.json"));
  for (const auto& [name, hash] : marker.at("files").get<std::map<std::string, std::string>>()) {
    if (!fs::exists(folder / name) || sha256(read_file(folder / name)) != hash) return false;
  }
  return true;
}

class OutputFolder : public ::testing::Test {
 protected:
  const TemporaryFolder temporary_;
  const fs::path folder_ = temporary_.path() / "project";
};

TEST_F(OutputFolder, KeepsTheUsersFiles) {
  fs::create_directories(folder_ / "src");
  fs::create_directories(folder_ / ".git");
  write_file(folder_ / "src" / "app.c", "int main(void) { return 1; }\n");
  write_file(folder_ / "app.c", "#error not snug's to compile\n");
  write_file(folder_ / ".git" / "HEAD", "ref: main\n");
  fs::copy_file(kDigits, folder_ / "digits.onnx");
  for (int i = 0; i < 2; ++i) {
    const Outcome outcome = compile_to(folder_.string());
    ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
    EXPECT_TRUE(is_whole(folder_));
  }
  EXPECT_EQ(read_file(folder_ / "src" / "app.c"), "int main(void) { return 1; }\n");
  EXPECT_EQ(read_file(folder_ / "app.c"), "#error not snug's to compile\n");
  EXPECT_EQ(read_file(folder_ / ".git" / "HEAD"), "ref: main\n");
  EXPECT_EQ(read_file(folder_ / "digits.onnx"), read_file(kDigits));
  EXPECT_EQ(run_snug({"run", folder_.string(), "--repeat", "1"}).exit_code, 0) << "only snug's own files are compiled";
}

TEST_F(OutputFolder, IsRefusedBeforeAnythingIsMeasured) {
  write_file(folder_.string(), "a file");
  const Outcome file = compile_to(folder_.string());
  EXPECT_EQ(file.exit_code, 1);
  EXPECT_NE(file.errors.find("not a folder"), std::string::npos) << file.errors;
  EXPECT_EQ(read_file(folder_), "a file");
}

TEST_F(OutputFolder, AFileInTheWayIsNotReplaced) {
  fs::create_directory(folder_);
  write_file(folder_ / "CMakeLists.txt", "project(mine)\n");
  const Outcome outcome = compile_to(folder_.string());
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.errors.find("CMakeLists.txt that snug did not write"), std::string::npos) << outcome.errors;
  EXPECT_EQ(read_file(folder_ / "CMakeLists.txt"), "project(mine)\n");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator{}), 1) << "nothing else was written";
}

TEST_F(OutputFolder, AnEditedFileIsKeptAside) {
  ASSERT_EQ(compile_to(folder_.string()).exit_code, 0);
  for (const char* kept : {"digits_main.c.edited", "digits_main.c.edited_2"}) {
    const std::string edited = std::string("/* mine, for ") + kept + " */\n";
    write_file(folder_ / "digits_main.c", edited);
    const Outcome outcome = compile_to(folder_.string());
    ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
    EXPECT_NE(outcome.errors.find(kept), std::string::npos) << outcome.errors;
    EXPECT_EQ(read_file(folder_ / kept), edited);
    EXPECT_TRUE(is_whole(folder_));
  }
}

TEST_F(OutputFolder, FilesOfAnEarlierCompilationGo) {
  ASSERT_EQ(compile_to(folder_.string(), {"--layouts", "hwc", "--weights", "bin"}).exit_code, 0);
  const std::vector<std::string> before = files_of_folder(folder_);
  ASSERT_EQ(compile_to(folder_.string(), {"--layouts", "chw", "--weights", "c"}).exit_code, 0);
  const std::vector<std::string> after = files_of_folder(folder_);
  EXPECT_FALSE(fs::exists(folder_ / "digits_weights.bin"));
  for (const std::string& name : before) {
    EXPECT_EQ(fs::exists(folder_ / name), std::ranges::find(after, name) != after.end()) << name;
  }
}

TEST_F(OutputFolder, CanBeHereOrEmptyOrALink) {
  fs::create_directory(folder_);
  fs::create_directory_symlink(folder_, temporary_.path() / "link");
  ASSERT_EQ(compile_to((temporary_.path() / "link").string()).exit_code, 0);
  EXPECT_TRUE(fs::is_symlink(temporary_.path() / "link"));
  EXPECT_TRUE(is_whole(folder_));

  const fs::path here = temporary_.path() / "here";
  fs::create_directory(here);
  write_file(here / "notes.txt", "mine");
  const std::string command = "cd " + here.string() + " && " SNUG_PROGRAM " compile " + kDigits.string() +
                              " --estimate -o . >/dev/null 2>&1 && " SNUG_PROGRAM " run . --repeat 1 >/dev/null 2>&1";
  EXPECT_EQ(std::system(command.c_str()), 0);
  EXPECT_TRUE(is_whole(here));
  EXPECT_EQ(read_file(here / "notes.txt"), "mine");

  const fs::path slash = temporary_.path() / "slash" / "deeper" / "";
  ASSERT_EQ(compile_to(slash.string()).exit_code, 0);
  EXPECT_TRUE(is_whole(temporary_.path() / "slash" / "deeper"));
}

TEST_F(OutputFolder, ADamagedMarkerIsNotBelieved) {
  ASSERT_EQ(compile_to(folder_.string()).exit_code, 0);
  const std::string hash(64, '0'), good = read_file(folder_ / "snug_files.json");
  write_file(temporary_.path() / "victim", "mine");
  fs::create_directory(folder_ / ".git");
  write_file(folder_ / ".git" / "HEAD", "mine");
  for (const std::string& marker :
       {std::string(""), std::string("{"), std::string("[]"), std::string(R"({"files": 3})"),
        R"({"files": {"../victim": ")" + hash + "\"}}", R"({"files": {".git": ")" + hash + "\"}}",
        R"({"files": {"": ")" + hash + "\"}}", R"({"files": {".snug_new": ")" + hash + "\"}}",
        std::string(R"({"files": {"digits.c": "not a hash"}})")}) {
    write_file(folder_ / "snug_files.json", marker);
    const Outcome outcome = compile_to(folder_.string());
    EXPECT_EQ(outcome.exit_code, 1) << marker;
    EXPECT_EQ(outcome.errors.find("bug"), std::string::npos) << outcome.errors;
    EXPECT_NE(outcome.errors.find(folder_.string()), std::string::npos) << outcome.errors;
  }
  EXPECT_EQ(read_file(temporary_.path() / "victim"), "mine");
  EXPECT_EQ(read_file(folder_ / ".git" / "HEAD"), "mine");
  write_file(folder_ / "snug_files.json", good);
  EXPECT_TRUE(is_whole(folder_)) << "nothing was touched";
}

/// What lies where snug writes new files, and is not a whole set of them, stays and is named.
TEST_F(OutputFolder, WhatLooksLikeNewFilesIsNotBelieved) {
  ASSERT_EQ(compile_to(folder_.string()).exit_code, 0);
  fs::create_directory(folder_ / ".snug_new.backup");
  write_file(folder_ / ".snug_new.txt", "mine");
  EXPECT_EQ(compile_to(folder_.string()).exit_code, 0);
  EXPECT_TRUE(fs::exists(folder_ / ".snug_new.backup"));
  EXPECT_EQ(read_file(folder_ / ".snug_new.txt"), "mine");
  const auto expect_named = [&] {
    for (const char* command : {"compile", "run"}) {
      const Outcome outcome =
          command == std::string("run") ? run_snug({"run", folder_.string()}) : compile_to(folder_.string());
      EXPECT_EQ(outcome.exit_code, 1);
      EXPECT_NE(outcome.errors.find(".snug_new: is in the way"), std::string::npos) << outcome.errors;
    }
    EXPECT_TRUE(is_whole(folder_));
  };
  const fs::path place = folder_ / ".snug_new";
  write_file(place, "mine");
  expect_named();
  fs::remove(place);
  fs::create_directory(place);
  expect_named();
  write_file(place / "snug_files.json", R"({"files": {"x.c": ")" + std::string(64, '0') + "\"}}");
  expect_named();
}

TEST_F(OutputFolder, TwoAtOnceTakeTurns) {
  for (int round = 0; round < 5; ++round) {
    const std::string command =
        std::string(SNUG_PROGRAM) + " compile " + kDigits.string() + " --estimate -o " + folder_.string() + " --name ";
    const std::string both = command + "first --primitives classic >/dev/null 2>&1 & first=$!; " + command +
                             "second >/dev/null 2>&1 && wait $first";
    ASSERT_EQ(std::system(both.c_str()), 0);
    ASSERT_TRUE(is_whole(folder_));
    ASSERT_NE(fs::exists(folder_ / "first.c"), fs::exists(folder_ / "second.c"));
  }
}

/// The disk is full, as a limit of file sizes shows it: the old files stay.
TEST_F(OutputFolder, AFullDiskLeavesTheOldFiles) {
  ASSERT_EQ(compile_to(folder_.string(), {"--weights", "c"}).exit_code, 0);
  const std::string command = std::string("ulimit -f 100; ") + SNUG_PROGRAM + " compile " + kDigits.string() +
                              " --estimate --weights bin -o " + folder_.string() + " >/dev/null 2>" +
                              (temporary_.path() / "errors").string();
  EXPECT_NE(std::system(command.c_str()), 0);
  EXPECT_NE(read_file(temporary_.path() / "errors").find("File too large"), std::string::npos);
  EXPECT_TRUE(is_whole(folder_));
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_))
    EXPECT_FALSE(entry.path().filename().string().starts_with(".snug_new")) << entry.path();
}

TEST_F(OutputFolder, ABrokenPlanEndsInASentence) {
  ASSERT_EQ(compile_to(folder_.string()).exit_code, 0);
  for (const char* plan : {"", "[]", "{}", R"({"symbol": 3})", "\xff", "[", "null"}) {
    write_file(folder_ / "plan.json", plan);
    const Outcome outcome = run_snug({"run", folder_.string()});
    EXPECT_EQ(outcome.exit_code, 1) << plan;
    EXPECT_NE(outcome.errors.find("plan.json"), std::string::npos) << outcome.errors;
    EXPECT_EQ(outcome.errors.find("bug"), std::string::npos) << outcome.errors;
  }
}

/// Every value of plan.json replaced by others, one at a time: a sentence, or a run that has no use for the value.
TEST_F(OutputFolder, WrongValuesInThePlanNeverCrash) {
  ASSERT_EQ(compile_to(folder_.string()).exit_code, 0);
  const nlohmann::json plan = nlohmann::json::parse(read_file(folder_ / "plan.json"));
  for (const auto& [key, value] : plan.items()) {
    for (const nlohmann::json& other : {nlohmann::json(), nlohmann::json(-1), nlohmann::json(1e300),
                                        nlohmann::json("../x"), nlohmann::json::array(), nlohmann::json::object()}) {
      nlohmann::json changed = plan;
      changed[key] = other;
      write_file(folder_ / "plan.json", changed.dump());
      const Outcome outcome = run_snug({"run", folder_.string(), "--repeat", "1", "--top", "1", "--json"});
      EXPECT_TRUE(outcome.exit_code == 0 || outcome.exit_code == 1) << key << " = " << other << "\n" << outcome.errors;
      EXPECT_EQ(outcome.errors.find("bug"), std::string::npos) << key << " = " << other << "\n" << outcome.errors;
    }
  }
  for (const nlohmann::json& dims : {nlohmann::json{1e300}, nlohmann::json{int64_t{1} << 62, 4}, nlohmann::json{0}}) {
    nlohmann::json changed = plan;
    changed["inputs"][0]["dims"] = dims;
    write_file(folder_ / "plan.json", changed.dump());
    const Outcome outcome = run_snug({"run", folder_.string()});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_NE(outcome.errors.find("plan.json: is damaged"), std::string::npos) << outcome.errors;
  }
}

/// Starts a compilation into the folder and kills it after so many microseconds.
void compile_and_kill(const fs::path& folder, const std::string& weights, int64_t microseconds) {
  const Process process(
      {SNUG_PROGRAM, "compile", kDigits.string(), "--estimate", "--weights", weights, "-o", folder.string()});
  std::this_thread::sleep_for(std::chrono::microseconds(microseconds));
}  // ~Process sends SIGKILL

TEST_F(OutputFolder, SurvivesAKillAtAnyMoment) {
  ASSERT_EQ(compile_to(folder_.string(), {"--weights", "c"}).exit_code, 0);
  write_file(folder_ / "app.c", "mine");
  const auto start = std::chrono::steady_clock::now();
  ASSERT_EQ(compile_to(folder_.string(), {"--weights", "bin"}).exit_code, 0);
  const auto whole = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
  constexpr unsigned kSeed = 20;
  std::mt19937 random(kSeed);
  // Files are written in the last part of a run: most kills fall there.
  std::uniform_int_distribution<int64_t> moment(whole.count() / 2, whole.count() + whole.count() / 10);
  int interrupted = 0;
  for (int i = 0; i < 50; ++i) {
    compile_and_kill(folder_, i % 2 == 0 ? "c" : "bin", moment(random));
    ASSERT_EQ(read_file(folder_ / "app.c"), "mine") << "kill " << i << ", seed " << kSeed;
    const bool old_or_new = is_whole(folder_);
    if (!old_or_new) {
      ++interrupted;
      ASSERT_TRUE(is_whole(folder_ / ".snug_new")) << "kill " << i << ", seed " << kSeed;
      ASSERT_EQ(run_snug({"run", folder_.string(), "--repeat", "1"}).exit_code, 0) << "it completes what was begun";
      ASSERT_TRUE(is_whole(folder_));
    }
  }
  RecordProperty("interrupted_while_files_were_replaced", interrupted);
  ASSERT_EQ(compile_to(folder_.string()).exit_code, 0);
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_))
    EXPECT_FALSE(entry.path().filename().string().starts_with(".snug_new")) << entry.path();
}

/// A folder as it is after a kill between two replacements: all new files complete, some in place.
TEST_F(OutputFolder, CompletesWhatAKillInterrupted) {
  ASSERT_EQ(compile_to(folder_.string(), {"--weights", "bin"}).exit_code, 0);
  const fs::path other = temporary_.path() / "other";
  ASSERT_EQ(compile_to(other.string(), {"--weights", "c", "--layouts", "chw"}).exit_code, 0);
  const std::vector<std::string> wanted = files_of_folder(other);
  for (size_t in_place = 0; in_place <= wanted.size(); in_place += 3) {
    const fs::path folder = temporary_.path() / ("interrupted_" + std::to_string(in_place));
    fs::copy(folder_, folder);
    fs::copy(other, folder / ".snug_new");
    for (size_t i = 0; i < in_place; ++i)
      fs::copy_file(other / wanted[i], folder / wanted[i], fs::copy_options::overwrite_existing);
    write_file(folder / "digits_main.h", "mine");  // edited since the kill
    const KeptAside kept = check_output_folder(folder);
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(read_file(folder / kept.at("digits_main.h")), "mine");
    fs::remove(folder / kept.at("digits_main.h"));
    EXPECT_TRUE(is_whole(folder));
    EXPECT_EQ(files_of_folder(folder), wanted);
    EXPECT_FALSE(fs::exists(folder / "digits_weights.bin")) << "of the old files";
    EXPECT_FALSE(fs::exists(folder / ".snug_new"));
    for (const fs::directory_entry& entry : fs::directory_iterator(folder))
      EXPECT_EQ(entry.path().string().find(".edited"), std::string::npos) << entry.path();
  }
}

TEST_F(OutputFolder, NoAbsolutePathIsEmitted) {
  ASSERT_EQ(compile_to(folder_.string()).exit_code, 0);
  for (const std::string& name : files_of_folder(folder_)) {
    EXPECT_EQ(read_file(folder_ / name).find(kDigits.parent_path().string()), std::string::npos) << name;
    EXPECT_EQ(read_file(folder_ / name).find(folder_.string()), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace snug::testing
