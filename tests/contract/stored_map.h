// A feature map in memory: dense, or a slice of a larger buffer whose gaps a kernel must not touch.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/layout.h"
#include "contract/guarded_memory.h"
#include "contract/random.h"
#include "contract/reference.h"

namespace snug {

struct StoredMap {
  Layout layout;
  MapShape shape;
  Strides strides;
  int64_t start = 0;  ///< of (0, 0, 0) in the buffer, in elements
  std::unique_ptr<GuardedMemory> memory;

  float* data() const { return memory->floats() + start; }
  float& at(int64_t c, int64_t y, int64_t x) const { return data()[offset(layout, strides, c, y, x)]; }
  int64_t floats() const { return memory->bytes() / 4; }
};

/// Where a map's channels end, padding included; larger than shape.channels only where the layout has blocks.
int64_t stored_channels(const StoredMap& map);

/// A buffer in which nothing is written yet; with random larger strides and a random start where `sliced`.
StoredMap make_stored_map(const Layout& layout, const MapShape& shape, bool sliced, Random& random);

/// Values of the map, and garbage that is finite but large in the padding channels.
void write_map(StoredMap& map, const LogicalMap& values, Random& random);

/// What a comparison lets pass.
struct Leniency {
  double tolerance;     ///< relative to the reference's scale
  bool nan_may_spread;  ///< NaN may stand for a number
  bool judge_padding;   ///< padding channels must be finite, but where the map's last channel is not
};

/// What the kernel wrote, checked against the reference: NaN where that is NaN, and NaN or the infinity where that is
/// infinite. Returns the complaint, or empty.
std::string compare(const StoredMap& stored, const ReferenceOutput& expected, const Leniency& leniency);

}  // namespace snug
