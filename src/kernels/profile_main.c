/* profile_main.c - measures kernels. Not part of emitted code.
 *
 * Reads one request a line from its standard input and answers each with a line as soon as it has measured:
 *
 *     KERNEL INPUT_FLOATS OTHER_FLOATS OUTPUT_FLOATS WEIGHT_BYTES WORKSPACE_BYTES BEST_NS STRIDES LAYER
 *     NANOSECONDS RUNS
 *
 * OTHER_FLOATS: residual or second operand, 0: none. BEST_NS: what the fastest kernel known takes for this
 * layer, 0: unknown. STRIDES: the nine of snug_layer, in order, separated by spaces. LAYER: as snug names
 * layers, "ic3ih224...".
 *
 * What it measures is a kernel inside a network: input and output have just been in use, so they are as warm
 * as their size allows; the weights were last read one image ago, so every call reads another copy of them,
 * from a pool larger than caches. */
#define _POSIX_C_SOURCE 199309L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel_table.h"
#include "layer_fields.h"

#define LINE_BYTES 4096
#define WEIGHT_POOL_BYTES ((size_t)64 << 20)
#define MOST_RUNS 2000
#define LEAST_TOTAL_NS 1e7

typedef struct buffer {
    void *memory;
    float *floats; /* 64-byte aligned */
    size_t bytes;
} buffer;

typedef struct request {
    const snug_kernel *kernel;
    snug_layer layer;
    size_t input_bytes, other_bytes, output_bytes, weight_bytes, workspace_bytes;
    double best_ns;
} request;

static buffer input, other, output, weights, bias, workspace;

static void fail(const char *what, const char *detail)
{
    fprintf(stderr, "%s: %s\n", what, detail);
    exit(2);
}

/* Values of normal size: neither zeros, which some processors multiply faster, nor denormals, which most
 * multiply far more slowly. */
static void fill(float *floats, size_t count)
{
    static uint32_t state = 2463534242U;
    for (size_t i = 0; i < count; ++i) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        const float size = 0.25F + (float)(state >> 8) * (0.75F / 16777216.0F);
        floats[i] = state & 1U ? size : -size;
    }
}

static float *reserve(buffer *b, size_t bytes)
{
    if (bytes <= b->bytes)
        return b->floats;
    const size_t rounded = (bytes + 63) / 64 * 64;
    free(b->memory);
    b->memory = malloc(rounded + 64);
    if (b->memory == NULL)
        fail("not enough memory", "a layer's buffers");
    b->floats = (float *)(void *)((char *)b->memory + (64 - (uintptr_t)b->memory % 64) % 64);
    b->bytes = rounded;
    fill(b->floats, rounded / sizeof(float));
    return b->floats;
}

static double now_ns(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* The call number `run`, timed by two clocks. Processor time leaves out what other programs take away from a
 * long call; wall-clock time is the exact one for short calls, because reading it costs little. The smaller
 * is right. */
static double run_once(const request *r, size_t run)
{
    const size_t stride = (r->weight_bytes + 63) / 64 * 64;
    const size_t copies = stride == 0 ? 1 : weights.bytes / stride;
    const float *copy = stride == 0 ? NULL : weights.floats + run % copies * (stride / sizeof(float));
    const float *operand = r->other_bytes == 0 ? NULL : other.floats;
    const double cpu_begin = now_ns(CLOCK_PROCESS_CPUTIME_ID);
    const double begin = now_ns(CLOCK_MONOTONIC);
    if (r->kernel->conv != NULL)
        r->kernel->conv(&r->layer, input.floats, copy, bias.floats, operand, output.floats, workspace.floats);
    else
        r->kernel->map(&r->layer, input.floats, operand, output.floats);
    const double wall_ns = now_ns(CLOCK_MONOTONIC) - begin;
    const double cpu_ns = now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_begin;
    return cpu_ns < wall_ns ? cpu_ns : wall_ns;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The lower quartile of the runs: what disturbs a run only ever makes it longer. The first run warms up;
 * where it shows that the kernel is far from the best one, few runs are enough to say so. */
static double measure(const request *r, size_t *runs)
{
    static double samples[MOST_RUNS];
    const double first = run_once(r, 0);
    const double ratio = r->best_ns > 0 ? first / r->best_ns : 0;
    *runs = 1;
    if (ratio > 20 && first > 1e6)
        return first;
    const size_t least = first > 5e8 ? 1 : first > 5e7 ? 2 : ratio > 4 ? 3 : 5;
    const double least_total_ns = ratio > 4 ? 0 : LEAST_TOTAL_NS;
    double total = 0;
    size_t count = 0;
    while (count < MOST_RUNS && (count < least || total < least_total_ns)) {
        samples[count] = run_once(r, count + 1);
        total += samples[count++];
    }
    qsort(samples, count, sizeof samples[0], ascending);
    *runs = count;
    return samples[count / 4];
}

static const snug_kernel *find_kernel(const char *name)
{
    for (const snug_kernel *kernel = snug_kernels; kernel->name != NULL; ++kernel)
        if (strcmp(kernel->name, name) == 0)
            return kernel;
    fail("no such kernel", name);
    return NULL;
}

static snug_layer parse_layer(const char *text)
{
    snug_layer layer;
    memset(&layer, 0, sizeof layer);
    while (*text != '\0') {
        const size_t letters = strspn(text, "abcdefghijklmnopqrstuvwxyz");
        char *rest = NULL;
        const double value = strtod(text + letters, &rest);
#define INTEGER_FIELD(field, key)                                    \
    if (letters == strlen(#key) && memcmp(text, #key, letters) == 0) \
        layer.field = (int32_t)value;
#define REAL_FIELD(field, key)                                       \
    if (letters == strlen(#key) && memcmp(text, #key, letters) == 0) \
        layer.field = (float)value;
        SNUG_LAYER_FIELDS(INTEGER_FIELD, REAL_FIELD)
#undef INTEGER_FIELD
#undef REAL_FIELD
        if (rest == text + letters)
            fail("not a layer", text);
        text = rest;
    }
    return layer;
}

/* The next word of the line, which ends there. */
static char *next_word(char *line)
{
    char *word = strtok(line, " \n");
    if (word == NULL)
        fail("bad request", "a word is missing");
    return word;
}

static double next_number(void) { return strtod(next_word(NULL), NULL); }

static request parse_request(char *line)
{
    request r;
    int32_t strides[9];
    r.kernel = find_kernel(next_word(line));
    r.input_bytes = (size_t)next_number() * sizeof(float);
    r.other_bytes = (size_t)next_number() * sizeof(float);
    r.output_bytes = (size_t)next_number() * sizeof(float);
    r.weight_bytes = (size_t)next_number();
    r.workspace_bytes = (size_t)next_number();
    r.best_ns = next_number();
    for (size_t i = 0; i < 9; ++i)
        strides[i] = (int32_t)next_number();
    r.layer = parse_layer(next_word(NULL));
    r.layer.in_plane = strides[0], r.layer.in_row = strides[1], r.layer.in_pixel = strides[2];
    r.layer.other_plane = strides[3], r.layer.other_row = strides[4], r.layer.other_pixel = strides[5];
    r.layer.out_plane = strides[6], r.layer.out_row = strides[7], r.layer.out_pixel = strides[8];
    return r;
}

int main(void)
{
    static char line[LINE_BYTES];
    while (fgets(line, LINE_BYTES, stdin) != NULL) {
        const request r = parse_request(line);
        reserve(&input, r.input_bytes);
        reserve(&other, r.other_bytes);
        reserve(&output, r.output_bytes);
        reserve(&weights, r.weight_bytes > WEIGHT_POOL_BYTES ? r.weight_bytes : WEIGHT_POOL_BYTES);
        reserve(&bias, ((size_t)r.layer.out_channels + 16) * sizeof(float));
        reserve(&workspace, r.workspace_bytes);
        size_t runs = 0;
        const double ns = measure(&r, &runs);
        printf("%.1f %lu\n", ns, (unsigned long)runs);
        fflush(stdout);
    }
    return 0;
}
