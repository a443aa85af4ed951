#include "contract/stored_map.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "base/text.h"

namespace snug {
namespace {

Strides sliced_strides(const Layout& layout, const MapShape& shape, Random& random) {
  const auto gap = [&](int most) { return random.integer(0, most); };
  if (layout.block == 0) {
    const int64_t pixel = shape.channels + gap(9);
    return {.plane = 0, .row = pixel * shape.width + gap(9), .pixel = pixel};
  }
  if (layout.rows_before_channels) {
    const int64_t plane = shape.width + gap(5);
    return {.plane = plane, .row = plane * shape.channels + gap(9), .pixel = 1};
  }
  const int64_t block = layout.block, row = block * (shape.width + gap(5));
  return {.plane = row * (shape.height + gap(2)) + block * gap(3), .row = row, .pixel = block};
}

int64_t end_offset(const StoredMap& map) {
  return offset(map.layout, map.strides, stored_channels(map) - 1, map.shape.height - 1, map.shape.width - 1) + 1;
}

/// Which elements of the buffer belong to the map, padding channels included.
std::vector<bool> elements_of(const StoredMap& map) {
  std::vector<bool> belongs(static_cast<size_t>(map.floats()));
  for (int64_t c = 0; c < stored_channels(map); ++c)
    for (int64_t y = 0; y < map.shape.height; ++y)
      for (int64_t x = 0; x < map.shape.width; ++x)
        belongs[static_cast<size_t>(map.start + offset(map.layout, map.strides, c, y, x))] = true;
  return belongs;
}

std::string check_gaps(const StoredMap& map) {
  if (!map.memory->surroundings_untouched()) return "wrote outside of the output's buffer";
  const std::vector<bool> belongs = elements_of(map);
  for (int64_t i = 0; i < map.floats(); ++i)
    if (!belongs[static_cast<size_t>(i)] && !is_untouched(map.memory->floats()[i]))
      return fmt::format("wrote into a gap of the output, at {} floats from its start", i - map.start);
  return {};
}

std::string check_padding(const StoredMap& map) {
  for (int64_t c = map.shape.channels; c < stored_channels(map); ++c)
    for (int64_t y = 0; y < map.shape.height; ++y)
      for (int64_t x = 0; x < map.shape.width; ++x)
        if (!std::isfinite(map.at(c, y, x)) && std::isfinite(map.at(map.shape.channels - 1, y, x)))
          return fmt::format("padding channel {} holds {} at (y {}, x {}), not a finite value", c, map.at(c, y, x), y,
                             x);
  return {};
}

struct Place {
  int64_t c = 0, y = 0, x = 0;
};
std::string text(const Place& place) {
  return fmt::format("(c {}, y {}, x {})", place.c, place.y, place.x);
}

/// Whether a value is NaN where it must be, and a number where it must be. An infinity may have become NaN.
bool same_kind(double got, double want, bool nan_may_spread) {
  if (std::isnan(got)) return !std::isfinite(want) || nan_may_spread;
  return std::isfinite(want) ? std::isfinite(got) : got == want;
}

}  // namespace

int64_t stored_channels(const StoredMap& map) {
  return padded_channels(map.layout, map.shape.channels);
}

StoredMap make_stored_map(const Layout& layout, const MapShape& shape, bool sliced, Random& random) {
  StoredMap map{.layout = layout, .shape = shape, .strides = dense_strides(layout, shape), .memory = nullptr};
  if (sliced) {
    map.strides = sliced_strides(layout, shape, random);
    map.start = random.integer(0, 20) * (layout.block > 1 ? layout.block : 1);
  }
  map.memory = std::make_unique<GuardedMemory>(4 * (map.start + end_offset(map)));
  return map;
}

void write_map(StoredMap& map, const LogicalMap& values, Random& random) {
  for (int64_t c = 0; c < stored_channels(map); ++c)
    for (int64_t y = 0; y < map.shape.height; ++y)
      for (int64_t x = 0; x < map.shape.width; ++x)
        map.at(c, y, x) = c < map.shape.channels ? static_cast<float>(values.at(c, y, x)) : random.real(-2000, 2000);
}

std::string compare(const StoredMap& stored, const ReferenceOutput& expected, const Leniency& leniency) {
  double worst = 0;
  Place worst_place;
  for (int64_t c = 0; c < stored.shape.channels; ++c)
    for (int64_t y = 0; y < stored.shape.height; ++y)
      for (int64_t x = 0; x < stored.shape.width; ++x) {
        const float got = stored.at(c, y, x);
        const double want = expected.map.at(c, y, x);
        const Place place{c, y, x};
        if (c < expected.first_channel || c >= expected.end_channel) {
          if (!is_untouched(got)) return "wrote another input's channel, at " + text(place);
        } else if (is_untouched(got) || !same_kind(got, want, leniency.nan_may_spread)) {
          return fmt::format("{} at {}, expected {:.9g}{}", got, text(place), want,
                             is_untouched(got) ? " (never written)" : "");
        } else if (const double error = std::abs(got - want) / expected.scale; std::isfinite(got) && error > worst) {
          worst = error;
          worst_place = place;
        }
      }
  if (worst > leniency.tolerance)
    return fmt::format("max error {:.2g} at {}, allowed {:.0e}: {:.9g} instead of {:.9g}", worst, text(worst_place),
                       leniency.tolerance, stored.at(worst_place.c, worst_place.y, worst_place.x),
                       expected.map.at(worst_place.c, worst_place.y, worst_place.x));
  if (leniency.judge_padding)
    if (std::string complaint = check_padding(stored); !complaint.empty()) return complaint;
  return check_gaps(stored);
}

}  // namespace snug
