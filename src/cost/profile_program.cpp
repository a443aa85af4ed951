#include "cost/profile_program.h"

#include <fmt/format.h>
#include <unistd.h>

#include <set>

#include "base/emitted_files.h"
#include "base/error.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/shipped_files.h"
#include "graph/operator.h"
#include "ops/split.h"

namespace snug {

namespace {

namespace fs = std::filesystem;

std::string contents(const std::set<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += fmt::format("{}\n{}\n", name, shipped_files().at(name));
  return text;
}

constexpr const char* kMain = "profile_main.c";
constexpr const char* kTable = "kernel_table.c";

/// Short names for the kernels' functions.
std::string kernel_names() {
  std::string text;
  for (const ListedPrimitive& listed : all_primitives()) {
    text += fmt::format("#define {} {}\n", listed.primitive->name, kernel_symbol(listed.primitive->name));
  }
  return text;
}

/// The C files of the program; with the headers that they include.
std::vector<std::string> source_names() {
  std::vector<std::string> names{kMain, kTable};
  for (const ListedPrimitive& listed : all_primitives()) names.push_back(std::string(listed.primitive->name) + ".c");
  return names;
}

/// The operand of map kernels, or the residual of a conv: its floats and strides, as scheduling lays them out.
int64_t set_operand(const Measurement& measurement, snug_layer& layer) {
  const Primitive& primitive = *measurement.primitive;
  if (has_conv_kernels(measurement.operator_name)) {
    return layer.residual == 0 ? 0 : stored_floats(primitive.output, output_shape(layer));
  }
  if (layer.other_channels == 0) return 0;
  const MapShape shape{layer.other_channels, layer.other_height, layer.other_width};
  const Strides strides = dense_strides(primitive.output, shape);
  layer.other_plane = shape.channels == 1 ? 0 : static_cast<int32_t>(strides.plane);
  layer.other_row = shape.height == 1 ? 0 : static_cast<int32_t>(strides.row);
  layer.other_pixel = shape.width == 1 ? 0 : static_cast<int32_t>(strides.pixel);
  const int64_t packed = primitive.pack_bytes == nullptr ? 0 : primitive.pack_bytes(layer);
  return std::max(stored_floats(primitive.output, shape), packed / static_cast<int64_t>(sizeof(float)));
}

/// A space, and the members of snug_part in their order.
std::string part_word(const Part& part) {
  std::string word;
  for (const PartMember& member : members(part)) word += fmt::format("{}{}", word.empty() ? ' ' : ',', member.value);
  return word;
}

}  // namespace

std::map<std::string, std::string> kernel_hashes() {
  std::map<std::string, std::string> hashes;
  for (const ListedPrimitive& listed : all_primitives()) {
    const std::string name(listed.primitive->name);
    std::set<std::string> names = with_includes(name + ".c");
    names.merge(with_includes(kMain));
    hashes[name] = sha256(contents(names));
  }
  return hashes;
}

fs::path profile_program(const Target& target, const fs::path& folder, ForThreads threads) {
  const bool many = threads == ForThreads::kMany;
  Target compiled = target;
  compiled.runner.clear();
  std::set<std::string> names;
  for (const std::string& name : source_names()) names.merge(with_includes(name));
  const fs::path program = folder / fmt::format("profile-{}{}-{}", target.name, many ? "-threads" : "",
                                                sha256(identity(compiled) + contents(names)));
  if (fs::exists(program)) return program;

  // As emitted projects hold them, so that objects in the cache serve both.
  const TemporaryFolder build;
  std::vector<fs::path> kernels;
  for (const std::string& name : names) {
    const fs::path file = build.path() / emitted_name(name);
    write_file(file, name == kTable ? kernel_names() + emitted_text(name) : emitted_text(name));
    if (name.ends_with(".c") && name != kMain) kernels.push_back(file);
  }
  std::error_code error;
  fs::create_directories(folder, error);
  // Another snug may be building the same: each builds under a name of its own, and the last rename stands.
  const fs::path unfinished = program.string() + fmt::format(".{}", ::getpid());
  const std::vector<std::string> flags = many ? target.openmp : std::vector<std::string>{};
  std::vector<fs::path> objects = build_objects(target, kernels, {build.path()}, build.path());
  // The kernels are those of the other program, which are in the cache.
  objects.push_back(
      build_objects(target, {build.path() / emitted_name(kMain)}, {build.path()}, build.path(), flags).front());
  link_program(target, objects, unfinished, flags);
  fs::rename(unfinished, program, error);
  if (error)
    throw UserError(fmt::format("{}: {}; set $SNUG_PROFILE to another place", program.string(), error.message()));
  return program;
}

std::string profile_request(const Measurement& measurement, double best_ns) {
  const Primitive& primitive = *measurement.primitive;
  snug_layer layer = with_dense_strides(measurement.layer, primitive.input, primitive.output);
  const int64_t other_floats = set_operand(measurement, layer);
  const std::vector<Part> parts = split_layer(primitive, layer, measurement.split, measurement.threads);
  int64_t workspace = workspace_bytes(parts);
  if (parts.empty() && primitive.workspace_bytes != nullptr) workspace = primitive.workspace_bytes(layer);
  const bool has_weights = has_conv_kernels(measurement.operator_name) && primitive.pack_bytes != nullptr;
  std::string parts_words;
  for (const Part& part : parts) parts_words += part_word(part);
  return fmt::format("{} {} {} {} {} {} {:.1f} {} {} {} {} {} {} {} {} {} {} {}{}\n", primitive.name,
                     stored_floats(primitive.input, input_shape(layer)), other_floats,
                     stored_floats(primitive.output, output_shape(layer)),
                     has_weights ? primitive.pack_bytes(layer) : 0, workspace, best_ns, layer.in_plane, layer.in_row,
                     layer.in_pixel, layer.other_plane, layer.other_row, layer.other_pixel, layer.out_plane,
                     layer.out_row, layer.out_pixel, measurement.threads, layer_text(measurement.layer), parts_words);
}

}  // namespace snug
