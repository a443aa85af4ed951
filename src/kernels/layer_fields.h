/* layer_fields.h - the fields of snug_layer that describe what is computed, with their keys in a layer's
 * text. Not part of emitted code. */
#ifndef SNUG_LAYER_FIELDS_H
#define SNUG_LAYER_FIELDS_H

/* clang-format off */
/* Strides are not among them: they follow from the layouts. Nor is where siblings' outputs lie. */
#define SNUG_LAYER_FIELDS(INTEGER, REAL)                                                                \
  INTEGER(in_channels, ic)                                                                              \
  INTEGER(in_height, ih) INTEGER(in_width, iw) INTEGER(out_channels, oc) INTEGER(out_height, oh)        \
      INTEGER(out_width, ow) INTEGER(kernel_height, kh) INTEGER(kernel_width, kw) INTEGER(stride_y, sy) \
          INTEGER(stride_x, sx) INTEGER(dilation_y, dy) INTEGER(dilation_x, dx) INTEGER(pad_top, pt)    \
              INTEGER(pad_left, pl) INTEGER(groups, g) INTEGER(kind, k) INTEGER(residual, res)          \
                  INTEGER(activation, act) REAL(activation_alpha, aa) REAL(activation_beta, ab)         \
                      INTEGER(lrn_size, ls) REAL(lrn_alpha, la) REAL(lrn_beta, lb) REAL(lrn_bias, lk)   \
                          REAL(pad_value, pv) INTEGER(channel_offset, co) INTEGER(other_channels, bc)   \
                              INTEGER(other_height, bh) INTEGER(other_width, bw)         \
                                  INTEGER(middle_height, mh) INTEGER(middle_width, mw)                  \
                                      INTEGER(pool_height, ph) INTEGER(pool_width, pw)                  \
                                          INTEGER(pool_stride_y, psy) INTEGER(pool_stride_x, psx)       \
                                              INTEGER(pool_top, ppt) INTEGER(pool_left, ppl)            \
                                                  INTEGER(middle_channels, mc)                          \
                                                      INTEGER(middle_activation, ma)                    \
                                                          REAL(middle_alpha, maa)                       \
                                                              REAL(middle_beta, mab) INTEGER(block, b)
/* clang-format on */

#endif
