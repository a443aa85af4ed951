#include "cost/conversions.h"

#include <fmt/format.h>

#include <set>

#include "ops/convert/convert.h"
#include "ops/split.h"

namespace snug {

namespace {

/// Conversions that take two steps, for want of a primitive.
void add_composed_conversions(TensorCosts& costs) {
  for (int from = 0; from < kLayoutCount; ++from) {
    for (int to = 0; to < kLayoutCount; ++to) {
      if (costs.conversion_ns[from][to] >= 0) continue;
      const std::vector<int> ways = ways_between(costs, from, to);
      if (!ways.empty()) costs.conversion_via[from][to] = ways.front();
    }
  }
  for (int from = 0; from < kLayoutCount; ++from) {
    for (int to = 0; to < kLayoutCount; ++to) {
      if (costs.conversion_via[from][to] >= 0) costs.conversion_ns[from][to] = 0;
    }
  }
}

/// The steps of composed conversions that are needed.
void add_steps(const TensorCosts& tensor, LayoutPairs& needed) {
  const LayoutPairs wanted = needed;
  for (int from = 0; from < kLayoutCount; ++from) {
    for (int to = 0; to < kLayoutCount; ++to) {
      if (!wanted[from][to] || layout_between(tensor, from, to) < 0) continue;
      for (const int via : ways_between(tensor, from, to)) needed[from][via] = needed[via][to] = true;
    }
  }
}

}  // namespace

std::optional<Measurement> conversion_of(const Tensor& tensor, int from, int to,
                                         std::span<const ListedPrimitive> library) {
  if (tensor.constant != nullptr || tensor.type != ElementType::kFloat32) return std::nullopt;
  const std::string name = fmt::format("convert_{}_{}", kLayouts.at(static_cast<size_t>(from)).name,
                                       kLayouts.at(static_cast<size_t>(to)).name);
  const Primitive* primitive = find_primitive(name, library);
  if (primitive == nullptr) return std::nullopt;
  const snug_layer layer = convert_layer(images(tensor.dims).map);
  if (primitive->refusal != nullptr && !primitive->refusal(layer).empty()) return std::nullopt;
  return Measurement{.primitive = primitive, .operator_name = "convert", .layer = layer};
}

std::vector<int> ways_between(const TensorCosts& tensor, int from, int to) {
  const auto is_step = [&](int a, int b) {
    return a != b && tensor.conversion_ns[a][b] >= 0 && layout_between(tensor, a, b) < 0;
  };
  std::vector<int> ways;
  for (int via = 0; via < kLayoutCount; ++via) {
    if (is_step(from, via) && is_step(via, to)) ways.push_back(via);
  }
  return ways;
}

void add_conversions(const Tensor& tensor, std::span<const ListedPrimitive> library, TensorCosts& costs) {
  costs.conversion_ns.assign(kLayouts.size(), std::vector<int64_t>(kLayouts.size(), -1));
  costs.conversion_via.assign(kLayouts.size(), std::vector<int>(kLayouts.size(), -1));
  costs.conversion_split.assign(kLayouts.size(), std::vector<Split>(kLayouts.size(), Split::kWhole));
  for (int from = 0; from < kLayoutCount; ++from) {
    for (int to = 0; to < kLayoutCount; ++to) {
      const bool exists = from == to || conversion_of(tensor, from, to, library).has_value();
      if (exists) costs.conversion_ns[static_cast<size_t>(from)][static_cast<size_t>(to)] = 0;
    }
  }
  add_composed_conversions(costs);
}

std::vector<LayoutPairs> possible_conversions(const CostTable& costs) {
  std::vector<LayoutPairs> result(costs.tensors.size(), LayoutPairs{});
  std::vector<std::set<int>> produced(costs.tensors.size()), read(costs.tensors.size());
  for (size_t id = 0; id < costs.tensors.size(); ++id) {
    if (costs.tensors[id].is_input) produced[id].insert(costs.tensors[id].fixed_layout);
    if (costs.tensors[id].is_output) read[id].insert(costs.tensors[id].fixed_layout);
  }
  for (const NodeCosts& node : costs.nodes) {
    for (const Candidate& candidate : node.candidates) {
      produced[static_cast<size_t>(node.output)].insert(candidate.output_layout);
      for (size_t slot = 0; slot < node.inputs.size(); ++slot) {
        read[static_cast<size_t>(node.inputs[slot])].insert(candidate.input_layouts.at(slot));
      }
    }
  }
  for (size_t id = 0; id < costs.tensors.size(); ++id) {
    for (const int from : produced[id]) {
      for (const int to : read[id]) {
        if (from != kAheadLayout && to != kAheadLayout)
          result[id][static_cast<size_t>(from)][static_cast<size_t>(to)] = from != to;
      }
    }
    add_steps(costs.tensors[id], result[id]);
  }
  return result;
}

}  // namespace snug
