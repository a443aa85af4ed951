#include "emit/names.h"

#include <cctype>
#include <set>

#include "base/hash.h"
#include "base/text.h"

namespace snug {

namespace {

constexpr size_t kLongestIdentifier = 48;

bool is_c_letter(char c) {
  const auto letter = static_cast<unsigned char>(c);
  return letter < 128 && std::isalnum(letter) != 0;
}

/// What a file, function or CMake target of a network must not be called, though a model may be.
bool is_reserved(const std::string& symbol) {
  static const std::set<std::string> kReserved{
      // headers of C and of common systems: a folder of emitted files is often searched for headers
      "assert", "complex", "ctype", "errno", "fenv", "float", "inttypes", "iso646", "limits", "locale", "math",
      "setjmp", "signal", "stdalign", "stdarg", "stdatomic", "stdbit", "stdbool", "stdckdint", "stddef", "stdint",
      "stdio", "stdlib", "stdnoreturn", "string", "strings", "tgmath", "threads", "time", "uchar", "wchar", "wctype",
      "aio", "alloca", "arduino", "cpio", "dirent", "dlfcn", "elf", "endian", "error", "fcntl", "features", "fnmatch",
      "ftw", "getopt", "glob", "grp", "iconv", "io", "langinfo", "libgen", "link", "malloc", "memory", "monetary",
      "mqueue", "netdb", "newlib", "poll", "pthread", "pwd", "regex", "sched", "search", "semaphore", "spawn",
      "strsafe", "syslog", "tar", "termios", "trace", "ucontext", "ulimit", "unistd", "utime", "utmpx", "values",
      "windows", "wordexp", "omp", "immintrin", "arm_neon",
      // libraries, targets of CMake and make, devices of Windows
      "all", "aux", "c", "clean", "con", "dl", "edit_cache", "gcc", "help", "install", "m", "nul", "package",
      "package_source", "prn", "rebuild_cache", "rt", "test",
      // words of C: not wrong before an underscore, but hard to read; some begin names of its library (size_t, int8_t)
      "alignas", "alignof", "asm", "auto", "bool", "break", "case", "char", "const", "constexpr", "continue", "default",
      "do", "double", "else", "enum", "extern", "false", "for", "goto", "if", "inline", "int", "long", "main",
      "nullptr", "register", "restrict", "return", "short", "signed", "sizeof", "static", "static_assert", "struct",
      "switch", "thread_local", "true", "typedef", "typeof", "union", "unsigned", "void", "volatile", "while",
      // functions of its library that others continue: fputs_unlocked
      "clearerr", "feof", "ferror", "fflush", "fgetc", "fgets", "fileno", "fputc", "fputs", "fread", "fwrite", "getc",
      "getchar", "gmtime", "lgamma", "localtime", "putc", "putchar", "qsort", "rand", "strerror", "strtok", "va"};
  return symbol.starts_with("snug") || symbol.starts_with("cmake") || kReserved.count(symbol) != 0;
}

}  // namespace

std::string c_identifier(const std::string& name) {
  std::string result;
  for (const char c : name) {
    if (is_c_letter(c)) {
      result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!result.empty() && result.back() != '_') {
      result += '_';
    }
  }
  if (result.size() > kLongestIdentifier) {
    result.erase(0, result.size() - kLongestIdentifier);
    const size_t word = result.find('_');
    if (word < kLongestIdentifier / 2) result.erase(0, word + 1);
  }
  while (!result.empty() && result.back() == '_') result.pop_back();
  return result;
}

std::string network_symbol(const std::string& name) {
  const std::string symbol = c_identifier(name);
  if (symbol.empty()) return "network_" + sha256(name).substr(0, 8);
  if (is_reserved(symbol)) return "network_" + symbol;
  return std::isdigit(static_cast<unsigned char>(symbol[0])) != 0 ? "n" + symbol : symbol;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string in_comment(const std::string& text) {
  constexpr size_t kLongest = 1000;
  std::string result;
  for (const char c : shortened(printable(text), kLongest)) {
    const char before = result.empty() ? ' ' : result.back();
    const bool begins_or_ends = (c == '/' && before == '*') || (c == '*' && before == '/');
    const bool trigraph = c == '?' && before == '?';
    if (begins_or_ends || trigraph) result += ' ';
    result += c;
  }
  return result;
}

std::string UniqueNames::take(const std::string& wanted) {
  std::string name = wanted;
  for (int& number = next_.try_emplace(wanted, 2).first->second; !taken_.insert(name).second; ++number) {
    name = wanted + "_" + std::to_string(number);
  }
  return name;
}

}  // namespace snug
