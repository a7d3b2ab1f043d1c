/* SPDX-License-Identifier: MIT */
/* $cors_kind, $cors_allowed, $cors_reason */
#include "ngx_http_cors.h"

enum { VARIABLE_KIND, VARIABLE_ALLOWED, VARIABLE_REASON };

static const char *text_of(const cors_decision *decision, uintptr_t which) {
    if (which == VARIABLE_KIND) {
        return cors_kind_name(decision == NULL ? CORS_KIND_NO_POLICY : decision->kind);
    }
    if (which == VARIABLE_REASON) {
        return cors_reason_name(decision == NULL ? CORS_REASON_NO_POLICY
                                                 : cors_decision_logged_reason(decision));
    }
    if (decision == NULL || decision->verdict == CORS_VERDICT_NONE) {
        return "";
    }
    return decision->verdict == CORS_VERDICT_ALLOWED ? "true" : "false";
}

static ngx_int_t get_variable(ngx_http_request_t *r, ngx_http_variable_value_t *value,
                              uintptr_t which) {
    cors_decision decision;
    const char *text = text_of(ngx_http_cors_peek(r->main, &decision), which);
    value->data = (u_char *)(uintptr_t)text;
    value->len = (unsigned)ngx_strlen(text) & 0xfffffff;
    value->valid = 1;
    value->no_cacheable = 0;
    value->not_found = 0;
    return NGX_OK;
}

ngx_int_t ngx_http_cors_add_variables(ngx_conf_t *cf) {
    static const struct {
        ngx_str_t name;
        uintptr_t which;
    } variables[] = {{ngx_string("cors_kind"), VARIABLE_KIND},
                     {ngx_string("cors_allowed"), VARIABLE_ALLOWED},
                     {ngx_string("cors_reason"), VARIABLE_REASON}};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        ngx_str_t name = variables[i].name;
        ngx_http_variable_t *variable = ngx_http_add_variable(cf, &name, NGX_HTTP_VAR_NOCACHEABLE);
        if (variable == NULL) {
            return NGX_ERROR;
        }
        variable->get_handler = get_variable;
        variable->data = variables[i].which;
    }
    return NGX_OK;
}
