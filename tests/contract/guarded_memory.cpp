#include "contract/guarded_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "base/error.h"
#include "base/text.h"

namespace snug {

GuardedMemory::GuardedMemory(int64_t bytes) : bytes_(bytes) {
  const int64_t page = sysconf(_SC_PAGESIZE);
  const int64_t usable = page + round_up(bytes, page);
  mapping_bytes_ = usable + page;
  void* mapping =
      mmap(nullptr, static_cast<size_t>(mapping_bytes_), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  CHECK(mapping != MAP_FAILED, "mmap");
  mapping_ = static_cast<unsigned char*>(mapping);
  CHECK(mprotect(mapping_ + usable, static_cast<size_t>(page), PROT_NONE) == 0, "mprotect");
  for (int64_t i = 0; i < usable; i += 4) std::memcpy(mapping_ + i, &kUntouchedBits, 4);
  data_ = mapping_ + usable - round_up(bytes, kAlignmentBytes);
}

GuardedMemory::~GuardedMemory() {
  munmap(mapping_, static_cast<size_t>(mapping_bytes_));
}

bool GuardedMemory::surroundings_untouched() const {
  unsigned char pattern[4];
  std::memcpy(pattern, &kUntouchedBits, 4);
  const unsigned char* begin = static_cast<const unsigned char*>(data_);
  for (const unsigned char* byte = mapping_; byte < begin; ++byte)
    if (*byte != pattern[(byte - mapping_) % 4]) return false;
  const int64_t slack = round_up(bytes_, kAlignmentBytes) - bytes_;
  for (int64_t i = 0; i < slack; ++i)
    if (begin[bytes_ + i] != pattern[(bytes_ + i) % 4]) return false;
  return true;
}

bool is_untouched(const float& value) {
  return std::memcmp(&value, &kUntouchedBits, 4) == 0;
}

}  // namespace snug
