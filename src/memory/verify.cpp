// Checks a placement pair by pair.
#include <algorithm>

#include "memory/placement.h"

namespace snug {
namespace {

std::string describe(const std::vector<BufferLifetime>& buffers, const Placement& placement, size_t i) {
  const BufferLifetime& buffer = buffers[i];
  return "buffer " + std::to_string(i) + " (" + std::to_string(buffer.bytes) + " bytes at " +
         std::to_string(placement.offsets[i]) + ", alive [" + std::to_string(buffer.first) + ", " +
         std::to_string(buffer.last) + "))";
}

bool needs_memory(const BufferLifetime& buffer) {
  return buffer.bytes > 0 && buffer.first < buffer.last;
}

bool alive_together(const BufferLifetime& a, const BufferLifetime& b) {
  return a.first < b.last && b.first < a.last;
}

}  // namespace

std::string verify_placement(const std::vector<BufferLifetime>& buffers, const Placement& placement,
                             int64_t alignment) {
  const size_t count = buffers.size();
  const auto name = [&](size_t i) { return describe(buffers, placement, i); };
  const auto rounded = [&](size_t i) { return (buffers[i].bytes + alignment - 1) / alignment * alignment; };
  const std::string arena = "the arena of " + std::to_string(placement.arena_bytes) + " bytes";

  if (placement.offsets.size() != count)
    return std::to_string(placement.offsets.size()) + " offsets for " + std::to_string(count) + " buffers";
  int64_t highest = 0;
  for (size_t i = 0; i < count; ++i) {
    const int64_t offset = placement.offsets[i];
    if (offset % alignment != 0) return name(i) + " is not aligned to " + std::to_string(alignment);
    const int64_t size = needs_memory(buffers[i]) ? rounded(i) : 0;
    if (offset < 0 || offset > placement.arena_bytes || size > placement.arena_bytes - offset)
      return name(i) + " is not inside " + arena;
    if (size > 0) highest = std::max(highest, offset + size);
  }
  for (size_t i = 0; i < count; ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (!needs_memory(buffers[i]) || !needs_memory(buffers[j])) continue;
      const bool apart = placement.offsets[i] + rounded(i) <= placement.offsets[j] ||
                         placement.offsets[j] + rounded(j) <= placement.offsets[i];
      if (!apart && alive_together(buffers[i], buffers[j])) return name(j) + " overlaps " + name(i);
    }
  }
  if (highest != placement.arena_bytes)
    return arena + " is not where the highest buffer ends, " + std::to_string(highest);

  // The most bytes are alive when some buffer has just begun
  int64_t bound = 0;
  for (size_t i = 0; i < count; ++i) {
    int64_t live = 0;
    for (size_t j = 0; j < count; ++j)
      if (needs_memory(buffers[j]) && buffers[j].first <= buffers[i].first && buffers[i].first < buffers[j].last)
        live += rounded(j);
    bound = std::max(bound, live);
  }
  if (placement.lower_bound_bytes != bound)
    return "the lower bound is " + std::to_string(bound) + " bytes, not " + std::to_string(placement.lower_bound_bytes);
  if (placement.lower_bound_bytes > placement.arena_bytes)
    return "the lower bound of " + std::to_string(placement.lower_bound_bytes) + " bytes exceeds " + arena;
  return {};
}

}  // namespace snug
