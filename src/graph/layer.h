// snug_layer as a value: its text, its shapes, its strides.
#pragma once

#include <string>
#include <string_view>

#include "base/layout.h"
#include "kernels/snug.h"

namespace snug {

/// A layer's text: key and value of every field that is not 0, strides left out:
/// "ic3ih224iw224oc64oh112ow112kh7kw7sy2sx2dy1dx1py3px3g1". It names a layer in tests, benchmarks, profiles.
std::string layer_text(const snug_layer& layer);

/// Inverse of layer_text; throws UserError at the first key that is not a field.
snug_layer parse_layer(std::string_view text);

/// The layer with the strides of maps stored densely in these layouts; `other` is a map like the
/// output, or has the shape that a binary layer states.
snug_layer with_dense_strides(snug_layer layer, const Layout& input, const Layout& output);

/// A layer that reads a map of one shape and writes one of another; all else is 0.
snug_layer map_layer(const MapShape& input, const MapShape& output);

MapShape input_shape(const snug_layer& layer);
MapShape output_shape(const snug_layer& layer);

}  // namespace snug
