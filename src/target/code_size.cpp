// Machine code and constants in an ELF object.
#include <elf.h>

#include <cstring>
#include <fstream>
#include <iterator>

#include "target/target.h"

namespace snug {

namespace {

template <typename Header, typename Section>
int64_t read_only_bytes(const std::string& object) {
  Header header;
  if (object.size() < sizeof header) return 0;
  std::memcpy(&header, object.data(), sizeof header);
  int64_t bytes = 0;
  for (unsigned i = 0; i < header.e_shnum; ++i) {
    const size_t at = static_cast<size_t>(header.e_shoff) + i * sizeof(Section);
    if (at + sizeof(Section) > object.size()) return bytes;
    Section section;
    std::memcpy(&section, object.data() + at, sizeof section);
    const bool in_flash = section.sh_type == SHT_PROGBITS && (section.sh_flags & SHF_ALLOC) != 0;
    if (in_flash && (section.sh_flags & SHF_WRITE) == 0) bytes += static_cast<int64_t>(section.sh_size);
  }
  return bytes;
}

}  // namespace

int64_t code_bytes(const std::vector<std::filesystem::path>& objects) {
  int64_t bytes = 0;
  for (const std::filesystem::path& file : objects) {
    std::ifstream stream(file, std::ios::binary);
    const std::string object((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
    if (object.size() <= EI_DATA || object.compare(0, SELFMAG, ELFMAG) != 0 || object[EI_DATA] != ELFDATA2LSB) continue;
    bytes += object[EI_CLASS] == ELFCLASS64 ? read_only_bytes<Elf64_Ehdr, Elf64_Shdr>(object)
                                            : read_only_bytes<Elf32_Ehdr, Elf32_Shdr>(object);
  }
  return bytes;
}

}  // namespace snug
