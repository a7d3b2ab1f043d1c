/* SPDX-License-Identifier: MIT */
#include "simulate_output.h"

#include <ctype.h>
#include <stdlib.h>

enum { MESSAGE_SIZE = 4096 };

/* One of a why_list: where its text stands. */
struct noted_why {
    struct noted_why *next;
    size_t start;
    size_t size;
};

/* A member named like a field, in lower case, unless the field is not sent. */
static void write_field(struct json_writer *out, cors_field_id field, cors_slice value) {
    char name[64];
    const char *usual = cors_field_name(field);
    size_t size = 0;
    if (value.data == NULL) {
        return;
    }
    while (size < sizeof name && usual[size] != '\0') {
        name[size] = (char)tolower((unsigned char)usual[size]);
        size++;
    }
    JSON_WRITE(out, ",\"");
    json_write(out, name, size);
    JSON_WRITE(out, "\":");
    json_write_slice(out, value);
}

void output_sent(struct json_writer *sent, const cors_fetch *fetch) {
    json_write_comma(sent, 0);
    JSON_WRITE(sent, "{\"method\":");
    json_write_slice(sent, cors_fetch_method(fetch));
    JSON_WRITE(sent, ",\"url\":");
    json_write_slice(sent, cors_fetch_url(fetch));
    write_field(sent, CORS_FIELD_ORIGIN, cors_fetch_origin(fetch));
    write_field(sent, CORS_FIELD_REQUEST_METHOD, cors_fetch_requested_method(fetch));
    write_field(sent, CORS_FIELD_REQUEST_HEADERS, cors_fetch_requested_headers(fetch));
    JSON_WRITE(sent, ",\"credentials\":");
    json_write_boolean(sent, cors_fetch_sends_credentials(fetch));
    JSON_WRITE(sent, "}");
}

void why_list_clear(struct why_list *whys) {
    whys->json.size = 0;
    whys->noted = NULL;
}

static bool is_noted(const struct why_list *whys, const struct noted_why *why) {
    const char *json = whys->json.data;
    for (const struct noted_why *noted = whys->noted; noted != NULL; noted = noted->next) {
        if (noted->size == why->size &&
            memcmp(json + noted->start, json + why->start, why->size) == 0) {
            return true;
        }
    }
    return false;
}

/* Writes a reason behind the others, and takes it back if it is there already. */
static void output_why(struct why_list *whys, struct line_memory *memory, cors_why why,
                       cors_slice what) {
    struct json_writer *json = &whys->json;
    size_t before = json->size;
    struct noted_why *noted = line_take(memory, sizeof *noted);
    json_write_comma(json, 0);
    size_t start = json->size;
    JSON_WRITE(json, "\"");
    json_write(json, cors_why_name(why), strlen(cors_why_name(why)));
    if (what.size > 0) {
        JSON_WRITE(json, " ");
        json_write_characters(json, what);
    }
    JSON_WRITE(json, "\"");
    json->failed = json->failed || noted == NULL;
    if (json->failed) {
        return;
    }
    *noted = (struct noted_why){whys->noted, start, json->size - start};
    if (is_noted(whys, noted)) {
        json->size = before;
    } else {
        whys->noted = noted;
    }
}

void output_whys(struct why_list *whys, struct line_memory *memory, const cors_fetch *fetch) {
    size_t position = 0;
    cors_why why;
    cors_slice what;
    while (cors_fetch_next_why(fetch, &position, &why, &what)) {
        output_why(whys, memory, why, what);
    }
}

static int compare_names(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Lists the names of the last answer that script can read: in lower case, sorted, each once. */
static void write_visible(struct json_writer *out, struct line_memory *memory,
                          const cors_fetch *fetch) {
    const cors_response *response = cors_fetch_response(fetch);
    const char **names = line_take(memory, response->field_count * sizeof *names + 1);
    size_t count = 0;
    if (names == NULL) {
        out->failed = true;
        return;
    }
    for (size_t i = 0; i < response->field_count; i++) {
        cors_slice name = response->fields[i].name;
        if (!cors_fetch_exposes(fetch, name)) {
            continue;
        }
        char *lower = line_take(memory, name.size + 1);
        if (lower == NULL) {
            out->failed = true;
            return;
        }
        for (size_t byte = 0; byte < name.size; byte++) {
            lower[byte] = (char)tolower((unsigned char)name.data[byte]);
        }
        lower[name.size] = '\0';
        names[count++] = lower;
    }
    if (count > 1) {
        qsort(names, count, sizeof *names, compare_names);
    }
    size_t start = out->size;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(names[i - 1], names[i]) != 0) {
            json_write_comma(out, start);
            json_write_text(out, names[i]);
        }
    }
}

static void write_message(struct json_writer *out, struct line_memory *memory,
                          const cors_failure *failure, cors_browser browser) {
    char buffer[MESSAGE_SIZE];
    char *message = buffer;
    size_t size = cors_failure_message(failure, browser, buffer, sizeof buffer);
    if (size == 0) {
        JSON_WRITE(out, "null");
        return;
    }
    if (size > sizeof buffer) {
        message = line_take(memory, size);
        if (message == NULL) {
            out->failed = true;
            return;
        }
        (void)cors_failure_message(failure, browser, message, size);
    }
    json_write_slice(out, (cors_slice){message, size});
}

static void write_messages(struct json_writer *out, struct line_memory *memory,
                           const cors_failure *failure) {
    JSON_WRITE(out, ",\"messages\":{\"chromium\":");
    write_message(out, memory, failure, CORS_BROWSER_CHROMIUM);
    JSON_WRITE(out, ",\"firefox\":");
    write_message(out, memory, failure, CORS_BROWSER_FIREFOX);
    JSON_WRITE(out, ",\"safari\":");
    write_message(out, memory, failure, CORS_BROWSER_SAFARI);
    JSON_WRITE(out, "}}");
}

/* The members that every ending has. */
static void write_code(struct json_writer *out, const cors_result *result, bool preflight,
                       const struct why_list *whys) {
    JSON_WRITE(out, ",\"code\":");
    json_write_text(out, cors_code_name(result->code));
    JSON_WRITE(out, ",\"preflight\":");
    json_write_boolean(out, preflight);
    JSON_WRITE(out, ",\"why_preflight\":[");
    json_write(out, whys->json.data, whys->json.size);
    JSON_WRITE(out, "]");
}

static void write_success(struct json_writer *out, struct line_memory *memory,
                          const cors_fetch *fetch, const struct why_list *whys) {
    const cors_result *result = cors_fetch_result(fetch);
    JSON_WRITE(out, "{\"result\":\"ok\",\"type\":");
    json_write_text(out, cors_response_type_name(result->type));
    JSON_WRITE(out, ",\"status\":");
    json_write_integer(out, result->status);
    JSON_WRITE(out, ",\"redirected\":");
    json_write_boolean(out, result->redirected);
    JSON_WRITE(out, ",\"url\":");
    json_write_slice(out, result->url);
    JSON_WRITE(out, ",\"headers\":[");
    write_visible(out, memory, fetch);
    JSON_WRITE(out, "]");
    write_code(out, result, false, whys);
    JSON_WRITE(out, ",\"messages\":{\"chromium\":null,\"firefox\":null,\"safari\":null}}");
}

void output_result(struct json_writer *out, struct line_memory *memory, const cors_fetch *fetch,
                   const struct why_list *whys) {
    const cors_result *result = cors_fetch_result(fetch);
    if (result->code == CORS_CODE_OK) {
        write_success(out, memory, fetch, whys);
        return;
    }
    JSON_WRITE(out, "{\"result\":\"error\",\"type\":null,\"status\":null,\"redirected\":null,"
                    "\"url\":null,\"headers\":[]");
    write_code(out, result, result->failure.preflight, whys);
    write_messages(out, memory, &result->failure);
}
