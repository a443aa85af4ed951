// Whether a model means one thing: names, functions, what it declares of its outputs.
#pragma once

#include <onnx/onnx_pb.h>

#include "graph/graph.h"

namespace snug {

/// Throws UserError: a name that two inputs, two outputs, two initialisers or two nodes give, or a node and an input or
/// initialiser; an operator of ai.onnx that the model redefines by a function.
void check_model(const onnx::ModelProto& model);

/// Throws UserError where an output is declared with another type, another number of dimensions, or another dimension
/// than it has. Free are dimensions without a number, and the batch, which --shape may change.
void check_declared_outputs(const onnx::GraphProto& model, const Graph& graph);

}  // namespace snug
