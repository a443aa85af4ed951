// PNG and JPEG files as network inputs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/layout.h"

namespace snug {

struct ImageOptions {
  std::vector<float> mean, scale;  ///< one value, one per channel, or none (0 and 1)
  std::string channels = "rgb";    ///< "rgb" or "bgr"
  bool resize = false;
};

/// channels x height x width, value = (pixel - mean) * scale with pixels 0..255. Networks with 1 input channel get the
/// image's luminance. Throws UserError: no image, another size without --resize, neither 1 nor 3 channels.
std::vector<float> read_image(const std::filesystem::path& file, const MapShape& shape, const ImageOptions& options);

}  // namespace snug
