// Graph → Graph: what makes a network cheaper without changing what it computes. One file per rewrite.
#pragma once

#include "graph/graph.h"

namespace snug {

Graph drop_identities(Graph graph);  ///< Identity, Dropout, zero Pad, Reshape to the same shape, ...
Graph gemm_to_conv(Graph graph);     ///< Gemm and MatMul with a constant → 1x1 conv; after Flatten → full-size conv
Graph fold_batch_normalization(Graph graph);  ///< into the conv before it; what is left becomes a depthwise 1x1 conv
Graph fold_constant_binary(Graph graph);      ///< Add, Mul of a constant per channel into the conv before it
Graph fold_pad(Graph graph);                  ///< a zero Pad into the padding of the conv that reads it
Graph fuse_residual_add(Graph graph);         ///< Add into the conv that produces one of its operands last
Graph fuse_activation(Graph graph);           ///< into the conv before it

/// All of them, in order, with verified() in between.
Graph rewrite(Graph graph);

}  // namespace snug
