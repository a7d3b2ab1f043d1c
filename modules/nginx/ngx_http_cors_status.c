/* SPDX-License-Identifier: MIT */
/*
 * Counters in shared memory, and `cors_status`, the location that prints them as Prometheus text.
 * They are there once some location has the directive, and outlive a reload.
 */
#include "ngx_http_cors.h"

#define ONE_MORE(...) +1
enum { KINDS = 0 CORS_KINDS(ONE_MORE), REASONS = 0 CORS_REASONS(ONE_MORE) };
#undef ONE_MORE

typedef struct {
    ngx_atomic_t requests[KINDS][REASONS];
    ngx_atomic_t blocked[NGX_HTTP_CORS_ENFORCE_BLOCK + 1]; /* by the mode of cors_enforce */
} counters_t;

static ngx_int_t init_zone(ngx_shm_zone_t *zone, void *old) {
    ngx_slab_pool_t *slab = (ngx_slab_pool_t *)zone->shm.addr;
    if (old != NULL) {
        zone->data = old;
        return NGX_OK;
    }
    if (zone->shm.exists) {
        zone->data = slab->data;
        return NGX_OK;
    }
    zone->data = ngx_slab_calloc(slab, sizeof(counters_t));
    slab->data = zone->data;
    return zone->data == NULL ? NGX_ERROR : NGX_OK;
}

static counters_t *counters_of(ngx_http_request_t *r) {
    ngx_http_cors_main_conf_t *conf = ngx_http_get_module_main_conf(r, ngx_http_cors_module);
    return conf->counters == NULL ? NULL : conf->counters->data;
}

void ngx_http_cors_count(ngx_http_request_t *r, const cors_decision *decision) {
    counters_t *counters = counters_of(r);
    if (counters != NULL) {
        cors_reason reason = cors_decision_logged_reason(decision);
        (void)ngx_atomic_fetch_add(&counters->requests[decision->kind][reason], 1);
    }
}

void ngx_http_cors_count_blocked(ngx_http_request_t *r, ngx_uint_t enforce) {
    counters_t *counters = counters_of(r);
    if (counters != NULL) {
        (void)ngx_atomic_fetch_add(&counters->blocked[enforce], 1);
    }
}

/* A line has at most the names, the number, and the words around them. */
enum { LINE_MAX_BYTES = 160 };

static u_char *print_counters(const counters_t *counters, u_char *at) {
    at = ngx_sprintf(at, "# HELP cors_requests_total Requests by what they are and the reason.\n"
                         "# TYPE cors_requests_total counter\n");
    for (ngx_uint_t kind = 0; kind < KINDS; kind++) {
        for (ngx_uint_t reason = 0; reason < REASONS; reason++) {
            ngx_atomic_uint_t count = counters->requests[kind][reason];
            if (count > 0) {
                at = ngx_sprintf(at, "cors_requests_total{kind=\"%s\",reason=\"%s\"} %uA\n",
                                 cors_kind_name((cors_kind)kind),
                                 cors_reason_name((cors_reason)reason), count);
            }
        }
    }
    at = ngx_sprintf(at, "# HELP cors_blocked_total Requests that cors_enforce refused (block), or "
                         "would have (report).\n# TYPE cors_blocked_total counter\n");
    at = ngx_sprintf(at, "cors_blocked_total{mode=\"block\"} %uA\n",
                     counters->blocked[NGX_HTTP_CORS_ENFORCE_BLOCK]);
    return ngx_sprintf(at, "cors_blocked_total{mode=\"report\"} %uA\n",
                       counters->blocked[NGX_HTTP_CORS_ENFORCE_REPORT]);
}

static ngx_int_t status_handler(ngx_http_request_t *r) {
    ngx_str_t type = ngx_string("text/plain; version=0.0.4; charset=utf-8");
    ngx_http_complex_value_t body;
    if (!(r->method & (NGX_HTTP_GET | NGX_HTTP_HEAD))) {
        return NGX_HTTP_NOT_ALLOWED;
    }
    u_char *text = ngx_pnalloc(r->pool, (KINDS * REASONS + 6) * LINE_MAX_BYTES);
    if (text == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    ngx_memzero(&body, sizeof body);
    body.value.data = text;
    body.value.len = (size_t)(print_counters(counters_of(r), text) - text);
    return ngx_http_send_response(r, NGX_HTTP_OK, &type, &body);
}

char *ngx_http_cors_status(ngx_conf_t *cf, ngx_command_t *cmd, void *conf) {
    ngx_str_t name = ngx_string("cors_status");
    ngx_http_cors_main_conf_t *main = ngx_http_conf_get_module_main_conf(cf, ngx_http_cors_module);
    ngx_http_core_loc_conf_t *location =
        ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    (void)cmd;
    (void)conf;
    location->handler = status_handler;
    if (main->counters == NULL) {
        /* The least that a slab allocator works with. */
        size_t size = 8 * ngx_pagesize;
        main->counters = ngx_shared_memory_add(cf, &name, size, &ngx_http_cors_module);
        if (main->counters == NULL) {
            return NGX_CONF_ERROR;
        }
        main->counters->init = init_zone;
    }
    return NGX_CONF_OK;
}
