/* SPDX-License-Identifier: MIT */
/*
 * The browser's half for Python: libcors._engine.PageFetch, a call in progress, and
 * create_page_browser(), which makes what calls of one browser share. Neither does I/O.
 */
#ifndef CORS_PYTHON_PAGE_H
#define CORS_PYTHON_PAGE_H

#include "python_limited.h"

#include <cors/browser.h>

/* A preflight cache as large as Chromium's 1,024 entries with URLs of ordinary length. */
enum { PAGE_CACHE_SIZE = 1 << 18 };

/* What calls of one browser share; a capsule holds it. */
struct page_browser {
    cors_browser name;
    cors_preflight_cache cache;
    char cache_memory[PAGE_CACHE_SIZE];
};

/* Field lines whose texts are in bytes objects. */
struct page_lines {
    PyObject *kept; /* the list of those objects */
    cors_field *fields;
    size_t count;
};

/* A call in progress with all that it borrows. */
struct page_fetch {
    PyObject ob_base;
    PyObject *capsule; /* of the browser */
    struct page_browser *browser;
    PyObject *kept; /* a list of the bytes objects that the call's texts are in */
    cors_call call;
    struct page_lines headers;
    cors_slice *upgraded_hosts;
    char *memory;
    size_t memory_size;
    cors_fetch *fetch; /* NULL until it has begun */
    struct page_lines answer;
    Py_ssize_t answered;
};

/* Adds the class and the functions to the module; -1 and an exception where that fails. */
int python_page_register(PyObject *module);

/* python_page_call.c: reads a call and answers. All return -1 with an exception set. */
int page_call_read(struct page_fetch *fetch, PyObject *args, PyObject *kwargs, long long *now);
int page_lines_read(struct page_lines *lines, PyObject *pairs, const char *what);
void page_lines_release(struct page_lines *lines);

/* python_page_outcome.c: what a call sends, and how it ended; new references. */
PyObject *page_fetch_request(const struct page_fetch *call);
PyObject *page_fetch_outcome(const struct page_fetch *call);

#endif
