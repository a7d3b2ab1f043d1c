/* SPDX-License-Identifier: MIT */
/* Regular expressions over origins, as other middlewares take them. */
#include <cors/origin.h>

#include "wasm_export.h"
#include "wasm_wire.h"

enum regex_flag { ANCHORED_START = 1, ANCHORED_END = 2, IGNORES_CASE = 4 };

/* The answer: fault, its meaning, where it is, whether the entries are exact; the entries. */
WASM_EXPORT(regex_read) cors_status wasm_regex_read(const char *data, size_t size, uint32_t flags);
cors_status wasm_regex_read(const char *data, size_t size, uint32_t flags) {
    static cors_regex regex; /* too large for the stack of a small module */
    cors_regex_read((cors_slice){data, size}, (flags & ANCHORED_START) != 0,
                    (flags & ANCHORED_END) != 0, (flags & IGNORES_CASE) != 0, &regex);
    wire_begin();
    wire_put_words(cors_regex_fault_name(regex.fault));
    wire_put_words(cors_regex_fault_meaning(regex.fault));
    wire_put_word((uint32_t)regex.offset);
    wire_put_word(regex.exact ? 1 : 0);
    wire_put_word((uint32_t)regex.entry_count);
    for (size_t i = 0; i < regex.entry_count; i++) {
        wire_put_text(regex.entries[i]);
    }
    return wire_end();
}
