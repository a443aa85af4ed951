// Running programs, without a shell.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/interrupt.h"
#include "target/target.h"

namespace snug {

/// A program at work, with its standard input, output and errors in our hands. Never blocks on a full pipe: what it
/// writes is taken up while we wait for it. Ends with the object.
class Process {
 public:
  /// command[0] is looked for in $PATH unless it has a slash. Throws UserError if it cannot be started.
  explicit Process(const std::vector<std::string>& command);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Appends to its standard input (what it has not read yet is kept for later).
  void write(std::string_view text);

  /// The next line it prints, without the end of line; nothing once its output has ended.
  std::optional<std::string> read_line();

  /// Closes its standard input and waits for its end. A program that a signal ended has the exit code 128 + signal,
  /// and the signal's name after its errors.
  RunResult wait();

 private:
  /// Moves bytes until something was read or written, or all ends are closed (false).
  bool pump();

  pid_t pid_ = -1;
  int input_ = -1, output_ = -1, errors_ = -1;
  bool closing_ = false;
  std::string pending_, read_, read_errors_;
};

/// Runs a program to its end. Throws UserError if it cannot be started.
RunResult run_process(const std::vector<std::string>& command, std::string_view standard_input = {});

/// The command that runs a built program on the target.
std::vector<std::string> program_command(const Target& target, const std::filesystem::path& program,
                                         const std::vector<std::string>& arguments);

/// A new folder under the system's temporary folder, gone with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  RemovedOnInterrupt removed_;
};

}  // namespace snug
