#include "driver/image.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#define STB_IMAGE_IMPLEMENTATION
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#include <stb_image.h>

#include "base/error.h"

namespace snug {

namespace {

/// Interleaved pixels, 0..255.
struct Pixels {
  std::unique_ptr<unsigned char, void (*)(void*)> bytes{nullptr, stbi_image_free};
  int width = 0, height = 0, channels = 0;
  double at(int y, int x, int c) const {
    return bytes.get()[(static_cast<size_t>(y) * static_cast<size_t>(width) + static_cast<size_t>(x)) *
                           static_cast<size_t>(channels) +
                       static_cast<size_t>(c)];
  }
};

Pixels decode(const std::filesystem::path& file, int channels) {
  Pixels pixels;
  int stored = 0;
  pixels.bytes.reset(stbi_load(file.c_str(), &pixels.width, &pixels.height, &stored, channels));
  pixels.channels = channels;
  if (!pixels.bytes)
    throw UserError(fmt::format("{}: {}; give a .npy, PNG or JPEG file", file.string(), stbi_failure_reason()));
  return pixels;
}

/// Bilinear with half-pixel centres, clamped at the border.
double sample(const Pixels& pixels, double y, double x, int c) {
  y = std::clamp(y, 0.0, pixels.height - 1.0), x = std::clamp(x, 0.0, pixels.width - 1.0);
  const int y0 = static_cast<int>(y), x0 = static_cast<int>(x);
  const int y1 = std::min(y0 + 1, pixels.height - 1), x1 = std::min(x0 + 1, pixels.width - 1);
  const double upper = std::lerp(pixels.at(y0, x0, c), pixels.at(y0, x1, c), x - x0);
  const double lower = std::lerp(pixels.at(y1, x0, c), pixels.at(y1, x1, c), x - x0);
  return std::lerp(upper, lower, y - y0);
}

double per_channel(const std::vector<float>& values, size_t channel, double otherwise) {
  if (values.empty()) return otherwise;
  return values.size() == 1 ? values[0] : values[channel];
}

void check(const std::filesystem::path& file, const MapShape& shape, const ImageOptions& options,
           const Pixels& pixels) {
  if (options.channels != "rgb" && options.channels != "bgr") {
    throw UserError(fmt::format("--channels: \"{}\" is neither rgb nor bgr", options.channels));
  }
  const auto channels = static_cast<size_t>(shape.channels);
  for (const auto& [option, values] : {std::pair{"--mean", options.mean}, std::pair{"--scale", options.scale}}) {
    if (values.size() > 1 && values.size() != channels) {
      throw UserError(fmt::format("{}: {} values for {} channels", option, values.size(), channels));
    }
  }
  if (!options.resize && (pixels.width != shape.width || pixels.height != shape.height)) {
    throw UserError(fmt::format("{}: is {}x{} pixels, the network reads {}x{}; give --resize", file.string(),
                                pixels.width, pixels.height, shape.width, shape.height));
  }
}

}  // namespace

std::vector<float> read_image(const std::filesystem::path& file, const MapShape& shape, const ImageOptions& options) {
  if (shape.channels != 1 && shape.channels != 3) {
    throw UserError(fmt::format("{}: the network's input has {} channels; only 1 and 3 can be read from an image",
                                file.string(), shape.channels));
  }
  const Pixels pixels = decode(file, static_cast<int>(shape.channels));
  check(file, shape, options, pixels);
  std::vector<float> values;
  values.reserve(static_cast<size_t>(shape.floats()));
  for (int c = 0; c < shape.channels; ++c) {
    const int source = options.channels == "bgr" ? static_cast<int>(shape.channels) - 1 - c : c;
    const double mean = per_channel(options.mean, static_cast<size_t>(c), 0),
                 scale = per_channel(options.scale, static_cast<size_t>(c), 1);
    for (int y = 0; y < shape.height; ++y) {
      const double source_y = (y + 0.5) * pixels.height / static_cast<double>(shape.height) - 0.5;
      for (int x = 0; x < shape.width; ++x) {
        const double source_x = (x + 0.5) * pixels.width / static_cast<double>(shape.width) - 0.5;
        values.push_back(static_cast<float>((sample(pixels, source_y, source_x, source) - mean) * scale));
      }
    }
  }
  return values;
}

}  // namespace snug
