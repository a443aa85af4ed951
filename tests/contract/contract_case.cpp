#include "contract/contract_case.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

#include "base/error.h"
#include "base/text.h"
#include "contract/guarded_memory.h"
#include "contract/random.h"
#include "contract/reference.h"
#include "contract/sibling_maps.h"
#include "contract/stored_map.h"
#include "graph/operator.h"
#include "kernels/kernel_table.h"
#include "ops/split.h"

namespace snug {
namespace {

char running[4096];

const snug_kernel* find_kernel(std::string_view name) {
  for (const snug_kernel* kernel = snug_kernels; kernel->name; ++kernel)
    if (kernel->name == name) return kernel;
  return nullptr;
}

/// Relative to the largest output. Winograd loses accuracy with its tile (Lavin and Gray, 2016).
double tolerance(const Primitive& primitive) {
  if (primitive.name.find("polyphase_4x4") != std::string_view::npos) return 5e-6;
  if (primitive.family == "winograd 1d") return primitive.name.find("_5_") != std::string_view::npos ? 2e-5 : 5e-6;
  if (primitive.family == "strassen") return 4e-6;
  if (primitive.family != "winograd" && primitive.family != "winograd int8x3") return 2e-6;
  return primitive.name.find("winograd_2x2_3x3") != std::string_view::npos ? 5e-6 : 5e-5;
}

/// Whether the kernel may give NaN where it should give a number, because a NaN or an infinity is near: transforms mix
/// values, digits share a unit, LRN divides by infinity. Where a convolution's channels do not fill their last block,
/// an infinity makes NaN of what fills it up, and a second convolution reads that.
bool nan_may_spread(const Primitive& primitive, float planted) {
  const std::string_view family = primitive.family;
  if (family.find("winograd") != std::string_view::npos || family.find("int8x3") != std::string_view::npos)
    return planted != 0;
  if (family == "fft" || family == "strassen") return planted != 0;
  return (family == "lrn" || family == "separable") && std::isinf(planted);
}

int64_t weight_count(std::string_view operator_name, const snug_layer& layer) {
  const int64_t taps = int64_t{layer.kernel_height} * layer.kernel_width;
  if (operator_name != "conv_separable") return layer.out_channels * (layer.in_channels / layer.groups) * taps;
  const int64_t expanded = layer.middle_channels, middle = expanded > 0 ? expanded : layer.in_channels;
  return expanded * (layer.in_channels + 1) + middle * (taps + 1) + middle * layer.out_channels;
}

LogicalMap random_map(const MapShape& shape, float magnitude, Random& random) {
  LogicalMap map(shape);
  for (double& value : map.values) value = random.real(-magnitude, magnitude);
  return map;
}

std::vector<float> random_floats(int64_t count, Random& random) {
  std::vector<float> floats(static_cast<size_t>(count));
  for (float& value : floats) value = random.real(-1, 1);
  return floats;
}

std::unique_ptr<GuardedMemory> guarded_copy(const void* data, int64_t bytes) {
  auto memory = std::make_unique<GuardedMemory>(bytes);
  if (bytes > 0) std::memcpy(memory->data(), data, static_cast<size_t>(bytes));
  return memory;
}

MapShape other_shape(std::string_view operator_name, const snug_layer& layer) {
  if (operator_name == "binary") return {layer.other_channels, layer.other_height, layer.other_width};
  return output_shape(layer);
}

/// Everything that one run needs.
struct Case {
  const ListedPrimitive& listed;
  const Primitive& primitive;
  snug_layer layer;
  Random random;
  float planted;  // 0: nothing
  bool conv, has_other;
  bool alias = false, constant_other = false;
  bool slice_input = false, slice_other = false, slice_output = false;
  bool zero_broadcast_strides = false;

  std::optional<LogicalMap> input, other;
  std::vector<float> weights, bias;
  std::optional<StoredMap> stored_input, stored_other, stored_output;
  std::optional<SiblingMaps> siblings;  // into which the kernel writes instead of stored_output
  std::unique_ptr<GuardedMemory> packed, padded_bias, workspace;
  std::vector<std::byte> packed_before;
  std::vector<Part> parts;  // none: one call

  Case(const ListedPrimitive& listed_primitive, const snug_layer& layer_to_run, uint64_t seed, float planted_value)
      : listed(listed_primitive),
        primitive(*listed_primitive.primitive),
        layer(layer_to_run),
        random(seed),
        planted(planted_value),
        conv(has_conv_kernels(listed_primitive.operator_name)),
        has_other(listed_primitive.operator_name == "binary" || layer_to_run.residual) {}
};

void choose_options(Case& test) {
  Random& random = test.random;
  test.slice_input = random.chance(40);
  test.slice_other = random.chance(40);
  test.slice_output = random.chance(40);
  test.constant_other = !test.conv && test.has_other && random.chance(40);
  test.zero_broadcast_strides = random.chance(50);
  const bool same =
      test.conv ? test.has_other
                : test.primitive.input == test.primitive.output && input_shape(test.layer) == output_shape(test.layer);
  test.alias = random.chance(50) && test.primitive.in_place && same;
}

void make_values(Case& test) {
  Random& random = test.random;
  const bool steep = test.listed.operator_name == "softmax" || test.listed.operator_name == "activation";
  const float magnitude = test.conv || !steep ? 1 : random.one_of({1.0f, 10.0f, 100.0f});
  test.input = random_map(input_shape(test.layer), magnitude, random);
  if (test.has_other) test.other = random_map(other_shape(test.listed.operator_name, test.layer), 1, random);
  if (!test.conv) return;
  const snug_layer& layer = test.layer;
  test.weights = random_floats(weight_count(test.listed.operator_name, layer), random);
  test.bias = random_floats(layer.out_channels, random);
}

void plant(Case& test) {
  Random& random = test.random;
  std::vector<double>& values = test.other && random.chance(50) ? test.other->values : test.input->values;
  for (int places = random.integer(1, 2); places > 0; --places)
    values[static_cast<size_t>(random.integer(0, static_cast<int32_t>(values.size()) - 1))] = test.planted;
}

void make_maps(Case& test) {
  Random& random = test.random;
  const Layout &in = test.primitive.input, &out = test.primitive.output;
  test.stored_output = make_stored_map(out, output_shape(test.layer), test.slice_output, random);
  if (test.alias && !test.conv) {
    write_map(*test.stored_output, *test.input, random);
  } else {
    test.stored_input = make_stored_map(in, input_shape(test.layer), test.slice_input, random);
    write_map(*test.stored_input, *test.input, random);
  }
  if (!test.has_other || test.constant_other) return;
  if (test.alias && test.conv) {
    write_map(*test.stored_output, *test.other, random);
  } else {
    test.stored_other = make_stored_map(out, test.other->shape, test.slice_other, random);
    write_map(*test.stored_other, *test.other, random);
  }
}

void set_strides(Case& test) {
  const auto set = [](const Strides& strides, int32_t& plane, int32_t& row, int32_t& pixel) {
    plane = static_cast<int32_t>(strides.plane);
    row = static_cast<int32_t>(strides.row);
    pixel = static_cast<int32_t>(strides.pixel);
  };
  snug_layer& layer = test.layer;
  const Strides output = test.stored_output->strides;
  set(output, layer.out_plane, layer.out_row, layer.out_pixel);
  set(test.stored_input ? test.stored_input->strides : output, layer.in_plane, layer.in_row, layer.in_pixel);
  if (!test.has_other) return;
  Strides other = test.constant_other ? dense_strides(test.primitive.output, test.other->shape)
                  : test.stored_other ? test.stored_other->strides
                                      : output;
  if (test.zero_broadcast_strides) {
    if (test.other->shape.channels < layer.out_channels) other.plane = 0;
    if (test.other->shape.height < layer.out_height) other.row = 0;
    if (test.other->shape.width < layer.out_width) other.pixel = 0;
  }
  set(other, layer.other_plane, layer.other_row, layer.other_pixel);
}

/// Packs the constants into guarded memory. Returns a complaint, or empty.
std::string pack_constants(Case& test) {
  if (!test.conv && !test.constant_other) return {};
  if (!test.primitive.pack || !test.primitive.pack_bytes) return "reads constants, but has no pack or pack_bytes";
  std::vector<float> constants = test.weights;
  if (test.constant_other)
    for (const double value : test.other->values) constants.push_back(static_cast<float>(value));
  test.packed_before = test.primitive.pack(test.layer, constants);
  const int64_t bytes = static_cast<int64_t>(test.packed_before.size());
  if (test.primitive.pack_bytes(test.layer) != bytes)
    return fmt::format("pack_bytes says {}, pack made {}", test.primitive.pack_bytes(test.layer), bytes);
  test.packed = guarded_copy(test.packed_before.data(), bytes);
  std::vector<float> bias = test.bias;
  bias.resize(static_cast<size_t>(round_up(static_cast<int64_t>(bias.size()), 16)));
  test.padded_bias = guarded_copy(bias.data(), static_cast<int64_t>(bias.size()) * 4);
  return {};
}

float* output_of(const Case& test) {
  return test.siblings ? test.siblings->data() : test.stored_output->data();
}

/// Calls the kernel on a part, with a workspace of exactly the size that it states. Returns a complaint, or empty.
std::string call_part(Case& test, const snug_kernel& kernel, const Part& part, const float* input, const float* other) {
  const int64_t bytes = test.primitive.workspace_bytes ? test.primitive.workspace_bytes(part.layer) : 0;
  const GuardedMemory workspace(bytes);
  float* const output = output_of(test) + part.output_floats;
  input += part.input_floats;
  if (other != nullptr) other += part.other_floats;
  if (test.conv)
    kernel.conv(&part.layer, input, test.packed->floats() + part.weight_floats,
                test.padded_bias->floats() + part.bias_floats, other, output, workspace.data());
  else
    kernel.map(&part.layer, input, other, output);
  return workspace.surroundings_untouched() ? "" : "wrote outside of a part's workspace";
}

std::string call_kernel(Case& test, const snug_kernel& kernel) {
  const float* input = test.stored_input ? test.stored_input->data() : test.stored_output->data();
  const float* other = nullptr;
  if (test.constant_other)
    other = test.packed->floats();
  else if (test.has_other)
    other = test.stored_other ? test.stored_other->data() : test.stored_output->data();
  for (const Part& part : test.parts) {
    std::string complaint = call_part(test, kernel, part, input, other);
    if (!complaint.empty()) return complaint;
  }
  if (!test.parts.empty()) return {};
  if (test.conv)
    kernel.conv(&test.layer, input, test.packed->floats(), test.padded_bias->floats(), other, output_of(test),
                test.workspace->data());
  else
    kernel.map(&test.layer, input, other, test.stored_output->data());
  return {};
}

bool unchanged(const GuardedMemory& memory, const void* before) {
  return memory.bytes() == 0 || std::memcmp(memory.data(), before, static_cast<size_t>(memory.bytes())) == 0;
}

std::vector<std::byte> bytes_of(const std::optional<StoredMap>& map) {
  if (!map) return {};
  const std::byte* data = static_cast<const std::byte*>(map->memory->data());
  return {data, data + map->memory->bytes()};
}

/// Runs the kernel and looks at all memory. Returns a complaint, or empty.
std::string run_and_check(Case& test, const snug_kernel& kernel) {
  const std::vector<std::byte> input_before = bytes_of(test.stored_input), other_before = bytes_of(test.stored_other);
  if (std::string complaint = call_kernel(test, kernel); !complaint.empty()) return complaint;
  if (test.siblings)
    if (std::string complaint = gather(*test.siblings, *test.stored_output); !complaint.empty()) return complaint;
  if (test.workspace && !test.workspace->surroundings_untouched()) return "wrote outside of its workspace";
  if (test.stored_input && !unchanged(*test.stored_input->memory, input_before.data())) return "changed its input";
  if (test.stored_other && !unchanged(*test.stored_other->memory, other_before.data()))
    return "changed its residual or second operand";
  if (test.packed && !unchanged(*test.packed, test.packed_before.data())) return "changed its weights";
  const ReferenceOutput expected = evaluate_reference(
      test.listed.operator_name, test.layer,
      {.input = *test.input, .other = test.other ? &*test.other : nullptr, .weights = test.weights, .bias = test.bias});
  const bool last_channels = test.listed.operator_name != "concat" ||
                             test.layer.channel_offset + test.layer.in_channels == test.layer.out_channels;
  return compare(*test.stored_output, expected,
                 {.tolerance = tolerance(test.primitive),
                  .nan_may_spread = nan_may_spread(test.primitive, test.planted),
                  .judge_padding = last_channels && !std::isinf(test.planted)});
}

/// Some number of parts, split one way or the other, the last one first or the first: whatever a thread writes beyond
/// its part spoils what another has written. False where the primitive cannot split the layer.
bool split(Case& test, Split split, uint64_t seed) {
  test.parts = split_layer(test.primitive, test.layer, split, 2 + static_cast<int>(seed % 3));
  if (seed % 2 != 0) std::reverse(test.parts.begin(), test.parts.end());
  return !test.parts.empty();
}

std::string run(Case& test, Split way, uint64_t seed) {
  const snug_kernel* kernel = find_kernel(test.primitive.name);
  if (!kernel) return "has no kernel of its name";
  const int64_t workspace_bytes = test.primitive.workspace_bytes ? test.primitive.workspace_bytes(test.layer) : 0;
  if (workspace_bytes < 0) return fmt::format("workspace_bytes says {}", workspace_bytes);
  test.workspace = std::make_unique<GuardedMemory>(workspace_bytes);
  choose_options(test);
  make_values(test);
  if (test.planted != 0) plant(test);
  if (std::string complaint = pack_constants(test); !complaint.empty()) return complaint;
  make_maps(test);
  set_strides(test);
  if (test.primitive.siblings && test.layer.groups == 1 && test.layer.out_channels > 16 && !test.has_other &&
      test.random.chance(50))
    test.siblings = make_sibling_maps(test.layer, *test.stored_output, test.random);
  if (way != Split::kWhole && !split(test, way, seed)) return {};
  return run_and_check(test, *kernel);
}

std::string text_of_options(const Case& test, Split way) {
  std::vector<std::string> words;
  if (test.alias) words.emplace_back("in place");
  if (test.slice_input && test.stored_input) words.emplace_back("input sliced");
  if (test.slice_other && test.stored_other) words.emplace_back("other sliced");
  if (test.slice_output) words.emplace_back("output sliced");
  if (test.constant_other) words.emplace_back("other constant");
  if (test.planted != 0) words.push_back(fmt::format("{} planted", test.planted));
  if (test.siblings) words.push_back(fmt::format("{} siblings", test.siblings->starts.size()));
  if (!test.parts.empty()) words.push_back(fmt::format("in {} parts by {}", test.parts.size(), name(way)));
  return words.empty() ? "" : " (" + join(words, ", ") + ")";
}

}  // namespace

std::string run_contract_case(const ListedPrimitive& listed, const snug_layer& layer, uint64_t seed, float planted,
                              const std::string& isa) {
  const std::string name(listed.primitive->name), layer_words = layer_text(layer);
  std::string command = fmt::format("snug-contract {} {} --seed {} --isa {}", name, layer_words, seed, isa);
  if (planted != 0) command += fmt::format(" --plant {}", planted);
  std::snprintf(running, sizeof running, "%s\n", command.c_str());
  for (const Split way : {Split::kWhole, Split::kRows, Split::kChannels}) {
    Case test(listed, layer, seed, planted);
    const std::string complaint = run(test, way, seed);
    if (complaint.empty()) continue;
    return fmt::format("contract/{}: {} seed {}{}: {}\n  reproduce: {}", name, layer_words, seed,
                       text_of_options(test, way), complaint, command);
  }
  return {};
}

const char* running_case() {
  return running;
}

}  // namespace snug
