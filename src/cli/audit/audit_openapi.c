/* SPDX-License-Identifier: MIT */
/* Targets out of an OpenAPI 3 or Swagger 2 file: each operation, its parameters filled in. */
#include <string.h>

#include "audit_openapi_values.h"
#include "audit_targets.h"
#include "check.h"
#include "json_file.h"
#include "recording.h"
#include "terminal.h"

struct describing {
    struct audit_targets *targets;
    struct keep *keep;
    const char *path; /* of the file */
    const json_t *file;
    cors_slice base; /* the servers' where nothing nearer says otherwise; empty: not known */
};

static bool complain(const struct describing *describing, const char *words) {
    terminal_complain("cors audit: %s %s", describing->path, words);
    return false;
}

static cors_slice without_slash(cors_slice url) {
    while (url.size > 0 && url.data[url.size - 1] == '/') {
        url.size--;
    }
    return url;
}

/* Where the path of an absolute URL begins, which is its end where it has none. */
static size_t path_start(cors_slice url) {
    size_t start = text_find_folded(url, "://");
    if (start == url.size) {
        return 0;
    }
    return start + 3 + text_find(text_skip(url, start + 3), '/');
}

/*
 * Where an API is: what the file says, unless --base says otherwise. A base with a path stands for
 * all of it; one without stands for scheme and host.
 */
static cors_slice place_server(const struct describing *describing, cors_slice server) {
    cors_slice base = without_slash(describing->targets->settings->base);
    cors_slice path = text_skip(server, path_start(server));
    server = without_slash(server);
    if (base.size == 0) {
        return path_start(server) > 0 ? server : (cors_slice){NULL, 0};
    }
    if (path_start(base) < base.size) {
        return base;
    }
    path = without_slash(path);
    bool slash = path.size > 0 && path.data[0] != '/';
    return keep_format(describing->keep, "%.*s%s%.*s", SLICE_ARGUMENTS(base), slash ? "/" : "",
                       SLICE_ARGUMENTS(path));
}

/* "https://{region}.example.com": variables have defaults. */
static cors_slice fill_server(const struct describing *describing, const json_t *server) {
    struct keep_text url = {.keep = describing->keep};
    cors_slice rest = recording_text(server, "url");
    while (rest.size > 0) {
        size_t open = text_find(rest, '{');
        keep_text_add(&url, (cors_slice){rest.data, open});
        rest = text_skip(rest, open);
        size_t close = text_find(rest, '}');
        if (close == rest.size) {
            keep_text_add(&url, rest);
            break;
        }
        cors_slice name = keep_slice(describing->keep, (cors_slice){rest.data + 1, close - 1});
        const json_t *variable = json_object_get(json_object_get(server, "variables"), name.data);
        keep_text_add(&url, recording_text(variable, "default"));
        rest = text_skip(rest, close + 1);
    }
    return keep_text_slice(&url);
}

/* The first server that an object lists; false where it lists none. */
static bool listed_server(const struct describing *describing, const json_t *owner,
                          cors_slice *base) {
    const json_t *server = json_array_get(json_object_get(owner, "servers"), 0);
    if (server != NULL) {
        *base = place_server(describing, fill_server(describing, server));
    }
    return server != NULL;
}

/* Swagger 2: schemes, host and basePath; https where the file leaves the choice. */
static cors_slice swagger_server(const struct describing *describing) {
    const json_t *schemes = json_object_get(describing->file, "schemes");
    cors_slice host = recording_text(describing->file, "host");
    cors_slice path = recording_text(describing->file, "basePath");
    bool encrypted = json_array_size(schemes) == 0;
    for (size_t i = 0; i < json_array_size(schemes); i++) {
        const char *scheme = json_string_value(json_array_get(schemes, i));
        encrypted = encrypted || (scheme != NULL && strcmp(scheme, "https") == 0);
    }
    if (host.size == 0) {
        return place_server(describing, path);
    }
    return place_server(describing,
                        keep_format(describing->keep, "%s://%.*s%.*s", encrypted ? "https" : "http",
                                    SLICE_ARGUMENTS(host), SLICE_ARGUMENTS(path)));
}

/* An operation under way: its URL grows with its parameters. */
struct operation {
    const struct describing *describing;
    const json_t *item; /* of the path */
    const json_t *own;
    cors_slice method;
    struct keep_text query;
    cors_field *fields;
    size_t field_count;
    const json_t *body; /* what describes one: its schema and examples */
};

static bool is_in(const json_t *parameter, const char *place) {
    return text_is(recording_text(parameter, "in"), place);
}

/* Finds a parameter of the operation, which stands above the path's of the same name. */
static const json_t *find_parameter(const struct operation *operation, const char *place,
                                    cors_slice name) {
    const json_t *lists[] = {json_object_get(operation->own, "parameters"),
                             json_object_get(operation->item, "parameters")};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        for (size_t j = 0; j < json_array_size(lists[i]); j++) {
            const json_t *parameter =
                audit_openapi_resolve(operation->describing->file, json_array_get(lists[i], j));
            if (is_in(parameter, place) && text_same(recording_text(parameter, "name"), name)) {
                return parameter;
            }
        }
    }
    return NULL;
}

static void add_query(struct operation *operation, cors_slice name, cors_slice value) {
    keep_text_put(&operation->query, operation->query.size == 0 ? "?" : "&");
    audit_openapi_encode(&operation->query, name);
    keep_text_put(&operation->query, "=");
    audit_openapi_encode(&operation->query, value);
}

/* Fields that are described elsewhere in such files: OpenAPI 3.1, section 4.8.12.2. */
static bool is_described_elsewhere(cors_slice name) {
    return text_is_folded(name, "Accept") || text_is_folded(name, "Content-Type") ||
           text_is_folded(name, "Authorization") || text_is_folded(name, "Origin");
}

/* What must be given, and what may and has a value stated. */
static void add_parameter(struct operation *operation, const json_t *parameter) {
    struct keep *keep = operation->describing->keep;
    bool required = json_is_true(json_object_get(parameter, "required"));
    cors_slice name = recording_text(parameter, "name");
    bool stated;
    cors_slice value = audit_openapi_value(keep, operation->describing->file, parameter, &stated);
    if (is_in(parameter, "body")) {
        operation->body = parameter;
    } else if (is_in(parameter, "query") && (required || stated) &&
               find_parameter(operation, "query", name) == parameter) {
        add_query(operation, name, value);
    } else if (is_in(parameter, "header") && required && !is_described_elsewhere(name) &&
               find_parameter(operation, "header", name) == parameter) {
        cors_field field = {name, value};
        operation->fields[operation->field_count++] = *keep_fields(keep, &field, 1);
    }
}

static void add_parameters(struct operation *operation) {
    const json_t *lists[] = {json_object_get(operation->item, "parameters"),
                             json_object_get(operation->own, "parameters")};
    size_t room = json_array_size(lists[0]) + json_array_size(lists[1]) + 1;
    operation->fields = keep_memory(operation->describing->keep, room * sizeof(cors_field));
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        for (size_t j = 0; j < json_array_size(lists[i]); j++) {
            add_parameter(operation, audit_openapi_resolve(operation->describing->file,
                                                           json_array_get(lists[i], j)));
        }
    }
}

/* "/items/{id}": what no parameter describes is 1. */
static void fill_path(const struct operation *operation, cors_slice rest, struct keep_text *url) {
    struct keep *keep = operation->describing->keep;
    while (rest.size > 0) {
        size_t open = text_find(rest, '{');
        keep_text_add(url, (cors_slice){rest.data, open});
        rest = text_skip(rest, open);
        size_t close = text_find(rest, '}');
        if (close == rest.size) {
            keep_text_add(url, rest);
            return;
        }
        bool stated;
        const json_t *parameter =
            find_parameter(operation, "path", (cors_slice){rest.data + 1, close - 1});
        audit_openapi_encode(
            url, parameter == NULL
                     ? text_slice("1")
                     : audit_openapi_value(keep, operation->describing->file, parameter, &stated));
        rest = text_skip(rest, close + 1);
    }
}

/* A body of JSON, where the operation describes one. */
static void add_body(struct operation *operation, struct audit_target *target) {
    const json_t *file = operation->describing->file;
    const json_t *body =
        audit_openapi_resolve(file, json_object_get(operation->own, "requestBody"));
    const json_t *media = json_object_get(json_object_get(body, "content"), "application/json");
    media = media != NULL ? media : operation->body;
    if (media == NULL || audit_method_is_bodyless(operation->method)) {
        return;
    }
    target->has_body = true;
    target->body = audit_openapi_body(operation->describing->keep, file, media);
    operation->fields[operation->field_count++] =
        (cors_field){text_slice("Content-Type"), text_slice("application/json")};
}

static bool add_operation(struct operation *operation, cors_slice path) {
    const struct describing *describing = operation->describing;
    struct keep_text url = {.keep = describing->keep};
    struct audit_target target = {.method = operation->method};
    cors_slice base = describing->base;
    if (!listed_server(describing, operation->own, &base)) {
        (void)listed_server(describing, operation->item, &base);
    }
    if (base.size == 0) {
        return complain(describing, "does not say on which host the API is; name it with --base "
                                    "https://host");
    }
    add_parameters(operation);
    add_body(operation, &target);
    keep_text_add(&url, base);
    fill_path(operation, path, &url);
    keep_text_add(&url, keep_text_slice(&operation->query));
    target.url = keep_text_slice(&url);
    target.fields = operation->fields;
    target.field_count = operation->field_count;
    return audit_targets_add_found(
        describing->targets,
        keep_format(describing->keep, "%s, path %.*s: ", describing->path, SLICE_ARGUMENTS(path)),
        &target);
}

static bool add_path(const struct describing *describing, cors_slice path, const json_t *item) {
    static const char *const methods[] = {"get", "head", "post", "put", "patch", "delete"};
    static const char *const names[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        struct operation operation = {.describing = describing,
                                      .item = item,
                                      .own = json_object_get(item, methods[i]),
                                      .method = text_slice(names[i]),
                                      .query = {.keep = describing->keep}};
        if (json_is_object(operation.own) && !add_operation(&operation, path)) {
            return false;
        }
    }
    return true;
}

static bool add_paths(const struct describing *describing) {
    json_t *paths = json_object_get(describing->file, "paths");
    const char *key;
    json_t *item;
    json_object_foreach(paths, key, item) {
        const json_t *resolved = audit_openapi_resolve(describing->file, item);
        /* What does not begin so is an extension. */
        if (key[0] == '/' && !add_path(describing, text_slice(key), resolved)) {
            return false;
        }
    }
    return true;
}

static bool read_file(struct describing *describing) {
    cors_slice swagger = recording_text(describing->file, "swagger");
    cors_slice openapi = recording_text(describing->file, "openapi");
    if (!text_starts_folded(swagger, "2.") && !text_starts_folded(openapi, "3.")) {
        return complain(describing, "is no OpenAPI 3 or Swagger 2 file: it has neither "
                                    "\"openapi\": \"3...\" nor \"swagger\": \"2.0\"");
    }
    if (swagger.size > 0) {
        describing->base = swagger_server(describing);
    } else if (!listed_server(describing, describing->file, &describing->base)) {
        describing->base = place_server(describing, text_slice("/"));
    }
    return add_paths(describing);
}

bool audit_openapi_read(struct audit_targets *targets, const char *path) {
    struct describing describing = {.targets = targets, .keep = targets->keep, .path = path};
    json_t *file = json_file_read(targets->keep, path, "the OpenAPI file");
    describing.file = file;
    bool fine = file != NULL && read_file(&describing);
    json_decref(file);
    return fine;
}
