// One run of one primitive on one layer, checked against everything that its contract says.
#pragma once

#include <cstdint>
#include <string>

#include "ops/primitive.h"

namespace snug {

/// Runs the primitive's kernel on data, strides and aliasing that follow from the seed. `planted`: NaN or an infinity
/// that comes into a place or two of what the kernel reads; 0: nothing does. Returns the complaint with the command
/// line that reproduces it, or empty. `isa` only goes into that command line.
std::string run_contract_case(const ListedPrimitive& listed, const snug_layer& layer, uint64_t seed, float planted,
                              const std::string& isa);

/// The case that is running, for a signal handler: a command line.
const char* running_case();

}  // namespace snug
