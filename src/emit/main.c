/* main.c - an example that runs the network of main.h once or many times.
 *
 *   program [--input FILE]... [--output FILE]... [--repeat N] [--fill WORD] [--weights FILE]
 *
 * Inputs and outputs are little-endian floats, row-major, one file each in the order of main.h.
 * Without --input the inputs are pseudo-random numbers. --fill writes a 32-bit word all over the arena before
 * each run: with the bits of a NaN it shows whether anything is read that was not written. Prints the median
 * time of a run in nanoseconds. */
#if defined(__unix__) || defined(__APPLE__)
#define IS_POSIX /* _POSIX_C_SOURCE alone says nothing: some C libraries without a system define it */
#define _POSIX_C_SOURCE 200809L
#define _DEFAULT_SOURCE /* madvise */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "main.h"

#define MAX_REPEAT 10000

/* Pages of 2 MiB spare address translations: AlexNet took 19 ms rather than 24 with them, VGG16 140 rather
 * than 165; and what lies in one of them does not fall on the same lines of a cache by chance. */
#if defined(IS_POSIX) && defined(MADV_HUGEPAGE)
#define HUGE_PAGE_BYTES ((size_t)2 << 20)
#define IN_HUGE_PAGES(bytes) (((bytes) + HUGE_PAGE_BYTES - 1) / HUGE_PAGE_BYTES * HUGE_PAGE_BYTES)
static unsigned char arena_and_margin[IN_HUGE_PAGES(SNUG_MAIN_ARENA_BYTES) + HUGE_PAGE_BYTES];
#elif defined(__GNUC__)
static unsigned char arena_memory[SNUG_MAIN_ARENA_BYTES] __attribute__((aligned(64)));
#else
static double arena_memory[(SNUG_MAIN_ARENA_BYTES + sizeof(double) - 1) / sizeof(double)];
#endif
static unsigned char *arena;
static double times_ns[MAX_REPEAT];

static void fail(const char *cause, const char *what)
{
    fprintf(stderr, "%s: %s: %s\n", SNUG_MAIN_NAME, what, cause);
    exit(1);
}

static void place_arena(void)
{
#ifdef HUGE_PAGE_BYTES
    const size_t begin = (size_t)((uintptr_t)arena_and_margin % HUGE_PAGE_BYTES);
    arena = arena_and_margin + (HUGE_PAGE_BYTES - begin) % HUGE_PAGE_BYTES;
    /* Advice: where the system has no such pages, nothing happens. */
    (void)madvise(arena, IN_HUGE_PAGES(SNUG_MAIN_ARENA_BYTES), MADV_HUGEPAGE);
#else
    arena = (unsigned char *)arena_memory;
#endif
}

#ifdef SNUG_MAIN_WEIGHTS_FILE
#if defined(IS_POSIX) && !defined(HUGE_PAGE_BYTES)
/* The weights stay in the file. */
static const void *load_file(const char *file)
{
    struct stat status;
    void *mapped;
    const int descriptor = open(file, O_RDONLY);
    if (descriptor < 0)
        fail("cannot open it; run where it lies, or give --weights FILE", file);
    if (fstat(descriptor, &status) != 0 || (unsigned long long)status.st_size != SNUG_MAIN_WEIGHTS_FILE_BYTES)
        fail("has another size than this network's weights", file);
    mapped = mmap(NULL, SNUG_MAIN_WEIGHTS_FILE_BYTES, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (mapped == MAP_FAILED)
        fail("cannot map it", file);
    close(descriptor);
    return mapped;
}
#else
static void *allocate_file(void)
{
#if defined(HUGE_PAGE_BYTES)
    void *memory; /* not mapped: a file has small pages */
    if (posix_memalign(&memory, HUGE_PAGE_BYTES, IN_HUGE_PAGES(SNUG_MAIN_WEIGHTS_FILE_BYTES)) != 0)
        return NULL;
    (void)madvise(memory, IN_HUGE_PAGES(SNUG_MAIN_WEIGHTS_FILE_BYTES), MADV_HUGEPAGE);
    return memory;
#else
    return malloc(SNUG_MAIN_WEIGHTS_FILE_BYTES);
#endif
}

static const void *load_file(const char *file)
{
    void *const memory = allocate_file();
    FILE *const stream = fopen(file, "rb");
    if (stream == NULL)
        fail("cannot open it; run where it lies, or give --weights FILE", file);
    if (memory == NULL)
        fail("not enough memory for it", file);
    if (fread(memory, 1, SNUG_MAIN_WEIGHTS_FILE_BYTES, stream) != SNUG_MAIN_WEIGHTS_FILE_BYTES ||
        fgetc(stream) != EOF)
        fail("has another size than this network's weights", file);
    fclose(stream);
    return memory;
}
#endif

static const void *load_weights(const char *file)
{
    const void *const bytes = load_file(file);
    const char *const cause = snug_main_check_weights(bytes, SNUG_MAIN_WEIGHTS_FILE_BYTES);
    if (cause != NULL)
        fail(cause, file);
    return (const unsigned char *)bytes + SNUG_MAIN_WEIGHTS_FILE_OFFSET;
}
#endif

static float *at(size_t offset) { return (float *)(void *)(arena + offset); }

/* Between the byte order of this machine and that of files. */
static uint32_t in_file_order(uint32_t word)
{
    const uint32_t one = 1;
    unsigned char first_byte;
    memcpy(&first_byte, &one, 1);
    if (first_byte == 1)
        return word;
    return word >> 24 | (word >> 8 & 0xff00U) | (word << 8 & 0xff0000U) | word << 24;
}

static void read_input(const char *file, const snug_main_port *port)
{
    FILE *const stream = fopen(file, "rb");
    float *const values = at(port->offset);
    size_t i;
    if (stream == NULL)
        fail("cannot open it", file);
    if (fread(values, sizeof(float), port->floats, stream) != port->floats || fgetc(stream) != EOF)
        fail("does not hold exactly the floats of this input", file);
    fclose(stream);
    for (i = 0; i < port->floats; ++i) {
        uint32_t word;
        memcpy(&word, values + i, sizeof word);
        word = in_file_order(word);
        memcpy(values + i, &word, sizeof word);
    }
}

static void write_output(const char *file, const snug_main_port *port)
{
    FILE *const stream = fopen(file, "wb");
    size_t i;
    if (stream == NULL)
        fail("cannot write it", file);
    for (i = 0; i < port->floats; ++i) {
        uint32_t word;
        memcpy(&word, at(port->offset) + i, sizeof word);
        word = in_file_order(word);
        if (fwrite(&word, sizeof word, 1, stream) != 1)
            fail("cannot write it", file);
    }
    if (fclose(stream) != 0)
        fail("cannot write it", file);
}

/* Numbers in [-1, 1), the same at every run. */
static void random_input(const snug_main_port *port)
{
    unsigned long state = 1;
    float *const values = at(port->offset);
    size_t i;
    for (i = 0; i < port->floats; ++i) {
        state = (state * 1103515245UL + 12345UL) & 0x7fffffffUL;
        values[i] = (float)(state >> 8) / 4194304.0F - 1.0F;
    }
}

static void fill_arena(uint32_t word)
{
    size_t offset;
    for (offset = 0; offset + sizeof word <= SNUG_MAIN_ARENA_BYTES; offset += sizeof word)
        memcpy(arena + offset, &word, sizeof word);
}

static double now_ns(void)
{
#if defined(IS_POSIX)
    struct timespec time_spec;
    clock_gettime(CLOCK_MONOTONIC, &time_spec);
    return 1e9 * (double)time_spec.tv_sec + (double)time_spec.tv_nsec;
#else
    return 1e9 * (double)clock() / (double)CLOCKS_PER_SEC;
#endif
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

#ifdef SNUG_MAIN_TRACE
static FILE *trace_stream;
void snug_trace(const void *data, size_t bytes)
{
    if (trace_stream != NULL && fwrite(data, 1, bytes, trace_stream) != bytes)
        fail("cannot write the trace", "--trace");
}
#endif

/* A whole number of at most `most`. */
static unsigned long number(const char *option, const char *text, unsigned long most)
{
    char *end;
    const unsigned long value = strtoul(text, &end, 0);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || value > most)
        fail("is not a number that it takes", option);
    return value;
}

int main(int argc, char **argv)
{
    const char *inputs[SNUG_MAIN_INPUTS] = {NULL}, *outputs[SNUG_MAIN_OUTPUTS] = {NULL};
    size_t given_inputs = 0, given_outputs = 0, i;
    int argument, repeat = 1, run;
    uint32_t fill = 0;
    int fills = 0;
    const void *weights;
#ifdef SNUG_MAIN_WEIGHTS_FILE
    const char *weights_file = SNUG_MAIN_WEIGHTS_FILE;
#endif
    for (argument = 1; argument + 1 < argc; argument += 2) {
        const char *const option = argv[argument], *const value = argv[argument + 1];
        if (strcmp(option, "--input") == 0 && given_inputs < SNUG_MAIN_INPUTS)
            inputs[given_inputs++] = value;
        else if (strcmp(option, "--output") == 0 && given_outputs < SNUG_MAIN_OUTPUTS)
            outputs[given_outputs++] = value;
        else if (strcmp(option, "--repeat") == 0)
            repeat = (int)number(option, value, MAX_REPEAT);
        else if (strcmp(option, "--fill") == 0)
            fill = (uint32_t)number(option, value, 0xffffffffUL), fills = 1;
#ifdef SNUG_MAIN_WEIGHTS_FILE
        else if (strcmp(option, "--weights") == 0)
            weights_file = value;
#endif
#ifdef SNUG_MAIN_TRACE
        else if (strcmp(option, "--trace") == 0)
            trace_stream = fopen(value, "wb");
#endif
        else
            fail("no such option, or given too often", option);
    }
    if (argument != argc)
        fail("misses its value", argv[argument]);
    if (repeat < 1)
        fail("must be 1 to 10000", "--repeat");
#ifdef SNUG_MAIN_WEIGHTS_FILE
    weights = load_weights(weights_file);
#else
    weights = snug_main_weights;
#endif
    place_arena();
    for (run = 0; run < repeat; ++run) {
        double start;
        if (fills)
            fill_arena(fill);
        for (i = 0; i < SNUG_MAIN_INPUTS; ++i) {
            if (inputs[i] != NULL)
                read_input(inputs[i], &snug_main_inputs[i]);
            else
                random_input(&snug_main_inputs[i]);
        }
        start = now_ns();
        snug_main_run(weights, arena);
        times_ns[run] = now_ns() - start;
    }
    for (i = 0; i < SNUG_MAIN_OUTPUTS; ++i)
        if (outputs[i] != NULL)
            write_output(outputs[i], &snug_main_outputs[i]);
#ifdef SNUG_MAIN_TRACE
    if (trace_stream != NULL && fclose(trace_stream) != 0)
        fail("cannot write the trace", "--trace");
#endif
    qsort(times_ns, (size_t)repeat, sizeof times_ns[0], by_size);
    if (printf("median_ns %.0f\n", times_ns[repeat / 2]) < 0 || fflush(stdout) != 0)
        fail("cannot be written", "standard output");
    return 0;
}
