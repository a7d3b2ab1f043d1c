/* SPDX-License-Identifier: MIT */
#include "yaml_events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const cors_slice none = {"", 0};

static cors_position position_of(struct yaml_events *events, yaml_mark_t mark) {
    text_cursor_seek(&events->cursor, mark.index);
    return (cors_position){events->file, events->cursor.line, events->cursor.column};
}

cors_position yaml_events_position(struct yaml_events *events) {
    return position_of(events, events->event.start_mark);
}

cors_slice yaml_events_scalar(const struct yaml_events *events) {
    return (cors_slice){(const char *)events->event.data.scalar.value,
                        events->event.data.scalar.length};
}

static void stop(struct yaml_events *events) {
    events->stopped = true;
    events->broken = true;
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
        stop(events);
    }
}

/* What stands at the mark, as far as one word goes. */
static cors_slice word_at(struct yaml_events *events, yaml_mark_t mark) {
    enum { WORD_MAX = 100 };
    static const char ends[] = " \t\r\n,[]{}\"";
    text_cursor_seek(&events->cursor, mark.index);
    cors_slice text = events->cursor.text;
    cors_slice word = {text.data + events->cursor.offset, 0};
    size_t left = text.size - events->cursor.offset;
    while (word.size < left && word.size < WORD_MAX &&
           memchr(ends, word.data[word.size], sizeof ends - 1) == NULL) {
        word.size++;
    }
    return word;
}

static void report_unquoted(struct yaml_events *events, yaml_mark_t mark, const char *message) {
    char quoted[128];
    cors_slice word = word_at(events, mark);
    int size = snprintf(quoted, sizeof quoted, "\"%.*s\"", (int)word.size, word.data);
    yaml_events_report(events, CORS_RULE_YAML_SYNTAX, position_of(events, mark), none, message,
                       (cors_slice){quoted, size < 0 ? 0 : (size_t)size});
}

static void report_star(struct yaml_events *events, yaml_mark_t mark) {
    report_unquoted(events, mark,
                    "In YAML a value that starts with * must stand in quotes; without them it is "
                    "an alias, which policies do not have.");
}

static bool is_word(const char *text, const char *word) {
    return text != NULL && strcmp(text, word) == 0;
}

static void report_bad_start(struct yaml_events *events, yaml_mark_t mark) {
    cors_position position = position_of(events, mark);
    bool tab = events->cursor.offset < events->cursor.text.size &&
               events->cursor.text.data[events->cursor.offset] == '\t';
    if (tab) {
        yaml_events_report(events, CORS_RULE_YAML_SYNTAX, position, none,
                           "YAML takes no tabs before a value or key: indent with spaces.", none);
    } else {
        report_unquoted(events, mark,
                        "In YAML a value that starts with @, % or ` must stand in quotes.");
    }
}

/* What libyaml says of any other fault, with the line in which the unfinished thing begins. */
static void report_words(struct yaml_events *events, bool at_end) {
    const yaml_parser_t *parser = &events->parser;
    char message[400];
    char context[160] = "";
    if (parser->context != NULL) {
        (void)snprintf(context, sizeof context, "%s that begins in line %u, ", parser->context,
                       position_of(events, parser->context_mark).line);
    }
    (void)snprintf(message, sizeof message, "The file is no YAML from here on: %s%s.", context,
                   parser->problem == NULL ? "it cannot be read" : parser->problem);
    bool begun = at_end && parser->context != NULL;
    yaml_events_report(events, CORS_RULE_YAML_SYNTAX,
                       position_of(events, begun ? parser->context_mark : parser->problem_mark),
                       none, message, none);
}

/* Turns libyaml's own fault into a problem; there is nothing to read after it. */
static void report_fault(struct yaml_events *events) {
    const yaml_parser_t *parser = &events->parser;
    bool cut = events->broken;
    stop(events);
    if (parser->error == YAML_MEMORY_ERROR) {
        events->out_of_memory = true;
        return;
    }
    text_cursor_seek(&events->cursor, parser->problem_mark.index);
    bool at_end = events->cursor.offset == events->cursor.text.size;
    if (cut && at_end) {
        return; /* unfinished because it was cut, as was reported */
    }
    if (is_word(parser->context, "while scanning an alias")) {
        report_star(events, parser->context_mark);
    } else if (is_word(parser->problem, "found character that cannot start any token")) {
        report_bad_start(events, parser->problem_mark);
    } else {
        report_words(events, at_end);
    }
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
        stop(events);
    }
}

static void check_event(struct yaml_events *events) {
    const yaml_event_t *event = &events->event;
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        report_star(events, event->start_mark);
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

/* Reports the first byte that is no text; what stands before its line can still be read. */
static cors_slice readable_part(struct yaml_events *events, cors_slice text) {
    cors_slice before;
    enum text_fault fault = text_find_fault(text, &before);
    if (fault == TEXT_SOUND) {
        return text;
    }
    events->broken = true;
    text_cursor_begin(&events->cursor, before);
    text_cursor_seek(&events->cursor, SIZE_MAX);
    cors_position position = {events->file, events->cursor.line, events->cursor.column};
    yaml_events_report(events, CORS_RULE_YAML_SYNTAX, position, none,
                       fault == TEXT_CONTROL ? "A policy file has no control characters."
                                             : "The file is not UTF-8 from here on.",
                       none);
    while (before.size > 0 && before.data[before.size - 1] != '\n') {
        before.size--;
    }
    return before;
}

bool yaml_events_begin(struct yaml_events *events, cors_slice text, cors_builder *builder,
                       uint32_t file) {
    memset(events, 0, sizeof *events);
    events->builder = builder;
    events->file = file;
    if (yaml_parser_initialize(&events->parser) == 0) {
        events->out_of_memory = true;
        return false;
    }
    cors_slice readable = readable_part(events, text);
    text_cursor_begin(&events->cursor, readable);
    yaml_parser_set_encoding(&events->parser, YAML_UTF8_ENCODING);
    /* libyaml takes no NULL, whatever the size. */
    const char *start = readable.size == 0 ? "" : readable.data;
    yaml_parser_set_input_string(&events->parser, (const unsigned char *)start, readable.size);
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
