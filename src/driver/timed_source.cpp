#include "driver/timed_source.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace snug {

std::string timed_source(const std::string& source, const std::string& symbol, size_t steps) {
  const size_t run = std::min(source.find(fmt::format("\nvoid {}_run(", symbol)), source.size());
  std::string result =
      "#include <stddef.h>\nvoid snug_step_begin(void);\nvoid snug_step_end(size_t step);\n" + source.substr(0, run);
  size_t found = 0;
  for (size_t begin = run; begin < source.size();) {
    const size_t end = std::min(source.find('\n', begin), source.size() - 1) + 1;
    const std::string line = source.substr(begin, end - begin);
    const bool call = line.starts_with("    ") && line.ends_with(");\n") && line.find("(void)") == std::string::npos;
    result += call ? fmt::format("    snug_step_begin();\n{}    snug_step_end({});\n", line, found++) : line;
    begin = end;
  }
  if (found != steps) {
    throw UserError(
        fmt::format("{}.c: {}_run has {} calls, {} were emitted; compile the network again to time its layers", symbol,
                    symbol, found, steps));
  }
  return result;
}

}  // namespace snug
