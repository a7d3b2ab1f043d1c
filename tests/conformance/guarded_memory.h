/* SPDX-License-Identifier: MIT */
/* Memory that ends where an inaccessible page begins: one byte too far is a crash. */
#ifndef CORS_TESTS_GUARDED_MEMORY_H
#define CORS_TESTS_GUARDED_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

struct guarded {
    char *data; /* the caller's bytes; the byte after the last is inaccessible */
    size_t size;
    char *pages;
    size_t pages_size;
};

/* Places `size` bytes. Exits the program if there is no memory. */
struct guarded guarded_place(size_t size);

/* Makes the bytes read-only. */
void guarded_protect(const struct guarded *guarded);

void guarded_release(struct guarded *guarded);

#endif
