/* SPDX-License-Identifier: MIT */
/*
 * A request's way through the module: what it asked is noted before any rewrite, the decision is
 * made once, and what the policy answers itself is answered in the access phase, after limit_req
 * and before authentication.
 */
#include "ngx_http_cors.h"

/* nginx only says how a context ends: the cleanup is there to find the context again. */
static void keep_ctx(void *data) {
    (void)data;
}

/* Internal redirects forget the contexts of modules, but not what the pool cleans up. */
static ngx_http_cors_ctx_t *recover_ctx(ngx_http_request_t *r) {
    for (ngx_pool_cleanup_t *cleanup = r->pool->cleanup; cleanup != NULL; cleanup = cleanup->next) {
        if (cleanup->handler == keep_ctx) {
            return cleanup->data;
        }
    }
    return NULL;
}

static ngx_http_cors_ctx_t *create_ctx(ngx_http_request_t *r) {
    ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(r->pool, sizeof(ngx_http_cors_ctx_t));
    if (cleanup == NULL) {
        return NULL;
    }
    ngx_http_cors_ctx_t *ctx = cleanup->data;
    cleanup->handler = keep_ctx;
    ctx->path = r->uri;
    ctx->method = r->method_name;
    ctx->decided = 0;
    return ctx;
}

ngx_http_cors_ctx_t *ngx_http_cors_get_ctx(ngx_http_request_t *r) {
    ngx_http_cors_ctx_t *ctx = ngx_http_get_module_ctx(r, ngx_http_cors_module);
    if (ctx == NULL && (r->internal || r->filter_finalize)) {
        ctx = recover_ctx(r);
    }
    if (ctx == NULL) {
        ctx = create_ctx(r);
    }
    if (ctx != NULL) {
        ngx_http_set_ctx(r, ctx, ngx_http_cors_module);
    }
    return ctx;
}

static void read_headers(ngx_http_request_t *r, cors_request *request) {
    for (ngx_list_part_t *part = &r->headers_in.headers.part; part != NULL; part = part->next) {
        ngx_table_elt_t *lines = part->elts;
        for (ngx_uint_t i = 0; i < part->nelts; i++) {
            cors_request_add_header(request, ngx_http_cors_slice(lines[i].key),
                                    ngx_http_cors_slice(lines[i].value));
        }
    }
}

/* A request that nginx refused before it had a path is judged as one for the root. */
static cors_slice path_of(const ngx_http_cors_ctx_t *ctx) {
    return ctx->path.len == 0 ? CORS_SLICE("/") : ngx_http_cors_slice(ctx->path);
}

/* Copies values that point into the request: another filter may change what is there. */
static ngx_int_t own_values(ngx_http_request_t *r, cors_decision *decision) {
    size_t size = 0;
    for (size_t i = 0; i < decision->field_count; i++) {
        size += decision->fields[i].value.size;
    }
    u_char *at = size == 0 ? NULL : ngx_pnalloc(r->pool, size);
    if (size > 0 && at == NULL) {
        return NGX_ERROR;
    }
    for (size_t i = 0; i < decision->field_count; i++) {
        cors_slice *value = &decision->fields[i].value;
        ngx_memcpy(at, value->data, value->size);
        value->data = (const char *)at;
        at += value->size;
    }
    return NGX_OK;
}

static ngx_int_t judge(ngx_http_request_t *r, const ngx_http_cors_loc_conf_t *conf,
                       const ngx_http_cors_ctx_t *ctx, cors_decision *decision) {
    cors_request request;
    cors_request_begin(&request, conf->policy, ngx_http_cors_slice(ctx->method), path_of(ctx));
    cors_request_set_own_origin(&request, ngx_http_cors_slice(conf->own_origin));
    read_headers(r, &request);
    cors_decide(&request, decision);
    return own_values(r, decision);
}

static void log_denial(ngx_http_request_t *r, const cors_decision *decision) {
    if (decision->verdict == CORS_VERDICT_DENIED && !decision->same_origin) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0, "cors: %s denied: %s",
                      cors_kind_name(decision->kind), cors_reason_name(decision->reason));
    }
}

ngx_int_t ngx_http_cors_decide(ngx_http_request_t *r, const cors_decision **decision) {
    ngx_http_cors_loc_conf_t *conf = ngx_http_get_module_loc_conf(r, ngx_http_cors_module);
    ngx_http_cors_ctx_t *ctx = ngx_http_cors_get_ctx(r);
    if (ctx == NULL) {
        return NGX_ERROR;
    }
    if (!ctx->decided) {
        if (conf->policy == NULL) {
            return NGX_DECLINED;
        }
        if (judge(r, conf, ctx, &ctx->decision) != NGX_OK) {
            return NGX_ERROR;
        }
        ctx->decided = 1;
        ngx_http_cors_count(r, &ctx->decision);
        log_denial(r, &ctx->decision);
    }
    *decision = &ctx->decision;
    return NGX_OK;
}

const cors_decision *ngx_http_cors_peek(ngx_http_request_t *r, cors_decision *decision) {
    ngx_http_cors_loc_conf_t *conf = ngx_http_get_module_loc_conf(r, ngx_http_cors_module);
    ngx_http_cors_ctx_t *ctx = ngx_http_cors_get_ctx(r);
    if (ctx != NULL && ctx->decided) {
        return &ctx->decision;
    }
    if (ctx == NULL || conf->policy == NULL || judge(r, conf, ctx, decision) != NGX_OK) {
        return NULL;
    }
    return decision;
}

ngx_int_t ngx_http_cors_post_read_handler(ngx_http_request_t *r) {
    return ngx_http_cors_get_ctx(r) == NULL ? NGX_ERROR : NGX_DECLINED;
}

/*
 * Answers at once. What a phase handler returns can be changed by others (satisfy any lets an OK
 * in and forgets a 403, error_page takes a 403 elsewhere), so the answer is sent here and the
 * request is over.
 */
static ngx_int_t answer(ngx_http_request_t *r, ngx_uint_t status, cors_slice body) {
    ngx_str_t type = ngx_string("text/plain");
    ngx_str_t none = ngx_null_string;
    ngx_http_complex_value_t text;
    ngx_memzero(&text, sizeof text);
    text.value.data = (u_char *)(uintptr_t)body.data;
    text.value.len = body.size;
    ngx_int_t result = ngx_http_send_response(r, status, body.size > 0 ? &type : &none, &text);
    ngx_http_finalize_request(r, result);
    return NGX_DONE;
}

static ngx_int_t enforce(ngx_http_request_t *r, ngx_uint_t mode, const cors_decision *decision) {
    if (mode == NGX_HTTP_CORS_ENFORCE_OFF || !cors_decision_blocks(decision)) {
        return NGX_DECLINED;
    }
    ngx_http_cors_count_blocked(r, mode);
    ngx_log_error(NGX_LOG_NOTICE, r->connection->log, 0, "cors: %s %s request: %s",
                  mode == NGX_HTTP_CORS_ENFORCE_BLOCK ? "blocked" : "would block",
                  cors_kind_name(decision->kind), cors_reason_name(decision->reason));
    if (mode == NGX_HTTP_CORS_ENFORCE_REPORT) {
        return NGX_DECLINED;
    }
    return answer(r, NGX_HTTP_FORBIDDEN, decision->body);
}

/* Whether the application could read the target as a path of another policy. */
static ngx_int_t is_ambiguous(ngx_http_request_t *r, const ngx_http_cors_loc_conf_t *conf) {
    cors_slice target = ngx_http_cors_slice(r->unparsed_uri);
    if (!conf->strict_path || r->internal || cors_target_is_plain(target)) {
        return 0;
    }
    char *scratch = ngx_pnalloc(r->pool, target.size);
    return scratch == NULL || cors_target_is_ambiguous(conf->policy, target, scratch);
}

ngx_int_t ngx_http_cors_access_handler(ngx_http_request_t *r) {
    ngx_http_cors_loc_conf_t *conf = ngx_http_get_module_loc_conf(r, ngx_http_cors_module);
    if (r != r->main || conf->policy == NULL) {
        return NGX_DECLINED;
    }
    if (is_ambiguous(r, conf)) {
        return answer(r, NGX_HTTP_BAD_REQUEST,
                      CORS_SLICE("The path of this request can be read in more than one way.\n"));
    }
    const cors_decision *decision;
    if (ngx_http_cors_decide(r, &decision) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    /* The page of an error is sent as it is: what failed was answered already. */
    if (decision->kind == CORS_KIND_PREFLIGHT && r->err_status == 0) {
        return answer(r, (ngx_uint_t)decision->status, decision->body);
    }
    return enforce(r, conf->enforce, decision);
}
