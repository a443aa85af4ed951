/* parallel.c - runs the parts of a layer: by OpenMP where it is on, one after another where SNUG_SERIAL is
 * defined. Otherwise there is nothing here, and the user's program defines snug_parallel_for. */
#include "parallel.h"

#if defined(SNUG_SERIAL)

void snug_parallel_for(int parts, snug_part_function *function, const void *context)
{
    for (int part = 0; part < parts; part++)
        function(context, part);
}

#elif defined(_OPENMP)

void snug_parallel_for(int parts, snug_part_function *function, const void *context)
{
#pragma omp parallel for num_threads(parts) schedule(static, 1)
    for (int part = 0; part < parts; part++)
        function(context, part);
}

#endif
