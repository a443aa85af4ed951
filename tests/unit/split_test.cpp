// Calls in parts: where they begin, what they read, and what cannot be split.
#include "ops/split.h"

#include <gtest/gtest.h>

#include "graph/layer.h"
#include "ops/primitive.h"

namespace snug {
namespace {

const Primitive& primitive(std::string_view name) {
  const Primitive* found = find_primitive(name);
  EXPECT_NE(found, nullptr) << name;
  return *found;
}

/// The layer with dense strides in the primitive's layouts and its first knob.
snug_layer layer_for(const Primitive& of, const char* text) {
  snug_layer layer = with_dense_strides(parse_layer(text), of.input, of.output);
  if (of.blocks != nullptr) layer.block = of.blocks(layer).front();
  return layer;
}

std::vector<int32_t> heights(const std::vector<Part>& parts) {
  std::vector<int32_t> result;
  for (const Part& part : parts) result.push_back(part.layer.out_height);
  return result;
}

std::vector<int32_t> widths_in_channels(const std::vector<Part>& parts) {
  std::vector<int32_t> result;
  for (const Part& part : parts) result.push_back(part.layer.out_channels);
  return result;
}

TEST(Split, BandsReadTheirRowsAndTheHalo) {
  const Primitive& blocked = primitive("conv_blocked_c16");
  const snug_layer layer = layer_for(blocked, "ic32ih14iw14oc48oh14ow14kh3kw3sy1sx1dy1dx1pt1pl1g1");
  const std::vector<Part> parts = split_layer(blocked, layer, Split::kRows, 3);
  ASSERT_EQ(heights(parts), (std::vector<int32_t>{4, 5, 5}));
  // Rows 0..3 read rows -1..4, 4..8 read 3..9, 9..13 read 8..14.
  const int32_t in_rows[] = {5, 7, 6}, first[] = {0, 3, 8}, pad[] = {1, 0, 0}, out[] = {0, 4, 9};
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(parts[i].layer.in_height, in_rows[i]);
    EXPECT_EQ(parts[i].layer.pad_top, pad[i]);
    EXPECT_EQ(parts[i].input_floats, first[i] * 14 * 16);
    EXPECT_EQ(parts[i].output_floats, out[i] * 14 * 16);
    EXPECT_EQ(parts[i].layer.in_plane, layer.in_plane);
    EXPECT_EQ(parts[i].weight_floats + parts[i].bias_floats, 0);
  }
}

TEST(Split, StridedBandsSkipRowsThatNobodyReads) {
  const Primitive& pool = primitive("pool_max_chw");
  const snug_layer layer = layer_for(pool, "ic4ih12iw8oc4oh4ow4kh2kw2sy3sx2dy1dx1k1");
  const std::vector<Part> parts = split_layer(pool, layer, Split::kRows, 2);
  ASSERT_EQ(heights(parts), (std::vector<int32_t>{2, 2}));
  EXPECT_EQ(parts[0].layer.in_height, 5);
  EXPECT_EQ(parts[1].input_floats, 6 * 8);
  EXPECT_EQ(parts[1].layer.in_height, 5);
}

TEST(Split, WinogradBandsAreOfASizeWhereTheyNeedTheSameWeights) {
  const Primitive& winograd = primitive("conv_winograd_6x6_3x3_c16");
  // 56 rows are tiles of 6, and so are 28.
  const snug_layer large = layer_for(winograd, "ic16ih56iw56oc16oh56ow56kh3kw3sy1sx1dy1dx1pt1pl1g1");
  EXPECT_EQ(heights(split_layer(winograd, large, Split::kRows, 2)), (std::vector<int32_t>{28, 28}));
  // 28 rows are tiles of 6, but 14 would be tiles of 5, which have other points.
  const snug_layer small = layer_for(winograd, "ic16ih28iw28oc16oh28ow28kh3kw3sy1sx1dy1dx1pt1pl1g1");
  EXPECT_EQ(heights(split_layer(winograd, small, Split::kRows, 2)), (std::vector<int32_t>{12, 16}));
}

TEST(Split, BandsOfAPoolReadWhatTheConvolutionBeforeItReads) {
  const Primitive& fused = primitive("conv_pool_blocked_c16");
  const snug_layer layer =
      layer_for(fused, "ic16ih13iw8oc32oh7ow4kh3kw3sy1sx1dy1dx1pt1pl1g1k1mh13mw8ph3pw3psy2psx2ppt1ppl1");
  const std::vector<Part> parts = split_layer(fused, layer, Split::kRows, 2);
  ASSERT_EQ(heights(parts), (std::vector<int32_t>{3, 4}));
  // Windows 0..2 read rows -1..5 of the map between, which read rows -1..6; windows 3..6 read 5..13, which read 4..12.
  EXPECT_EQ(parts[0].layer.middle_height, 6);
  EXPECT_EQ(parts[0].layer.pool_top, 1);
  EXPECT_EQ(parts[0].layer.in_height, 7);
  EXPECT_EQ(parts[0].layer.pad_top, 1);
  EXPECT_EQ(parts[1].layer.middle_height, 8);
  EXPECT_EQ(parts[1].layer.pool_top, 0);
  EXPECT_EQ(parts[1].layer.in_height, 9);
  EXPECT_EQ(parts[1].layer.pad_top, 0);
  EXPECT_EQ(parts[1].input_floats, 4 * 8 * 16);
  EXPECT_EQ(parts[1].output_floats, 3 * 4 * 16);
}

TEST(Split, ChannelSlicesBeginWhereTheWeightsOfOthersEnd) {
  const Primitive& blocked = primitive("conv_blocked_c16");
  const snug_layer layer = layer_for(blocked, "ic32ih7iw7oc72oh7ow7kh3kw3sy1sx1dy1dx1pt1pl1g1");
  const std::vector<Part> parts = split_layer(blocked, layer, Split::kChannels, 2);
  ASSERT_EQ(widths_in_channels(parts), (std::vector<int32_t>{32, 40}));
  EXPECT_EQ(parts[1].weight_floats, 2 * 9 * 32 * 16);
  EXPECT_EQ(parts[1].bias_floats, 32);
  EXPECT_EQ(parts[1].output_floats, 2 * 7 * 7 * 16);
  EXPECT_EQ(parts[1].input_floats, 0);
  EXPECT_EQ(parts[1].layer.in_channels, 32);
}

TEST(Split, SiblingsAreSharedOutByRowsOnly) {
  const Primitive& int8x3 = primitive("conv_int8x3_c16");
  snug_layer layer = layer_for(int8x3, "ic32ih7iw7oc72oh7ow7kh1kw1sy1sx1dy1dx1g1b7");
  EXPECT_EQ(split_layer(int8x3, layer, Split::kChannels, 2).size(), 2U);
  layer.sibling_channel[0] = 32;
  EXPECT_TRUE(split_layer(int8x3, layer, Split::kChannels, 2).empty());
  const std::vector<Part> bands = split_layer(int8x3, layer, Split::kRows, 2);
  ASSERT_EQ(bands.size(), 2U);
  EXPECT_EQ(bands[1].layer.sibling_channel[0], 32);
}

TEST(Split, ChannelwiseOperatorsReadTheirChannelsOnly) {
  const Primitive& depthwise = primitive("conv_depthwise_hwc");
  const snug_layer layer = layer_for(depthwise, "ic48ih7iw7oc48oh7ow7kh3kw3sy1sx1dy1dx1pt1pl1g48");
  const std::vector<Part> parts = split_layer(depthwise, layer, Split::kChannels, 2);
  ASSERT_EQ(widths_in_channels(parts), (std::vector<int32_t>{16, 32}));
  EXPECT_EQ(parts[1].layer.groups, 32);
  EXPECT_EQ(parts[1].layer.in_channels, 32);
  EXPECT_EQ(parts[1].input_floats, 16);
  EXPECT_EQ(parts[1].output_floats, 16);
  EXPECT_EQ(parts[1].weight_floats, 9 * 16);
}

TEST(Split, BroadcastOperandsStandStill) {
  const Primitive& binary = primitive("binary_chw");
  const snug_layer row = layer_for(binary, "ic4ih8iw5oc4oh8ow5k4bh1bw5bc4");
  EXPECT_EQ(split_layer(binary, row, Split::kRows, 2).at(1).other_floats, 0);
  const snug_layer map = layer_for(binary, "ic4ih8iw5oc4oh8ow5k4bh8bw5bc4");
  const Part second = split_layer(binary, map, Split::kRows, 2).at(1);
  EXPECT_EQ(second.other_floats, 4 * 5);
  EXPECT_EQ(second.layer.other_height, 4);
}

TEST(Split, EveryPartHasAWorkspaceOfItsOwn) {
  const Primitive& im2row = primitive("conv_im2row_hwc");
  const snug_layer layer = layer_for(im2row, "ic5ih9iw9oc16oh9ow9kh3kw3sy1sx1dy1dx1pt1pl1g1");
  const std::vector<Part> parts = split_layer(im2row, layer, Split::kRows, 2);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_GE(parts[0].workspace_bytes, im2row.workspace_bytes(parts[0].layer));
  EXPECT_EQ(parts[1].workspace_offset_bytes, parts[0].workspace_bytes);
  EXPECT_EQ(parts[1].workspace_offset_bytes % 64, 0);
  EXPECT_EQ(workspace_bytes(parts), parts[0].workspace_bytes + parts[1].workspace_bytes);
}

TEST(Split, NothingWhereNothingIsToBeShared) {
  const Primitive& blocked = primitive("conv_blocked_c16");
  const snug_layer one_row = layer_for(blocked, "ic16ih1iw9oc16oh1ow9kh1kw1sy1sx1dy1dx1g1");
  EXPECT_TRUE(split_layer(blocked, one_row, Split::kRows, 2).empty());
  EXPECT_TRUE(split_layer(blocked, one_row, Split::kChannels, 2).empty());
  const snug_layer map = layer_for(blocked, "ic16ih9iw9oc64oh9ow9kh1kw1sy1sx1dy1dx1g1");
  EXPECT_TRUE(split_layer(blocked, map, Split::kWhole, 2).empty());
  EXPECT_TRUE(split_layer(blocked, map, Split::kRows, 1).empty());
  EXPECT_EQ(split_layer(blocked, map, Split::kRows, 64).size(), 9U);
  EXPECT_EQ(split_layer(blocked, map, Split::kChannels, 64).size(), 2U);
}

TEST(Split, BandsOnPaddingAloneAreLeftWhole) {
  const Primitive& pad = primitive("pad_chw");
  const snug_layer layer = layer_for(pad, "ic1ih2iw2oc1oh10ow2pt8");
  EXPECT_TRUE(split_layer(pad, layer, Split::kRows, 5).empty());
}

TEST(Split, GroupsAndTransposesAreNotSlicedByChannels) {
  const Primitive& blocked = primitive("conv_blocked_c16");
  const snug_layer grouped = layer_for(blocked, "ic64ih9iw9oc64oh9ow9kh3kw3sy1sx1dy1dx1pt1pl1g2");
  EXPECT_TRUE(split_layer(blocked, grouped, Split::kChannels, 2).empty());
  EXPECT_EQ(split_layer(blocked, grouped, Split::kRows, 2).size(), 2U);
  const Primitive& transpose = primitive("transpose_chw");
  const snug_layer swap = layer_for(transpose, "ic8ih8iw8oc8oh8ow8k6");
  EXPECT_TRUE(split_layer(transpose, swap, Split::kRows, 2).empty());
}

}  // namespace
}  // namespace snug
