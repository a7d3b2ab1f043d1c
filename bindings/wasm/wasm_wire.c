/* SPDX-License-Identifier: MIT */
#include "wasm_wire.h"

#include "wasm_bytes.h"
#include "wasm_export.h"
#include "wasm_memory.h"

enum { WORD_SIZE = 4, USUAL_CAPACITY = 1 << 16 };

static const uint32_t no_text = UINT32_MAX; /* in place of a size */

struct wire wire_over(const char *data, size_t size) {
    return (struct wire){data, data + size};
}

uint32_t wire_take_word(struct wire *wire) {
    uint32_t word = 0;
    if (wire->end - wire->at < WORD_SIZE) {
        wire->at = wire->end;
        return 0;
    }
    memcpy(&word, wire->at, WORD_SIZE);
    wire->at += WORD_SIZE;
    return word;
}

cors_slice wire_take_text(struct wire *wire) {
    uint32_t size = wire_take_word(wire);
    if (size == no_text || size > (size_t)(wire->end - wire->at)) {
        return slice_of(NULL, 0);
    }
    cors_slice text = slice_of(wire->at, size);
    wire->at += size;
    return text;
}

size_t wire_take_count(struct wire *wire, size_t item_size) {
    size_t count = wire_take_word(wire);
    size_t possible = (size_t)(wire->end - wire->at) / item_size;
    return count < possible ? count : possible;
}

bool wire_take_fields(struct wire *wire, cors_field **fields, size_t *count) {
    *count = wire_take_count(wire, 2 * (size_t)WORD_SIZE);
    *fields = wasm_allocate(*count * sizeof **fields);
    for (size_t i = 0; *fields != NULL && i < *count; i++) {
        (*fields)[i].name = wire_take_text(wire);
        (*fields)[i].value = wire_take_text(wire);
    }
    return *fields != NULL;
}

/* The answer under way, and where the host finds it. */
static struct {
    char *data;
    size_t size;
    size_t capacity;
    bool failed;
} answer;

WASM_EXPORT(answer_data) const char *wasm_answer_data(void);
const char *wasm_answer_data(void) {
    return answer.data;
}

WASM_EXPORT(answer_size) size_t wasm_answer_size(void);
size_t wasm_answer_size(void) {
    return answer.size;
}

/* One long answer must not hold its memory for ever. */
void wire_begin(void) {
    answer.size = 0;
    answer.failed = false;
    if (answer.capacity > USUAL_CAPACITY) {
        wasm_release(answer.data);
        answer.data = NULL;
        answer.capacity = 0;
    }
}

static bool make_room(size_t size) {
    if (size <= answer.capacity - answer.size) {
        return !answer.failed;
    }
    size_t wanted = 2 * (answer.size + size);
    size_t capacity = wanted < USUAL_CAPACITY ? USUAL_CAPACITY : wanted;
    char *data = wasm_allocate(capacity);
    if (data == NULL) {
        answer.failed = true;
        return false;
    }
    if (answer.size > 0) {
        memcpy(data, answer.data, answer.size);
    }
    wasm_release(answer.data);
    answer.data = data;
    answer.capacity = capacity;
    return !answer.failed;
}

static void put(const void *bytes, size_t size) {
    if (size > 0 && make_room(size)) {
        memcpy(answer.data + answer.size, bytes, size);
        answer.size += size;
    }
}

void wire_put_word(uint32_t word) {
    put(&word, WORD_SIZE);
}

void wire_put_text(cors_slice text) {
    wire_put_word((uint32_t)text.size);
    put(text.data, text.size);
}

void wire_put_words(const char *words) {
    wire_put_text(slice_of_text(words));
}

void wire_put_nothing(void) {
    wire_put_word(no_text);
}

char *wire_put_room(size_t size) {
    wire_put_word((uint32_t)size);
    if (!make_room(size)) {
        return NULL;
    }
    char *room = answer.data + answer.size;
    answer.size += size;
    return room;
}

cors_status wire_end(void) {
    return answer.failed ? CORS_NO_MEMORY : CORS_OK;
}
