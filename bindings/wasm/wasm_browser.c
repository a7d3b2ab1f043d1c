/* SPDX-License-Identifier: MIT */
/* Browsers with their preflight caches. */
#include "wasm_export.h"
#include "wasm_fetch.h"
#include "wasm_memory.h"

WASM_EXPORT(browser_create) struct wasm_browser *wasm_browser_create(uint32_t name);
struct wasm_browser *wasm_browser_create(uint32_t name) {
    struct wasm_browser *browser = wasm_allocate(sizeof *browser);
    if (browser != NULL) {
        browser->name = (cors_browser)name;
        cors_preflight_cache_begin(&browser->cache, browser->cache_memory, CACHE_SIZE);
    }
    return browser;
}

WASM_EXPORT(browser_release) void wasm_browser_release(struct wasm_browser *browser);
void wasm_browser_release(struct wasm_browser *browser) {
    wasm_release(browser);
}
