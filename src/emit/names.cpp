// Names of layers and networks as C identifiers.
#include <cctype>
#include <set>

#include "emit/emit.h"
#include "emit/names.h"

namespace snug {

std::string c_identifier(const std::string& name) {
  std::string result;
  for (const char c : name) {
    const auto letter = static_cast<unsigned char>(c);
    const bool plain = letter < 128 && std::isalnum(letter) != 0;
    if (plain)
      result += static_cast<char>(std::tolower(letter));
    else if (!result.empty() && result.back() != '_')
      result += '_';
  }
  while (!result.empty() && result.back() == '_') result.pop_back();
  if (result.empty()) return "network";
  return std::isdigit(static_cast<unsigned char>(result[0])) != 0 ? "n" + result : result;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

std::string in_comment(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool ends_comment = c == '/' && !result.empty() && result.back() == '*';
    result += ends_comment || static_cast<unsigned char>(c) < 32 ? ' ' : c;
  }
  return result;
}

std::string UniqueNames::take(const std::string& wanted) {
  std::string name = wanted;
  for (int i = 2; !taken_.insert(name).second; ++i) name = wanted + "_" + std::to_string(i);
  return name;
}

UniqueNames c_names(bool has_parts) {
  UniqueNames names;
  for (const char* word :
       {"auto",     "break",  "case",     "char",   "const",  "continue", "default", "do",     "double",  "else",
        "enum",     "extern", "float",    "for",    "goto",   "if",       "inline",  "int",    "long",    "register",
        "restrict", "return", "short",    "signed", "sizeof", "static",   "struct",  "switch", "typedef", "union",
        "unsigned", "void",   "volatile", "while",  "asm",    "main",     "exp",     "log",    "pow",     "sqrt",
        "floor",    "ceil",   "abs",      "fabs",   "fmax",   "fmin",     "input",   "output", "weights", "workspace",
        "arena",    "layer",  "residual", "other",  "image",  "at",       "in",      "conv",   "y0",      "y1",
        "j0",       "j1",     "gamma",    "index",  "read",   "write",    "linux",   "unix"}) {
    names.take(word);
  }
  if (!has_parts) return names;
  for (const char* word : {"context", "part", "parts", "call", "p", "slice"}) names.take(word);
  return names;
}

}  // namespace snug
