// Identity, Dropout (at inference). inputs: x. Removed by the rewrite drop_identities, or an alias.
#pragma once

#include "graph/operator.h"

namespace snug {

struct Identity {};

extern const Operator identity_operator;

}  // namespace snug
