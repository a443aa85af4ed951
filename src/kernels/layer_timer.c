/* layer_timer.c - times the steps of a network. Not part of emitted code: `snug run --layers` calls it around
 * every step of a copy. When the program ends it prints a line for every step, "step NUMBER median_ns
 * NANOSECONDS". */
#define _POSIX_C_SOURCE 199309L

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct step_times {
    double *ns;
    size_t count, capacity;
} step_times;

void snug_step_begin(void);
void snug_step_end(size_t step);

static step_times *steps;
static size_t step_count;
static double begin_ns;

static double now_ns(void)
{
    struct timespec time_spec;
    clock_gettime(CLOCK_MONOTONIC, &time_spec);
    return 1e9 * (double)time_spec.tv_sec + (double)time_spec.tv_nsec;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void print_medians(void)
{
    for (size_t step = 0; step < step_count; ++step) {
        const step_times *const times = &steps[step];
        if (times->count == 0)
            continue;
        qsort(times->ns, times->count, sizeof times->ns[0], ascending);
        printf("step %lu median_ns %.0f\n", (unsigned long)step, times->ns[times->count / 2]);
    }
}

static void *grown(void *memory, size_t bytes)
{
    void *const larger = realloc(memory, bytes);
    if (larger == NULL) {
        fprintf(stderr, "not enough memory for the times of layers\n");
        exit(1);
    }
    return larger;
}

void snug_step_begin(void) { begin_ns = now_ns(); }

void snug_step_end(size_t step)
{
    const double ns = now_ns() - begin_ns;
    if (steps == NULL)
        atexit(print_medians);
    if (step >= step_count) {
        steps = grown(steps, (step + 1) * sizeof *steps);
        for (; step_count <= step; ++step_count)
            steps[step_count] = (step_times){NULL, 0, 0};
    }
    step_times *const times = &steps[step];
    if (times->count == times->capacity) {
        times->capacity = 2 * times->capacity + 16;
        times->ns = grown(times->ns, times->capacity * sizeof *times->ns);
    }
    times->ns[times->count++] = ns;
}
