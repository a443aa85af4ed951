// A target: how to compile C for it and how to run it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace snug {

/// Read from a small JSON file: src/target/targets/NAME.json, or a path that the user gives.
struct Target {
  std::string name;
  std::string description;
  std::string compiler;            ///< "gcc", "arm-linux-gnueabihf-gcc"
  std::vector<std::string> flags;  ///< "-O3", "-march=native"
  std::vector<std::string>
      runner;  ///< put before the program: {"qemu-arm", "-L", "/usr/arm-linux-gnueabihf"}; empty: run it here
  bool measures_time = true;                  ///< false where the runner is an emulator: costs are estimated
  double giga_multiply_adds_per_second = 20;  ///< for the estimate
  double gigabytes_per_second = 8;            ///< for the estimate
  std::vector<std::string> openmp;            ///< flags that turn OpenMP on; empty: the compiler has none
  double fork_join_ns = 2000;                 ///< to start the parts of a layer on several threads and to wait for them
};

/// By name or by path to a JSON file. Throws UserError (unknown name: lists the known).
Target find_target(const std::string& name_or_file);
std::vector<Target> all_targets();

/// The target as the text of a file, and back; `origin` is where the text is from, for messages.
std::string target_text(const Target& target);
Target target_from_text(const std::string& name, const std::string& origin, std::string_view text);

/// "gcc 12.2.0 -O3 -march=native, AMD EPYC": what makes measurements comparable. Throws UserError if the
/// compiler is missing.
std::string identity(const Target& target);

/// Told how many of the files that need compiling are done, and how many there are, whenever one is; by one thread at a
/// time.
using BuildProgress = std::function<void(size_t done, size_t total)>;

/// Compiles C and assembler files into objects, in their order, as many at once as there are processors. An object of a
/// shipped kernel stays in cache_folder() and is not compiled twice for the same target; others go into `folder`.
/// Throws UserError with the compiler's output if it fails.
std::vector<std::filesystem::path> build_objects(const Target& target,
                                                 const std::vector<std::filesystem::path>& sources,
                                                 const std::vector<std::filesystem::path>& include_folders,
                                                 const std::filesystem::path& folder,
                                                 const std::vector<std::string>& extra_flags = {},
                                                 const BuildProgress& progress = {});

/// Machine code and constants in objects; those that are not little-endian ELF count nothing.
int64_t code_bytes(const std::vector<std::filesystem::path>& objects);

/// Links objects, and the mathematical library. Throws UserError with the compiler's output if it fails.
void link_program(const Target& target, const std::vector<std::filesystem::path>& objects,
                  const std::filesystem::path& program, const std::vector<std::string>& extra_flags = {});

/// Compiles C files into a program. Throws UserError with the compiler's output if it fails.
void build_program(const Target& target, const std::vector<std::filesystem::path>& sources,
                   const std::vector<std::filesystem::path>& include_folders, const std::filesystem::path& program,
                   const std::vector<std::string>& extra_flags = {}, const BuildProgress& progress = {});

struct RunResult {
  int exit_code = 0;
  std::string output;
  std::string errors;
};
/// Runs a built program on the target with these arguments and waits for it.
RunResult run_program(const Target& target, const std::filesystem::path& program,
                      const std::vector<std::string>& arguments, const std::string& standard_input = {});

}  // namespace snug
