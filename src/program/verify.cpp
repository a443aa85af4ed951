// Checks a program by following who last wrote each byte range of each buffer.
#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "program/program.h"

namespace snug {

namespace {

void check_view(const Program& program, const View& view, const MapShape& shape, int64_t batch, int step,
                const std::string& what) {
  if (view.buffer < 0) return;
  const Buffer& buffer = program.buffers.at(static_cast<size_t>(view.buffer));
  CHECK(buffer.first <= step && step <= buffer.last,
        fmt::format("{}: buffer {} is not alive at step {}", what, buffer.name, step));
  const int64_t last = offset(view.layout, view.strides, padded_channels(view.layout, shape.channels) - 1,
                              shape.height - 1, shape.width - 1);
  const int64_t end = view.offset_bytes + 4 * ((batch - 1) * view.image_floats + last + 1);
  CHECK(view.offset_bytes >= 0 && end <= buffer.bytes,
        fmt::format("{}: reaches byte {} of buffer {} of {} bytes", what, end, buffer.name, buffer.bytes));
}

/// The view of a part's map, which begins some floats after that of the whole.
View moved(View view, int64_t floats) {
  view.offset_bytes += floats * 4;
  return view;
}

void check_siblings(const Program& program, const Step& step, int index) {
  for (size_t i = 0; i < step.siblings.size(); ++i) {
    const View& output = step.siblings[i].output;
    const bool last = i + 1 == step.siblings.size();
    const int32_t end = last ? step.layer.out_channels : step.layer.sibling_channel[i + 1];
    MapShape map = output_shape(step.layer);
    map.channels = end - step.layer.sibling_channel[i];
    check_view(program, output, map, step.batch, index, step.layer_name + ", output of a sibling");
    CHECK(output.layout == step.output.layout && output.strides == step.output.strides, step.layer_name);
    CHECK(output.buffer != step.workspace && output.buffer != step.input.buffer, step.layer_name);
  }
}

/// Every part stays inside the buffers, and the parts write as many floats as the whole.
void check_parts(const Program& program, const Step& step, int index) {
  int64_t written = 0, workspace_end = 0;
  for (const Part& part : step.parts) {
    const auto& what = step.layer_name;
    check_view(program, moved(step.input, part.input_floats), input_shape(part.layer), step.batch, index,
               what + ", input of a part");
    MapShape output = output_map(step);
    output.height = part.layer.out_height;
    if (step.siblings.empty()) output.channels = part.layer.out_channels;
    check_view(program, moved(step.output, part.output_floats), output, step.batch, index, what + ", output of a part");
    written += output_shape(part.layer).floats();
    CHECK(part.weight_floats * 4 <= step.weights.bytes && part.bias_floats * 4 <= step.bias.bytes, what);
    if (step.workspace < 0) continue;
    const Buffer& workspace = program.buffers.at(static_cast<size_t>(step.workspace));
    CHECK(part.workspace_offset_bytes >= workspace_end, what + ", workspace of a part");
    workspace_end = part.workspace_offset_bytes + part.workspace_bytes;
    CHECK(workspace_end <= workspace.bytes, what + ", workspace of a part");
  }
  CHECK(step.parts.empty() || written == output_shape(step.layer).floats(), step.layer_name);
}

}  // namespace

Program verified(Program program) {
  const int steps = static_cast<int>(program.steps.size());
  std::vector<bool> written(program.buffers.size());
  for (const Port& port : program.inputs) written.at(static_cast<size_t>(port.view.buffer)) = true;
  for (int index = 0; index < steps; ++index) {
    const Step& step = program.steps[static_cast<size_t>(index)];
    const auto& what = step.layer_name;
    check_view(program, step.input, input_shape(step.layer), step.batch, index, what + ", input");
    check_view(program, step.output, output_map(step), step.batch, index, what + ", output");
    check_siblings(program, step, index);
    CHECK(written.at(static_cast<size_t>(step.input.buffer)), what + " reads what nothing wrote");
    CHECK(step.other.buffer < 0 || written.at(static_cast<size_t>(step.other.buffer)),
          what + " reads what nothing wrote");
    CHECK(step.workspace < 0 || (step.workspace != step.input.buffer && step.workspace != step.output.buffer), what);
    check_parts(program, step, index);
    const int64_t weights_end = step.weights.offset_bytes + step.weights.bytes;
    CHECK(weights_end <= static_cast<int64_t>(program.weights.size()), what);
    written.at(static_cast<size_t>(step.output.buffer)) = true;
    for (const Sibling& sibling : step.siblings) written.at(static_cast<size_t>(sibling.output.buffer)) = true;
  }
  for (const Port& port : program.outputs) {
    const Buffer& buffer = program.buffers.at(static_cast<size_t>(port.view.buffer));
    CHECK(written.at(static_cast<size_t>(port.view.buffer)) && buffer.last >= steps - 1, port.name);
  }
  return program;
}

MapShape output_map(const Step& step) {
  MapShape map = output_shape(step.layer);
  if (!step.siblings.empty()) map.channels = step.layer.sibling_channel[0];
  return map;
}

bool is_shared_out(const Program& program) {
  return std::any_of(program.steps.begin(), program.steps.end(), [](const Step& step) { return !step.parts.empty(); });
}

std::string parts_text(const Step& step) {
  return fmt::format("{} {}", step.parts.size(), step.split == Split::kRows ? "bands of rows" : "slices of channels");
}

std::string text(const Program& program) {
  std::string lines;
  for (size_t i = 0; i < program.buffers.size(); ++i) {
    const Buffer& buffer = program.buffers[i];
    lines += fmt::format("buffer {} \"{}\" {} bytes, steps {} to {}\n", i, buffer.name, buffer.bytes, buffer.first,
                         buffer.last);
  }
  const auto place = [](const View& view) {
    return view.buffer < 0 ? std::string("-")
                           : fmt::format("{}+{} {}", view.buffer, view.offset_bytes, view.layout.name);
  };
  const auto outputs = [&](const Step& step) {
    std::string places = place(step.output);
    for (const Sibling& sibling : step.siblings) places += " and " + place(sibling.output);
    return places;
  };
  for (size_t i = 0; i < program.steps.size(); ++i) {
    const Step& step = program.steps[i];
    lines +=
        fmt::format("step {} \"{}\" {} {} {} | input {} other {} output {} workspace {} weights {}+{} batch {}{}\n", i,
                    step.layer_name, step.primitive->name, step.operator_name, layer_text(step.layer),
                    place(step.input), place(step.other), outputs(step), step.workspace, step.weights.offset_bytes,
                    step.weights.bytes, step.batch, step.parts.empty() ? "" : " in " + parts_text(step));
  }
  return lines;
}

}  // namespace snug
