/* any_rows.h - part of headers for which some rows of register tiles are no pixels: they cannot follow one
 * that promised pixels (SNUG_GEMM_PIXEL_ROWS, gemm_tile.h), since gemm.h is there once. */
#ifdef SNUG_GEMM_PIXEL_ROWS
#error "include this header before those that define SNUG_GEMM_PIXEL_ROWS"
#endif
