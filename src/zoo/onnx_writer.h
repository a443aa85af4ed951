// Builds an ONNX model layer by layer: nodes and initializers first, random values for the weights after.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/layout.h"

namespace snug {

/// A tensor of the model under construction: its ONNX name and its shape, batch 1.
struct ZooTensor {
  std::string name;
  MapShape shape;
};

/// How the values of an initializer are drawn: from the normal distribution.
struct WeightDraw {
  int initializer = 0;  ///< index into the graph's initializers
  double mean = 0, standard_deviation = 0;
};

/// A network whose weights have dimensions, but no values yet.
struct ZooModel {
  onnx::ModelProto proto;
  std::vector<WeightDraw> draws;
};

/// Gives every weight its values. The same model and seed give the same bytes.
void draw_weights(ZooModel& model, uint64_t seed);

/// A square convolution.
struct ConvSettings {
  int64_t out_channels = 1, kernel = 1, stride = 1, pad = 0, groups = 1;
  bool bias = true;  ///< false where a batch normalization follows
};

/// A square pooling window. With `ceil` the last window may reach beyond the map.
struct PoolSettings {
  int64_t kernel = 1, stride = 1, pad = 0;
  bool ceil = false;
};

/// Local response normalization across channels, in ONNX's terms.
struct LrnSettings {
  int64_t size = 5;
  double alpha = 1e-4, beta = 0.75, bias = 1;
};

/// Appends layers to a model. Each function adds one node of the given name, whose output has the same name,
/// and returns that output. Weights are called after their node: "/conv1" has "conv1.weight" and
/// "conv1.bias".
class OnnxWriter {
 public:
  explicit OnnxWriter(std::string_view model_name);

  ZooTensor input(std::string_view name, const MapShape& shape);

  ZooTensor conv(std::string_view name, const ZooTensor& x, const ConvSettings& settings);
  /// Inputs are flattened already; weights are stored out x in, as frameworks export them.
  ZooTensor fully_connected(std::string_view name, const ZooTensor& x, int64_t out_features);
  /// Running mean about 0, variance about 1, scale about `gamma`: below 1 it keeps a chain of residual sums
  /// from growing.
  ZooTensor batch_normalization(std::string_view name, const ZooTensor& x, double gamma = 1);

  ZooTensor relu(std::string_view name, const ZooTensor& x);
  /// Clip to 0..6.
  ZooTensor relu6(std::string_view name, const ZooTensor& x);
  ZooTensor dropout(std::string_view name, const ZooTensor& x, float ratio);
  ZooTensor lrn(std::string_view name, const ZooTensor& x, const LrnSettings& settings);
  ZooTensor max_pool(std::string_view name, const ZooTensor& x, const PoolSettings& settings);
  ZooTensor global_average_pool(std::string_view name, const ZooTensor& x);
  ZooTensor flatten(std::string_view name, const ZooTensor& x);
  ZooTensor add(std::string_view name, const ZooTensor& a, const ZooTensor& b);
  ZooTensor concat(std::string_view name, const std::vector<ZooTensor>& parts);

  /// The finished model. The tensor becomes the output of 1 x channels, under the name given; it must be what
  /// the last node produces.
  ZooModel finish(const ZooTensor& result, std::string_view output_name);

 private:
  onnx::NodeProto& add_node(std::string_view op, std::string_view name, const std::vector<std::string>& inputs);
  std::string add_weight(const std::string& name, const std::vector<int64_t>& dims, double mean,
                         double standard_deviation);
  std::string scalar(const std::string& name, float value);

  ZooModel model_;
};

}  // namespace snug
