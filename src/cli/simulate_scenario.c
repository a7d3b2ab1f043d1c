/* SPDX-License-Identifier: MIT */
#include "simulate_scenario.h"

#include <cors/policy.h>
#include <stdlib.h>
#include <string.h>

#include "policyfile.h"

/* Blocks of this size, or larger where one value needs it. */
enum { BLOCK_SIZE = 16384, ALIGNMENT = 16 };

struct line_block {
    struct line_block *next;
    size_t used;
    size_t size;
    _Alignas(ALIGNMENT) char data[];
};

void *line_take(struct line_memory *memory, size_t size) {
    size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct line_block *block = memory->blocks;
    if (block == NULL || rounded > block->size - block->used) {
        size_t room = rounded > BLOCK_SIZE ? rounded : BLOCK_SIZE;
        block = malloc(sizeof *block + room);
        if (block == NULL) {
            return NULL;
        }
        *block = (struct line_block){.next = memory->blocks, .size = room};
        memory->blocks = block;
    }
    void *taken = block->data + block->used;
    block->used += rounded;
    return taken;
}

void line_release(struct line_memory *memory) {
    while (memory->blocks != NULL) {
        struct line_block *next = memory->blocks->next;
        free(memory->blocks);
        memory->blocks = next;
    }
}

static bool read_slice(const json_t *value, cors_slice *slice) {
    if (!json_is_string(value)) {
        return false;
    }
    *slice = (cors_slice){json_string_value(value), json_string_length(value)};
    return true;
}

static bool is_ascii(cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        if ((unsigned char)text.data[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/*
 * A field value's bytes: as in script, a character up to U+00FF is a byte. jansson hands out valid
 * UTF-8 only, in which those have two bytes, C2 or C3 and another.
 */
static bool to_bytes(struct line_memory *memory, cors_slice text, cors_slice *bytes, bool *fits) {
    *fits = true;
    *bytes = text;
    if (is_ascii(text)) {
        return true;
    }
    char *data = line_take(memory, text.size);
    size_t size = 0;
    if (data == NULL) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        unsigned char lead = (unsigned char)text.data[i];
        if (lead >= 0x80) {
            if (lead > 0xC3) {
                *fits = false;
                return true;
            }
            lead = (unsigned char)((lead & 3) << 6 | ((unsigned char)text.data[++i] & 0x3F));
        }
        data[size++] = (char)lead;
    }
    *bytes = (cors_slice){data, size};
    return true;
}

/* Reads [[name, value], ...]. */
static bool read_fields(struct line_memory *memory, const json_t *list, bool of_script,
                        const cors_field **fields, size_t *count, const char **error) {
    /* No header can hold a NUL: what no byte stands for is as invalid to script as that is. */
    static const cors_slice impossible = {"\0", 1};
    cors_field *read = line_take(memory, json_array_size(list) * sizeof *read + 1);
    *error = "out of memory";
    if (read == NULL) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *pair = json_array_get(list, i);
        cors_slice text;
        bool fits;
        if (json_array_size(pair) != 2 || !read_slice(json_array_get(pair, 0), &read[i].name) ||
            !read_slice(json_array_get(pair, 1), &text)) {
            *error = "\"headers\" must be a list of [name, value] pairs of strings";
            return false;
        }
        if (!to_bytes(memory, text, &read[i].value, &fits)) {
            return false;
        }
        if (!fits && of_script) {
            read[i].value = impossible;
        }
    }
    *fields = read;
    *count = json_array_size(list);
    return true;
}

/* A member that may be missing; false where it is no string that `find` knows. */
#define READ_CHOICE(fetch, key, find, target, choices)                                             \
    do {                                                                                           \
        const json_t *chosen_ = json_object_get(fetch, key);                                       \
        cors_slice name_;                                                                          \
        if (chosen_ != NULL && !(read_slice(chosen_, &name_) && find(name_, target))) {            \
            *error = "\"" key "\" must be one of " choices;                                        \
            return false;                                                                          \
        }                                                                                          \
    } while (0)

static bool read_choices(const json_t *fetch, cors_call *call, const char **error) {
    READ_CHOICE(fetch, "initiator", cors_initiator_find, &call->initiator,
                "fetch, xhr, image, script, module, stylesheet, font, eventsource, beacon");
    READ_CHOICE(fetch, "mode", cors_mode_find, &call->mode, "cors, no-cors, same-origin");
    READ_CHOICE(fetch, "credentials", cors_credentials_mode_find, &call->credentials,
                "same-origin, include, omit");
    READ_CHOICE(fetch, "redirect", cors_redirect_mode_find, &call->redirect,
                "follow, error, manual");
    READ_CHOICE(fetch, "cache", cors_cache_mode_find, &call->cache,
                "default, no-store, reload, no-cache, force-cache, only-if-cached");
    return true;
}

static bool read_body(const json_t *body, cors_call *call, const char **error) {
    cors_slice kind;
    if (body == NULL || json_is_null(body)) {
        return true;
    }
    if (!read_slice(json_object_get(body, "kind"), &kind) || !cors_body_find(kind, &call->body)) {
        *error =
            "\"body\" must be null or have a \"kind\": text, params, form, blob, bytes, stream";
        return false;
    }
    const json_t *type = json_object_get(body, "type");
    if (type != NULL && !read_slice(type, &call->body_type)) {
        *error = "a body's \"type\" must be a string";
        return false;
    }
    return true;
}

/* A string that may be missing. */
static bool read_optional(const json_t *object, const char *key, cors_slice *slice) {
    const json_t *value = json_object_get(object, key);
    return value == NULL || read_slice(value, slice);
}

static bool read_upgraded_hosts(struct line_memory *memory, const json_t *hosts, cors_call *call,
                                const char **error) {
    cors_slice *read = line_take(memory, json_array_size(hosts) * sizeof *read + 1);
    *error = read == NULL ? "out of memory" : "\"hsts\" must be a list of host names";
    for (size_t i = 0; read != NULL && i < json_array_size(hosts); i++) {
        if (!read_slice(json_array_get(hosts, i), &read[i])) {
            return false;
        }
    }
    call->upgraded_hosts = read;
    call->upgraded_host_count = json_array_size(hosts);
    return read != NULL && (hosts == NULL || json_is_array(hosts));
}

bool scenario_read_call(struct line_memory *memory, const json_t *scenario, const json_t *fetch,
                        struct scenario_call *call, const char **error) {
    cors_call *made = &call->call;
    cors_builder_options native;
    const json_t *wait = json_object_get(fetch, "wait");
    *call = (struct scenario_call){.call = {.method = CORS_SLICE("GET")}};
    *error = "\"page\" must be a string: the origin of the page, or null in quotes";
    if (!read_slice(json_object_get(scenario, "page"), &made->page)) {
        return false;
    }
    *error = "each of \"fetches\" must have a \"url\", a string";
    if (!read_slice(json_object_get(fetch, "url"), &made->url)) {
        return false;
    }
    *error = "\"method\", \"top\" and \"page_address\" must be strings, \"wait\" a whole number";
    if (!read_optional(fetch, "method", &made->method) ||
        !read_optional(scenario, "top", &made->top) ||
        !read_optional(scenario, "page_address", &made->page_address) ||
        !(wait == NULL || json_is_integer(wait))) {
        return false;
    }
    call->wait = json_integer_value(wait) < 0 ? 0 : json_integer_value(wait);
    made->upload_listener = json_is_true(json_object_get(fetch, "upload_listener"));
    cors_native_options(&native, "");
    made->to_ascii = native.to_ascii;
    return read_choices(fetch, made, error) &&
           read_body(json_object_get(fetch, "body"), made, error) &&
           read_fields(memory, json_object_get(fetch, "headers"), true, &made->headers,
                       &made->header_count, error) &&
           read_upgraded_hosts(memory, json_object_get(scenario, "hsts"), made, error);
}

bool scenario_find_answer(struct line_memory *memory, const json_t *scenario, cors_slice url,
                          const char *part, cors_response *response, const char **error) {
    const json_t *servers = json_object_get(scenario, "server");
    const json_t *answer = json_object_get(json_object_getn(servers, url.data, url.size), part);
    *error = NULL;
    *response =
        (cors_response){.status = (int)json_integer_value(json_object_get(answer, "status"))};
    if (answer == NULL) {
        return false;
    }
    *error =
        "a server's answer must have a \"status\" from 100 to 999, and \"address\" as a string";
    if (response->status < 100 || response->status > 999 ||
        !read_optional(answer, "address", &response->address)) {
        return false;
    }
    return read_fields(memory, json_object_get(answer, "headers"), false, &response->fields,
                       &response->field_count, error);
}
