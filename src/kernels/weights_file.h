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

#endif
