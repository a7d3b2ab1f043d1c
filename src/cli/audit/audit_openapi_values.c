/* SPDX-License-Identifier: MIT */
#include "audit_openapi_values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recording.h"
#include "text_slices.h"

/* Files that refer in circles end here. */
enum { REFERENCES_MAX = 16, POINTER_PART_MAX = 256 };

/* RFC 6901: ~1 is a slash, ~0 a tilde. */
static bool unescape(cors_slice part, char plain[POINTER_PART_MAX]) {
    size_t size = 0;
    for (size_t i = 0; i < part.size; i++) {
        bool escaped = part.data[i] == '~' && i + 1 < part.size;
        if (size + 1 == POINTER_PART_MAX) {
            return false;
        }
        plain[size++] = !escaped ? part.data[i] : part.data[i + 1] == '1' ? '/' : '~';
        i += escaped;
    }
    plain[size] = '\0';
    return true;
}

static const json_t *follow(const json_t *file, cors_slice pointer) {
    const json_t *value = file;
    char plain[POINTER_PART_MAX];
    while (pointer.size > 0 && value != NULL) {
        pointer = text_skip(pointer, 1);
        size_t end = text_find(pointer, '/');
        if (!unescape((cors_slice){pointer.data, end}, plain)) {
            return NULL;
        }
        value = json_is_array(value) ? json_array_get(value, strtoul(plain, NULL, 10))
                                     : json_object_get(value, plain);
        pointer = text_skip(pointer, end);
    }
    return value;
}

const json_t *audit_openapi_resolve(const json_t *file, const json_t *value) {
    for (int i = 0; i < REFERENCES_MAX; i++) {
        cors_slice reference = recording_text(value, "$ref");
        if (reference.data == NULL) {
            return value;
        }
        value = text_starts_folded(reference, "#/") ? follow(file, text_skip(reference, 1)) : NULL;
    }
    return NULL;
}

/* A text as it is, all else as JSON. */
static cors_slice written(struct keep *keep, const json_t *value) {
    if (json_is_string(value)) {
        cors_slice text = {json_string_value(value), json_string_length(value)};
        return keep_slice(keep, text);
    }
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    cors_slice kept = keep_slice(keep, text_slice(text));
    free(text);
    return kept;
}

/* An array is written as its first element: how the others follow differs from API to API. */
static const json_t *first_of(const json_t *value) {
    return json_is_array(value) ? json_array_get(value, 0) : value;
}

/* "examples": of a parameter an object of {"value": ...}, of a schema an array. */
static const json_t *first_example(const json_t *file, const json_t *owner) {
    const json_t *examples = json_object_get(owner, "examples");
    if (json_is_object(examples)) {
        void *first = json_object_iter((json_t *)examples);
        const json_t *example =
            first == NULL ? NULL : audit_openapi_resolve(file, json_object_iter_value(first));
        return json_object_get(example, "value");
    }
    return json_array_get(examples, 0);
}

/* What a parameter or a schema states of its own accord. */
static const json_t *stated_value(const json_t *file, const json_t *owner) {
    static const char *const keys[] = {"example", "x-example", "const", "default"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const json_t *value = json_object_get(owner, keys[i]);
        if (value != NULL && !json_is_null(value)) {
            return value;
        }
    }
    const json_t *example = first_example(file, owner);
    return example != NULL ? example : json_array_get(json_object_get(owner, "enum"), 0);
}

/* OpenAPI 3.1 lists several types; the first that is not "null" counts. */
static cors_slice type_of(const json_t *schema) {
    const json_t *types = json_object_get(schema, "type");
    for (size_t i = 0; i < json_array_size(types); i++) {
        const json_t *type = json_array_get(types, i);
        cors_slice name = {json_string_value(type), json_string_length(type)};
        if (!text_is(name, "null")) {
            return name;
        }
    }
    return recording_text(schema, "type");
}

static cors_slice plain_text_value(const json_t *schema) {
    static const struct {
        const char *format;
        const char *value;
    } formats[] = {
        {"date", "2024-01-01"},
        {"date-time", "2024-01-01T00:00:00Z"},
        {"time", "00:00:00Z"},
        {"uuid", "00000000-0000-4000-8000-000000000000"},
        {"email", "user@example.com"},
        {"uri", "https://example.com/"},
        {"url", "https://example.com/"},
        {"hostname", "example.com"},
        {"ipv4", "192.0.2.1"},
        {"ipv6", "2001:db8::1"},
        {"byte", "MQ=="},
    };
    cors_slice format = recording_text(schema, "format");
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (text_is(format, formats[i].format)) {
            return text_slice(formats[i].value);
        }
    }
    return text_slice("1");
}

static cors_slice plain_value(struct keep *keep, const json_t *schema) {
    const json_t *minimum = json_object_get(schema, "minimum");
    cors_slice type = type_of(schema);
    if (text_is(type, "integer") || text_is(type, "number")) {
        return json_is_number(minimum) && json_number_value(minimum) > 1.0 ? written(keep, minimum)
                                                                           : text_slice("1");
    }
    if (text_is(type, "boolean")) {
        return text_slice("true");
    }
    return plain_text_value(schema);
}

/* A schema's first alternative, or an array's items. */
static const json_t *inner_schema(const json_t *file, const json_t *schema) {
    static const char *const keys[] = {"allOf", "oneOf", "anyOf"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const json_t *inner = json_array_get(json_object_get(schema, keys[i]), 0);
        if (inner != NULL) {
            return audit_openapi_resolve(file, inner);
        }
    }
    return audit_openapi_resolve(file, json_object_get(schema, "items"));
}

cors_slice audit_openapi_value(struct keep *keep, const json_t *file, const json_t *parameter,
                               bool *stated) {
    const json_t *value = stated_value(file, parameter);
    const json_t *schema = audit_openapi_resolve(file, json_object_get(parameter, "schema"));
    /* Swagger 2 has no schema here: the parameter has its type itself. */
    const json_t *innermost = schema == NULL ? parameter : schema;
    for (int i = 0; i < REFERENCES_MAX && value == NULL && schema != NULL; i++) {
        value = stated_value(file, schema);
        innermost = schema;
        schema = inner_schema(file, schema);
    }
    value = first_of(value);
    *stated = value != NULL;
    return value != NULL ? written(keep, value) : plain_value(keep, innermost);
}

cors_slice audit_openapi_body(struct keep *keep, const json_t *file, const json_t *media) {
    const json_t *schema = audit_openapi_resolve(file, json_object_get(media, "schema"));
    const json_t *value = stated_value(file, media);
    value = value != NULL ? value : stated_value(file, schema);
    if (value == NULL) {
        return text_slice("{}");
    }
    return written(keep, value);
}

void audit_openapi_encode(struct keep_text *url, cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.data[i];
        char escaped[4];
        bool plain = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
                     (byte >= '0' && byte <= '9') || (byte != '\0' && strchr("-._~", byte) != NULL);
        if (plain) {
            keep_text_add(url, (cors_slice){&text.data[i], 1});
        } else {
            (void)snprintf(escaped, sizeof escaped, "%%%02X", (unsigned char)byte);
            keep_text_put(url, escaped);
        }
    }
}
