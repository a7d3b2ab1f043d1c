/* SPDX-License-Identifier: MIT */
/* Slices of Python's bytes and texts, and the other way round. */
#ifndef CORS_PYTHON_BYTES_H
#define CORS_PYTHON_BYTES_H

#include <cors/types.h>

#include "python_limited.h"

/* Objects that slices point into; released together. Begin with {NULL}. */
struct python_kept {
    PyObject *list;
};

void python_kept_release(struct python_kept *kept);

/* Takes over a reference, also where it fails: -1 with an exception set. */
int python_kept_add(struct python_kept *kept, PyObject *object);

/*
 * The bytes of a bytes object, or of a text whose characters are bytes (Latin-1). They live as long
 * as both the object and `kept`. `what` names the thing in messages. Returns -1 with an exception
 * set.
 */
int python_slice_read(PyObject *object, const char *what, struct python_kept *kept,
                      cors_slice *slice);

/* As above with a text in UTF-8. */
int python_slice_read_utf8(PyObject *object, const char *what, cors_slice *slice);

/*
 * Name and value of a field line: a tuple or list of two. As above; `pair` must outlive the slices.
 */
int python_line_read(PyObject *pair, struct python_kept *kept, cors_slice *name, cors_slice *value);

/* New references, NULL with an exception set on failure. The text is UTF-8; what is not is U+FFFD.
 */
PyObject *python_bytes_make(cors_slice slice);
PyObject *python_text_make(cors_slice slice);

#endif
