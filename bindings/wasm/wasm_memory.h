/* SPDX-License-Identifier: MIT */
/* The module's own memory: it imports none, and has no C library. */
#ifndef CORS_WASM_MEMORY_H
#define CORS_WASM_MEMORY_H

#include <cors/types.h>

/* Memory aligned for any type; NULL where the host gives no more. */
void *wasm_allocate(size_t size);

/* Gives back what wasm_allocate() returned, or NULL. */
void wasm_release(void *memory);

/* The two as the core wants them. */
extern const cors_allocator wasm_allocator;

#endif
