/* SPDX-License-Identifier: MIT */
/* An allocator that counts, and that refuses when it is told to. */
#ifndef CORS_TESTS_CASE_MEMORY_H
#define CORS_TESTS_CASE_MEMORY_H

#include <cors/types.h>

struct case_memory {
    size_t refused_at; /* the number of the allocation that is refused, from 1; 0: none is */
    bool refuses_on;   /* and so are all after it */
    size_t asked;      /* how many allocations were asked for */
    size_t live;       /* how many of them were not released yet */
    bool refused;
};

/* The allocator that this memory stands behind. */
cors_allocator case_allocator(struct case_memory *memory);

/* malloc() or the end of the program. */
void *case_take(size_t size);

#endif
