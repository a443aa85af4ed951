/* conv_rows_chw - direct convolution on planar maps with the pixels of a row as lanes: a strip of input rows
 * is copied once, with zeros beside it, and register tiles of 16 output channels x 16 pixels walk over it by
 * rows, columns and channels. Workspace: the rows that `block` output rows read. The least copying of all
 * planar methods; wins where rows are long. */
#include "planar_rows.h"

SNUG_CONV_KERNEL(conv_rows_chw);

SNUG_CONV_KERNEL(conv_rows_chw)
{
    snug_planar_rows(layer, input, weights, bias, residual, output, workspace);
}
