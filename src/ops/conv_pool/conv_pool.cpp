#include "ops/conv_pool/conv_pool.h"

#include "ops/conv/conv.h"
#include "ops/pool/pool.h"

namespace snug {

namespace {

struct ConvPool {
  snug_layer conv, pool;
};

/// The conv's call, if one call without a residual is all there is to it.
std::optional<Node> fuse(const Graph& graph, std::span<const Node* const> chain) {
  if (chain.size() != 2 || chain[0]->op != &conv_operator || chain[1]->op != &pool_operator) return std::nullopt;
  if (chain[0]->inputs[3] != kNoTensor) return std::nullopt;
  const Pool& pool = attributes<Pool>(*chain[1]);
  if (pool.dilation_y != 1 || pool.dilation_x != 1) return std::nullopt;
  const Lowered conv = conv_operator.lower(graph, *chain[0]), pooled = pool_operator.lower(graph, *chain[1]);
  if (conv.batch != pooled.batch) return std::nullopt;
  Node node = *chain[0];
  node.op = &conv_pool_operator;
  node.attributes = ConvPool{conv.calls.front().layer, pooled.calls.front().layer};
  node.output = chain[1]->output;
  return node;
}

Lowered lower(const Graph& graph, const Node& node) {
  const auto& [conv, pool] = attributes<ConvPool>(node);
  Call call;
  call.layer = conv;
  call.layer.middle_height = conv.out_height;
  call.layer.middle_width = conv.out_width;
  call.layer.out_height = pool.out_height;
  call.layer.out_width = pool.out_width;
  call.layer.kind = pool.kind;
  call.layer.pool_height = pool.kernel_height;
  call.layer.pool_width = pool.kernel_width;
  call.layer.pool_stride_y = pool.stride_y;
  call.layer.pool_stride_x = pool.stride_x;
  call.layer.pool_top = pool.pad_top;
  call.layer.pool_left = pool.pad_left;
  return {.calls = {call}, .batch = images(graph.tensor(node.inputs[0]).dims).batch};
}

}  // namespace

const Operator conv_pool_operator{
    .name = "conv_pool",
    .lower = lower,
    .fuse = fuse,
    .weights_input = 1,
    .bias_input = 2,
};

}  // namespace snug
