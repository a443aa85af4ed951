#include "memory/memory_plan.h"

#include "base/error.h"
#include "base/text.h"
#include "memory/placement.h"

namespace snug {

namespace {

std::vector<BufferLifetime> lifetimes(const Program& program) {
  std::vector<BufferLifetime> result;
  for (const Buffer& buffer : program.buffers) {
    result.push_back({.first = buffer.first, .last = int64_t{buffer.last} + 1, .bytes = buffer.bytes});
  }
  return result;
}

}  // namespace

MemoryPlan plan_memory(const Program& program) {
  const Placement placement = place(lifetimes(program), {.alignment = kAlignmentBytes});
  return {.offsets = placement.offsets,
          .arena_bytes = placement.arena_bytes,
          .lower_bound_bytes = placement.lower_bound_bytes,
          .optimal = placement.optimal};
}

int64_t arena_offset(const MemoryPlan& plan, const View& view) {
  return plan.offsets.at(static_cast<size_t>(view.buffer)) + view.offset_bytes;
}

MemoryPlan verified(MemoryPlan plan, const Program& program) {
  const Placement placement{.offsets = plan.offsets,
                            .arena_bytes = plan.arena_bytes,
                            .lower_bound_bytes = plan.lower_bound_bytes,
                            .optimal = plan.optimal};
  const std::string fault = verify_placement(lifetimes(program), placement, kAlignmentBytes);
  CHECK(fault.empty(), fault);
  return plan;
}

}  // namespace snug
