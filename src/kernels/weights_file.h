/* weights_file.h - a file of packed weights: a head of 64 bytes, then the weights. Numbers are little-endian.
 *
 *     0  "snugwts" and a byte of 1, the version    16  bytes of weights, in 64 bits
 *     8  0x01020304, which shows the byte order    24  hash of the weights, in 64 bits
 *    12  bytes of the head                         32  zeros
 */
#ifndef SNUG_WEIGHTS_FILE_H
#define SNUG_WEIGHTS_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SNUG_WEIGHTS_MAGIC "snugwts\1"
#define SNUG_WEIGHTS_BYTE_ORDER 0x01020304U
#define SNUG_WEIGHTS_OTHER_ORDER 0x04030201U
#define SNUG_WEIGHTS_HEAD_BYTES 64U

/* FNV-1a with 64 bits, over words of 32 bits; `bytes` is a multiple of 4. */
static inline uint64_t snug_weights_hash(const void *weights, size_t bytes)
{
    const unsigned char *const begin = (const unsigned char *)weights;
    uint64_t hash = 0xcbf29ce484222325ULL;
    size_t at;
    for (at = 0; at + 4 <= bytes; at += 4) {
        uint32_t word;
        memcpy(&word, begin + at, sizeof word);
        hash = (hash ^ word) * 0x100000001b3ULL;
    }
    return hash;
}

/* A number of the head, in this machine's byte order. */
static inline uint64_t snug_weights_number(const void *file, size_t at, size_t words)
{
    uint32_t word[2] = {0, 0};
    memcpy(word, (const unsigned char *)file + at, words * sizeof word[0]);
    return word[0] | (uint64_t)word[1] << 32;
}

/* NULL where these are the bytes of a file with these weights, else what is wrong with them. */
static inline const char *snug_check_weights_file(const void *file, size_t file_bytes, size_t weights_bytes,
                                                  uint64_t hash)
{
    if (file_bytes < SNUG_WEIGHTS_HEAD_BYTES || memcmp(file, SNUG_WEIGHTS_MAGIC, 8) != 0)
        return "is no file of weights that this version of snug wrote";
    if (snug_weights_number(file, 8, 1) == SNUG_WEIGHTS_OTHER_ORDER)
        return "holds little-endian numbers, and this machine is big-endian: compile with --weights c";
    if (snug_weights_number(file, 8, 1) != SNUG_WEIGHTS_BYTE_ORDER)
        return "is damaged: its head is not what was written";
    if (snug_weights_number(file, 16, 2) != weights_bytes || snug_weights_number(file, 24, 2) != hash)
        return "holds weights of another network, or of another compilation of this one";
    if (file_bytes != SNUG_WEIGHTS_HEAD_BYTES + weights_bytes)
        return "has another size than its head says: it is cut off";
    if (snug_weights_hash((const unsigned char *)file + SNUG_WEIGHTS_HEAD_BYTES, weights_bytes) != hash)
        return "is damaged: its weights differ from those that were written";
    return NULL;
}

#endif
