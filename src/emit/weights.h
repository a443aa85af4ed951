// The packed weights as a binary file, a C array, or an assembler include.
#pragma once

#include "emit/emit.h"

namespace snug {

/// What kAuto means for this program.
WeightsForm weights_form(const Program& program, WeightsForm wanted);

/// Adds NAME_weights.h and the files that hold the weights.
void add_weights(CFiles& files, const Program& program, WeightsForm form);

}  // namespace snug
