/* profile_main.c - measures kernels. Not part of emitted code.
 *
 * Reads one request a line from its standard input and answers each with a line as soon as it has measured:
 *
 *     KERNEL INPUT_FLOATS OTHER_FLOATS OUTPUT_FLOATS WEIGHT_BYTES WORKSPACE_BYTES BEST_NS STRIDES THREADS
 * LAYER PARTS NANOSECONDS RUNS
 *
 * OTHER_FLOATS: residual or second operand, 0: none. BEST_NS: what the fastest kernel known takes for this
 * layer, 0: unknown. STRIDES: the nine of snug_layer, in order, separated by spaces. LAYER: as snug names
 * layers, "ic3ih224...". PARTS: none, or those in which the call is made, each on a thread; each is a word,
 * the members of snug_part in order, separated by commas.
 *
 * What it measures is a kernel inside a network (docs/decisions/0005): before every call, not timed, as much
 * is read elsewhere as the weights hold, which were last read one image ago; then the input is written, as
 * the layer before would have done, and as much read elsewhere. The output goes where a map lay a few layers
 * ago, one of OUTPUT_PLACES in turn, and every call reads another copy of the weights, from a pool larger
 * than caches. Maps, workspace and weights lie in pages like those of emitted programs. In a network for
 * several threads, each of them wrote a band of the input's rows, and pieces all over of what lay where the
 * output goes: where they do not share a cache, both must travel between them. */
#if defined(__unix__) || defined(__APPLE__)
#define _POSIX_C_SOURCE 200809L
#define _DEFAULT_SOURCE /* madvise */
#include <sys/mman.h>
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel_table.h"
#include "layer_fields.h"
#include "parallel.h"

#define LINE_BYTES 32768
#define MOST_PARTS 64
#define WEIGHT_POOL_BYTES ((size_t)128 << 20)
#define OTHER_MEMORY_BYTES ((size_t)64 << 20)
#define OUTPUT_PLACES 4
#define PIECE_FLOATS ((size_t)1024)
#define PATTERN_FLOATS 16381 /* a prime, so that it lies differently in every row */
#define MOST_RUNS 1000
#define LEAST_TOTAL_NS 1e7
#define HUGE_PAGE_BYTES ((size_t)2 << 20)

/* Memory that grows, in whole huge pages where the system has them. */
typedef struct pool {
    void *memory;
    size_t bytes;
} pool;

typedef struct request {
    const snug_kernel *kernel;
    snug_layer layer;
    size_t input_bytes, other_bytes, output_bytes, weight_bytes, workspace_bytes;
    double best_ns;
    int threads; /* that prepare the call */
    int parts;   /* that run at the same time; 0: one call */
    snug_part part[MOST_PARTS];
} request;

/* Where a request's maps lie. */
typedef struct places {
    float *input, *other, *workspace, *outputs[OUTPUT_PLACES];
} places;

static pool arena, weights, bias, other_memory;

static void fail(const char *what, const char *detail)
{
    fprintf(stderr, "%s: %s\n", what, detail);
    exit(2);
}

/* Values of normal size: neither zeros, which some processors multiply faster, nor denormals, which most
 * multiply far more slowly. */
static void fill(float *floats, size_t count)
{
    static float pattern[PATTERN_FLOATS];
    uint32_t state = 2463534242U;
    for (size_t i = 0; pattern[PATTERN_FLOATS - 1] == 0.0F && i < PATTERN_FLOATS; ++i) {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        const float size = 0.25F + (float)(state >> 8) * (0.75F / 16777216.0F);
        pattern[i] = state & 1U ? size : -size;
    }
    for (size_t i = 0; i < count; i += PATTERN_FLOATS)
        memcpy(floats + i, pattern,
               (count - i < PATTERN_FLOATS ? count - i : PATTERN_FLOATS) * sizeof(float));
}

static size_t rounded(size_t bytes) { return (bytes + 63) / 64 * 64; }

static float *reserve(pool *p, size_t bytes)
{
    if (bytes <= p->bytes)
        return p->memory;
    free(p->memory);
    p->bytes = (bytes + HUGE_PAGE_BYTES - 1) / HUGE_PAGE_BYTES * HUGE_PAGE_BYTES;
#if defined(_POSIX_C_SOURCE) && defined(MADV_HUGEPAGE)
    if (posix_memalign(&p->memory, HUGE_PAGE_BYTES, p->bytes) != 0)
        p->memory = NULL;
    else
        (void)madvise(p->memory, p->bytes, MADV_HUGEPAGE);
#else
    p->memory = malloc(p->bytes);
#endif
    if (p->memory == NULL)
        fail("not enough memory", "a layer's maps and weights");
    fill(p->memory, p->bytes / sizeof(float));
    return p->memory;
}

/* All in one arena, one after the other. */
static places place(const request *r)
{
    const size_t sizes[] = {rounded(r->input_bytes), rounded(r->other_bytes), rounded(r->workspace_bytes),
                            rounded(r->output_bytes)};
    unsigned char *next =
        (unsigned char *)reserve(&arena, sizes[0] + sizes[1] + sizes[2] + OUTPUT_PLACES * sizes[3]);
    places p;
    p.input = (float *)(void *)next;
    p.other = r->other_bytes == 0 ? NULL : (float *)(void *)(next += sizes[0]);
    next += r->other_bytes == 0 ? sizes[0] : sizes[1];
    p.workspace = (float *)(void *)next;
    next += sizes[2];
    for (size_t k = 0; k < OUTPUT_PLACES; ++k, next += sizes[3])
        p.outputs[k] = (float *)(void *)next;
    fill(p.input, (size_t)(p.workspace - p.input));
    return p;
}

/* function(context, 0) ... function(context, parts - 1), at the same time where there is OpenMP. */
static void run_parts(int parts, snug_part_function *function, const void *context)
{
    if (parts == 1) {
        function(context, 0);
        return;
    }
#ifdef _OPENMP
#pragma omp parallel for num_threads(parts) schedule(static, 1)
#endif
    for (int part = 0; part < parts; part++)
        function(context, part);
}

/* Reads so many bytes of memory that nothing else needs; each thread has a share of it. */
static void read_elsewhere(int share, int shares, size_t bytes)
{
    static size_t next[MOST_PARTS];
    volatile const float *const elsewhere = (const float *)other_memory.memory;
    const size_t lines = OTHER_MEMORY_BYTES / 64 / (size_t)shares, first = (size_t)share * lines;
    size_t at = next[share];
    for (size_t left = bytes / 64; left > 0; --left) {
        (void)elsewhere[(first + at) * (64 / sizeof(float))];
        at = at + 1 < lines ? at + 1 : 0;
    }
    next[share] = at;
}

/* Writes what is there. */
static void touch(float *map, size_t floats)
{
    volatile float *const line = map;
    for (size_t i = 0; i < floats; i += 64 / sizeof(float)) {
        /* cppcheck-suppress selfAssignment */
        line[i] = line[i];
    }
}

typedef struct preparation {
    const request *r;
    float *input, *later_output; /* NULL, or where the output of a later call will go */
} preparation;

/* A thread's share of what the layers before leave in the caches. */
static void prepare_share(const void *context, int share)
{
    const preparation *const p = context;
    const request *const r = p->r;
    const int shares = r->threads;
    const size_t out_floats = p->later_output == NULL ? 0 : r->output_bytes / sizeof(float);
    const size_t floats = r->input_bytes / sizeof(float), line = 64 / sizeof(float);
    const size_t height = r->layer.in_row > 0 ? (size_t)r->layer.in_height : 1;
    const size_t row_floats = height > 1 ? (size_t)r->layer.in_row : floats;
    const size_t gone = r->weight_bytes < OTHER_MEMORY_BYTES ? r->weight_bytes : OTHER_MEMORY_BYTES;
    for (size_t i = (size_t)share * PIECE_FLOATS; i < out_floats; i += (size_t)shares * PIECE_FLOATS)
        touch(p->later_output + i, out_floats - i < PIECE_FLOATS ? out_floats - i : PIECE_FLOATS);
    read_elsewhere(share, shares, gone / (size_t)shares);
    for (size_t begin = 0, row = 0; begin < floats; begin += row_floats, row = (row + 1) % height) {
        if ((int)(row * (size_t)shares / height) != share)
            continue;
        const size_t end = floats - begin < row_floats ? floats : begin + row_floats;
        for (size_t i = begin; i < end; i += line) {
            touch(p->input + i, 1);
            read_elsewhere(share, shares, 64);
        }
    }
}

/* The state in which the layers before leave the caches: this layer's weights are gone, its input is all
 * written, the end last, and as much read elsewhere. */
static void prepare(const request *r, const places *p, size_t run)
{
    const preparation all = {r, p->input, r->threads > 1 ? p->outputs[(run + 2) % OUTPUT_PLACES] : NULL};
    reserve(&other_memory, OTHER_MEMORY_BYTES);
    run_parts(r->threads, prepare_share, &all);
}

static double now_ns(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

typedef struct shared_call {
    const request *r;
    const places *p;
    const float *weights;
    float *output;
} shared_call;

static void run_part(const void *context, int index)
{
    const shared_call *const call = context;
    const request *const r = call->r;
    const snug_part *const part = &r->part[index];
    const snug_layer slice = snug_slice(&r->layer, part);
    const float *const input = call->p->input + part->input;
    const float *const other = call->p->other == NULL ? NULL : call->p->other + part->other;
    if (r->kernel->conv != NULL)
        r->kernel->conv(&slice, input, call->weights + part->weights, (const float *)bias.memory + part->bias,
                        other, call->output + part->output,
                        (unsigned char *)call->p->workspace + part->workspace);
    else
        r->kernel->map(&slice, input, other, call->output + part->output);
}

/* The call number `run`, timed by two clocks. Processor time leaves out what other programs take away from a
 * long call; wall-clock time is the exact one for short calls, because reading it costs little. The smaller
 * is right; but the processor time of several threads is their sum. */
static double run_once(const request *r, const places *p, size_t run)
{
    const size_t stride = rounded(r->weight_bytes);
    const size_t copies = stride == 0 ? 1 : weights.bytes / stride;
    const float *copy =
        stride == 0 ? NULL : (float *)weights.memory + run % copies * (stride / sizeof(float));
    float *const output = p->outputs[run % OUTPUT_PLACES];
    prepare(r, p, run);
    const double cpu_begin = now_ns(CLOCK_PROCESS_CPUTIME_ID);
    const double begin = now_ns(CLOCK_MONOTONIC);
    if (r->parts > 0) {
        const shared_call call = {r, p, copy, output};
        run_parts(r->parts, run_part, &call);
    } else if (r->kernel->conv != NULL)
        r->kernel->conv(&r->layer, p->input, copy, bias.memory, p->other, output, p->workspace);
    else
        r->kernel->map(&r->layer, p->input, p->other, output);
    const double wall_ns = now_ns(CLOCK_MONOTONIC) - begin;
    const double cpu_ns = now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_begin;
    return r->threads == 1 && cpu_ns < wall_ns ? cpu_ns : wall_ns;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median of the runs, which is what a network's time is the sum of. The first run warms up; where it
 * shows that the kernel is far from the best one, few runs are enough to say so. */
static double measure(const request *r, size_t *runs)
{
    static double samples[MOST_RUNS];
    const places p = place(r);
    const double first = run_once(r, &p, 0);
    const double ratio = r->best_ns > 0 ? first / r->best_ns : 0;
    *runs = 1;
    if (first > 1e8 || (ratio > 2 && first > 5e6) || (ratio > 10 && first > 1e6))
        return first;
    const size_t least = first > 2e7 || ratio > 3 ? 3 : 5;
    const double least_total_ns = ratio > 3 ? 0 : ratio > 1.5 ? LEAST_TOTAL_NS / 3 : LEAST_TOTAL_NS;
    const double begin = now_ns(CLOCK_MONOTONIC);
    size_t count = 0;
    while (count < MOST_RUNS && (count < least || now_ns(CLOCK_MONOTONIC) - begin < least_total_ns)) {
        samples[count] = run_once(r, &p, count + 1);
        ++count;
    }
    qsort(samples, count, sizeof samples[0], ascending);
    *runs = count;
    return samples[count / 2];
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

/* The numbers of a part, separated by commas. */
static snug_part parse_part(const char *word)
{
    size_t numbers[17];
    snug_part part;
    for (size_t i = 0; i < 17; ++i) {
        char *rest = NULL;
        numbers[i] = (size_t)strtoull(word, &rest, 10);
        if (rest == word || (*rest != ',' && i < 16))
            fail("not a part", word);
        word = rest + 1;
    }
    part.in_channels = (int32_t)numbers[0], part.in_height = (int32_t)numbers[1];
    part.out_channels = (int32_t)numbers[2], part.out_height = (int32_t)numbers[3];
    part.pad_top = (int32_t)numbers[4], part.groups = (int32_t)numbers[5];
    part.block = (int32_t)numbers[6], part.other_channels = (int32_t)numbers[7];
    part.other_height = (int32_t)numbers[8], part.middle_height = (int32_t)numbers[9];
    part.pool_top = (int32_t)numbers[10];
    part.input = numbers[11], part.other = numbers[12], part.weights = numbers[13], part.bias = numbers[14];
    part.output = numbers[15], part.workspace = numbers[16];
    return part;
}

static void parse_parts(request *r)
{
    r->parts = 0;
    for (char *word = strtok(NULL, " \n"); word != NULL; word = strtok(NULL, " \n")) {
        if (r->parts == MOST_PARTS)
            fail("too many parts", word);
        r->part[r->parts++] = parse_part(word);
    }
}

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
    r.threads = (int)next_number();
    if (r.threads < 1 || r.threads > MOST_PARTS)
        fail("bad request", "the number of threads");
    r.layer = parse_layer(next_word(NULL));
    r.layer.in_plane = strides[0], r.layer.in_row = strides[1], r.layer.in_pixel = strides[2];
    r.layer.other_plane = strides[3], r.layer.other_row = strides[4], r.layer.other_pixel = strides[5];
    r.layer.out_plane = strides[6], r.layer.out_row = strides[7], r.layer.out_pixel = strides[8];
    parse_parts(&r);
    return r;
}

int main(void)
{
    static char line[LINE_BYTES];
    while (fgets(line, LINE_BYTES, stdin) != NULL) {
        const request r = parse_request(line);
        reserve(&weights, r.weight_bytes > WEIGHT_POOL_BYTES ? r.weight_bytes : WEIGHT_POOL_BYTES);
        reserve(&bias, ((size_t)r.layer.out_channels + 16) * sizeof(float));
        size_t runs = 0;
        const double ns = measure(&r, &runs);
        printf("%.1f %lu\n", ns, (unsigned long)runs);
        fflush(stdout);
    }
    return 0;
}
