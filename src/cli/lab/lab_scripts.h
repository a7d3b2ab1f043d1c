/* SPDX-License-Identifier: MIT */
/* What the lab's origins answer, as pages have put it down, and what reached them. */
#ifndef CORS_LAB_SCRIPTS_H
#define CORS_LAB_SCRIPTS_H

#include <cors/types.h>
#include <jansson.h>
#include <microhttpd.h>

/* A page chooses the name of its script: a long one, so that no other guesses it. */
enum { LAB_ID_MIN = 16, LAB_ID_MAX = 64 };

/* Further scripts push out the oldest. */
enum { LAB_SCRIPTS_MAX = 256 };

enum { LAB_URLS_MAX = 64 };

/* One answer. */
struct lab_scripted {
    unsigned status;
    struct MHD_Response *response; /* owned; NULL: there is none */
};

/* What a URL answers. */
struct lab_scripted_url {
    char *url; /* owned */
    struct lab_scripted preflight;
    struct lab_scripted actual;
};

struct lab_script {
    char id[LAB_ID_MAX + 1];
    struct lab_scripted_url urls[LAB_URLS_MAX];
    size_t url_count;
    json_t *sent;      /* the requests that came, as /-/log shows them; owned */
    size_t sent_bytes; /* of their texts */
    size_t left_out;   /* requests that were too many to note */
};

/* An empty one; NULL where there is no memory. */
struct lab_script *lab_script_create(cors_slice id);
void lab_script_destroy(struct lab_script *script);

bool lab_script_is_id(cors_slice id);

/* NULL where there is no memory. */
struct lab_scripts *lab_scripts_create(void);
void lab_scripts_destroy(struct lab_scripts *scripts);

/* Takes the script over, in place of one of the same name. */
void lab_scripts_put(struct lab_scripts *scripts, struct lab_script *script);

/* The script of a name, or NULL. */
struct lab_script *lab_scripts_find(const struct lab_scripts *scripts, cors_slice id);

void lab_scripts_forget(struct lab_scripts *scripts, cors_slice id);

#endif
