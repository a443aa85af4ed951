// A network's C with a clock around every step, for `snug run --layers`.
#pragma once

#include <string>

namespace snug {

/// NAME.c as emitted → the same with calls of layer_timer.c around every call in NAME_run. Throws UserError unless
/// there are exactly `steps` of them, because the file was edited.
std::string timed_source(const std::string& source, const std::string& symbol, size_t steps);

}  // namespace snug
