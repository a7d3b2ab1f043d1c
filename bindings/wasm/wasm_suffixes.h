/* SPDX-License-Identifier: MIT */
/*
 * Public suffixes from a file of their own, suffixes.bin, which the host loads if it wants to:
 *
 *     "CSFX" version branch
 *     branch = child* 0, the children in the order of their labels
 *     child  = size flags label [branch-size branch]
 *
 * A branch has the labels that stand left of its own: the first one all top-level domains. Sizes
 * of labels and flags are a byte each, that of a branch three with the least first; flag 8 says
 * that there is one.
 */
#ifndef CORS_WASM_SUFFIXES_H
#define CORS_WASM_SUFFIXES_H

#include <cors/types.h>

/*
 * Uses a list from now on. The bytes are checked first, then borrowed until another list is
 * loaded. Returns CORS_OK, or CORS_INVALID for anything but a sound list: the one that was in use
 * before stays.
 */
cors_status wasm_suffixes_load(const uint8_t *bytes, size_t size);

/*
 * Whether a domain (lower-case ASCII) is a public suffix: by a rule, or as a top-level domain.
 * Without a list every domain is one. `context` is not used.
 */
bool wasm_is_public_suffix(void *context, cors_slice domain);

#endif
