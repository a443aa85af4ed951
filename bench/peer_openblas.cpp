#include "bench/peer.h"

#if SNUG_HAS_OPENBLAS
#include <cblas.h>

#include <algorithm>
#include <memory>
#endif

namespace snug {

#if SNUG_HAS_OPENBLAS

namespace {

struct Product {
  int rows, columns, depth;
  AlignedFloats a, b, c;

  void run() {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, rows, columns, depth, 1, a.data(), depth, b.data(), columns,
                0, c.data(), columns);
  }
};

}  // namespace

std::string openblas_is_missing() {
  return {};
}

std::optional<Peer> openblas_product(const ConvData& data) {
  const snug_layer& layer = data.layer;
  if (layer.groups != 1) return std::nullopt;
  const auto product =
      std::make_shared<Product>(Product{.rows = layer.out_height * layer.out_width,
                                        .columns = layer.out_channels,
                                        .depth = layer.in_channels * layer.kernel_height * layer.kernel_width,
                                        .a = {},
                                        .b = {},
                                        .c = {}});
  const auto floats = [](int one, int other) {
    AlignedFloats result(static_cast<size_t>(one) * static_cast<size_t>(other));
    std::fill_n(result.data(), static_cast<size_t>(one) * static_cast<size_t>(other), 0.5F);
    return result;
  };
  product->a = floats(product->rows, product->depth);
  product->b = floats(product->depth, product->columns);
  product->c = floats(product->rows, product->columns);
  return Peer{
      .name = "OpenBLAS sgemm", .how = openblas_get_corename(), .run = [product] { product->run(); }, .error = {}};
}

#else

std::string openblas_is_missing() {
  return "libopenblas-dev was not there when this was built; see scripts/setup --bench";
}

std::optional<Peer> openblas_product(const ConvData&) {
  return std::nullopt;
}

#endif

}  // namespace snug
