/* SPDX-License-Identifier: MIT */
/* What of an application's answer belongs to the policy. */
#include <cors/server.h>

#include "wasm_export.h"

WASM_EXPORT(header_is_owned) uint32_t wasm_header_is_owned(const char *name, size_t size);
uint32_t wasm_header_is_owned(const char *name, size_t size) {
    return cors_header_is_owned((cors_slice){name, size});
}

/* The name stands behind the field's value. */
WASM_EXPORT(vary_covers)
uint32_t wasm_vary_covers(const char *value, size_t value_size, size_t name_size);
uint32_t wasm_vary_covers(const char *value, size_t value_size, size_t name_size) {
    return cors_vary_covers((cors_slice){value, value_size},
                            (cors_slice){value + value_size, name_size});
}
