/* weights_check.h - whether the bytes of a file are the weights that a network was compiled with. */
#ifndef SNUG_WEIGHTS_CHECK_H
#define SNUG_WEIGHTS_CHECK_H

#include "weights_file.h"

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
