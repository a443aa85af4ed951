// The output of one call for several layers: maps that lie apart, in another order than their channels.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "contract/guarded_memory.h"
#include "contract/random.h"
#include "contract/stored_map.h"
#include "kernels/snug.h"

namespace snug {

struct SiblingMaps {
  std::vector<int64_t> channels;  ///< with which they begin, of all; the last one is where they end
  std::vector<int64_t> starts;    ///< in the memory, in floats
  std::unique_ptr<GuardedMemory> memory;

  /// The first one.
  float* data() const { return memory->floats() + starts.front(); }
};

/// Cuts a layer of at least two blocks of output channels into some, with places for what `output` should hold in the
/// end, and says so in the layer.
SiblingMaps make_sibling_maps(snug_layer& layer, const StoredMap& output, Random& random);

/// Moves what a kernel wrote to where it belongs in `output`. Returns a complaint if it wrote beside its maps, or
/// empty.
std::string gather(const SiblingMaps& maps, StoredMap& output);

}  // namespace snug
