// Random numbers that are the same on every platform for the same seed.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>

namespace snug {

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  int32_t integer(int32_t least, int32_t most) {
    return least + static_cast<int32_t>(engine_() % static_cast<uint64_t>(most - least + 1));
  }
  bool chance(int percent) { return integer(0, 99) < percent; }
  float real(float least, float most) {
    const double unit = static_cast<double>(engine_() >> 11) * 0x1p-53;
    return static_cast<float>(least + unit * (static_cast<double>(most) - least));
  }
  template <typename Value>
  Value one_of(std::initializer_list<Value> values) {
    return values.begin()[integer(0, static_cast<int32_t>(values.size()) - 1)];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace snug
