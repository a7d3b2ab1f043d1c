/* SPDX-License-Identifier: MIT */
/*
 * Live policies: a compiled policy file that nginx goes on looking at.
 *
 * Whoever edits the file may truncate it or write into it, so it is never mapped itself. Its bytes
 * are copied once, into memory that all workers map to read, and are checked there. There are two
 * such memories, made with the configuration and inherited by the workers: generation g of the
 * policy lies in memory g % 2.
 *
 * All that is slow happens in a thread that lives only for it, in one worker at a time: reading,
 * checking, and giving the old generation's memory back once no worker uses it any more. A worker's
 * event loop only looks at the file's state, maps, and exchanges a pointer; it does the latter two
 * before a decision, too, so that none is made by an older generation than the newest.
 *
 * What holds it together: generation g + 1 is not begun before every worker has left g - 1. So
 * whoever still uses g - 1 finds g where it is for as long as it wants.
 */
#ifndef NGX_HTTP_CORS_LIVE_H
#define NGX_HTTP_CORS_LIVE_H

#include "ngx_http_cors.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

/* What a worker tells the others about itself. */
typedef struct {
    _Atomic(int64_t) process;     /* 0: there is none */
    _Atomic(uint64_t) generation; /* that it uses; 0: it comes up and has none yet */
} ngx_http_cors_place_t;

/* What a worker tells the others about itself, whichever configuration they belong to. */
typedef struct {
    _Atomic(int64_t) process;   /* 0: there is none */
    _Atomic(uint64_t) checksum; /* of the policy that it uses; 0: it comes up and has none yet */
} ngx_http_cors_member_t;

/* All workers that use one file. */
typedef struct ngx_http_cors_roll_s ngx_http_cors_roll_t;

/* What lies in a memory. */
typedef struct {
    size_t size;
    uint64_t entries;
    uint64_t checksum;
} ngx_http_cors_block_t;

/* What the workers of one configuration share about one file. */
typedef struct {
    _Atomic(uint64_t) generation; /* the newest, in force from now on; the first is 1 */
    _Atomic(uint64_t) freed;      /* the newest whose memory was given back */
    _Atomic(uint64_t) came;       /* the newest that all workers of the configuration came to */
    _Atomic(uint64_t) said;       /* the newest of which the log tells that it is in force */
    _Atomic(uint64_t) seen;       /* the state of the file that was judged last */
    _Atomic(uint64_t) retry_at;   /* when to judge that state once more, in ms; 0: never */
    _Atomic(uint64_t) standstill; /* the newest of which the log tells that a worker holds it up */
    _Atomic(unsigned) unreadable; /* someone has said so */

    /* What lies in both memories; written before the generation that it belongs to. */
    ngx_http_cors_block_t blocks[2];

    ngx_http_cors_place_t places[NGX_MAX_PROCESSES]; /* by ngx_worker */
} ngx_http_cors_shared_t;

/* A mapped block; no address: none. */
typedef struct {
    void *address;
    size_t size;
    uint64_t generation;
} ngx_http_cors_mapping_t;

/* What came of looking at the file. */
enum {
    NGX_HTTP_CORS_LIVE_LATER, /* it is being written, or is known already */
    NGX_HTTP_CORS_LIVE_REFUSED,
    NGX_HTTP_CORS_LIVE_TAKEN
};

/*
 * A load, in a thread of its own, which owns all of it until `done` is set; but for the mapping,
 * which the event loop takes as soon as its generation is the newest.
 */
typedef struct {
    pthread_t thread;
    _Atomic(unsigned) stop; /* by the event loop: end soon */
    _Atomic(unsigned) done; /* by the thread */
    ngx_uint_t result;
    ngx_uint_t passing; /* refused for what may be over soon */
    uint64_t state;     /* of the file that was read */
    uint64_t in_force;  /* the generation that all workers came to meanwhile; 0: none */
    ngx_http_cors_mapping_t mapping; /* of the generation that was taken */
    char words[512];                 /* why it was refused */
} ngx_http_cors_job_t;

typedef struct ngx_http_cors_live_s ngx_http_cors_live_t;

struct ngx_http_cors_live_s {
    ngx_http_cors_source_t source; /* what locations look at */
    ngx_http_cors_live_t *next;
    ngx_str_t path; /* both end in NUL */
    ngx_str_t environment;
    ngx_shm_t shm;
    ngx_http_cors_shared_t *shared;
    int memories[2];
    ngx_http_cors_roll_t *roll;

    /* Of this worker. */
    ngx_http_cors_place_t *place;
    ngx_http_cors_member_t *member;
    ngx_http_cors_mapping_t used;
    ngx_http_cors_mapping_t left; /* to be unmapped when its memory is gone: that is quick */
    ngx_event_t timer;
    ngx_http_cors_job_t job;
    uint64_t settled_generation;
    uint64_t settled_at; /* since when this worker waits for the next, in milliseconds */
    uint64_t held_up;    /* nanoseconds: the longest that this swap kept the event loop */
    unsigned has_job : 1;
    unsigned cannot_map : 1; /* and has said so */
};

/* ngx_http_cors_load.c */

/*
 * Reads an open file into the memory of the next generation, checks it, and makes it the newest.
 * Changes result, state, mapping and words of the job.
 */
void ngx_http_cors_load(ngx_http_cors_live_t *live, int file);

/* The job's thread. */
void *ngx_http_cors_load_thread(void *live);

/* The same without a thread, and without waiting for other workers: they may wait for this one. */
void ngx_http_cors_load_at_once(ngx_http_cors_live_t *live);

/* What tells one state of a file from another, as one number; of a fault, its errno. */
uint64_t ngx_http_cors_file_state(const struct stat *status);

/* A worker that does not use the newest generation yet; 0: they all do. */
int64_t ngx_http_cors_straggler(ngx_http_cors_shared_t *shared);

/* Unmaps, if there is something. */
void ngx_http_cors_unmap(ngx_http_cors_mapping_t *mapping);

/* ngx_http_cors_roll.c */

/* The roll of a file in an environment, which is never given back; NULL: no memory. */
ngx_http_cors_roll_t *ngx_http_cors_roll_open(const ngx_str_t *path, const ngx_str_t *environment,
                                              ngx_log_t *log);

/* Enters this worker; NULL: there is no room. */
ngx_http_cors_member_t *ngx_http_cors_roll_join(ngx_http_cors_roll_t *roll);

/* Another worker may have taken the place of this one meanwhile. */
void ngx_http_cors_roll_leave(ngx_http_cors_member_t *member);

/* A worker that does not use the policy with this checksum; 0: they all do. */
int64_t ngx_http_cors_roll_straggler(ngx_http_cors_roll_t *roll, uint64_t checksum);

#endif
