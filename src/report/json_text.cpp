#include "report/json_text.h"

#include <fmt/format.h>

namespace snug {

std::string json_text(const nlohmann::json& value) {
  return value.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

void print_json(const nlohmann::json& value) {
  fmt::print("{}\n", json_text(value));
}

}  // namespace snug
