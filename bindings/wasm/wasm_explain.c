/* SPDX-License-Identifier: MIT */
/* What a pasted console message means. */
#include <cors/browser.h>

#include "wasm_export.h"
#include "wasm_wire.h"

/* Yes, no, or not known. */
static void put_known(bool known, bool value) {
    wire_put_word(known ? (uint32_t)value : 2);
}

static void put_check(const cors_explanation *explanation) {
    size_t size = cors_explanation_check(explanation, NULL, 0);
    char *room = wire_put_room(size);
    if (room != NULL) {
        (void)cors_explanation_check(explanation, room, size);
    }
}

/* Reads a text. The answer begins with whether it holds a message that is known. */
WASM_EXPORT(explain) cors_status wasm_explain(const char *data, size_t size);
cors_status wasm_explain(const char *data, size_t size) {
    cors_explanation explanation;
    wire_begin();
    if (!cors_explain((cors_slice){data, size}, &explanation)) {
        wire_put_word(0);
        return wire_end();
    }
    wire_put_word(1);
    wire_put_word(explanation.browser_known);
    wire_put_word((uint32_t)explanation.browser);
    wire_put_word((uint32_t)explanation.code);
    wire_put_word((uint32_t)explanation.also_count);
    for (size_t i = 0; i < explanation.also_count; i++) {
        wire_put_word((uint32_t)explanation.also[i]);
    }
    put_known(explanation.preflight_known, explanation.preflight);
    wire_put_text(explanation.named.url);
    wire_put_text(explanation.named.page);
    put_check(&explanation);
    wire_put_text(explanation.named.method);
    wire_put_text(explanation.named.header);
    return wire_end();
}
