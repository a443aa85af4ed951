#include "bench/peer.h"

#if SNUG_HAS_ONEDNN
#include <memory>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>
#endif

namespace snug {

#if SNUG_HAS_ONEDNN

namespace {

using dnnl::memory;
using Tag = memory::format_tag;

struct Convolution {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  dnnl::convolution_forward primitive;
  std::unordered_map<int, memory> arguments;

  void run() {
    primitive.execute(stream, arguments);
    stream.wait();
  }
};

/// What lies below and to the right of the map.
int64_t end_padding(int64_t out, int64_t stride, int64_t kernel, int64_t dilation, int64_t in, int64_t begin) {
  return (out - 1) * stride + (kernel - 1) * dilation + 1 - in - begin;
}

dnnl::convolution_forward::primitive_desc description(const snug_layer& l, const memory::dims& weights,
                                                      const dnnl::engine& engine) {
  const auto any = [](const memory::dims& dims) { return memory::desc(dims, memory::data_type::f32, Tag::any); };
  const memory::desc bias({l.out_channels}, memory::data_type::f32, Tag::x);
  const dnnl::convolution_forward::desc convolution(
      dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_auto,
      any({1, l.in_channels, l.in_height, l.in_width}), any(weights), bias,
      any({1, l.out_channels, l.out_height, l.out_width}), {l.stride_y, l.stride_x},
      {l.dilation_y - 1, l.dilation_x - 1}, {l.pad_top, l.pad_left},
      {end_padding(l.out_height, l.stride_y, l.kernel_height, l.dilation_y, l.in_height, l.pad_top),
       end_padding(l.out_width, l.stride_x, l.kernel_width, l.dilation_x, l.in_width, l.pad_left)});
  return {convolution, engine};
}

/// Row-major numbers in the layout that the primitive wants.
memory stored(Convolution& c, const std::vector<float>& floats, const memory::dims& dims, Tag tag,
              const memory::desc& wanted) {
  memory plain({dims, memory::data_type::f32, tag}, c.engine, const_cast<float*>(floats.data()));
  memory result(wanted, c.engine);
  dnnl::reorder(plain, result).execute(c.stream, plain, result);
  c.stream.wait();
  return result;
}

std::vector<float> row_major_output(Convolution& c, const snug_layer& l) {
  std::vector<float> floats(static_cast<size_t>(output_shape(l).floats()));
  memory plain({{1, l.out_channels, l.out_height, l.out_width}, memory::data_type::f32, Tag::nchw}, c.engine,
               floats.data());
  memory output = c.arguments.at(DNNL_ARG_DST);
  dnnl::reorder(output, plain).execute(c.stream, output, plain);
  c.stream.wait();
  return floats;
}

}  // namespace

std::string onednn_is_missing() {
  return {};
}

std::optional<Peer> onednn_convolution(const ConvData& data) {
  const snug_layer& l = data.layer;
  const bool grouped = l.groups > 1;
  const int32_t in_channels = l.in_channels / l.groups;
  const memory::dims weights =
      grouped ? memory::dims{l.groups, l.out_channels / l.groups, in_channels, l.kernel_height, l.kernel_width}
              : memory::dims{l.out_channels, in_channels, l.kernel_height, l.kernel_width};
  try {
    const auto c = std::make_shared<Convolution>();
    const auto wanted = description(l, weights, c->engine);
    c->primitive = dnnl::convolution_forward(wanted);
    c->arguments = {
        {DNNL_ARG_SRC,
         stored(*c, data.input, {1, l.in_channels, l.in_height, l.in_width}, Tag::nchw, wanted.src_desc())},
        {DNNL_ARG_WEIGHTS, stored(*c, data.weights, weights, grouped ? Tag::goihw : Tag::oihw, wanted.weights_desc())},
        {DNNL_ARG_BIAS, stored(*c, data.bias, {l.out_channels}, Tag::x, wanted.bias_desc())},
        {DNNL_ARG_DST, memory(wanted.dst_desc(), c->engine)}};
    c->run();
    const std::vector<float> output = row_major_output(*c, l);
    const std::optional<double> error = sampled_error(data, [&](int64_t o, int64_t y, int64_t x) {
      return output[static_cast<size_t>((o * l.out_height + y) * l.out_width + x)];
    });
    return Peer{.name = "oneDNN", .how = wanted.impl_info_str(), .run = [c] { c->run(); }, .error = error};
  } catch (const dnnl::error&) {
    return std::nullopt;
  }
}

#else

std::string onednn_is_missing() {
  return "libdnnl-dev was not there when this was built; see scripts/setup --bench";
}

std::optional<Peer> onednn_convolution(const ConvData&) {
  return std::nullopt;
}

#endif

}  // namespace snug
