/* SPDX-License-Identifier: MIT */
/* A request to the lab, from its first line to the last byte of its body. */
#ifndef CORS_LAB_REQUEST_H
#define CORS_LAB_REQUEST_H

#include <cors/types.h>
#include <microhttpd.h>

#include "lab_guard.h"

struct lab_request {
    struct MHD_Connection *connection;
    const char *method; /* of the connection */
    char *target;       /* as it was sent; owned */
    cors_slice path;    /* of the target, up to its query */
    enum lab_place place;
    char authority[LAB_AUTHORITY_MAX]; /* that it was sent to, as it stands in a URL */
    bool begun;                        /* its head was seen */
    bool kept;                         /* its body is of use */
    char *body;                        /* owned */
    size_t body_size;                  /* also of a body that is not kept */
};

/* NULL where there is no memory. */
struct lab_request *lab_request_create(const char *target);
void lab_request_destroy(struct lab_request *request);

/* Takes a piece of the body; false where the body is too large, or the memory too small. */
bool lab_request_append(struct lab_request *request, const char *data, size_t size);

bool lab_request_has_method(const struct lab_request *request, const char *method);

/*
 * The field lines of a name.
 *
 * first  out, or NULL: the value of the first one; lives as long as the request.
 * Returns how many there are.
 */
size_t lab_request_lines(const struct lab_request *request, const char *name, cors_slice *first);

/* All values of a name with ", " between them, to be freed; NULL where there is no line. */
char *lab_request_joined(const struct lab_request *request, const char *name);

#endif
