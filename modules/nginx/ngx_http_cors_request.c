/* SPDX-License-Identifier: MIT */
/*
 * A request's way through the module: what it asked is noted before any rewrite, the decision is
 * made once, and what the policy answers itself is answered in the access phase, after limit_req
 * and before authentication.
 */
#include "ngx_http_cors.h"

/* Internal redirects forget the contexts of modules, but not the pool's list of cleanups. */
static ngx_http_cors_ctx_t *recover_ctx(ngx_http_request_t *r) {
    for (ngx_pool_cleanup_t *entry = r->pool->cleanup; entry != NULL; entry = entry->next) {
        if (entry->data == &ngx_http_cors_module) {
            return (ngx_http_cors_ctx_t *)entry;
        }
    }
    return NULL;
}

static ngx_http_cors_ctx_t *create_ctx(ngx_http_request_t *r) {
    ngx_http_cors_ctx_t *ctx = ngx_palloc(r->pool, sizeof *ctx);
    if (ctx == NULL) {
        return NULL;
    }
    /* An entry without a handler: there is nothing to clean up, only to find again. */
    ctx->in_pool.handler = NULL;
    ctx->in_pool.data = &ngx_http_cors_module;
    ctx->in_pool.next = r->pool->cleanup;
    r->pool->cleanup = &ctx->in_pool;
    ctx->path = r->uri;
    ctx->method = r->method_name;
    ctx->place = NULL;
    ctx->enforced = NGX_HTTP_CORS_ENFORCE_OFF;
    ctx->decided = 0;
    ctx->settled = 0;
    ngx_http_set_ctx(r, ctx, ngx_http_cors_module);
    return ctx;
}

static ngx_http_cors_ctx_t *recover_or_create_ctx(ngx_http_request_t *r) {
    ngx_http_cors_ctx_t *ctx = r->internal || r->filter_finalize ? recover_ctx(r) : NULL;
    if (ctx == NULL) {
        return create_ctx(r);
    }
    if (ctx->place != NULL && ctx->place->source != NULL) {
        ctx->settled = 1;
    }
    ngx_http_set_ctx(r, ctx, ngx_http_cors_module);
    return ctx;
}

/* The context of a request, made where there is none; NULL where memory is out. */
static ngx_http_cors_ctx_t *get_ctx(ngx_http_request_t *r) {
    ngx_http_cors_ctx_t *ctx = ngx_http_get_module_ctx(r, ngx_http_cors_module);
    return ctx != NULL ? ctx : recover_or_create_ctx(r);
}

/*
 * The location whose policy speaks: the present one, but a redirect does not leave one that has a
 * policy. Script can so read the page of an error that `return` or limit_req made of its request.
 */
static ngx_http_cors_loc_conf_t *place_of(ngx_http_request_t *r, const ngx_http_cors_ctx_t *ctx) {
    return ctx->settled ? ctx->place : ngx_http_get_module_loc_conf(r, ngx_http_cors_module);
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

/* Whether a text stands in a policy that lives as long as the configuration. */
static ngx_int_t lasts(cors_slice text, const ngx_http_cors_source_t *source) {
    return source->generation == 0 &&
           (uintptr_t)text.data - (uintptr_t)source->policy < cors_policy_size(source->policy);
}

/*
 * Copies the values that may go, or be changed by another filter, before the response was sent and
 * logged: the client's own lines, what was put together while they were read, and what stands in a
 * policy that another one can replace.
 */
static ngx_int_t own_values(ngx_http_request_t *r, const ngx_http_cors_source_t *source,
                            cors_decision *decision) {
    for (size_t i = 0; i < decision->field_count; i++) {
        cors_slice *value = &decision->fields[i].value;
        if (lasts(*value, source)) {
            continue;
        }
        u_char *copy = ngx_pnalloc(r->pool, value->size);
        if (copy == NULL) {
            return NGX_ERROR;
        }
        ngx_memcpy(copy, value->data, value->size);
        value->data = (const char *)copy;
    }
    return NGX_OK;
}

static ngx_int_t judge(ngx_http_request_t *r, const ngx_http_cors_loc_conf_t *conf,
                       const ngx_http_cors_ctx_t *ctx, cors_decision *decision) {
    cors_request request;
    cors_request_begin(&request, conf->source->policy, ngx_http_cors_slice(ctx->method),
                       path_of(ctx));
    cors_request_set_own_origin(&request, ngx_http_cors_slice(conf->own_origin));
    read_headers(r, &request);
    cors_decide(&request, decision);
    return own_values(r, conf->source, decision);
}

static void log_denial(ngx_http_request_t *r, const cors_decision *decision) {
    if (decision->verdict == CORS_VERDICT_DENIED && !decision->same_origin) {
        ngx_log_error(NGX_LOG_INFO, r->connection->log, 0, "cors: %s denied: %s",
                      cors_kind_name(decision->kind), cors_reason_name(decision->reason));
    }
}

/* Makes the decision, by the policy of `place`, where none was made before. */
static ngx_int_t settle_decision(ngx_http_request_t *r, ngx_http_cors_ctx_t *ctx,
                                 const ngx_http_cors_loc_conf_t *place) {
    if (ctx->decided) {
        return NGX_OK;
    }
    if (judge(r, place, ctx, &ctx->decision) != NGX_OK) {
        return NGX_ERROR;
    }
    ctx->decided = 1;
    ngx_http_cors_count(r, &ctx->decision);
    log_denial(r, &ctx->decision);
    return NGX_OK;
}

ngx_int_t ngx_http_cors_decide(ngx_http_request_t *r, const cors_decision **decision) {
    ngx_http_cors_ctx_t *ctx = get_ctx(r);
    if (ctx == NULL) {
        return NGX_ERROR;
    }
    *decision = &ctx->decision;
    if (ctx->decided) {
        return NGX_OK;
    }
    const ngx_http_cors_loc_conf_t *place = place_of(r, ctx);
    if (place->source == NULL) {
        return NGX_DECLINED;
    }
    ngx_http_cors_catch_up(place->source);
    return settle_decision(r, ctx, place);
}

const cors_decision *ngx_http_cors_peek(ngx_http_request_t *r, cors_decision *decision) {
    ngx_http_cors_ctx_t *ctx = get_ctx(r);
    if (ctx == NULL) {
        return NULL;
    }
    if (ctx->decided) {
        return &ctx->decision;
    }
    const ngx_http_cors_loc_conf_t *place = place_of(r, ctx);
    if (place->source == NULL) {
        return NULL;
    }
    ngx_http_cors_catch_up(place->source);
    return judge(r, place, ctx, decision) == NGX_OK ? decision : NULL;
}

ngx_int_t ngx_http_cors_post_read_handler(ngx_http_request_t *r) {
    return get_ctx(r) == NULL ? NGX_ERROR : NGX_DECLINED;
}

/* Notes the location, as the last phase that may be left before the access phase begins. */
ngx_int_t ngx_http_cors_rewrite_handler(ngx_http_request_t *r) {
    if (r != r->main) {
        return NGX_DECLINED;
    }
    ngx_http_cors_ctx_t *ctx = get_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    ctx->place = place_of(r, ctx);
    return NGX_DECLINED;
}

static ngx_int_t send_text(ngx_http_request_t *r, ngx_uint_t status, cors_slice body) {
    ngx_str_t type = ngx_string("text/plain");
    ngx_http_complex_value_t text;
    ngx_memzero(&text, sizeof text);
    text.value.data = (u_char *)(uintptr_t)body.data;
    text.value.len = body.size;
    return ngx_http_send_response(r, status, &type, &text);
}

/* What ngx_http_send_response() does, without the buffer that a 204 has no use for. */
static ngx_int_t send_without_body(ngx_http_request_t *r, ngx_uint_t status) {
    if (ngx_http_discard_request_body(r) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    r->headers_out.status = status;
    r->headers_out.content_length_n = 0;
    r->headers_out.content_type_len = 0;
    ngx_str_null(&r->headers_out.content_type);
    ngx_int_t result = ngx_http_send_header(r);
    if (result == NGX_ERROR || result > NGX_OK || r->header_only) {
        return result;
    }
    return ngx_http_send_special(r, NGX_HTTP_LAST);
}

/*
 * Answers at once. What a phase handler returns can be changed by others (satisfy any lets an OK
 * in and forgets a 403, error_page takes a 403 elsewhere), so the answer is sent here and the
 * request is over.
 */
static ngx_int_t answer(ngx_http_request_t *r, ngx_uint_t status, cors_slice body) {
    ngx_int_t result = body.size > 0 ? send_text(r, status, body) : send_without_body(r, status);
    ngx_http_finalize_request(r, result);
    return NGX_DONE;
}

/* Each mode speaks once, also where a redirect leads through the access phase again. */
static ngx_int_t enforce(ngx_http_request_t *r, ngx_http_cors_ctx_t *ctx, ngx_uint_t mode) {
    if (mode <= ctx->enforced || !cors_decision_blocks(&ctx->decision)) {
        return NGX_DECLINED;
    }
    ctx->enforced = mode;
    ngx_http_cors_count_blocked(r, mode);
    ngx_log_error(NGX_LOG_NOTICE, r->connection->log, 0, "cors: %s %s request: %s",
                  mode == NGX_HTTP_CORS_ENFORCE_BLOCK ? "blocked" : "would block",
                  cors_kind_name(ctx->decision.kind), cors_reason_name(ctx->decision.reason));
    if (mode == NGX_HTTP_CORS_ENFORCE_REPORT) {
        return NGX_DECLINED;
    }
    return answer(r, NGX_HTTP_FORBIDDEN, ctx->decision.body);
}

/* Whether the application could read the target as a path of another policy. */
static ngx_int_t is_ambiguous(ngx_http_request_t *r, const ngx_http_cors_loc_conf_t *place) {
    cors_slice target = ngx_http_cors_slice(r->unparsed_uri);
    if (!place->strict_path || cors_target_is_plain(target)) {
        return 0;
    }
    char *scratch = ngx_pnalloc(r->pool, target.size);
    return scratch == NULL || cors_target_is_ambiguous(place->source->policy, target, scratch);
}

static ngx_int_t apply(ngx_http_request_t *r, ngx_http_cors_ctx_t *ctx, ngx_uint_t mode) {
    const cors_decision *decision = &ctx->decision;
    if (decision->kind != CORS_KIND_PREFLIGHT) {
        return enforce(r, ctx, mode);
    }
    /* The page of an error is sent as it is: the preflight was refused before it came here. */
    return ctx->settled ? NGX_DECLINED : answer(r, (ngx_uint_t)decision->status, decision->body);
}

ngx_int_t ngx_http_cors_access_handler(ngx_http_request_t *r) {
    const ngx_http_cors_loc_conf_t *present = ngx_http_get_module_loc_conf(r, ngx_http_cors_module);
    if (r != r->main) {
        return NGX_DECLINED;
    }
    ngx_http_cors_ctx_t *ctx = get_ctx(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    const ngx_http_cors_loc_conf_t *place = place_of(r, ctx);
    if (place->source == NULL) {
        return NGX_DECLINED;
    }
    ngx_http_cors_catch_up(place->source);
    if (is_ambiguous(r, place)) {
        return answer(r, NGX_HTTP_BAD_REQUEST,
                      CORS_SLICE("The path of this request can be read in more than one way.\n"));
    }
    if (settle_decision(r, ctx, place) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }
    return apply(r, ctx, ngx_max(place->enforce, present->enforce));
}
