/* SPDX-License-Identifier: MIT */
#include "fuzzed_xml.h"

#include "fuzzed_input.h"
#include "text_slices.h"

enum { DEPTH_MAX = 16 };

/* Names of the elements that are open. */
struct open_elements {
    cors_slice names[DEPTH_MAX];
    size_t count;
    bool had_one;
};

static bool is_reference(cors_slice name) {
    static const char *const names[] = {"amp", "lt", "gt", "quot", "apos"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (text_is(name, names[i])) {
            return true;
        }
    }
    return name.size > 1 && name.data[0] == '#';
}

/* U+FFFE and U+FFFF are no characters of XML, though UTF-8 can write them. */
static bool holds_no_character(cors_slice text) {
    return text_find_folded(text, "\xEF\xBF\xBE") < text.size ||
           text_find_folded(text, "\xEF\xBF\xBF") < text.size;
}

static bool is_character_data(cors_slice text) {
    struct fuzzed_input rest = {text.data, text.size};
    (void)fuzzed_until(&rest, '&');
    while (!fuzzed_is_empty(&rest)) {
        struct fuzzed_input reference = {.data = NULL};
        cors_slice piece = fuzzed_until(&rest, '&');
        reference = (struct fuzzed_input){piece.data, piece.size};
        cors_slice name = fuzzed_until(&reference, ';');
        if (name.size == piece.size || !is_reference(name)) {
            return false;
        }
    }
    return (text.size == 0 || text.data[text.size - 1] != '&') &&
           text_find(text, '<') == text.size && !holds_no_character(text);
}

/* name="value" name="value" */
static bool are_attributes(cors_slice text) {
    struct fuzzed_input rest = {text.data, text.size};
    for (;;) {
        cors_slice left = text_trim(fuzzed_rest(&rest));
        rest = (struct fuzzed_input){left.data, left.size};
        if (fuzzed_is_empty(&rest)) {
            return true;
        }
        cors_slice name = fuzzed_until(&rest, '=');
        cors_slice quote = fuzzed_take(&rest, 1);
        size_t before = fuzzed_rest(&rest).size;
        cors_slice value = fuzzed_until(&rest, '"');
        bool ended = fuzzed_rest(&rest).size + value.size + 1 == before;
        if (name.size == 0 || text_find(name, '"') < name.size || !text_is(quote, "\"") || !ended ||
            !is_character_data(value)) {
            return false;
        }
    }
}

static size_t name_size(cors_slice tag) {
    size_t size = 0;
    while (size < tag.size && tag.data[size] != ' ' && tag.data[size] != '\n') {
        size++;
    }
    return size;
}

static bool close_element(struct open_elements *open, cors_slice name) {
    return open->count > 0 && text_same(open->names[--open->count], name);
}

/* What stands between < and >. */
static bool take_tag(struct open_elements *open, cors_slice tag) {
    if (tag.size == 0) {
        return false;
    }
    if (tag.data[0] == '/') {
        return close_element(open, text_skip(tag, 1));
    }
    bool empty = tag.data[tag.size - 1] == '/';
    cors_slice inner = {tag.data, tag.size - (empty ? 1 : 0)};
    cors_slice name = {inner.data, name_size(inner)};
    bool another_root = open->count == 0 && open->had_one;
    if (another_root || open->count == DEPTH_MAX || name.size == 0 ||
        !are_attributes(text_skip(inner, name.size))) {
        return false;
    }
    open->had_one = true;
    open->names[open->count] = name;
    open->count += empty ? 0 : 1;
    return true;
}

bool fuzzed_is_xml(cors_slice text) {
    static const char start[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    struct open_elements open = {.count = 0};
    if (!text_starts_folded(text, start)) {
        return false;
    }
    cors_slice document = text_skip(text, sizeof start - 1);
    struct fuzzed_input rest = {document.data, document.size};
    for (;;) {
        cors_slice data = fuzzed_until(&rest, '<');
        bool outside = open.count == 0;
        if (!is_character_data(data) || (outside && text_trim(data).size > 0)) {
            return false;
        }
        if (fuzzed_is_empty(&rest)) {
            return outside && open.had_one;
        }
        cors_slice tag = fuzzed_until(&rest, '>');
        if (!take_tag(&open, tag)) {
            return false;
        }
    }
}
