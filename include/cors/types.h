/* SPDX-License-Identifier: MIT */
/*
 * The types every other header stands on: version, slices, status codes, the caller's memory.
 */
#ifndef CORS_TYPES_H
#define CORS_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__) || defined(__clang__)
#define CORS_API __attribute__((visibility("default")))
#else
#define CORS_API
#endif

#define CORS_VERSION_MAJOR 0
#define CORS_VERSION_MINOR 1
#define CORS_VERSION_PATCH 0
#define CORS_VERSION_STRING "0.1.0"

/*
 * The version of the library that runs, which may be another than that of this header.
 * Returns a NUL-terminated string that lives as long as the program.
 */
CORS_API const char *cors_version(void);

/*
 * Borrowed bytes: not NUL-terminated, not owned. `data` may be NULL when `size` is 0.
 */
typedef struct cors_slice {
    const char *data;
    size_t size; /* in bytes */
} cors_slice;

/* A slice over a string literal, without its NUL. */
#ifdef __cplusplus
#define CORS_SLICE(literal) (cors_slice{"" literal, sizeof(literal) - 1})
#else
#define CORS_SLICE(literal) ((cors_slice){"" literal, sizeof(literal) - 1})
#endif

/* Why a call could not do its work. The numbers are pinned. */
typedef enum cors_status {
    CORS_OK = 0,
    CORS_NO_MEMORY = 1, /* the caller's allocator returned NULL */
    CORS_INVALID = 2,   /* the input is at fault; problems say where */
    CORS_TOO_LARGE = 3, /* a bound that this library states was passed */
} cors_status;

/*
 * The caller's memory. Used while a policy is built, never while requests are judged.
 * `allocate` returns memory aligned for any type, or NULL; `release` takes what it returned, and
 * NULL.
 * `context` is handed to both and never touched.
 */
typedef struct cors_allocator {
    void *(*allocate)(void *context, size_t size);
    void (*release)(void *context, void *memory);
    void *context;
} cors_allocator;

#ifdef __cplusplus
}
#endif

#endif
