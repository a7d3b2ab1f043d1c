/* SPDX-License-Identifier: MIT */
/*
 * What module and host hand each other: a record of words (32 bits, little-endian) and texts (a
 * word with the size, then the bytes). The host knows the order, and no struct of C.
 */
#ifndef CORS_WASM_WIRE_H
#define CORS_WASM_WIRE_H

#include <cors/server.h>
#include <cors/types.h>

/* A record that the host wrote; reading past its end yields zeros and empty texts. */
struct wire {
    const char *at;
    const char *end;
};

struct wire wire_over(const char *data, size_t size);
uint32_t wire_take_word(struct wire *wire);

/* A text; NULL where the host says that there is none. It points into the record. */
cors_slice wire_take_text(struct wire *wire);

/*
 * How many items a list has, of at least `item_size` bytes each: never more than the record could
 * hold, so that memory for them can be asked for.
 */
size_t wire_take_count(struct wire *wire, size_t item_size);

/* Reads a list of field lines, a word and twice as many texts, into memory that the caller owns. */
bool wire_take_fields(struct wire *wire, cors_field **fields, size_t *count);

/*
 * The module's answer: one record, begun anew by each export that gives one. The host reads it
 * before it calls anything else.
 */
void wire_begin(void);
void wire_put_word(uint32_t word);
void wire_put_text(cors_slice text);
void wire_put_words(const char *words); /* a NUL-terminated text */
void wire_put_nothing(void);            /* in place of a text */

/* Room for a text that the caller writes; NULL if memory is short. */
char *wire_put_room(size_t size);

/* CORS_OK, or CORS_NO_MEMORY where the answer is not whole. */
cors_status wire_end(void);

#endif
