/* SPDX-License-Identifier: MIT */
/* "CORS-unsafe request-header names", and whether a request needs a preflight. Fetch, 2.2.2. */
#include "browser_fetch.h"
#include "browser_headers.h"
#include "http_names.h"

static bool is_safe(const struct cors_fetch *fetch, const cors_field *field) {
    return cors_request_header_is_safe(fetch->profile, field->name, field->value);
}

/* The bytes of the values of all headers, or of the safelisted ones. */
static size_t sum_values(const struct cors_fetch *fetch, bool safe_only) {
    size_t sum = 0;
    for (size_t i = 0; i < fetch->header_count; i++) {
        if (!safe_only || is_safe(fetch, &fetch->headers[i])) {
            sum += fetch->headers[i].value.size;
        }
    }
    return sum;
}

/* Whether the safelisted values are too long together, so that none of them is safelisted. */
static bool sum_is_unsafe(const struct cors_fetch *fetch) {
    size_t most = fetch->profile->safelisted_sum;
    return sum_values(fetch, false) > most && sum_values(fetch, true) > most;
}

static bool copy_lower(struct fetch_memory *memory, cors_slice name, cors_slice *lower) {
    struct memory_text text = text_begin(memory);
    text_add(&text, name);
    *lower = text_end(&text);
    for (size_t i = 0; i < lower->size; i++) {
        text.data[i] = byte_fold(text.data[i]);
    }
    return !text.full;
}

/*
 * Puts the name where it belongs in sorted order; one that is there stays alone, unless the
 * profile keeps both. Lists are short.
 */
static void insert(struct need *need, cors_slice *names, cors_slice *values, bool keep_duplicates,
                   cors_slice name, cors_slice value) {
    size_t at = need->header_count;
    while (at > 0 && slice_compare(names[at - 1], name) > 0) {
        at--;
    }
    if (!keep_duplicates && at > 0 && slice_equals(names[at - 1], name)) {
        return;
    }
    memmove(names + at + 1, names + at, (need->header_count - at) * sizeof *names);
    memmove(values + at + 1, values + at, (need->header_count - at) * sizeof *values);
    names[at] = name;
    values[at] = value;
    need->header_count++;
}

static bool find_names(struct cors_fetch *fetch, struct need *need) {
    size_t room = fetch->header_count * sizeof(cors_slice);
    cors_slice *names = memory_take(&fetch->memory, room);
    cors_slice *values = memory_take(&fetch->memory, room);
    bool none_safe = sum_is_unsafe(fetch);
    if (names == NULL || values == NULL) {
        return false;
    }
    need->headers = names;
    need->values = values;
    for (size_t i = 0; i < fetch->header_count; i++) {
        cors_slice name;
        if (!none_safe && is_safe(fetch, &fetch->headers[i])) {
            continue;
        }
        if (!copy_lower(&fetch->memory, fetch->headers[i].name, &name)) {
            return false;
        }
        insert(need, names, values, fetch->profile->keeps_duplicates, name,
               fetch->headers[i].value);
    }
    return true;
}

static bool join_names(struct fetch_memory *memory, struct need *need) {
    struct memory_text text = text_begin(memory);
    for (size_t i = 0; i < need->header_count; i++) {
        if (i > 0) {
            text_add_byte(&text, ',');
        }
        text_add(&text, need->headers[i]);
    }
    need->joined = text_end(&text);
    return !text.full;
}

/* Whether this hop's redirect took the header away. */
static bool is_stripped(const struct cors_fetch *fetch, cors_slice name) {
    bool beacon = fetch->call->initiator == CORS_INITIATOR_BEACON;
    return (fetch->hop_drops_authorization && slice_equals(name, CORS_SLICE("authorization"))) ||
           (fetch->hop_drops_body && !beacon && cors_header_is_of_body(name));
}

/* The names of the call before any redirect, without those that the last redirect took. */
static bool take_first_names(struct cors_fetch *fetch, struct need *need) {
    size_t room = fetch->first_need.header_count * sizeof(cors_slice);
    cors_slice *names = memory_take(&fetch->memory, room);
    cors_slice *values = memory_take(&fetch->memory, room);
    if (names == NULL || values == NULL) {
        return false;
    }
    need->headers = names;
    need->values = values;
    for (size_t i = 0; i < fetch->first_need.header_count; i++) {
        if (!is_stripped(fetch, fetch->first_need.headers[i])) {
            names[need->header_count] = fetch->first_need.headers[i];
            values[need->header_count++] = fetch->first_need.values[i];
        }
    }
    return true;
}

/* Whether what the call was before any redirect decides, and not what it is now. */
static bool first_need_decides(const struct cors_fetch *fetch) {
    bool beacon_from_home = fetch->call->initiator == CORS_INITIATOR_BEACON &&
                            slice_equals(fetch->first.origin, fetch->page);
    return fetch->redirects > 0 && fetch->profile->preflights_as_page && !beacon_from_home;
}

bool cors_need_find(struct cors_fetch *fetch) {
    struct need need = {.joined = CORS_SLICE("")};
    bool again = first_need_decides(fetch);
    if (!fetch->unsafe_request) {
        fetch->need = need;
        return true;
    }
    if (!(again ? take_first_names(fetch, &need) : find_names(fetch, &need)) ||
        !join_names(&fetch->memory, &need)) {
        return false;
    }
    need.by_method = !cors_method_is_safelisted(fetch->method);
    need.preflight = need.by_method || need.header_count > 0 || fetch->flagged;
    if (!need.preflight && again) {
        need.by_redirect = fetch->needed_preflight || fetch->first_need.header_count > 0;
        need.preflight = need.by_redirect;
    }
    if (fetch->redirects == 0) {
        fetch->first_need = need;
    }
    fetch->need = need;
    return true;
}
