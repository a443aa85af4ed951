#include "contract/sibling_maps.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace snug {

SiblingMaps make_sibling_maps(snug_layer& layer, const StoredMap& output, Random& random) {
  const int64_t blocks = stored_channels(output) / 16;
  std::set<int64_t> cuts;
  const int64_t most = std::min<int64_t>(SNUG_MORE_SIBLINGS, blocks - 1);
  while (cuts.empty() || (static_cast<int64_t>(cuts.size()) < most && random.chance(60))) {
    cuts.insert(16 * random.integer(1, static_cast<int>(blocks) - 1));
  }
  SiblingMaps maps{.channels = {0}, .starts = {}, .memory = nullptr};
  maps.channels.insert(maps.channels.end(), cuts.begin(), cuts.end());
  maps.channels.push_back(16 * blocks);
  maps.starts.resize(maps.channels.size() - 1);
  int64_t floats = 0;
  for (size_t i = maps.starts.size(); i-- > 0;) {  // the last one first
    maps.starts[i] = floats;
    floats += (maps.channels[i + 1] - maps.channels[i]) / 16 * output.strides.plane + 16 * random.integer(0, 3);
  }
  maps.memory = std::make_unique<GuardedMemory>(4 * floats);
  for (size_t i = 1; i < maps.starts.size(); ++i) {
    const int64_t one_after_another = maps.starts[0] + maps.channels[i] / 16 * output.strides.plane;
    layer.sibling_channel[i - 1] = static_cast<int32_t>(maps.channels[i]);
    layer.sibling_floats[i - 1] = static_cast<int32_t>(maps.starts[i] - one_after_another);
  }
  return maps;
}

std::string gather(const SiblingMaps& maps, StoredMap& output) {
  const GuardedMemory& memory = *maps.memory;
  if (!memory.surroundings_untouched()) return "wrote outside of its siblings' buffer";
  std::vector<bool> belongs(static_cast<size_t>(memory.bytes() / 4));
  for (size_t i = 0; i < maps.starts.size(); ++i) {
    for (int64_t c = maps.channels[i]; c < maps.channels[i + 1]; ++c) {
      for (int64_t y = 0; y < output.shape.height; ++y) {
        for (int64_t x = 0; x < output.shape.width; ++x) {
          const int64_t place = maps.starts[i] + offset(output.layout, output.strides, c - maps.channels[i], y, x);
          output.at(c, y, x) = memory.floats()[place];
          belongs[static_cast<size_t>(place)] = true;
        }
      }
    }
  }
  for (size_t i = 0; i < belongs.size(); ++i) {
    if (!belongs[i] && !is_untouched(memory.floats()[i])) return fmt::format("wrote between siblings, at float {}", i);
  }
  return {};
}

}  // namespace snug
