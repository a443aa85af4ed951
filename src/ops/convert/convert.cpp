#include "ops/convert/convert.h"

namespace snug {

snug_layer convert_layer(const MapShape& shape) {
  return map_layer(shape, shape);
}

const Operator convert_operator{.name = "convert"};

}  // namespace snug
