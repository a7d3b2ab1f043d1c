/* SPDX-License-Identifier: MIT */
/* The module: its directives, and where it hooks in. */
#include "ngx_http_cors.h"

#define ANY_LEVEL (NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF)

static ngx_conf_enum_t enforce_words[] = {{ngx_string("off"), NGX_HTTP_CORS_ENFORCE_OFF},
                                          {ngx_string("report"), NGX_HTTP_CORS_ENFORCE_REPORT},
                                          {ngx_string("block"), NGX_HTTP_CORS_ENFORCE_BLOCK},
                                          {ngx_null_string, 0}};

/* An inline directive hands its words to the builder under a key, which stands as the offset. */
#define INLINE(name, words, key)                                                                   \
    {                                                                                              \
        ngx_string(name), ANY_LEVEL | (words), ngx_http_cors_inline, NGX_HTTP_LOC_CONF_OFFSET,     \
            (key), NULL                                                                            \
    }

static ngx_command_t commands[] = {
    {ngx_string("cors"), ANY_LEVEL | NGX_CONF_TAKE1, ngx_http_cors_off, NGX_HTTP_LOC_CONF_OFFSET, 0,
     NULL},
    {ngx_string("cors_policy"), ANY_LEVEL | NGX_CONF_TAKE12, ngx_http_cors_policy,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    INLINE("cors_allow_origins", NGX_CONF_1MORE, CORS_KEY_ALLOW_ORIGINS),
    INLINE("cors_allow_methods", NGX_CONF_1MORE, CORS_KEY_ALLOW_METHODS),
    INLINE("cors_allow_headers", NGX_CONF_1MORE, CORS_KEY_ALLOW_HEADERS),
    INLINE("cors_expose_headers", NGX_CONF_1MORE, CORS_KEY_EXPOSE_HEADERS),
    INLINE("cors_allow_credentials", NGX_CONF_TAKE1, CORS_KEY_ALLOW_CREDENTIALS),
    INLINE("cors_max_age", NGX_CONF_TAKE1, CORS_KEY_MAX_AGE),
    INLINE("cors_preflight_status", NGX_CONF_TAKE1, CORS_KEY_PREFLIGHT_STATUS),
    INLINE("cors_accept_risks", NGX_CONF_1MORE, CORS_KEY_ACCEPT_RISKS),
    {ngx_string("cors_enforce"), ANY_LEVEL | NGX_CONF_TAKE1, ngx_conf_set_enum_slot,
     NGX_HTTP_LOC_CONF_OFFSET, offsetof(ngx_http_cors_loc_conf_t, enforce), enforce_words},
    {ngx_string("cors_own_origin"), ANY_LEVEL | NGX_CONF_TAKE1, ngx_http_cors_own_origin,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    {ngx_string("cors_strict_path"), ANY_LEVEL | NGX_CONF_FLAG, ngx_conf_set_flag_slot,
     NGX_HTTP_LOC_CONF_OFFSET, offsetof(ngx_http_cors_loc_conf_t, strict_path), NULL},
    {ngx_string("cors_status"), NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS, ngx_http_cors_status,
     NGX_HTTP_LOC_CONF_OFFSET, 0, NULL},
    ngx_null_command};

static ngx_int_t add_handler(ngx_conf_t *cf, ngx_uint_t phase, ngx_http_handler_pt handler) {
    ngx_http_core_main_conf_t *core = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    ngx_http_handler_pt *place = ngx_array_push(&core->phases[phase].handlers);
    if (place == NULL) {
        return NGX_ERROR;
    }
    *place = handler;
    return NGX_OK;
}

static ngx_int_t postconfiguration(ngx_conf_t *cf) {
    ngx_http_cors_main_conf_t *conf = ngx_http_conf_get_module_main_conf(cf, ngx_http_cors_module);
    if (!conf->in_use) {
        return NGX_OK;
    }
    ngx_http_cors_filter_init();
    if (add_handler(cf, NGX_HTTP_POST_READ_PHASE, ngx_http_cors_post_read_handler) != NGX_OK ||
        add_handler(cf, NGX_HTTP_REWRITE_PHASE, ngx_http_cors_rewrite_handler) != NGX_OK) {
        return NGX_ERROR;
    }
    return add_handler(cf, NGX_HTTP_ACCESS_PHASE, ngx_http_cors_access_handler);
}

static ngx_http_module_t context = {ngx_http_cors_add_variables,
                                    postconfiguration,
                                    ngx_http_cors_create_main_conf,
                                    NULL,
                                    NULL,
                                    NULL,
                                    ngx_http_cors_create_loc_conf,
                                    ngx_http_cors_merge_loc_conf};

ngx_module_t ngx_http_cors_module = {NGX_MODULE_V1,
                                     &context,
                                     commands,
                                     NGX_HTTP_MODULE,
                                     NULL,
                                     NULL,
                                     ngx_http_cors_init_process,
                                     NULL,
                                     NULL,
                                     NULL,
                                     NULL,
                                     NGX_MODULE_V1_PADDING};
