/* SPDX-License-Identifier: MIT */
/* Who may ask the lab what: the names it answers to, and the pages it listens to. */
#ifndef CORS_LAB_GUARD_H
#define CORS_LAB_GUARD_H

#include <cors/types.h>

struct lab;
struct lab_request;

/* What is served under a name. */
enum lab_place {
    LAB_NOWHERE,   /* the name is not the lab's: somebody's website points at this machine */
    LAB_PAGE_HOST, /* localhost or an address: the page, and what belongs to it */
    LAB_TEST_HOST, /* a name below localhost: scripted answers and the frame alone */
};

/* A host name, a colon, a port, a NUL. */
enum { LAB_AUTHORITY_MAX = 253 + 1 + 5 + 1 };

/*
 * Reads the value of a Host line, or the authority of a URL.
 *
 * normal  out: the same as browsers write it, in lower case and without port 80; LAB_AUTHORITY_MAX
 *         bytes. Untouched where LAB_NOWHERE is returned.
 */
enum lab_place lab_guard_place(const struct lab *lab, cors_slice authority, char *normal);

/*
 * Whether a request comes from the lab's own page, as far as its lines tell, or from no page.
 * Returns NULL, or the sentence that refuses it.
 */
const char *lab_guard_refuses(const struct lab_request *request);

#endif
