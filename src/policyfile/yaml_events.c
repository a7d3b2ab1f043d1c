/* SPDX-License-Identifier: MIT */
#include "yaml_events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const cors_slice none = {"", 0};

static cors_position position_of(const struct yaml_events *events, yaml_mark_t mark) {
    return (cors_position){events->file, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1};
}

cors_position yaml_events_position(const struct yaml_events *events) {
    return position_of(events, events->event.start_mark);
}

cors_slice yaml_events_scalar(const struct yaml_events *events) {
    return (cors_slice){(const char *)events->event.data.scalar.value,
                        events->event.data.scalar.length};
}

void yaml_events_report(struct yaml_events *events, cors_rule rule, cors_position position,
                        cors_slice subject, const char *message, cors_slice suggestion) {
    char joined[640];
    /* What does not fit is cut: the core cuts long words too. */
    int shown = subject.size < 200 ? (int)subject.size : 200;
    int size = subject.size == 0
                   ? snprintf(joined, sizeof joined, "%s", message)
                   : snprintf(joined, sizeof joined, "\"%.*s\" %s", shown, subject.data, message);
    size_t length = size < 0 ? 0 : (size_t)size < sizeof joined ? (size_t)size : sizeof joined - 1;
    if (cors_builder_report(events->builder, rule, position, (cors_slice){joined, length},
                            suggestion) != CORS_OK) {
        events->out_of_memory = true;
        events->stopped = true;
    }
}

/* Where a byte is, for faults that libyaml gives by offset only. */
static cors_position position_at(const struct yaml_events *events, size_t offset) {
    cors_position position = {events->file, 1, 1};
    for (size_t i = 0; i < offset && i < events->text.size; i++) {
        unsigned char byte = (unsigned char)events->text.data[i];
        if (byte == '\n') {
            position.line++;
            position.column = 1;
        } else if ((byte & 0xC0) != 0x80) {
            position.column++;
        }
    }
    return position;
}

static void report_star(struct yaml_events *events, cors_position position) {
    yaml_events_report(events, CORS_RULE_YAML_SYNTAX, position, none,
                       "In YAML a value that starts with * must stand in quotes; without them it "
                       "is an alias, which policies do not have.",
                       CORS_SLICE("\"*\""));
}

static bool is_word(const char *text, const char *word) {
    return text != NULL && strcmp(text, word) == 0;
}

/* Turns libyaml's own fault into a problem; there is nothing to read after it. */
static void report_fault(struct yaml_events *events) {
    const yaml_parser_t *parser = &events->parser;
    events->stopped = true;
    if (parser->error == YAML_MEMORY_ERROR) {
        events->out_of_memory = true;
        return;
    }
    if (parser->error == YAML_READER_ERROR) {
        yaml_events_report(events, CORS_RULE_YAML_SYNTAX,
                           position_at(events, parser->problem_offset), none,
                           is_word(parser->problem, "control characters are not allowed")
                               ? "A policy file has no control characters."
                               : "The file is not UTF-8 from here on.",
                           none);
        return;
    }
    if (is_word(parser->context, "while scanning an alias")) {
        report_star(events, position_of(events, parser->context_mark));
        return;
    }
    char message[400];
    (void)snprintf(message, sizeof message, "The file is no YAML from here on: %s%s%s.",
                   parser->context == NULL ? "" : parser->context,
                   parser->context == NULL ? "" : ", ",
                   parser->problem == NULL ? "it cannot be read" : parser->problem);
    yaml_events_report(events, CORS_RULE_YAML_SYNTAX, position_of(events, parser->problem_mark),
                       none, message, none);
}

/* Anchors and tags, which scalars, sequences and mappings can all have. */
static void check_properties(struct yaml_events *events, const yaml_char_t *anchor,
                             const yaml_char_t *tag) {
    if (anchor != NULL) {
        yaml_events_report(events, CORS_RULE_YAML_SYNTAX, yaml_events_position(events), none,
                           "Policies do not have anchors (&name): write the value itself.", none);
    }
    if (tag != NULL) {
        yaml_events_report(events, CORS_RULE_YAML_SYNTAX, yaml_events_position(events), none,
                           "Policies do not have tags (!name): write the value itself.", none);
    }
}

static void enter(struct yaml_events *events) {
    events->depth++;
    if (events->depth > YAML_DEPTH_MAX) {
        yaml_events_report(events, CORS_RULE_YAML_SYNTAX, yaml_events_position(events), none,
                           "The file is nested more than 8 deep; policies need 4 levels.", none);
        events->stopped = true;
    }
}

static void check_event(struct yaml_events *events) {
    const yaml_event_t *event = &events->event;
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        report_star(events, yaml_events_position(events));
        break;
    case YAML_SCALAR_EVENT:
        check_properties(events, event->data.scalar.anchor, event->data.scalar.tag);
        break;
    case YAML_SEQUENCE_START_EVENT:
        check_properties(events, event->data.sequence_start.anchor, event->data.sequence_start.tag);
        enter(events);
        break;
    case YAML_MAPPING_START_EVENT:
        check_properties(events, event->data.mapping_start.anchor, event->data.mapping_start.tag);
        enter(events);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        events->depth--;
        break;
    default:
        break;
    }
}

bool yaml_events_begin(struct yaml_events *events, cors_slice text, cors_builder *builder,
                       uint32_t file) {
    memset(events, 0, sizeof *events);
    events->text = text;
    events->builder = builder;
    events->file = file;
    if (yaml_parser_initialize(&events->parser) == 0) {
        events->out_of_memory = true;
        return false;
    }
    yaml_parser_set_encoding(&events->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&events->parser, (const unsigned char *)text.data, text.size);
    return true;
}

void yaml_events_end(struct yaml_events *events) {
    yaml_event_delete(&events->event);
    yaml_parser_delete(&events->parser);
}

const yaml_event_t *yaml_events_next(struct yaml_events *events) {
    yaml_event_delete(&events->event);
    memset(&events->event, 0, sizeof events->event);
    if (events->stopped) {
        return NULL;
    }
    if (yaml_parser_parse(&events->parser, &events->event) == 0) {
        report_fault(events);
        return NULL;
    }
    check_event(events);
    if (events->event.type == YAML_STREAM_END_EVENT) {
        events->stopped = true;
    }
    return events->stopped ? NULL : &events->event;
}

void yaml_events_skip(struct yaml_events *events) {
    bool opens = events->event.type == YAML_SEQUENCE_START_EVENT ||
                 events->event.type == YAML_MAPPING_START_EVENT;
    int outside = events->depth - 1;
    while (opens && events->depth > outside) {
        if (yaml_events_next(events) == NULL) {
            return;
        }
    }
}
