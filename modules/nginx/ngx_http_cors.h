/* SPDX-License-Identifier: MIT */
/*
 * What the files of the nginx module share. The module carries values: configuration to the policy
 * builder, requests to cors_decide(), decisions to the response. It decides nothing itself.
 */
#ifndef NGX_HTTP_CORS_H
#define NGX_HTTP_CORS_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <cors/cors.h>
#include <stdatomic.h>

enum {
    NGX_HTTP_CORS_ENFORCE_OFF = 0,
    NGX_HTTP_CORS_ENFORCE_REPORT = 1,
    NGX_HTTP_CORS_ENFORCE_BLOCK = 2
};

typedef struct {
    ngx_array_t loaded;                /* of ngx_http_cors_loaded_t: each policy file once */
    struct ngx_http_cors_live_s *live; /* the first of those that are compiled */
    ngx_shm_zone_t *counters;
    unsigned in_use : 1; /* some level has a policy */
} ngx_http_cors_main_conf_t;

/*
 * Where requests find their policy. That of a live file changes as soon as a newer one is in force,
 * at the latest before the next decision, so nothing that points into it may outlive an event.
 */
typedef struct {
    const cors_policy *policy;
    uint64_t generation;             /* of a live policy; 0 for ever where it is read once */
    const _Atomic(uint64_t) *newest; /* what all workers are to come to */
} ngx_http_cors_source_t;

typedef struct {
    ngx_http_cors_source_t *source; /* NULL: none, or off */
    ngx_uint_t enforce;
    ngx_flag_t strict_path;
    ngx_str_t own_origin;

    /* While the configuration is read. */
    cors_builder *builder; /* the inline directives of this level */
    uint32_t single_keys;  /* bit n: the key n, which takes one value, has it */
    unsigned has_file : 1;
    unsigned is_off : 1;
} ngx_http_cors_loc_conf_t;

/* What a request keeps, from its first phase to its log line. */
typedef struct {
    ngx_pool_cleanup_t in_pool; /* the first member: by it the context is found again */
    ngx_str_t path;             /* the client's, normalized, before any rewrite */
    ngx_str_t method;           /* the client's, before error_page made it a GET */
    cors_decision decision;
    ngx_http_cors_loc_conf_t *place; /* the location that the request came to last */
    ngx_uint_t enforced;             /* the mode of cors_enforce that had its say */
    unsigned decided : 1;
    unsigned settled : 1; /* a redirect left a place that has a policy, which goes on to speak */
} ngx_http_cors_ctx_t;

extern ngx_module_t ngx_http_cors_module;

/* ngx_http_cors_conf.c */
void *ngx_http_cors_create_main_conf(ngx_conf_t *cf);
void *ngx_http_cors_create_loc_conf(ngx_conf_t *cf);
char *ngx_http_cors_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child);
char *ngx_http_cors_policy(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_cors_off(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_cors_inline(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
char *ngx_http_cors_own_origin(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

/* ngx_http_cors_request.c */

/*
 * The request's decision, made now by the policy of its location where none was made before; the
 * first stays. Returns NGX_OK, NGX_DECLINED where no policy applies to the location, or NGX_ERROR
 * where memory is out.
 */
ngx_int_t ngx_http_cors_decide(ngx_http_request_t *r, const cors_decision **decision);

/* The same for one who only looks: what is not decided yet stays so. NULL where there is none. */
const cors_decision *ngx_http_cors_peek(ngx_http_request_t *r, cors_decision *decision);

ngx_int_t ngx_http_cors_post_read_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_cors_rewrite_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_cors_access_handler(ngx_http_request_t *r);

/* ngx_http_cors_filter.c */
void ngx_http_cors_filter_init(void);

/* ngx_http_cors_variables.c */
ngx_int_t ngx_http_cors_add_variables(ngx_conf_t *cf);

/* ngx_http_cors_status.c */
char *ngx_http_cors_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);
void ngx_http_cors_count(ngx_http_request_t *r, const cors_decision *decision);
void ngx_http_cors_count_blocked(ngx_http_request_t *r, ngx_uint_t enforce);

/* ngx_http_cors_live.c */

/*
 * Takes a compiled policy file, which is open, and goes on to look at it once workers run. NULL
 * where it cannot be taken, and a message said so.
 */
ngx_http_cors_source_t *ngx_http_cors_live_open(ngx_conf_t *cf, const ngx_str_t *path,
                                                const ngx_str_t *environment, ngx_fd_t file);

/* Changes to the newest generation; where that cannot be mapped, the old one stays and is said. */
void ngx_http_cors_live_catch_up(ngx_http_cors_source_t *source);

/*
 * To be called before a request is judged. A worker that was kept from its timers, by a slow disk
 * say, has requests waiting and answers them before it looks whether there is a newer policy.
 */
static ngx_inline void ngx_http_cors_catch_up(ngx_http_cors_source_t *source) {
    if (atomic_load_explicit(source->newest, memory_order_acquire) != source->generation) {
        ngx_http_cors_live_catch_up(source);
    }
}

/* In a worker, or a process that is all in one: begins to look at all live policies. */
ngx_int_t ngx_http_cors_live_start(ngx_cycle_t *cycle);

/* ngx_http_cors_process.c */
ngx_int_t ngx_http_cors_init_process(ngx_cycle_t *cycle);

static ngx_inline cors_slice ngx_http_cors_slice(ngx_str_t text) {
    cors_slice slice = {(const char *)text.data, text.len};
    return slice;
}

#endif
