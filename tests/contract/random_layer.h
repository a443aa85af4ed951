// Random layers of every operator, small and awkward: odd sizes, channel tails, uneven padding.
#pragma once

#include <string_view>

#include "contract/random.h"
#include "kernels/snug.h"

namespace snug {

/// A layer of the operator in room `operator_name`, valid but not necessarily one that a given primitive takes.
snug_layer random_layer(std::string_view operator_name, Random& random);

}  // namespace snug
