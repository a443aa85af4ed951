// Turns lifetimes into the columns of a strip.
#include "memory/strip.h"

#include <algorithm>
#include <tuple>

namespace snug {

Strip make_strip(const std::vector<BufferLifetime>& buffers, int64_t alignment) {
  struct Event {
    int64_t time = 0;
    bool starts = false;  // ends come first: intervals are half-open
    size_t buffer = 0;
  };
  Strip strip;
  strip.blocks.resize(buffers.size());
  std::vector<Event> events;
  for (size_t i = 0; i < buffers.size(); ++i) {
    const BufferLifetime& buffer = buffers[i];
    if (buffer.bytes == 0 || buffer.first == buffer.last) continue;
    strip.blocks[i].height = (buffer.bytes - 1) / alignment + 1;
    events.push_back({.time = buffer.first, .starts = true, .buffer = i});
    events.push_back({.time = buffer.last, .starts = false, .buffer = i});
  }
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
    return std::tie(a.time, a.starts, a.buffer) < std::tie(b.time, b.starts, b.buffer);
  });
  // A set of live buffers is maximal where an end follows a start
  bool grown = false;
  for (const Event& event : events) {
    if (event.starts) {
      strip.blocks[event.buffer].begin = strip.columns;
    } else {
      if (grown) ++strip.columns;
      strip.blocks[event.buffer].end = strip.columns;
    }
    grown = event.starts;
  }
  return strip;
}

int64_t highest_column(const Strip& strip) {
  std::vector<int64_t> heights(static_cast<size_t>(strip.columns));
  for (const Block& block : strip.blocks)
    for (int c = block.begin; c < block.end; ++c) heights[static_cast<size_t>(c)] += block.height;
  return heights.empty() ? 0 : *std::max_element(heights.begin(), heights.end());
}

int64_t placed_height(const Strip& strip, const std::vector<int64_t>& offsets) {
  int64_t height = 0;
  for (size_t i = 0; i < offsets.size(); ++i) height = std::max(height, offsets[i] + strip.blocks[i].height);
  return height;
}

}  // namespace snug
