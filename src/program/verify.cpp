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

}  // namespace

Program verified(Program program) {
  const int steps = static_cast<int>(program.steps.size());
  std::vector<bool> written(program.buffers.size());
  for (const Port& port : program.inputs) written.at(static_cast<size_t>(port.view.buffer)) = true;
  for (int index = 0; index < steps; ++index) {
    const Step& step = program.steps[static_cast<size_t>(index)];
    const auto& what = step.layer_name;
    check_view(program, step.input, input_shape(step.layer), step.batch, index, what + ", input");
    check_view(program, step.output, output_shape(step.layer), step.batch, index, what + ", output");
    CHECK(written.at(static_cast<size_t>(step.input.buffer)), what + " reads what nothing wrote");
    CHECK(step.other.buffer < 0 || written.at(static_cast<size_t>(step.other.buffer)),
          what + " reads what nothing wrote");
    CHECK(step.workspace < 0 || (step.workspace != step.input.buffer && step.workspace != step.output.buffer), what);
    const int64_t weights_end = step.weights.offset_bytes + step.weights.bytes;
    CHECK(weights_end <= static_cast<int64_t>(program.weights.size()), what);
    written.at(static_cast<size_t>(step.output.buffer)) = true;
  }
  for (const Port& port : program.outputs) {
    const Buffer& buffer = program.buffers.at(static_cast<size_t>(port.view.buffer));
    CHECK(written.at(static_cast<size_t>(port.view.buffer)) && buffer.last >= steps - 1, port.name);
  }
  return program;
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
  for (size_t i = 0; i < program.steps.size(); ++i) {
    const Step& step = program.steps[i];
    lines += fmt::format("step {} \"{}\" {} {} {} | input {} other {} output {} workspace {} weights {}+{} batch {}\n",
                         i, step.layer_name, step.primitive->name, step.operator_name, layer_text(step.layer),
                         place(step.input), place(step.other), place(step.output), step.workspace,
                         step.weights.offset_bytes, step.weights.bytes, step.batch);
  }
  return lines;
}

}  // namespace snug
