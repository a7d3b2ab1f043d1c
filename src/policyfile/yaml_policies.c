/* SPDX-License-Identifier: MIT */
#include "yaml_policies.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const cors_slice none = {"", 0};

/* A list of so many bytes or more is not written out in a suggestion. */
enum { LIST_SHOWN_MAX = 128 };

struct reading {
    struct yaml_events *events;
    struct origin_sources *sources;
};

static bool equals(cors_slice text, const char *word) {
    return text.size == strlen(word) && memcmp(text.data, word, text.size) == 0;
}

static bool is_event(const yaml_event_t *event, yaml_event_type_t type) {
    return event != NULL && event->type == type;
}

/* A scalar without quotes and without text is no value: "path:" with nothing behind it. */
static bool is_missing(const yaml_event_t *event) {
    return event->type == YAML_SCALAR_EVENT && event->data.scalar.length == 0 &&
           event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

static void wrong_type(struct reading *reading, cors_slice key, const char *message,
                       cors_slice suggestion) {
    yaml_events_report(reading->events, CORS_RULE_WRONG_TYPE, yaml_events_position(reading->events),
                       key, message, suggestion);
    yaml_events_skip(reading->events);
}

static void report_at_key(struct reading *reading, cors_rule rule, cors_slice key,
                          const char *message, cors_slice suggestion) {
    yaml_events_report(reading->events, rule, yaml_events_position(reading->events), key, message,
                       suggestion);
    if (yaml_events_next(reading->events) != NULL) {
        yaml_events_skip(reading->events);
    }
}

/*
 * Goes on to the next key of a mapping. Returns false at its end, or where nothing more can be
 * read. A key that is no word, or a merge key, is reported and passed over with its value.
 */
static bool next_key(struct reading *reading) {
    for (;;) {
        const yaml_event_t *event = yaml_events_next(reading->events);
        if (event == NULL || event->type == YAML_MAPPING_END_EVENT) {
            return false;
        }
        if (event->type != YAML_SCALAR_EVENT) {
            /* An alias was reported as such. */
            if (event->type != YAML_ALIAS_EVENT) {
                wrong_type(reading, none, "A key is a word.", none);
            }
            if (yaml_events_next(reading->events) != NULL) {
                yaml_events_skip(reading->events);
            }
            continue;
        }
        cors_slice key = yaml_events_scalar(reading->events);
        if (!equals(key, "<<") || event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE) {
            return true;
        }
        report_at_key(reading, CORS_RULE_YAML_SYNTAX, none,
                      "Policies do not have merge keys (<<): write the values themselves.", none);
    }
}

/* The keys of a policy with the shape of their values. */
enum shape { SHAPE_ONE, SHAPE_LIST };

static const struct {
    cors_key key;
    const char *name;
    enum shape shape;
} keys[] = {
#define ROW(name, number, text, shape) {CORS_KEY_##name, text, SHAPE_##shape},
    CORS_KEYS(ROW)
#undef ROW
};

static enum shape shape_of(cors_key key) {
    size_t i = 0;
    while (keys[i].key != key) {
        i++;
    }
    return keys[i].shape;
}

static cors_slice name_of(cors_key key) {
    size_t i = 0;
    while (keys[i].key != key) {
        i++;
    }
    return (cors_slice){keys[i].name, strlen(keys[i].name)};
}

static void add(struct reading *reading, cors_key key, cors_slice value, cors_position position) {
    cors_slice kept = origin_sources_keep(reading->sources, value);
    if (cors_builder_add(reading->events->builder, key, kept, position) != CORS_OK) {
        reading->sources->out_of_memory = true;
    }
}

static bool is_plain_boolean(const yaml_event_t *event, cors_slice value) {
    return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
           (equals(value, "true") || equals(value, "false"));
}

/* What other words for a boolean mean. */
static cors_slice suggest_boolean(cors_slice value) {
    static const char *const words[] = {"true",  "yes", "on",  "y", "1",
                                        "false", "no",  "off", "n", "0"};
    enum { COUNT = sizeof words / sizeof words[0] };
    for (size_t i = 0; i < COUNT; i++) {
        if (value.size == strlen(words[i]) && strncasecmp(value.data, words[i], value.size) == 0) {
            return i < COUNT / 2 ? CORS_SLICE("true") : CORS_SLICE("false");
        }
    }
    return none;
}

/* The current event is the value of a key that takes one. */
static void read_one(struct reading *reading, cors_key key) {
    const yaml_event_t *event = &reading->events->event;
    if (event->type == YAML_ALIAS_EVENT) {
        return;
    }
    if (event->type != YAML_SCALAR_EVENT || is_missing(event)) {
        wrong_type(reading, name_of(key), "takes one value.", none);
        return;
    }
    cors_slice value = yaml_events_scalar(reading->events);
    if (key == CORS_KEY_ALLOW_CREDENTIALS && !is_plain_boolean(event, value)) {
        wrong_type(reading, name_of(key), "is true or false, in lower case and without quotes.",
                   suggest_boolean(value));
        return;
    }
    add(reading, key, value, yaml_events_position(reading->events));
}

/* What a mapping in a list of origins says. */
struct origin_mapping {
    cors_slice source;      /* the value of origin, from_env or from_file */
    cors_slice source_key;  /* which of them; empty: none yet */
    cors_position position; /* of that value */
    cors_slice environment;
    bool faulty;
};

static bool is_source(cors_slice key) {
    return equals(key, "origin") || equals(key, "from_env") || equals(key, "from_file");
}

/* A value of the mapping: a word that is there. */
static bool read_word(struct reading *reading, cors_slice key, cors_slice *word) {
    const yaml_event_t *event = yaml_events_next(reading->events);
    if (event == NULL || event->type == YAML_ALIAS_EVENT) {
        return false;
    }
    if (event->type != YAML_SCALAR_EVENT || is_missing(event)) {
        wrong_type(reading, key, "takes one value.", none);
        return false;
    }
    *word = origin_sources_keep(reading->sources, yaml_events_scalar(reading->events));
    return true;
}

static void read_source(struct reading *reading, struct origin_mapping *mapping, cors_slice key) {
    if (mapping->source_key.size > 0) {
        bool twice = equals(key, mapping->source_key.data);
        mapping->faulty = true;
        report_at_key(reading, twice ? CORS_RULE_DUPLICATE_KEY : CORS_RULE_WRONG_TYPE, key,
                      twice ? "stands here already."
                            : "stands beside another: an entry has one of origin, from_env and "
                              "from_file.",
                      none);
        return;
    }
    mapping->source_key = origin_sources_keep(reading->sources, key);
    mapping->faulty = !read_word(reading, mapping->source_key, &mapping->source) || mapping->faulty;
    mapping->position = yaml_events_position(reading->events);
}

static void read_environment(struct reading *reading, struct origin_mapping *mapping) {
    if (mapping->environment.size > 0) {
        mapping->faulty = true;
        report_at_key(reading, CORS_RULE_DUPLICATE_KEY, CORS_SLICE("environment"),
                      "stands here already.", none);
        return;
    }
    mapping->faulty =
        !read_word(reading, CORS_SLICE("environment"), &mapping->environment) || mapping->faulty;
}

static void add_mapping(struct reading *reading, const struct origin_mapping *mapping) {
    cors_builder_has_environment(reading->events->builder, mapping->environment);
    struct origin_sources *sources = reading->sources;
    if (equals(mapping->source_key, "from_env")) {
        origin_sources_add_variable(sources, mapping->source, mapping->environment,
                                    mapping->position);
    } else if (equals(mapping->source_key, "from_file")) {
        origin_sources_add_file(sources, mapping->source, mapping->environment, mapping->position);
    } else if (cors_builder_add_origin_for(reading->events->builder, mapping->environment,
                                           mapping->source, mapping->position) != CORS_OK) {
        sources->out_of_memory = true;
    }
}

/* The current event starts a mapping in a list of origins. */
static void read_origin_mapping(struct reading *reading) {
    struct origin_mapping mapping = {.faulty = false};
    cors_position start = yaml_events_position(reading->events);
    while (next_key(reading)) {
        cors_slice key = yaml_events_scalar(reading->events);
        if (is_source(key)) {
            read_source(reading, &mapping, key);
        } else if (equals(key, "environment")) {
            read_environment(reading, &mapping);
        } else {
            mapping.faulty = true;
            report_at_key(reading, CORS_RULE_UNKNOWN_KEY, key,
                          "is no key of an entry: it has origin, from_env or from_file, and "
                          "environment.",
                          none);
        }
    }
    if (mapping.faulty || mapping.source_key.size == 0) {
        cors_builder_mark_incomplete(reading->events->builder);
    }
    if (reading->events->stopped) {
        return;
    }
    if (mapping.source_key.size == 0 && !mapping.faulty) {
        yaml_events_report(reading->events, CORS_RULE_WRONG_TYPE, start, none,
                           "This entry names no origin: it needs origin, from_env or from_file.",
                           none);
    } else if (!mapping.faulty) {
        add_mapping(reading, &mapping);
    }
}

/* The current event is an item of a list of words. */
static void read_item(struct reading *reading, cors_key key) {
    const yaml_event_t *event = &reading->events->event;
    if (event->type == YAML_ALIAS_EVENT) {
        return;
    }
    if (event->type != YAML_SCALAR_EVENT || is_missing(event)) {
        wrong_type(reading, name_of(key), "is a list of words.", none);
        return;
    }
    add(reading, key, yaml_events_scalar(reading->events), yaml_events_position(reading->events));
}

/* The current event is an item of a list of origins. */
static void read_origin(struct reading *reading) {
    const yaml_event_t *event = &reading->events->event;
    if (event->type == YAML_MAPPING_START_EVENT) {
        read_origin_mapping(reading);
    } else if (event->type == YAML_SCALAR_EVENT && !is_missing(event)) {
        read_item(reading, CORS_KEY_ALLOW_ORIGINS);
    } else {
        cors_builder_mark_incomplete(reading->events->builder);
        if (event->type != YAML_ALIAS_EVENT) {
            wrong_type(reading, name_of(CORS_KEY_ALLOW_ORIGINS),
                       "is a list of origins, or of entries like { from_file: tenants.txt }.",
                       none);
        }
    }
}

/*
 * Whether a text can stand in a list of YAML without quotes, as origins and names mostly can, and
 * several of them with something between their commas. A *, - or : would mean something else where
 * an item begins, and a : where one ends.
 */
static bool is_plain_list(cors_slice text) {
    static const char marks[] = "/._~+*:-, ";
    char before = ' ';
    bool item = false; /* since the last comma something stands there */
    for (size_t i = 0; i < text.size; i++) {
        char byte = text.data[i];
        bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
        bool digit = byte >= '0' && byte <= '9';
        bool ends = byte == ',' || byte == ' ';
        bool begins = before == ',' || before == ' ';
        if ((!letter && !digit && (byte == '\0' || strchr(marks, byte) == NULL)) ||
            (begins && strchr("*:-", byte) != NULL) || (ends && before == ':') ||
            (byte == ',' && !item)) {
            return false;
        }
        item = byte != ',' && (item || byte != ' ');
        before = byte;
    }
    return item && before != ':';
}

/* Whether it can stand there between quotation marks, as it is, and be shown so (no C1 control). */
static bool is_quotable(cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = (uint8_t)text.data[i];
        bool c1 = byte == 0xC2 && i + 1 < text.size && (uint8_t)text.data[i + 1] < 0xA0;
        if (c1 || byte < 0x20 || byte == 0x7F || byte == '"' || byte == '\\') {
            return false;
        }
    }
    return true;
}

/* A list of one value, as it could be written; empty where it is too long or would need escapes. */
static cors_slice suggest_list(cors_slice item, char list[LIST_SHOWN_MAX]) {
    const char *quote = is_plain_list(item) ? "" : "\"";
    if (!is_quotable(item)) {
        return none;
    }
    int size =
        snprintf(list, LIST_SHOWN_MAX, "[%s%.*s%s]", quote, (int)item.size, item.data, quote);
    return size < LIST_SHOWN_MAX ? (cors_slice){list, (size_t)size} : none;
}

/* The current event is not a list where one should stand. */
static void report_no_list(struct reading *reading, cors_key key) {
    const yaml_event_t *event = &reading->events->event;
    char list[LIST_SHOWN_MAX];
    bool is_item = event->type == YAML_SCALAR_EVENT && !is_missing(event) &&
                   event->data.scalar.length < LIST_SHOWN_MAX;
    if (key == CORS_KEY_ALLOW_ORIGINS) {
        cors_builder_mark_incomplete(reading->events->builder);
    }
    if (event->type != YAML_ALIAS_EVENT) {
        wrong_type(reading, name_of(key), "takes a list: write [ and ] around it.",
                   is_item ? suggest_list(yaml_events_scalar(reading->events), list) : none);
    }
}

/* The current event is the value of a key that takes a list. */
static void read_list(struct reading *reading, cors_key key) {
    if (key == CORS_KEY_ALLOW_ORIGINS) {
        cors_builder_has_origins(reading->events->builder, yaml_events_position(reading->events));
    }
    if (reading->events->event.type != YAML_SEQUENCE_START_EVENT) {
        report_no_list(reading, key);
        return;
    }
    while (!is_event(yaml_events_next(reading->events), YAML_SEQUENCE_END_EVENT)) {
        if (reading->events->stopped) {
            return;
        }
        if (key == CORS_KEY_ALLOW_ORIGINS) {
            read_origin(reading);
        } else {
            read_item(reading, key);
        }
    }
}

static void read_value(struct reading *reading, cors_key key) {
    if (yaml_events_next(reading->events) == NULL) {
        return;
    }
    if (shape_of(key) == SHAPE_LIST) {
        read_list(reading, key);
    } else {
        read_one(reading, key);
    }
}

static void read_policy_key(struct reading *reading, unsigned *seen) {
    cors_slice name = yaml_events_scalar(reading->events);
    cors_slice nearest;
    cors_key key = cors_key_find(name, &nearest);
    if (key == 0) {
        report_at_key(reading, CORS_RULE_UNKNOWN_KEY, name, "is no key of a policy.", nearest);
        return;
    }
    if ((*seen >> key & 1) != 0) {
        report_at_key(reading, CORS_RULE_DUPLICATE_KEY, name, "stands in this policy already.",
                      none);
        return;
    }
    *seen |= 1U << key;
    read_value(reading, key);
}

static void begin_policy(struct reading *reading, cors_position position) {
    if (cors_builder_begin_policy(reading->events->builder, position) != CORS_OK) {
        reading->events->out_of_memory = true;
        reading->events->stopped = true;
    }
}

/* The current event is an item of the list of policies. */
static void read_policy(struct reading *reading) {
    if (reading->events->event.type == YAML_ALIAS_EVENT) {
        return;
    }
    if (reading->events->event.type != YAML_MAPPING_START_EVENT) {
        wrong_type(reading, none, "A policy is a mapping of keys such as allow_origins.", none);
        return;
    }
    cors_position start = yaml_events_position(reading->events);
    unsigned seen = 0;
    bool begun = false;
    while (next_key(reading)) {
        if (!begun) {
            begin_policy(reading, yaml_events_position(reading->events));
            begun = true;
        }
        read_policy_key(reading, &seen);
    }
    if (!begun && !reading->events->broken) {
        begin_policy(reading, start);
    }
    if (begun && reading->events->stopped) {
        cors_builder_mark_incomplete(reading->events->builder);
    }
}

/* The current event is the key "policies". */
static void read_policies(struct reading *reading) {
    const yaml_event_t *event = yaml_events_next(reading->events);
    if (event == NULL || event->type == YAML_ALIAS_EVENT) {
        return;
    }
    if (event->type != YAML_SEQUENCE_START_EVENT) {
        wrong_type(reading, none, "policies is a list: each policy starts with a dash.", none);
        return;
    }
    cors_position start = yaml_events_position(reading->events);
    size_t count = 0;
    while (!is_event(yaml_events_next(reading->events), YAML_SEQUENCE_END_EVENT)) {
        if (reading->events->stopped) {
            return;
        }
        read_policy(reading);
        count++;
    }
    if (count == 0 && !reading->events->broken) {
        yaml_events_report(reading->events, CORS_RULE_WRONG_TYPE, start, none,
                           "This file has no policy; it needs one at least.", none);
    }
}

/* The current event starts the mapping that the file is. */
static void read_root(struct reading *reading) {
    cors_position start = yaml_events_position(reading->events);
    bool seen = false;
    while (next_key(reading)) {
        cors_slice key = yaml_events_scalar(reading->events);
        if (!equals(key, "policies")) {
            cors_slice nearest;
            bool misplaced = cors_key_find(key, &nearest) != 0;
            report_at_key(reading, CORS_RULE_UNKNOWN_KEY, key,
                          misplaced ? "belongs into a policy, below policies:."
                                    : "is no key of a policy file, which has policies only.",
                          misplaced ? none : CORS_SLICE("policies"));
        } else if (seen) {
            report_at_key(reading, CORS_RULE_DUPLICATE_KEY, key, "stands here already.", none);
        } else {
            seen = true;
            read_policies(reading);
        }
    }
    if (!seen && !reading->events->broken) {
        yaml_events_report(reading->events, CORS_RULE_WRONG_TYPE, start, none,
                           "This file has no policies: it starts with the line \"policies:\".",
                           CORS_SLICE("policies:"));
    }
}

/* What follows the first document: nothing. */
static void read_end(struct reading *reading) {
    const yaml_event_t *event;
    while ((event = yaml_events_next(reading->events)) != NULL) {
        if (event->type == YAML_DOCUMENT_START_EVENT) {
            yaml_events_report(
                reading->events, CORS_RULE_YAML_SYNTAX, yaml_events_position(reading->events), none,
                "A policy file is one document: remove what follows this line.", none);
            return;
        }
    }
}

/* Instead of the mapping there may be nothing, or anything else, which is read for its syntax. */
static void report_no_root(struct reading *reading, const yaml_event_t *event) {
    struct yaml_events *events = reading->events;
    cors_position start = {events->file, 1, 1};
    if (event != NULL && event->type != YAML_ALIAS_EVENT) {
        wrong_type(reading, none, "A policy file starts with the line \"policies:\".",
                   CORS_SLICE("policies:"));
    } else if (event == NULL && !events->broken) {
        yaml_events_report(events, CORS_RULE_WRONG_TYPE, start, none,
                           "The file is empty: a policy file starts with the line \"policies:\".",
                           CORS_SLICE("policies:"));
    }
}

void yaml_policies_read(struct yaml_events *events, struct origin_sources *sources) {
    struct reading reading = {events, sources};
    const yaml_event_t *event = yaml_events_next(events);
    while (is_event(event, YAML_STREAM_START_EVENT) || is_event(event, YAML_DOCUMENT_START_EVENT)) {
        event = yaml_events_next(events);
    }
    if (is_event(event, YAML_MAPPING_START_EVENT)) {
        read_root(&reading);
    } else {
        report_no_root(&reading, event);
    }
    read_end(&reading);
    if (events->broken) {
        cors_builder_mark_incomplete(events->builder);
    }
}
