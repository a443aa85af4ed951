#include "ops/conv_pool/winograd_pool.h"

#include "kernels/winograd_pool_plan.h"

namespace snug {

namespace {

snug_winograd_pool_plan plan_of(const snug_layer& layer, const WinogradTile& tile) {
  const snug_layer conv = convolution_of(layer, layer.block);
  const snug_winograd_plan plan = snug_winograd_plan_of(&conv, tile.height, tile.width, 0);
  return snug_winograd_pool_plan_of(&layer, &plan);
}

}  // namespace

int64_t winograd_pool_workspace_bytes(const snug_layer& layer, const Primitive& conv, const WinogradTile& tile) {
  return conv.workspace_bytes(convolution_of(layer, layer.block)) +
         plan_of(layer, tile).floats * int64_t{sizeof(float)};
}

Work winograd_pool_work(const snug_layer& layer, const Primitive& conv, const WinogradTile& tile) {
  return conv_pool_work(layer, conv, plan_of(layer, tile).stage_floats * int64_t{sizeof(float)});
}

}  // namespace snug
