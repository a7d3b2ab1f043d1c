/* SPDX-License-Identifier: MIT */
#include "audit_targets.h"

#include <string.h>

#include "check.h"
#include "text_hash.h"

enum { FIRST_SLOTS = 64, METHOD_BYTES_MAX = 64 };

uint64_t audit_target_id(const struct audit_target *target) {
    return text_hash(text_hash(TEXT_HASH_START, target->method), target->url);
}

/* The slot where a target of an id stands, or an empty one where it would. */
static size_t find_slot(const struct audit_targets *targets, uint64_t id,
                        const struct audit_target *same) {
    size_t slot = (size_t)id & (targets->slot_count - 1);
    while (targets->slots[slot] != 0) {
        const struct audit_target *other = &targets->items[targets->slots[slot] - 1];
        /* Ids can be made to collide; targets that are to be told apart are compared whole. */
        bool found = same == NULL ? audit_target_id(other) == id
                                  : text_same(other->method, same->method) &&
                                        text_same(other->url, same->url);
        if (found) {
            break;
        }
        slot = (slot + 1) & (targets->slot_count - 1);
    }
    return slot;
}

size_t audit_targets_find(const struct audit_targets *targets, uint64_t id) {
    size_t found = targets->slot_count == 0 ? 0 : targets->slots[find_slot(targets, id, NULL)];
    return found == 0 ? targets->count : found - 1;
}

static void make_room(struct audit_targets *targets) {
    if (targets->count < targets->capacity) {
        return;
    }
    size_t capacity = targets->capacity == 0 ? FIRST_SLOTS / 2 : targets->capacity * 2;
    struct audit_target *items = keep_memory(targets->keep, capacity * sizeof *items);
    if (targets->count > 0) {
        memcpy(items, targets->items, targets->count * sizeof *items);
    }
    targets->items = items;
    targets->capacity = capacity;
    targets->slot_count = 2 * capacity;
    targets->slots = keep_memory(targets->keep, targets->slot_count * sizeof *targets->slots);
    for (size_t i = 0; i < targets->count; i++) {
        targets->slots[find_slot(targets, audit_target_id(&items[i]), &items[i])] = i + 1;
    }
}

/* Complaints about a URL; what it holds is shown without a password, and harmless. */
static bool refuse(const struct audit_targets *targets, cors_slice place, cors_slice text,
                   const char *words) {
    (void)fputs("cors audit: ", stderr);
    print_clean(stderr, place);
    (void)fputs("\"", stderr);
    print_clean(stderr, shown_url(targets->keep, text));
    (void)fprintf(stderr, "\" %s\n", words);
    return false;
}

static bool holds_blank(cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        if ((unsigned char)text.data[i] <= ' ' || text.data[i] == 0x7F) {
            return true;
        }
    }
    return false;
}

/* The part of an http or https URL between "//" and the path. */
static cors_slice authority_of(cors_slice url) {
    cors_slice rest = text_skip(url, text_find_folded(url, "://") + 3);
    size_t size = 0;
    while (size < rest.size && strchr("/?#\\", rest.data[size]) == NULL) {
        size++;
    }
    return (cors_slice){rest.data, size};
}

static bool url_is_fine(const struct audit_targets *targets, cors_slice place, cors_slice url) {
    if (holds_blank(url)) {
        return refuse(targets, place, url,
                      "is no URL: blanks in it are written %20; is something to be quoted?");
    }
    if (!text_starts_folded(url, "http://") && !text_starts_folded(url, "https://")) {
        return refuse(targets, place, url,
                      "is no URL to audit: it must be whole, with https:// or http:// before the "
                      "host");
    }
    cors_slice authority = authority_of(url);
    if (url_names_user(url)) {
        return refuse(targets, place, url,
                      "holds a user name or password; hand it in with "
                      "-H 'Authorization: Basic ...'");
    }
    if (authority.size == 0 || authority.data[0] == ':') {
        return refuse(targets, place, url, "is no URL to audit: it names no host");
    }
    return true;
}

static bool is_token_byte(char byte) {
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9') ||
           (byte != '\0' && strchr("!#$%&'*+-.^_`|~", byte) != NULL);
}

static bool method_is_fine(const struct audit_targets *targets, cors_slice place,
                           cors_slice method) {
    bool fine = method.size > 0 && method.size <= METHOD_BYTES_MAX;
    for (size_t i = 0; i < method.size && fine; i++) {
        fine = is_token_byte(method.data[i]);
    }
    if (!fine) {
        return refuse(targets, place, method, "is no method; -X takes one such as POST");
    }
    if (text_is_folded(method, "CONNECT") || text_is_folded(method, "TRACE") ||
        text_is_folded(method, "TRACK")) {
        return refuse(targets, place, method, "is a method that no browser sends");
    }
    return true;
}

bool audit_method_is_bodyless(cors_slice method) {
    return text_is(method, "GET") || text_is(method, "HEAD");
}

/* Fetch Standard, "normalize a method". */
static cors_slice normalized(cors_slice method) {
    static const char *const methods[] = {"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (text_is_folded(method, methods[i])) {
            return text_slice(methods[i]);
        }
    }
    return method;
}

static bool names_field(const cors_field *fields, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++) {
        if (text_is_folded(fields[i].name, name)) {
            return true;
        }
    }
    return false;
}

static bool overridden(const struct audit_settings *settings, cors_slice name) {
    for (size_t i = 0; i < settings->field_count; i++) {
        if (text_same_folded(settings->fields[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* What was recorded, then what the settings say, which counts where both name a field. */
static void complete_fields(const struct audit_targets *targets, struct audit_target *target) {
    const struct audit_settings *settings = targets->settings;
    size_t room = target->field_count + settings->field_count + 1;
    cors_field *fields = keep_memory(targets->keep, room * sizeof *fields);
    size_t count = 0;
    for (size_t i = 0; i < target->field_count; i++) {
        if (!overridden(settings, target->fields[i].name)) {
            fields[count++] = target->fields[i];
        }
    }
    for (size_t i = 0; i < settings->field_count; i++) {
        fields[count++] = settings->fields[i];
    }
    if (target->has_body && !names_field(fields, count, "Content-Type")) {
        /* As script sends a string. */
        fields[count++] =
            (cors_field){text_slice("Content-Type"), text_slice("text/plain;charset=UTF-8")};
    }
    target->fields = fields;
    target->field_count = count;
}

static void complete(const struct audit_targets *targets, struct audit_target *target) {
    const struct audit_settings *settings = targets->settings;
    if (target->method.size == 0) {
        target->method = settings->method.size > 0
                             ? settings->method
                             : text_slice(settings->has_body ? "POST" : "GET");
    }
    target->method = normalized(target->method);
    if (!target->has_body && settings->has_body && !audit_method_is_bodyless(target->method)) {
        target->has_body = true;
        target->body = settings->body;
    }
    if (settings->known_origin.size > 0) {
        target->known_origin = settings->known_origin;
    }
    complete_fields(targets, target);
}

bool audit_targets_add(struct audit_targets *targets, cors_slice place,
                       const struct audit_target *target) {
    struct audit_target whole = *target;
    if (!url_is_fine(targets, place, target->url)) {
        return false;
    }
    whole.url.size = text_find(target->url, '#');
    complete(targets, &whole);
    if (!method_is_fine(targets, place, whole.method)) {
        return false;
    }
    make_room(targets);
    size_t slot = find_slot(targets, audit_target_id(&whole), &whole);
    if (targets->slots[slot] == 0) {
        targets->items[targets->count++] = whole;
        targets->slots[slot] = targets->count;
    }
    return true;
}

bool audit_targets_add_found(struct audit_targets *targets, cors_slice place,
                             const struct audit_target *target) {
    if (!targets->settings->unsafe && !audit_method_is_bodyless(target->method)) {
        targets->unsafe_count++;
        return true;
    }
    return audit_targets_add(targets, place, target);
}

static bool collect_source(struct audit_targets *targets, const struct audit_source *source) {
    switch (source->kind) {
    case AUDIT_SOURCE_LIST:
        return audit_list_read(targets, source->name);
    case AUDIT_SOURCE_OPENAPI:
        return audit_openapi_read(targets, source->name);
    case AUDIT_SOURCE_HAR:
        return audit_har_read(targets, source->name);
    default: {
        struct audit_target target = {.url = text_slice(source->name)};
        return audit_targets_add(targets, text_slice(""), &target);
    }
    }
}

static bool complain_of_nothing(const struct audit_targets *targets) {
    (void)fputs("cors audit: there is nothing to audit in what was named", stderr);
    if (targets->unsafe_count > 0) {
        (void)fputs(": only GET and HEAD are asked without --unsafe", stderr);
    }
    (void)fputs("\n", stderr);
    return false;
}

bool audit_targets_collect(struct audit_targets *targets, struct keep *keep,
                           const struct audit_settings *settings) {
    *targets = (struct audit_targets){.settings = settings, .keep = keep};
    for (size_t i = 0; i < settings->source_count; i++) {
        if (!collect_source(targets, &settings->sources[i])) {
            return false;
        }
    }
    if (targets->count == 0) {
        return complain_of_nothing(targets);
    }
    if (targets->unsafe_count > 0) {
        (void)fprintf(stderr,
                      "cors audit: %zu that may change something %s left out; --unsafe asks "
                      "them too\n",
                      targets->unsafe_count, targets->unsafe_count == 1 ? "is" : "are");
    }
    return true;
}
