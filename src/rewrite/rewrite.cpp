#include "rewrite/rewrite.h"

#include <utility>

namespace snug {

Graph rewrite(Graph graph) {
  graph = verified(drop_identities(std::move(graph)));
  graph = verified(gemm_to_conv(std::move(graph)));
  graph = verified(fold_pad(std::move(graph)));
  // Constants may stand before a BatchNormalization and behind it.
  graph = verified(fold_constant_binary(std::move(graph)));
  graph = verified(fold_batch_normalization(std::move(graph)));
  graph = verified(fold_constant_binary(std::move(graph)));
  // The Add before the activation behind it: a conv applies its activation to the sum.
  graph = verified(fuse_residual_add(std::move(graph)));
  graph = verified(fuse_activation(std::move(graph)));
  return verified(without_unused(graph));
}

}  // namespace snug
