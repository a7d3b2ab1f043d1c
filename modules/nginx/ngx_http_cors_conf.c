/* SPDX-License-Identifier: MIT */
/* Configuration: directives become policies, and problems become nginx's own complaints. */
#include "ngx_http_cors.h"

#include <compiled_file.h>
#include <policyfile.h>

/* A policy file that was read, so that many locations share one policy. */
typedef struct {
    ngx_str_t path;
    ngx_str_t environment;
    ngx_http_cors_source_t *source;
} ngx_http_cors_loaded_t;

void *ngx_http_cors_create_main_conf(ngx_conf_t *cf) {
    ngx_http_cors_main_conf_t *conf = ngx_pcalloc(cf->pool, sizeof *conf);
    if (conf == NULL ||
        ngx_array_init(&conf->loaded, cf->pool, 4, sizeof(ngx_http_cors_loaded_t)) != NGX_OK) {
        return NULL;
    }
    return conf;
}

void *ngx_http_cors_create_loc_conf(ngx_conf_t *cf) {
    ngx_http_cors_loc_conf_t *conf = ngx_pcalloc(cf->pool, sizeof *conf);
    if (conf != NULL) {
        conf->source = NGX_CONF_UNSET_PTR;
        conf->enforce = NGX_CONF_UNSET_UINT;
        conf->strict_path = NGX_CONF_UNSET;
    }
    return conf;
}

static void destroy_policy(void *policy) {
    cors_policy_destroy(policy, &cors_heap);
}

static void destroy_builder(void *builder) {
    cors_builder_destroy(builder);
}

/* Has nginx call `handler` with `data` when the configuration goes. */
static ngx_int_t clean_up_later(ngx_conf_t *cf, ngx_pool_cleanup_pt handler, const void *data) {
    ngx_pool_cleanup_t *cleanup = ngx_pool_cleanup_add(cf->pool, 0);
    if (cleanup == NULL) {
        return NGX_ERROR;
    }
    cleanup->handler = handler;
    cleanup->data = (void *)(uintptr_t)data;
    return NGX_OK;
}

static void report_problem(ngx_conf_t *cf, const cors_builder *builder,
                           const cors_problem *problem) {
    static const ngx_uint_t levels[] = {[CORS_SEVERITY_INFO] = NGX_LOG_INFO,
                                        [CORS_SEVERITY_WARNING] = NGX_LOG_WARN,
                                        [CORS_SEVERITY_ERROR] = NGX_LOG_EMERG};
    cors_slice file = cors_builder_file_name(builder, problem->position.file);
    u_char place[32];
    u_char *end = ngx_sprintf(place, ":%uD", problem->position.line);
    /* A column is known in policy files; a directive has its line only. */
    if (problem->position.column > 0) {
        end = ngx_sprintf(end, ":%uD", problem->position.column);
    }
    ngx_log_error(levels[problem->severity], cf->log, 0, "cors: %*s%s%*s [%s] in %*s%*s",
                  problem->message.size, problem->message.data,
                  problem->suggestion.size > 0 ? " Write: " : "", problem->suggestion.size,
                  problem->suggestion.data, cors_rule_name(problem->rule), file.size, file.data,
                  (size_t)(end - place), place);
}

/* The generation of all that is not live. */
static const _Atomic(uint64_t) read_once = 0;

/* Reports what a builder found, and gives its policy to the configuration; NULL if refused. */
static ngx_http_cors_source_t *settle(ngx_conf_t *cf, cors_builder *builder, cors_status status,
                                      const cors_policy *policy) {
    size_t count = 0;
    const cors_problem *problems = builder == NULL ? NULL : cors_builder_problems(builder, &count);
    for (size_t i = 0; i < count; i++) {
        report_problem(cf, builder, &problems[i]);
    }
    if (status == CORS_NO_MEMORY) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "cors: out of memory");
    } else if (status == CORS_TOO_LARGE) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "cors: the policy is larger than 4 GiB");
    }
    if (status != CORS_OK) {
        return NULL;
    }
    ngx_http_cors_source_t *source = ngx_pcalloc(cf->pool, sizeof *source);
    if (source == NULL || clean_up_later(cf, destroy_policy, policy) != NGX_OK) {
        cors_policy_destroy(policy, &cors_heap);
        return NULL;
    }
    source->policy = policy;
    source->newest = &read_once;
    return source;
}

static ngx_http_cors_source_t *load_static(ngx_conf_t *cf, ngx_str_t *path,
                                           ngx_str_t *environment) {
    cors_builder *builder;
    const cors_policy *policy;
    cors_status status = cors_policyfile_load((const char *)path->data,
                                              (const char *)environment->data, &builder, &policy);
    ngx_http_cors_source_t *source = settle(cf, builder, status, policy);
    cors_builder_destroy(builder);
    return source;
}

/*
 * Opens a compiled policy file. NGX_DECLINED where it is a text, or a pipe, which can be opened
 * once only. NGX_ERROR where that could not be seen: the next look may not fail, but a live file
 * that is then read as a text is read once, and nobody follows it.
 */
static ngx_int_t open_compiled(ngx_str_t *path, ngx_fd_t *file) {
    ngx_file_info_t info;
    if (ngx_file_info(path->data, &info) == NGX_FILE_ERROR) {
        return NGX_ERROR;
    }
    if (!ngx_is_file(&info)) {
        return NGX_DECLINED;
    }
    *file = ngx_open_file(path->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);
    if (*file == NGX_INVALID_FILE) {
        return NGX_ERROR;
    }
    if (compiled_file_is(*file)) {
        return NGX_OK;
    }
    (void)ngx_close_file(*file);
    return NGX_DECLINED;
}

/* A compiled file is live. */
static ngx_http_cors_source_t *load_file(ngx_conf_t *cf, ngx_str_t *path, ngx_str_t *environment) {
    ngx_fd_t file;
    ngx_int_t opened = open_compiled(path, &file);
    if (opened == NGX_ERROR) {
        ngx_err_t error = ngx_errno;
        if (load_static(cf, path, environment) != NULL) { /* else it has said why */
            ngx_log_error(NGX_LOG_EMERG, cf->log, error,
                          "cors: the policy file \"%V\" could not be read at first", path);
        }
        return NULL;
    }
    if (opened == NGX_DECLINED) {
        return load_static(cf, path, environment);
    }
    ngx_http_cors_source_t *source = ngx_http_cors_live_open(cf, path, environment, file);
    (void)ngx_close_file(file);
    return source;
}

/* Words of nginx.conf end in NUL. */
static ngx_int_t says(const ngx_str_t *word, const char *text) {
    return ngx_strcmp(word->data, text) == 0;
}

static ngx_int_t same_text(const ngx_str_t *left, const ngx_str_t *right) {
    return left->len == right->len && ngx_memcmp(left->data, right->data, left->len) == 0;
}

/* The policy of a file, which is read once for all levels that name it. */
static ngx_http_cors_source_t *find_or_load(ngx_conf_t *cf, ngx_str_t *path,
                                            ngx_str_t *environment) {
    ngx_http_cors_main_conf_t *main = ngx_http_conf_get_module_main_conf(cf, ngx_http_cors_module);
    ngx_http_cors_loaded_t *loaded = main->loaded.elts;
    for (ngx_uint_t i = 0; i < main->loaded.nelts; i++) {
        if (same_text(&loaded[i].path, path) && same_text(&loaded[i].environment, environment)) {
            return loaded[i].source;
        }
    }
    ngx_http_cors_source_t *source = load_file(cf, path, environment);
    loaded = source == NULL ? NULL : ngx_array_push(&main->loaded);
    if (loaded == NULL) {
        return NULL;
    }
    loaded->path = *path;
    loaded->environment = *environment;
    loaded->source = source;
    return source;
}

static ngx_str_t selected_environment(const char *given) {
    ngx_str_t environment;
    environment.data = (u_char *)(uintptr_t)cors_environment_select(given);
    environment.len = ngx_strlen(environment.data);
    return environment;
}

static void set_in_use(ngx_conf_t *cf) {
    ngx_http_cors_main_conf_t *main = ngx_http_conf_get_module_main_conf(cf, ngx_http_cors_module);
    main->in_use = 1;
}

char *ngx_http_cors_policy(ngx_conf_t *cf, ngx_command_t *cmd, void *conf) {
    ngx_http_cors_loc_conf_t *own = conf;
    ngx_str_t *words = cf->args->elts;
    (void)cmd;
    if (own->has_file) {
        return "is duplicate";
    }
    if (own->is_off) {
        return "cannot stand beside \"cors off\"";
    }
    if (own->builder != NULL) {
        return "cannot stand beside cors_allow_origins and the like: one level has one policy";
    }
    ngx_str_t path = words[1];
    if (ngx_conf_full_name(cf->cycle, &path, 1) != NGX_OK) {
        return NGX_CONF_ERROR;
    }
    ngx_str_t environment =
        selected_environment(cf->args->nelts == 3 ? (const char *)words[2].data : NULL);
    own->has_file = 1;
    own->source = find_or_load(cf, &path, &environment);
    set_in_use(cf);
    return own->source == NULL ? NGX_CONF_ERROR : NGX_CONF_OK;
}

char *ngx_http_cors_off(ngx_conf_t *cf, ngx_command_t *cmd, void *conf) {
    ngx_http_cors_loc_conf_t *own = conf;
    ngx_str_t *words = cf->args->elts;
    (void)cmd;
    if (!says(&words[1], "off")) {
        return "takes off only: a policy is switched on by cors_policy or cors_allow_origins";
    }
    if (own->is_off) {
        return "is duplicate";
    }
    if (own->has_file || own->builder != NULL) {
        return "cannot stand beside a policy of the same level";
    }
    own->is_off = 1;
    own->source = NULL;
    return NGX_CONF_OK;
}

/* The place of a directive: its file is added where it is another than that of the last one. */
static ngx_int_t directive_position(ngx_conf_t *cf, cors_builder *builder,
                                    cors_position *position) {
    cors_slice name = ngx_http_cors_slice(cf->conf_file->file.name);
    uint32_t file = 0;
    cors_slice known = cors_builder_file_name(builder, file);
    while (known.size > 0 &&
           (known.size != name.size || ngx_memcmp(known.data, name.data, name.size) != 0)) {
        known = cors_builder_file_name(builder, ++file);
    }
    if (known.size == 0 && cors_builder_add_file(builder, name, &file) != CORS_OK) {
        return NGX_ERROR;
    }
    position->file = file;
    position->line = (uint32_t)cf->conf_file->line;
    position->column = 0;
    return NGX_OK;
}

static ngx_int_t begin_inline(ngx_conf_t *cf, ngx_http_cors_loc_conf_t *own) {
    cors_builder_options options;
    cors_position position;
    ngx_str_t environment = selected_environment(NULL);
    cors_native_options(&options, (const char *)environment.data);
    if (cors_builder_create(&options, &own->builder) != CORS_OK) {
        return NGX_ERROR;
    }
    if (clean_up_later(cf, destroy_builder, own->builder) != NGX_OK) {
        cors_builder_destroy(own->builder);
        own->builder = NULL;
        return NGX_ERROR;
    }
    if (directive_position(cf, own->builder, &position) != NGX_OK ||
        cors_builder_begin_policy(own->builder, position) != CORS_OK) {
        return NGX_ERROR;
    }
    set_in_use(cf);
    return NGX_OK;
}

/* Adds a word; nginx says on and off where policy files say true and false. */
static cors_status add_value(cors_builder *builder, cors_key key, const ngx_str_t *word,
                             cors_position position) {
    if (key != CORS_KEY_ALLOW_CREDENTIALS) {
        return cors_builder_add(builder, key, ngx_http_cors_slice(*word), position);
    }
    if (!says(word, "on") && !says(word, "off")) {
        return cors_builder_report(builder, CORS_RULE_WRONG_TYPE, position,
                                   CORS_SLICE("cors_allow_credentials is on or off."),
                                   CORS_SLICE(""));
    }
    cors_slice value = says(word, "on") ? CORS_SLICE("true") : CORS_SLICE("false");
    return cors_builder_add(builder, key, value, position);
}

/* A directive that takes one value may stand once. */
static cors_status claim(ngx_http_cors_loc_conf_t *own, const ngx_command_t *cmd, cors_key key,
                         cors_position position) {
    uint32_t bit = (uint32_t)1 << key;
    if ((cmd->type & NGX_CONF_TAKE1) == 0) {
        return CORS_OK;
    }
    if ((own->single_keys & bit) != 0) {
        return cors_builder_report(own->builder, CORS_RULE_DUPLICATE_KEY, position,
                                   CORS_SLICE("The directive stands twice at one level."),
                                   CORS_SLICE(""));
    }
    own->single_keys |= bit;
    return CORS_OK;
}

char *ngx_http_cors_inline(ngx_conf_t *cf, ngx_command_t *cmd, void *conf) {
    ngx_http_cors_loc_conf_t *own = conf;
    ngx_str_t *words = cf->args->elts;
    cors_key key = (cors_key)cmd->offset;
    cors_position position;
    if (own->has_file) {
        return "cannot stand beside cors_policy: one level has one policy";
    }
    if (own->is_off) {
        return "cannot stand beside \"cors off\"";
    }
    if ((own->builder == NULL && begin_inline(cf, own) != NGX_OK) ||
        directive_position(cf, own->builder, &position) != NGX_OK ||
        claim(own, cmd, key, position) != CORS_OK) {
        return NGX_CONF_ERROR;
    }
    for (ngx_uint_t i = 1; i < cf->args->nelts; i++) {
        if (add_value(own->builder, key, &words[i], position) != CORS_OK) {
            return NGX_CONF_ERROR;
        }
    }
    return NGX_CONF_OK;
}

char *ngx_http_cors_own_origin(ngx_conf_t *cf, ngx_command_t *cmd, void *conf) {
    ngx_http_cors_loc_conf_t *own = conf;
    ngx_str_t *words = cf->args->elts;
    cors_origin origin;
    (void)cmd;
    if (own->own_origin.data != NULL) {
        return "is duplicate";
    }
    if (!cors_origin_parse(ngx_http_cors_slice(words[1]), &origin) || origin.opaque) {
        return "takes an origin as browsers send it, such as https://api.example.com: lower case, "
               "no path, no default port";
    }
    own->own_origin = words[1];
    return NGX_CONF_OK;
}

/* Compiles the inline directives of a level, once. */
static ngx_int_t compile_inline(ngx_conf_t *cf, ngx_http_cors_loc_conf_t *own) {
    const cors_policy *policy;
    if (own->builder == NULL || own->source != NGX_CONF_UNSET_PTR) {
        return NGX_OK;
    }
    cors_status status = cors_builder_finish(own->builder, &policy);
    own->source = settle(cf, own->builder, status, policy);
    return own->source == NULL ? NGX_ERROR : NGX_OK;
}

char *ngx_http_cors_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child) {
    ngx_http_cors_loc_conf_t *outer = parent;
    ngx_http_cors_loc_conf_t *own = child;
    if (compile_inline(cf, outer) != NGX_OK || compile_inline(cf, own) != NGX_OK) {
        return NGX_CONF_ERROR;
    }
    ngx_conf_merge_ptr_value(own->source, outer->source, NULL);
    ngx_conf_merge_uint_value(own->enforce, outer->enforce, NGX_HTTP_CORS_ENFORCE_OFF);
    ngx_conf_merge_value(own->strict_path, outer->strict_path, 0);
    ngx_conf_merge_str_value(own->own_origin, outer->own_origin, "");
    return NGX_CONF_OK;
}
