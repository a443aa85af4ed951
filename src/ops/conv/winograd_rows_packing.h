// What the descriptors of the one-dimensional Winograd primitives share: transformed weights, workspace, knob, work.
#pragma once

#include "ops/primitive.h"

namespace snug {

/// Refuses what F(m, r) cannot compute along rows or along columns.
template <int r>
std::string_view refuse_unless_winograd_rows(const snug_layer& layer);

/// Output rows per strip worth trying.
template <int m, int r>
std::vector<int32_t> winograd_rows_blocks(const snug_layer& layer);

template <int m, int r>
int64_t winograd_rows_workspace_bytes(const snug_layer& layer);

/// G g of every row of every kernel: m + r - 1 products of depth kernel height x C.
template <int m, int r>
std::vector<std::byte> winograd_rows_pack(const snug_layer& layer, std::span<const float> weights);

template <int m, int r>
int64_t winograd_rows_pack_bytes(const snug_layer& layer);

template <int m, int r>
Work winograd_rows_work(const snug_layer& layer);

/// The descriptor of the primitive `name`, F(m, r) on maps of this layout.
template <int m, int r>
constexpr Primitive winograd_rows(std::string_view name, const Layout& layout) {
  return {
      .name = name,
      .family = "winograd 1d",
      .input = layout,
      .output = layout,
      .source = "Winograd, Arithmetic Complexity of Computations, 1980",
      .classic = layout.block != 16,
      .in_place = true,
      .refusal = refuse_unless_winograd_rows<r>,
      .blocks = winograd_rows_blocks<m, r>,
      .workspace_bytes = winograd_rows_workspace_bytes<m, r>,
      .workspace =
          "(m+r-1) (R T C + 32 S T + 48) + 32 (m T + r - 1) floats for strips of S output and R input rows, T tiles a "
          "row, C rounded up to 16",
      .pack = winograd_rows_pack<m, r>,
      .pack_bytes = winograd_rows_pack_bytes<m, r>,
      .work = winograd_rows_work<m, r>,
  };
}

}  // namespace snug
