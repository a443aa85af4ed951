// Random numbers that are the same bytes on every machine, compiler and standard library.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace snug {

/// A stream of its own for each seed and name: what one tensor draws does not depend on the other tensors.
uint64_t random_stream(uint64_t seed, std::string_view name);

/// Fills `little_endian_floats`, 4 bytes per value, with draws from the normal distribution. SplitMix64
/// (Steele et al., "Fast Splittable Pseudorandom Number Generators", 2014) and the transform of Box and
/// Muller (1958), with nothing but IEEE basic operations, as the logarithms and sines of C libraries differ
/// in the last digit.
void fill_normal(std::span<char> little_endian_floats, uint64_t stream, double mean, double standard_deviation);

}  // namespace snug
