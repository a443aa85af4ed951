#include "import/check_node.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace snug {

static std::string_view type_name(AttributeType type) {
  constexpr std::string_view kNames[] = {"an integer", "a float", "a string", "integers", "floats", "a tensor"};
  static_assert(std::size(kNames) == std::variant_size_v<OnnxNode::Attribute>);
  return kNames[static_cast<size_t>(type)];
}

[[noreturn]] static void fail_unknown(const OnnxNode& node, const std::string& name, const OnnxOperator& known) {
  std::vector<std::string> names;
  for (const OnnxAttribute& attribute : known.attributes) names.emplace_back(attribute.name);
  const std::string near = closest(lower_case(name), names);
  const std::string all = names.empty() ? "it has none" : "it has " + join(names, ", ");
  node.fail(fmt::format("attribute \"{}\" is none of {}; {}", name, known.name,
                        near.empty() ? all : fmt::format("did you mean \"{}\"?", near)));
}

static void check_attribute(const OnnxNode& node, const std::string& name, AttributeType type,
                            const OnnxOperator& known) {
  const auto of_name = [&](const OnnxAttribute& attribute) { return attribute.name == name; };
  const auto found = std::ranges::find_if(known.attributes, of_name);
  if (found == known.attributes.end()) fail_unknown(node, name, known);
  const bool of_type = std::ranges::any_of(
      known.attributes, [&](const OnnxAttribute& attribute) { return of_name(attribute) && attribute.type == type; });
  if (!of_type) {
    node.fail(fmt::format("attribute \"{}\" is {}, not {}", name, type_name(type), type_name(found->type)));
  }
}

/// Optional ones at the end may be left out or have no name.
static size_t count_without_absent(const std::vector<TensorId>& inputs) {
  size_t count = inputs.size();
  while (count > 0 && inputs[count - 1] == kNoTensor) --count;
  return count;
}

void check_node(const OnnxNode& node, const OnnxOperator& known) {
  constexpr int64_t kLastWithConsumedInputs = 5;
  for (const auto& [name, value] : node.attributes) {
    if (name == "consumed_inputs" && node.opset <= kLastWithConsumedInputs) continue;
    check_attribute(node, name, static_cast<AttributeType>(value.index()), known);
  }
  const size_t inputs = count_without_absent(node.inputs);
  const auto& [least, most] = known.inputs;
  if (inputs < least || inputs > most) {
    const std::string range = least == most       ? std::to_string(least)
                              : most == kAnyCount ? fmt::format("at least {}", least)
                                                  : fmt::format("{} to {}", least, most);
    node.fail(fmt::format("it has {} inputs, not {}", inputs, range));
  }
  if (node.outputs.size() > known.most_outputs) {
    node.fail(fmt::format("it has {} outputs, not {}", node.outputs.size(), known.most_outputs));
  }
}

}  // namespace snug
