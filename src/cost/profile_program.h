// The program that measures kernels on a target: its sources, its build, its requests.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "cost/profile.h"
#include "target/process.h"

namespace snug {

/// Primitive → hash of everything its measurements depend on: its kernel, the headers that this includes, and the
/// program that measures.
std::map<std::string, std::string> kernel_hashes();

/// Whether the program can run the parts of a call at the same time, for which it is built with OpenMP.
enum class ForThreads { kOne, kMany };

/// Builds the program for the target, or finds it in the folder, where it stays. Throws UserError.
std::filesystem::path profile_program(const Target& target, const std::filesystem::path& folder,
                                      ForThreads threads = ForThreads::kOne);

/// The line that asks for a measurement. best_ns: of the fastest kernel known for this layer, 0: unknown.
std::string profile_request(const Measurement& measurement, double best_ns);

}  // namespace snug
