/* SPDX-License-Identifier: MIT */
/*
 * Unicode host labels, without a call to the host: the core asks a table that the host filled.
 * What it does not hold is refused and put on a list; the host converts what stands there, adds it
 * to the table, and makes the same call again.
 */
#ifndef CORS_WASM_LABELS_H
#define CORS_WASM_LABELS_H

#include <cors/types.h>

/* The callback of cors_call and cors_builder_options. */
bool wasm_label_to_ascii(void *context, cors_slice label, char *out, size_t capacity, size_t *size);

/* Begins a call that may be made again: nothing is wanted yet. */
void wasm_labels_begin(void);

/* Whether labels were asked for that the table does not hold; the list of them is the answer. */
bool wasm_labels_wanted(void);

#endif
