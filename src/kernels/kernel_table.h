/* kernel_table.h - every kernel by name, for the programs that test and profile them. Not part of emitted
 * code. */
#ifndef SNUG_KERNEL_TABLE_H
#define SNUG_KERNEL_TABLE_H

#include "snug.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef SNUG_CONV_KERNEL((*snug_conv_function));
typedef SNUG_MAP_KERNEL((*snug_map_function));

/* Exactly one of the functions is there. The list ends with a NULL name. */
typedef struct snug_kernel {
    const char *name;
    snug_conv_function conv;
    snug_map_function map;
} snug_kernel;

extern const snug_kernel snug_kernels[];

#ifdef __cplusplus
}
#endif

#endif
