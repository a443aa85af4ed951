// Memory for tests: 64-byte aligned, ends at a page that cannot be touched, surrounded and filled by a pattern that
// tells whether something was written.
#pragma once

#include <cstddef>
#include <cstdint>

namespace snug {

/// A quiet NaN: what was not written must still have exactly these bits.
inline constexpr uint32_t kUntouchedBits = 0x7fc5a5a5;

/// `bytes` of memory, zero allowed. All of it, and up to a page before and 63 bytes after it, holds kUntouchedBits at
/// first.
class GuardedMemory {
 public:
  explicit GuardedMemory(int64_t bytes);
  ~GuardedMemory();
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;

  void* data() const { return data_; }
  float* floats() const { return static_cast<float*>(data_); }
  int64_t bytes() const { return bytes_; }

  /// Whether nothing was written before or after the memory.
  bool surroundings_untouched() const;

 private:
  unsigned char* mapping_;
  int64_t mapping_bytes_;
  void* data_;
  int64_t bytes_;
};

bool is_untouched(const float& value);

}  // namespace snug
