/* SPDX-License-Identifier: MIT */
/*
 * The header filter. It runs after add_header and after the application's lines, owns the field
 * lines that the decision speaks of, and adds to Vary without ever replacing it.
 */
#include "ngx_http_cors.h"

static ngx_http_output_header_filter_pt next_filter;

/* Calls `visit` with each field line of the response that is going to be sent. */
static void each_line(ngx_http_request_t *r, void (*visit)(ngx_table_elt_t *line, void *context),
                      void *context) {
    for (ngx_list_part_t *part = &r->headers_out.headers.part; part != NULL; part = part->next) {
        ngx_table_elt_t *lines = part->elts;
        for (ngx_uint_t i = 0; i < part->nelts; i++) {
            if (lines[i].hash != 0) {
                visit(&lines[i], context);
            }
        }
    }
}

static void remove_owned(ngx_table_elt_t *line, void *context) {
    (void)context;
    if (cors_header_is_owned(ngx_http_cors_slice(line->key))) {
        line->hash = 0;
    }
}

static ngx_int_t add_line(ngx_http_request_t *r, cors_slice name, cors_slice value) {
    ngx_table_elt_t *line = ngx_list_push(&r->headers_out.headers);
    if (line == NULL) {
        return NGX_ERROR;
    }
    ngx_memzero(line, sizeof *line);
    line->hash = 1;
    line->key.data = (u_char *)(uintptr_t)name.data;
    line->key.len = name.size;
    line->value.data = (u_char *)(uintptr_t)value.data;
    line->value.len = value.size;
    return NGX_OK;
}

/* Which of the decision's names the response's Vary lines lack. */
typedef struct {
    const cors_decision *decision;
    unsigned covered; /* bit n: the decision's name n is there */
} ngx_http_cors_vary_t;

static void look_at_vary(ngx_table_elt_t *line, void *context) {
    static const ngx_str_t vary_name = ngx_string("Vary");
    ngx_http_cors_vary_t *vary = context;
    if (line->key.len != vary_name.len ||
        ngx_strncasecmp(line->key.data, vary_name.data, vary_name.len) != 0) {
        return;
    }
    for (size_t i = 0; i < vary->decision->vary_count; i++) {
        if (cors_vary_covers(ngx_http_cors_slice(line->value), vary->decision->vary[i])) {
            vary->covered |= 1U << i;
        }
    }
}

static ngx_int_t add_vary(ngx_http_request_t *r, const cors_decision *decision) {
    ngx_http_cors_vary_t vary = {decision, 0};
    size_t size = 0;
    each_line(r, look_at_vary, &vary);
    for (size_t i = 0; i < decision->vary_count; i++) {
        size += decision->vary[i].size + 2;
    }
    u_char *text = size == 0 ? NULL : ngx_pnalloc(r->pool, size);
    if (text == NULL) {
        return size == 0 ? NGX_OK : NGX_ERROR;
    }
    u_char *at = text;
    for (size_t i = 0; i < decision->vary_count; i++) {
        if ((vary.covered >> i & 1) == 0) {
            at = at == text ? at : ngx_cpymem(at, ", ", 2);
            at = ngx_cpymem(at, decision->vary[i].data, decision->vary[i].size);
        }
    }
    if (at == text) {
        return NGX_OK;
    }
    cors_slice value = {(const char *)text, (size_t)(at - text)};
    return add_line(r, CORS_SLICE("Vary"), value);
}

static ngx_int_t header_filter(ngx_http_request_t *r) {
    const cors_decision *decision = NULL;
    ngx_int_t result = r == r->main ? ngx_http_cors_decide(r, &decision) : NGX_DECLINED;
    if (result == NGX_ERROR) {
        return NGX_ERROR;
    }
    if (result == NGX_DECLINED || decision->kind == CORS_KIND_NO_POLICY) {
        return next_filter(r);
    }
    each_line(r, remove_owned, NULL);
    for (size_t i = 0; i < decision->field_count; i++) {
        if (add_line(r, decision->fields[i].name, decision->fields[i].value) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    if (add_vary(r, decision) != NGX_OK) {
        return NGX_ERROR;
    }
    return next_filter(r);
}

void ngx_http_cors_filter_init(void) {
    next_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = header_filter;
}
