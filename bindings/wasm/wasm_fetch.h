/* SPDX-License-Identifier: MIT */
/* Browsers and calls in progress, as the exports about them share them. */
#ifndef CORS_WASM_FETCH_H
#define CORS_WASM_FETCH_H

#include <cors/browser.h>

/* A preflight cache as large as Chromium's 1,024 entries with URLs of ordinary length. */
enum { CACHE_SIZE = 1 << 18 };

struct wasm_browser {
    cors_browser name;
    cors_preflight_cache cache;
    char cache_memory[CACHE_SIZE];
};

/* A call in progress with all that it borrows. */
struct wasm_fetch {
    struct wasm_browser *browser;
    cors_fetch *fetch;
    char *memory;
    size_t memory_size;
    cors_call call;
    char *call_record;
    cors_field *call_headers;
    cors_slice *upgraded_hosts;
    char *response_record;
    cors_field *response_fields;
};

#endif
