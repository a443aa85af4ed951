// The network as a sequence of kernel calls over buffers with lifetimes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/layout.h"
#include "cost/cost_table.h"
#include "graph/graph.h"
#include "ops/primitive.h"
#include "ops/split.h"
#include "select/selection.h"

namespace snug {

/// A piece of the arena, alive from step `first` to step `last`, both included.
struct Buffer {
  std::string name;  ///< tensor, "NAME in c16" for a converted copy, "workspace of NAME"
  int64_t bytes = 0;
  int first = 0, last = 0;
};

/// A map, or a slice of channels of a larger one, inside a buffer. `buffer` -1: none.
struct View {
  int buffer = -1;
  int64_t offset_bytes = 0;
  Layout layout = kChw;
  Strides strides;
  int64_t image_floats = 0;  ///< distance between images of a batch
};

/// A span of the packed weights. bytes 0: none.
struct WeightSpan {
  int64_t offset_bytes = 0;  ///< a multiple of 64
  int64_t bytes = 0;
};

/// A node whose output a sibling's call makes, and where.
struct Sibling {
  int node = -1;
  View output;
};

/// One kernel call (once per image of the batch), or one per part where several threads share it.
struct Step {
  int node = -1;           ///< index into graph.nodes; for a conversion the node that reads the copy; -1: an output
                           ///< conversion
  int call = 0;            ///< concat: which input
  std::vector<int> fused;  ///< further nodes that the call computes, in order, `output` being that of the last
  std::vector<Sibling> siblings;  ///< further nodes that the call computes, each with an output of its own
  std::string layer_name;         ///< node name, or "NAME: chw → c16" for a conversion
  const Primitive* primitive = nullptr;
  std::string operator_name;  ///< "conv", "conv_pool": signature and layer text
  snug_layer layer{};         ///< with strides and block; the whole where there are parts
  Split split = Split::kWhole;
  std::vector<Part> parts;  ///< at least two, or none: the call stays whole
  View input, other, output;
  WeightSpan weights, bias;     ///< for map kernels `weights` is the constant second operand
  int workspace = -1;           ///< buffer
  int64_t workspace_bytes = 0;  ///< what the call needs of it, all parts together
  int64_t batch = 1;
  double expected_ns = 0;  ///< whole batch
};

/// A network input or output as the user sees it: dense, row-major.
struct Port {
  std::string name;
  Dims dims;
  View view;
};

struct Program {
  std::string name;
  int threads = 1;                      ///< no step has more parts
  int64_t lasting_workspace_bytes = 0;  ///< of each thread, from the first step to the last; 0: calls have their own
  std::vector<Buffer> buffers;
  std::vector<Step> steps;
  std::vector<Port> inputs, outputs;
  std::vector<std::byte> weights;  ///< all packed weights and biases, 64-byte aligned spans
};

/// Graph and selection (over the CostTable made from this graph) → program. The largest sum of live buffer
/// bytes equals the selection's peak_bytes (CHECKed).
Program schedule(const Graph& graph, const CostTable& costs, const Selection& selection);

/// The same program with one buffer for the workspaces of all calls, in which each thread has a place of its own from
/// the first step to the last. What another thread wrote last is slow to come by where the two share no cache, and
/// workspaces are the memory that is written most often (docs/decisions/0010). Takes more memory, since no map may lie
/// there. A program without parts that need workspace comes back as it was.
Program with_lasting_workspaces(Program program);

/// CHECK-fails unless every step reads what an earlier step or an input wrote and nothing else has
/// overwritten, every view lies inside its buffer, and every buffer is alive where it is used.
Program verified(Program program);

/// The map at step.output: the layer's, or where the call makes siblings, too, the first one's.
MapShape output_map(const Step& step);

/// Whether some step has parts, which need threads.
bool is_shared_out(const Program& program);

/// "2 bands of rows", of a step that has parts.
std::string parts_text(const Step& step);

/// One line per step, for --trace.
std::string text(const Program& program);

}  // namespace snug
