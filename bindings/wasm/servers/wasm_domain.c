/* SPDX-License-Identifier: MIT */
/* What the public suffix list says about a domain. */
#include "wasm_export.h"
#include "wasm_suffixes.h"

WASM_EXPORT(is_public_suffix) uint32_t wasm_domain_is_public_suffix(const char *data, size_t size);
uint32_t wasm_domain_is_public_suffix(const char *data, size_t size) {
    return wasm_is_public_suffix(NULL, (cors_slice){data, size});
}
