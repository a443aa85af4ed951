#include "graph/layer.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace snug {

TEST(LayerText, NamesEveryFieldThatIsNotZero) {
  snug_layer layer = map_layer({3, 224, 224}, {64, 112, 112});
  layer.kernel_height = layer.kernel_width = 7;
  layer.stride_y = layer.stride_x = 2;
  layer.dilation_y = layer.dilation_x = 1;
  layer.pad_top = layer.pad_left = 3;
  layer.groups = 1;
  EXPECT_EQ(layer_text(layer), "ic3ih224iw224oc64oh112ow112kh7kw7sy2sx2dy1dx1pt3pl3g1");
}

TEST(LayerText, ParsesBackWithReals) {
  snug_layer layer = map_layer({16, 9, 11}, {16, 9, 11});
  layer.activation = SNUG_CLIP;
  layer.activation_alpha = -3.4028235e38f;
  layer.activation_beta = 6;
  layer.lrn_size = 5;
  layer.lrn_alpha = 1e-5f;
  layer.lrn_beta = 0.75f;
  layer.pad_value = -0.1f;
  layer.block = 4;
  const snug_layer parsed = parse_layer(layer_text(layer));
  EXPECT_EQ(layer_text(parsed), layer_text(layer));
  EXPECT_EQ(parsed.lrn_alpha, layer.lrn_alpha);
  EXPECT_EQ(parsed.activation_alpha, layer.activation_alpha);
  EXPECT_EQ(parsed.pad_value, layer.pad_value);
  EXPECT_EQ(parsed.block, 4);
}

TEST(LayerText, RefusesUnknownKeysAndMissingNumbers) {
  EXPECT_THROW(parse_layer("ic3zz4"), UserError);
  EXPECT_THROW(parse_layer("ic"), UserError);
  EXPECT_THROW(parse_layer("ic3ih"), UserError);
  EXPECT_THROW(parse_layer("3"), UserError);
  EXPECT_THROW(parse_layer("ic99999999999"), UserError);
}

TEST(LayerStrides, FollowTheLayouts) {
  const snug_layer layer = with_dense_strides(map_layer({20, 4, 6}, {8, 2, 3}), kC16, kHwc);
  EXPECT_EQ(layer.in_plane, 4 * 6 * 16);
  EXPECT_EQ(layer.in_row, 6 * 16);
  EXPECT_EQ(layer.in_pixel, 16);
  EXPECT_EQ(layer.out_row, 3 * 8);
  EXPECT_EQ(layer.out_pixel, 8);
  EXPECT_EQ(layer.other_row, layer.out_row);
}

TEST(LayerStrides, StandStillWhereTheSecondOperandIsBroadcast) {
  snug_layer layer = map_layer({20, 4, 6}, {20, 4, 6});
  layer.other_channels = 20;
  layer.other_height = layer.other_width = 1;
  layer = with_dense_strides(layer, kChw, kChw);
  EXPECT_EQ(layer.other_plane, 1);
  EXPECT_EQ(layer.other_row, 0);
  EXPECT_EQ(layer.other_pixel, 0);
}

}  // namespace snug
