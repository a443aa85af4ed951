/* gemm.h - matrix products by register tiles (gemm_tile.h): any number of rows times any number of lanes, in
 * panels of 16.
 *
 * With pixels as rows, output channels as lanes and the kernel's taps as two of the loops this is a direct
 * convolution on channel blocks; with one block and one tap it is a plain matrix product; with output
 * channels as rows and 16 pixels as lanes it serves planar maps. */
#ifndef SNUG_GEMM_H
#define SNUG_GEMM_H

#include "epilogue.h"
#include "gemm_tile.h"
#include "stretches.h"

/* Limits that the register tiles apply. */
static inline void snug_gemm_limit(snug_gemm *g, const snug_layer *l)
{
    g->clamp = snug_has_limits(l);
    g->low = snug_low(l);
    g->high = snug_high(l);
}

static inline int32_t snug_tiles_of(int32_t rows) { return (rows + SNUG_TILE_ROWS - 1) / SNUG_TILE_ROWS; }

/* Panels that a tile can take at once. */
static inline int32_t snug_panels_at_once(int32_t panels)
{
#ifdef SNUG_WIDE_TILES
    return panels >= 2 ? 2 : 1;
#else
    (void)panels;
    return 1;
#endif
}

/* Panels that a tile had better take at once. Two, where a core begins two 512-bit multiply-adds per cycle:
 * one panel would need as many loads (Granite Rapids, 1x1 layers: 9 to 20 % less time by two). Zen 4 begins
 * one. There one panel is better, if the sums are short and the tiles many: the next tile then begins while
 * the last is stored, for which two panels leave too few registers (16 steps: 88 % of the peak by one, 78 %
 * by two); and two, if weights are read for few tiles: those bring the next weights into the cache. */
static inline int32_t snug_panels_for(int32_t panels, int64_t steps, int64_t tiles)
{
#ifdef SNUG_ZEN4
    if (steps < 96 || (steps < 600 && tiles > 8))
        return 1;
#else
    (void)steps, (void)tiles;
#endif
    return snug_panels_at_once(panels);
}

/* Panels to take at once of the `rest` that are left, as snug_panels_for says, but so that half a panel at
 * the end goes with the one before it. */
static inline int32_t snug_next_panels(const snug_gemm *g, int32_t rest, int64_t steps, int64_t tiles)
{
#ifdef SNUG_HALF_TILES
    if (g->half && rest <= 3)
        return rest == 2 ? 2 : 1;
#else
    (void)g;
#endif
    return snug_panels_for(rest, steps, tiles);
}

/* Steps of the innermost loop in a sum. */
static inline int64_t snug_gemm_steps(const snug_gemm *g)
{
    return (int64_t)g->blocks * g->taps_y * g->taps_x * g->depth;
}

/* Rows whose distance is a multiple of 4 KiB share a set of the first-level cache: where it has 8 lines,
 * tiles of such rows are no higher. */
static inline int32_t snug_tile_rows(const snug_gemm *g)
{
#ifdef SNUG_EIGHT_WAYS
    if (g->a_row % 1024 == 0 && g->a_depth == 1)
        return SNUG_TILE_ROWS / 2;
#else
    (void)g;
#endif
    return SNUG_TILE_ROWS;
}

/* `tiles` tiles of 1 ... SNUG_TILE_ROWS rows times as many panels as go at once. */
static inline void snug_gemm_tiles(const snug_gemm *g, int32_t tiles, int32_t rows, int32_t panels,
                                   const float *a, const float *b, const float *init, const float *add,
                                   float *out)
{
#ifdef SNUG_HALF_TILES
    if (panels == 2 && g->half) {
        snug_half_tiles[rows - 1](g, tiles, a, b, init, add, out);
        return;
    }
#endif
#ifdef SNUG_WIDE_TILES
    if (panels == 2) {
        snug_wide_tiles[rows - 1](g, tiles, a, b, init, add, out);
        return;
    }
#else
    (void)panels;
#endif
    /* all lanes of a tile before the next tile's */
    const int32_t at_once = SNUG_TILE_LANES == 16 ? tiles : 1;
    for (int32_t tile = 0; tile < tiles; tile += at_once) {
        const int32_t row = tile * rows;
        for (int32_t lane = 0; lane < 16; lane += SNUG_TILE_LANES)
            snug_tiles[rows - 1](g, at_once, a + row * g->a_row, b + lane,
                                 init ? init + row * g->init_row + lane : NULL,
                                 add ? add + row * g->add_row + lane : NULL, out + row * g->out_row + lane);
    }
}

/* Any number of rows times as many panels as go at once, split into tiles of even size. */
static inline void snug_gemm_strip(const snug_gemm *g, int32_t rows, int32_t panels, const float *a,
                                   const float *b, const float *init, const float *add, float *out)
{
    const int32_t most = snug_tile_rows(g);
    int32_t tiles = (rows + most - 1) / most;
#ifdef SNUG_GEMM_BORDERS
    snug_gemm inner = *g;
#endif
    for (int32_t row = 0; row < rows;) {
        const int32_t count = (rows - row + tiles - 1) / tiles;
        int32_t alike = rows - row - (count - 1) * tiles; /* of so many rows, the others have one less */
        const snug_gemm *tile = g;
#ifdef SNUG_GEMM_BORDERS
        const int first = row == 0 && g->left_taps, last = tiles == 1;
        if (first)
            alike = 1;
        else if (alike == tiles && g->right_taps && !last)
            alike--;
        inner.left_taps = first ? g->left_taps : 0;
        inner.right_taps = last ? g->right_taps : 0;
        tile = &inner;
#endif
        snug_gemm_tiles(tile, alike, count, panels, a + row * g->a_row, b,
                        init ? init + row * g->init_row : NULL, add ? add + row * g->add_row : NULL,
                        out + row * g->out_row);
        row += alike * count;
        tiles -= alike;
    }
}

/* Any number of rows times 16 lanes, of which only the first (1 ... 15) exist in init, add and out. */
static inline void snug_gemm_part(const snug_gemm *g, int32_t rows, int32_t lanes, const float *a,
                                  const float *b, const float *init, const float *add, float *out)
{
    float tile[SNUG_TILE_ROWS * 16];
    snug_gemm local = *g;
    local.init_row = 16;
    local.out_row = 16;
    local.clamp = add ? 0 : g->clamp;
    int32_t tiles = snug_tiles_of(rows);
    for (int32_t row = 0; row < rows; tiles--) {
        const int32_t count = (rows - row + tiles - 1) / tiles;
        for (int32_t r = 0; r < count; r++)
            for (int32_t lane = 0; lane < 16; lane++)
                tile[r * 16 + lane] = init && lane < lanes ? init[(row + r) * g->init_row + lane] : 0.0f;
        local.left_taps = row == 0 ? g->left_taps : 0;
        local.right_taps = tiles == 1 ? g->right_taps : 0;
        snug_gemm_tiles(&local, 1, count, 1, a + row * g->a_row, b, tile, NULL, tile);
        for (int32_t r = 0; r < count; r++)
            for (int32_t lane = 0; lane < lanes; lane++) {
                float x = tile[r * 16 + lane];
                if (add) {
                    x += add[(row + r) * g->add_row + lane];
                    if (g->clamp)
                        x = x < g->low ? g->low : x > g->high ? g->high : x;
                }
                out[(row + r) * g->out_row + lane] = x;
            }
        row += count;
    }
}

/* As snug_gemm_lanes, every sum in one piece. */
static inline void snug_gemm_piece(const snug_gemm *g, int32_t rows, int32_t lanes, const float *a,
                                   const float *b, const float *init, const float *add, float *out)
{
    for (int32_t panel = 0; panel * 16 < lanes;) {
        const int32_t whole = lanes / 16 - panel,
                      count = g->half && whole > 2
                                  ? 1
                                  : snug_next_panels(g, whole, snug_gemm_steps(g), snug_tiles_of(rows));
        const float *b_here = b + panel * g->b_panel;
        const float *init_here = init ? init + panel * g->init_panel : NULL;
        const float *add_here = add ? add + panel * g->add_panel : NULL;
        float *out_here = out + panel * g->out_panel;
        if (whole > 0)
            snug_gemm_strip(g, rows, count, a, b_here, init_here, add_here, out_here);
        else
            snug_gemm_part(g, rows, lanes - panel * 16, a, b_here, init_here, add_here, out_here);
        panel += count;
    }
}

/* As snug_gemm_lanes, in stretches: the first begins with init, others with 0, and `out` holds the sum of
 * those before. */
static SNUG_NOINLINE void snug_gemm_long(const snug_gemm *g, int32_t rows, int32_t lanes, const float *a,
                                         const float *b, const float *init, const float *add, float *out)
{
    for (snug_stretch s = snug_no_stretch(g); snug_next_stretch(g, &s);) {
        s.gemm.clamp = s.last && g->clamp;
        snug_gemm_piece(&s.gemm, rows, lanes, a + s.a, b + s.b, init, add, out);
        init = NULL;
        add = out;
        s.gemm.add_row = g->out_row;
        s.gemm.add_panel = g->out_panel;
    }
}

/* Any number of rows times any number of lanes, of which only so many exist in init, add and out; b has 16 in
 * every panel. init, add: NULL, or what the sum begins with and what is added to it. out may be init or add.
 */
static inline void snug_gemm_lanes(const snug_gemm *g, int32_t rows, int32_t lanes, const float *a,
                                   const float *b, const float *init, const float *add, float *out)
{
    if (snug_gemm_steps(g) > SNUG_LONGEST_SUM)
        snug_gemm_long(g, rows, lanes, a, b, init, add, out);
    else
        snug_gemm_piece(g, rows, lanes, a, b, init, add, out);
}

/* Merges loops whose steps follow on one another, so that the innermost is long. */
static inline void snug_gemm_merge(snug_gemm *g)
{
    const int merge_x = g->a_x == g->depth * g->a_depth && g->b_x == g->depth * g->b_depth;
    if (g->taps_x > 1 && merge_x && !g->last_depth && !g->left_taps && !g->right_taps) {
        g->depth *= g->taps_x;
        g->taps_x = 1;
    }
    const int merge_y = g->a_y == g->depth * g->a_depth && g->b_y == g->depth * g->b_depth;
    if (g->taps_y > 1 && g->taps_x == 1 && merge_y && !g->last_depth) {
        g->depth *= g->taps_y;
        g->taps_y = 1;
    }
    const int merge_blocks = g->a_block == g->depth * g->a_depth && g->b_block == g->depth * g->b_depth;
    if (g->blocks > 1 && g->taps_x == 1 && g->taps_y == 1 && merge_blocks) {
        g->depth = g->depth * (g->blocks - 1) + (g->last_depth ? g->last_depth : g->depth);
        g->last_depth = 0;
        g->blocks = 1;
    }
}

/* Bytes per step of the innermost loop that bring `floats` floats into the cache while `tiles` tiles of
 * `steps` steps run. None where the tiles are so many that the weights hardly matter. On Zen 4 three times as
 * fast as necessary is the fastest (cold 512 channels of 7x7: 1.72 ms; 2.05 at the necessary rate, 2.13
 * without); on Granite Rapids the necessary rate (2048 to 512 channels of 7x7: 0.84 ms, 1.18, 0.91). */
static inline ptrdiff_t snug_stream_step(int64_t floats, int64_t tiles, int64_t steps)
{
#ifdef SNUG_ZEN4
    const int64_t haste = 3;
#else
    const int64_t haste = 1;
#endif
    return tiles > 64 ? 0 : (ptrdiff_t)(haste * 4 * floats * SNUG_TILE_LANES / (16 * tiles * steps));
}

/* The next panels, of as many steps as those that `tiles` tiles run over. */
static inline snug_stream snug_stream_of(const float *next, int32_t panels, int64_t tiles)
{
    snug_stream stream;
    stream.at = (const char *)next;
    stream.step = snug_stream_step((int64_t)panels * 16, tiles, 1);
    return stream;
}

/* What a part of a plain product may read of a: what stays in the second-level cache while panels go by. */
enum { SNUG_PRODUCT_FLOATS = 131072 };

/* Rows of which all panels are computed before the next: as many as stay in the second-level cache. */
static inline int32_t snug_product_rows(const snug_gemm *g)
{
    const int64_t fit = SNUG_PRODUCT_FLOATS / snug_gemm_steps(g) / SNUG_TILE_ROWS;
    return fit < 4 ? 4 * SNUG_TILE_ROWS : (int32_t)fit * SNUG_TILE_ROWS;
}

/* A plain product: many rows times all lanes, `block_rows` rows after one another. While the last panels run,
 * what lies behind the weights comes into the cache: those of the network's next layer. */
static inline void snug_gemm_product(const snug_gemm *g, int32_t rows, int32_t block_rows, int32_t lanes,
                                     const float *a, const float *b, const float *bias, const float *add,
                                     float *out)
{
    const int64_t steps = snug_gemm_steps(g);
    snug_gemm local = *g;
    snug_stream stream;
    local.stream = &stream;
    for (int32_t row = 0; row < rows; row += block_rows) {
        const int32_t count = rows - row < block_rows ? rows - row : block_rows;
        for (int32_t panel = 0; panel * 16 < lanes;) {
            const int32_t whole = lanes / 16 - panel,
                          at_once = whole > 0 ? snug_next_panels(g, whole, steps, snug_tiles_of(count)) : 1;
            const int32_t rest = lanes - panel * 16, width = rest < at_once * 16 ? rest : at_once * 16;
            const int32_t next = rest > width || row + block_rows >= rows ? panel + at_once : 0;
            local.half = g->half && rest == width;
            stream = snug_stream_of(b + next * g->b_panel, at_once, snug_tiles_of(count));
            snug_gemm_lanes(&local, count, width, a + row * g->a_row, b + panel * g->b_panel,
                            bias + panel * 16, add ? add + panel * g->add_panel + row * g->add_row : NULL,
                            out + panel * g->out_panel + row * g->out_row);
            panel += at_once;
        }
    }
}

#endif
