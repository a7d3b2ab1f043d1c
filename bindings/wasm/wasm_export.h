/* SPDX-License-Identifier: MIT */
/* What the module shows to its host: only functions marked so are exported. */
#ifndef CORS_WASM_EXPORT_H
#define CORS_WASM_EXPORT_H

#define WASM_EXPORT(name) __attribute__((export_name(#name)))

/* What exports return beside the numbers of cors_status. */
enum wasm_status {
    WASM_LABELS_WANTED = 16, /* labels have to be converted first; then the same call again */
};

#endif
