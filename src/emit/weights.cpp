#include "emit/weights.h"

#include <fmt/format.h>

#include <cstring>

#include "base/emitted_files.h"
#include "base/shipped_files.h"
#include "emit/names.h"
#include "kernels/weights_file.h"

namespace snug {

namespace {

constexpr int64_t kLargestCArrayBytes = 1 << 20;

std::string weights_file(const Program& program, uint64_t hash) {
  const auto number = [](uint64_t value, size_t bytes) {
    std::string text;
    for (size_t i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xffU);
    return text;
  };
  std::string file(SNUG_WEIGHTS_MAGIC, 8);
  file += number(SNUG_WEIGHTS_BYTE_ORDER, 4) + number(SNUG_WEIGHTS_HEAD_BYTES, 4);
  file += number(program.weights.size(), 8) + number(hash, 8);
  file.resize(SNUG_WEIGHTS_HEAD_BYTES, '\0');
  return file.append(reinterpret_cast<const char*>(program.weights.data()), program.weights.size());
}

/// Words, since not all weights are floats, and text would not keep every bit of one.
std::string c_words(const std::vector<std::byte>& bytes) {
  std::string text;
  for (size_t i = 0; i < bytes.size() / sizeof(uint32_t); ++i) {
    uint32_t word = 0;
    std::memcpy(&word, bytes.data() + i * sizeof(word), sizeof(word));
    text += fmt::format("{}0x{:08x},", i % 8 == 0 ? "\n    " : " ", word);
  }
  return text.empty() ? "\n    0" : text;
}

/// Of a form that is linked into the program.
std::string linked_declaration(const std::string& name, size_t weights_bytes) {
  const size_t words = std::max<size_t>(weights_bytes / 4, 1);
  return fmt::format(
      "#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {{\n#endif\n\n"
      "/* Pass &{0}. Most weights are floats, some are integers: a union, since C lets no object of one type be\n"
      " * read as another. */\n"
      "extern const union {0}_union {{\n    uint32_t words[{1}];\n    float floats[{1}];\n    uint16_t "
      "halves[{2}];\n}} {0};\n\n"
      "#ifdef __cplusplus\n}}\n#endif\n",
      name, words, 2 * words);
}

std::string binary_declaration(const std::string& name, size_t weights_bytes) {
  return fmt::format(
      "#include <stddef.h>\n\n"
      "/* The file's bytes: map or load them, aligned like the weights. The weights begin {1}_FILE_OFFSET bytes\n"
      " * behind the first. */\n"
      "#define {1}_FILE \"{0}.bin\"\n#define {1}_FILE_BYTES {2}U\n#define {1}_FILE_OFFSET {3}U\n\n"
      "#ifdef __cplusplus\nextern \"C\" {{\n#endif\n\n"
      "/* NULL where these bytes are the file that belongs to this network's C; else a sentence about what is\n"
      " * wrong with them: another network's, another byte order, cut off, damaged. Reads all of them once. */\n"
      "const char *{0}_check(const void *file, size_t bytes);\n\n"
      "#ifdef __cplusplus\n}}\n#endif\n",
      name, upper(name), SNUG_WEIGHTS_HEAD_BYTES + weights_bytes, SNUG_WEIGHTS_HEAD_BYTES);
}

std::string check_function(const std::string& name, size_t weights_bytes, uint64_t hash) {
  return fmt::format(
      "/* {0}.c - tells whether a file of weights is the right one. */\n#include \"{0}.h\"\n\n#include \"{1}\"\n\n"
      "const char *{0}_check(const void *file, size_t bytes)\n{{\n"
      "    return snug_check_weights_file(file, bytes, {2}U, 0x{3:016x}ULL);\n}}\n",
      name, emitted_name("weights_check.h"), weights_bytes, hash);
}

std::string assembler(const std::string& name) {
  return fmt::format(
      "#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__\n"
      "#error {0}.bin holds little-endian numbers: compile the network with --weights c\n#endif\n"
      "    .section .rodata\n    .balign 64\n    .global {0}\n{0}:\n    .incbin \"{0}.bin\", {1}\n"
      "#if defined(__linux__) && defined(__ELF__)\n    .section .note.GNU-stack,\"\",%progbits\n#endif\n",
      name, SNUG_WEIGHTS_HEAD_BYTES);
}

std::string c_array(const std::string& name, const Program& program) {
  return fmt::format(
      "/* {0}.c - the packed weights. */\n#include \"{0}.h\"\n\n#if defined(__GNUC__)\n"
      "__attribute__((aligned(64)))\n#endif\nconst union {0}_union {0} = {{{{{1}\n}}}};\n",
      name, c_words(program.weights));
}

}  // namespace

WeightsForm weights_form(const Program& program, WeightsForm wanted) {
  if (wanted != WeightsForm::kAuto) return wanted;
  return static_cast<int64_t>(program.weights.size()) <= kLargestCArrayBytes ? WeightsForm::kCArray
                                                                             : WeightsForm::kBinary;
}

void add_weights(CFiles& result, const Program& program, WeightsForm form) {
  const std::string name = result.symbol + "_weights";
  const size_t bytes = program.weights.size();
  const bool binary = form == WeightsForm::kBinary;
  if (form == WeightsForm::kCArray) {
    result.files[name + ".c"] = c_array(name, program);
  } else {
    const uint64_t hash = snug_weights_hash(program.weights.data(), bytes);
    result.files[name + ".bin"] = weights_file(program, hash);
    if (form == WeightsForm::kAssembler) result.files[name + ".S"] = assembler(name);
    if (binary) result.files[name + ".c"] = check_function(name, bytes, hash);
  }
  if (binary) {
    for (const std::string& file : with_includes("weights_check.h"))
      result.files[emitted_name(file)] = emitted_text(file);
  }
  result.files[name + ".h"] = fmt::format(
      "/* {0}.h - where the weights of {1} are. */\n#ifndef {2}_H\n#define {2}_H\n\n{3}\n#endif\n", name, result.symbol,
      upper(name), binary ? binary_declaration(name, bytes) : linked_declaration(name, bytes));
}

}  // namespace snug
