/* SPDX-License-Identifier: MIT */
/* What the core asks of a native front: memory, public suffixes, Unicode hosts. */
#include <idn2.h>
#include <libpsl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "policyfile.h"

/* A domain name has at most 253 bytes; a label in Unicode is longer before it is converted. */
enum { NAME_MAX_BYTES = 1024 };

/* From so many bytes on, what is wasted of the last large page is little. */
enum { LARGE_SIZE = 16 << 20 };

/*
 * Of a million origins each look-up reads other places in memory. Linux finds them faster where a
 * page is large, which it makes of memory that is aligned and advised so.
 */
static void *allocate_large(size_t size) {
    const size_t page = (size_t)2 << 20;
    size_t whole = (size + page - 1) / page * page;
    void *memory = whole < size ? NULL : aligned_alloc(page, whole);
#ifdef MADV_HUGEPAGE
    if (memory != NULL) {
        (void)madvise(memory, whole, MADV_HUGEPAGE);
    }
#endif
    return memory;
}

static void *heap_allocate(void *context, size_t size) {
    (void)context;
    if (size >= LARGE_SIZE) {
        return allocate_large(size);
    }
    return malloc(size == 0 ? 1 : size);
}

static void heap_release(void *context, void *memory) {
    (void)context;
    free(memory);
}

const cors_allocator cors_heap = {heap_allocate, heap_release, NULL};

/* Copies a name with its NUL; false where it is too long, or holds a NUL itself. */
static bool terminate(cors_slice name, char copy[NAME_MAX_BYTES]) {
    if (name.size >= NAME_MAX_BYTES || memchr(name.data, '\0', name.size) != NULL) {
        return false;
    }
    memcpy(copy, name.data, name.size);
    copy[name.size] = '\0';
    return true;
}

/* A name that cannot be asked about counts as public: fail closed. */
static bool is_public_suffix(void *context, cors_slice domain) {
    (void)context;
    char name[NAME_MAX_BYTES];
    const psl_ctx_t *list = psl_builtin();
    return list == NULL || !terminate(domain, name) ||
           psl_is_public_suffix2(list, name, PSL_TYPE_ANY) != 0;
}

/* Whether a domain is in a part of the list, by a rule of its own. */
static bool is_listed(cors_slice domain, int part) {
    char name[NAME_MAX_BYTES];
    const psl_ctx_t *list = psl_builtin();
    return list != NULL && terminate(domain, name) &&
           psl_is_public_suffix2(list, name, part | PSL_TYPE_NO_STAR_RULE) != 0;
}

bool cors_domain_is_listed_suffix(cors_slice domain) {
    return is_listed(domain, PSL_TYPE_ANY);
}

bool cors_domain_is_shared_host(cors_slice domain) {
    return is_listed(domain, PSL_TYPE_PRIVATE);
}

/* `context` is NULL, or a bool: whether a name could not be converted for want of memory. */
static bool to_ascii(void *context, cors_slice label, char *out, size_t capacity, size_t *size) {
    char name[NAME_MAX_BYTES];
    uint8_t *ascii = NULL;
    if (!terminate(label, name)) {
        return false;
    }
    int flags = IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT;
    int outcome = idn2_lookup_u8((const uint8_t *)name, &ascii, flags);
    if (outcome == IDN2_MALLOC && context != NULL) {
        *(bool *)context = true;
    }
    if (outcome != IDN2_OK) {
        return false;
    }
    size_t length = strlen((const char *)ascii);
    bool fits = length > 0 && length <= capacity;
    if (fits) {
        memcpy(out, ascii, length);
        *size = length;
    }
    idn2_free(ascii);
    return fits;
}

const char *cors_environment_select(const char *given) {
    const char *variable = getenv("CORS_ENV");
    if (given != NULL && given[0] != '\0') {
        return given;
    }
    return variable != NULL && variable[0] != '\0' ? variable : "production";
}

void cors_native_options(cors_builder_options *options, const char *environment) {
    *options = (cors_builder_options){
        .allocator = cors_heap,
        .environment = {environment, strlen(environment)},
        .is_public_suffix = is_public_suffix,
        .to_ascii = to_ascii,
    };
}
