/* SPDX-License-Identifier: MIT */
/*
 * The events of a YAML file, held to the subset that policies use: no anchors, aliases or tags,
 * one document, nesting within a bound. What is outside of it is reported as yaml-syntax.
 */
#ifndef CORS_POLICYFILE_YAML_EVENTS_H
#define CORS_POLICYFILE_YAML_EVENTS_H

#include <cors/policy.h>
#include <yaml.h>

#include "yaml_text.h"

/* Policies need 4 levels; more is a mistake or an attack. */
enum { YAML_DEPTH_MAX = 8 };

struct yaml_events {
    yaml_parser_t parser;
    yaml_event_t event; /* the current one; released by the next */
    struct text_cursor cursor;
    cors_builder *builder;
    uint32_t file;
    int depth;
    bool stopped; /* nothing more is read: the end, or a fault that was reported */
    bool broken;  /* a fault that was reported hides the rest of the file */
    bool out_of_memory;
};

/*
 * Begins to read `text`, which is borrowed. Where it holds a byte that is no text, this is
 * reported, and the lines before it are read. Returns false where memory is out.
 */
bool yaml_events_begin(struct yaml_events *events, cors_slice text, cors_builder *builder,
                       uint32_t file);
void yaml_events_end(struct yaml_events *events);

/* Goes on to the next event; NULL once there is nothing more to read. */
const yaml_event_t *yaml_events_next(struct yaml_events *events);

/* Reads to the end of the node that the current event begins. */
void yaml_events_skip(struct yaml_events *events);

/* Where the current event starts. */
cors_position yaml_events_position(struct yaml_events *events);

/* The text of the current event, a scalar; valid until the next event. */
cors_slice yaml_events_scalar(const struct yaml_events *events);

/* Reports a problem; `subject`, if not empty, stands in quotes before the message. */
void yaml_events_report(struct yaml_events *events, cors_rule rule, cors_position position,
                        cors_slice subject, const char *message, cors_slice suggestion);

#endif
