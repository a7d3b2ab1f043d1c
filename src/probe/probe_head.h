/* SPDX-License-Identifier: MIT */
/* The head of an HTTP answer as text: status line and field lines. */
#ifndef CORS_PROBE_HEAD_H
#define CORS_PROBE_HEAD_H

#include <cors/server.h>
#include <cors/types.h>

/* More is no answer but an attack: browsers take 256 KiB. */
enum { PROBE_HEAD_BYTES_MAX = 256 << 10, PROBE_HEAD_FIELDS_MAX = 2048 };

struct probe_head {
    int status;         /* 0: there is none */
    cors_slice version; /* "1.1", "2" */
    cors_slice reason;
    cors_field *fields; /* in wire order, nothing joined */
    size_t field_count;
};

/* Whether a status line of HTTP begins the text. */
bool probe_head_begins(cors_slice text);

/*
 * Reads a head at the beginning of a text: a status line, then field lines up to an empty line or
 * the end of the text; lines end in LF or CRLF. A folded field line is unfolded in the text (RFC
 * 9112, section 5.2); a line without colon is passed over. What is read points into the text.
 *
 * head      out; to be freed with probe_head_free().
 * consumed  out: the bytes up to the body.
 * Returns CORS_OK; CORS_INVALID where no status line is; CORS_TOO_LARGE; CORS_NO_MEMORY.
 */
cors_status probe_head_parse(char *text, size_t size, struct probe_head *head, size_t *consumed);
void probe_head_free(struct probe_head *head);

#endif
