/* SPDX-License-Identifier: MIT */
#include "policy_transport.h"

#include <string.h>

#include "text_slices.h"

static int hex_value(char digit) {
    const char *digits = "0123456789abcdef";
    char lower = (char)(digit >= 'A' && digit <= 'F' ? digit | 0x20 : digit);
    const char *found = digit == '\0' ? NULL : strchr(digits, lower);
    return found == NULL ? -1 : (int)(found - digits);
}

/* The path of an absolute URL, without its query. */
static cors_slice url_path(cors_slice url) {
    size_t scheme = text_find(url, ':');
    cors_slice rest = text_skip(url, scheme + 3 <= url.size ? scheme + 3 : url.size);
    rest = text_skip(rest, text_find(rest, '/'));
    rest.size = text_find(rest, '?');
    return rest.size == 0 ? CORS_SLICE("/") : rest;
}

/* Decodes what is percent-encoded, as servers do before they look for a policy. */
static cors_slice decode(struct policy_transport *transport, cors_slice path) {
    size_t size = 0;
    for (size_t i = 0; i < path.size && size < sizeof transport->decoded; i++) {
        bool encoded = path.data[i] == '%' && i + 2 < path.size &&
                       hex_value(path.data[i + 1]) >= 0 && hex_value(path.data[i + 2]) >= 0;
        char byte = path.data[i];
        if (encoded) {
            byte = (char)(hex_value(path.data[i + 1]) * 16 + hex_value(path.data[i + 2]));
            i += 2;
        }
        transport->decoded[size++] = byte;
    }
    return (cors_slice){transport->decoded, size};
}

static void decide(struct policy_transport *transport, const cors_fetch *fetch) {
    cors_field field;
    size_t position = 0;
    transport->method = cors_fetch_method(fetch);
    transport->path = decode(transport, url_path(cors_fetch_url(fetch)));
    cors_request_begin(&transport->request, transport->policy, transport->method, transport->path);
    while (cors_fetch_next_field(fetch, &position, &field)) {
        cors_request_add_header(&transport->request, field.name, field.value);
    }
    cors_decide(&transport->request, &transport->decision);
}

static void add_vary(struct policy_transport *transport, cors_response *response) {
    const cors_decision *decision = &transport->decision;
    size_t size = 0;
    for (size_t i = 0; i < decision->vary_count; i++) {
        cors_slice name = decision->vary[i];
        if (size + name.size + 2 > sizeof transport->vary) {
            return;
        }
        memcpy(transport->vary + size, i == 0 ? "" : ", ", i == 0 ? 0 : 2);
        size += i == 0 ? 0 : 2;
        memcpy(transport->vary + size, name.data, name.size);
        size += name.size;
    }
    if (size > 0) {
        transport->fields[response->field_count++] =
            (cors_field){text_slice(cors_field_name(CORS_FIELD_VARY)), {transport->vary, size}};
    }
}

/* The application's lines, without those that the policy owns. */
static void add_own(struct policy_transport *transport, cors_response *response) {
    for (size_t i = 0; i < transport->own_count && i < POLICY_TRANSPORT_OWN_MAX; i++) {
        bool owned = transport->decision.kind != CORS_KIND_NO_POLICY &&
                     cors_header_is_owned(transport->own[i].name);
        if (!owned) {
            transport->fields[response->field_count++] = transport->own[i];
        }
    }
}

void policy_transport_answer(struct policy_transport *transport, const cors_fetch *fetch,
                             cors_response *response) {
    decide(transport, fetch);
    const cors_decision *decision = &transport->decision;
    *response = (cors_response){.fields = transport->fields};
    response->status = decision->status != 0 ? decision->status : transport->status;
    for (size_t i = 0; i < decision->field_count; i++) {
        transport->fields[response->field_count++] = decision->fields[i];
    }
    add_vary(transport, response);
    if (decision->status == 0) {
        add_own(transport, response);
    }
}
