// snug zoo
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "driver/commands.h"
#include "driver/options.h"
#include "graph/graph.h"
#include "report/json_text.h"
#include "report/table.h"
#include "zoo/zoo.h"

namespace snug {

namespace {

struct ZooArguments {
  std::string name;
  std::filesystem::path output;
  uint64_t seed = 1;
  bool json = false;
};

std::vector<std::string> zoo_names() {
  std::vector<std::string> names;
  for (const ZooEntry& entry : zoo_networks()) names.push_back(entry.name);
  return names;
}

void list_zoo(bool as_json) {
  nlohmann::json list = nlohmann::json::array();
  std::vector<std::vector<std::string>> rows;
  for (const ZooEntry& entry : zoo_networks()) {
    list.push_back({{"name", entry.name},
                    {"description", entry.description},
                    {"input_dims", entry.input_dims},
                    {"paper", entry.paper}});
    rows.push_back({entry.name, text(entry.input_dims), entry.description, entry.paper});
  }
  if (as_json)
    print_json(list);
  else
    fmt::print("{}", table({{"network"}, {"input"}, {"description"}, {"paper"}}, rows));
}

}  // namespace

void add_zoo_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("zoo", "write a well-known network with random weights as ONNX; without a name, list them");
  const auto arguments = std::make_shared<ZooArguments>();
  command->add_option("name", arguments->name, "network")->check(one_of(zoo_names()));
  command->add_option("-o,--output", arguments->output, "ONNX file (default: NAME.onnx)")->check(not_empty());
  command->add_option("--seed", arguments->seed, "of the weights")->check(whole_number())->capture_default_str();
  command->add_flag("--json", arguments->json, "print the list as JSON");
  command->callback([=] {
    for (const char* option : {"-o", "--seed"}) {
      if (arguments->name.empty() && command->count(option) > 0)
        throw CLI::ValidationError(option, "is for a network; name one");
    }
    if (!arguments->name.empty() && arguments->json)
      throw CLI::ValidationError("--json", "is for the list, without a name");
    if (arguments->name.empty()) return list_zoo(arguments->json);
    const std::filesystem::path file =
        arguments->output.empty() ? std::filesystem::path(arguments->name + ".onnx") : arguments->output;
    write_zoo_model(arguments->name, file, arguments->seed);
    fmt::print("{} written to {}\n", arguments->name, file.string());
  });
}

}  // namespace snug
