/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "serve_config.h"

#include <string.h>

/* A folder's files by their endings; nginx's own list lacks some of these. */
static const char mime_types[] = "    default_type application/octet-stream;\n"
                                 "    types {\n"
                                 "        text/html html htm;\n"
                                 "        text/css css;\n"
                                 "        text/javascript js mjs cjs;\n"
                                 "        text/plain txt;\n"
                                 "        text/markdown md;\n"
                                 "        text/csv csv;\n"
                                 "        text/vtt vtt;\n"
                                 "        application/json json map;\n"
                                 "        application/manifest+json webmanifest;\n"
                                 "        application/xhtml+xml xhtml;\n"
                                 "        application/xml xml;\n"
                                 "        application/rss+xml rss;\n"
                                 "        application/atom+xml atom;\n"
                                 "        application/pdf pdf;\n"
                                 "        application/wasm wasm;\n"
                                 "        application/zip zip;\n"
                                 "        application/gzip gz;\n"
                                 "        font/woff woff;\n"
                                 "        font/woff2 woff2;\n"
                                 "        font/ttf ttf;\n"
                                 "        font/otf otf;\n"
                                 "        application/vnd.ms-fontobject eot;\n"
                                 "        image/svg+xml svg svgz;\n"
                                 "        image/png png;\n"
                                 "        image/jpeg jpg jpeg;\n"
                                 "        image/gif gif;\n"
                                 "        image/webp webp;\n"
                                 "        image/avif avif;\n"
                                 "        image/x-icon ico;\n"
                                 "        image/bmp bmp;\n"
                                 "        audio/mpeg mp3;\n"
                                 "        audio/mp4 m4a;\n"
                                 "        audio/ogg ogg oga;\n"
                                 "        audio/wav wav;\n"
                                 "        audio/flac flac;\n"
                                 "        video/mp4 mp4 m4v;\n"
                                 "        video/webm webm;\n"
                                 "        video/ogg ogv;\n"
                                 "    }\n";

/* Writes two texts joined as one quoted word of nginx's language. */
static void write_quoted(FILE *stream, const char *text, const char *end) {
    (void)fputc('"', stream);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            (void)fputc('\\', stream);
        }
        (void)fputc(*text, stream);
    }
    (void)fprintf(stream, "%s\"", end);
}

/* Writes `name value;` with the value quoted. */
static void write_directive(FILE *stream, const char *indent, const char *name, const char *value) {
    (void)fprintf(stream, "%s%s ", indent, name);
    write_quoted(stream, value, "");
    (void)fputs(";\n", stream);
}

static void write_user(FILE *stream, const struct serve_user *user) {
    if (user->name[0] != '\0') {
        (void)fputs("user ", stream);
        write_quoted(stream, user->name, "");
        (void)fputc(' ', stream);
        write_quoted(stream, user->group, "");
        (void)fputs("; # of the workers; the master, which was started as root, stays it\n",
                    stream);
    }
}

static void write_head(FILE *stream, const struct serve_user *workers, const char *module) {
    (void)fputs(
        "# Written by cors serve, which starts nginx with this in a private folder and reads\n"
        "# what it writes to standard output and standard error.\n"
        "daemon off;\n",
        stream);
    write_user(stream, workers);
    (void)fputs(
        "worker_processes auto;\n"
        "worker_shutdown_timeout 1m; # after a reload: no client keeps an old one for ever\n"
        "pid nginx.pid;\n"
        "env CORS_SERVE; # workers end with the gateway\n"
        "error_log stderr notice;\n",
        stream);
    write_directive(stream, "", "load_module", module);
    (void)fprintf(stream, "events {\n    worker_connections %d;\n}\n", SERVE_CONNECTIONS_MAX);
}

static void write_log(FILE *stream) {
    static const char *const variables[] = {
#define SERVE_LOG_FIELD_VARIABLE(name, variable) variable,
        SERVE_LOG_FIELDS(SERVE_LOG_FIELD_VARIABLE)
#undef SERVE_LOG_FIELD_VARIABLE
    };
    (void)fputs("    log_format decision escape=default", stream);
    for (size_t i = 0; i < SERVE_FIELD_COUNT; i++) {
        (void)fprintf(stream, "\n        \"%s%s\"", variables[i],
                      i + 1 < SERVE_FIELD_COUNT ? "\\t" : "");
    }
    (void)fputs(";\n"
                "    access_log /proc/self/fd/1 decision; # standard output\n",
                stream);
}

/*
 * What a client may take. Its header has to come as a whole, a body or its own reading only to go
 * on: that is what a bad network needs and somebody who drips bytes does not get. There is no limit
 * for each address, since behind another proxy all clients have the same one.
 */
static void write_limits(FILE *stream) {
    (void)fputs("    client_header_timeout 15s;\n"
                "    client_body_timeout 1m;\n"
                "    send_timeout 1m;\n"
                "    keepalive_timeout 75s;\n"
                "    keepalive_requests 1000;\n"
                "    http2_max_concurrent_streams 128;\n"
                "    large_client_header_buffers 8 32k;\n"
                "    client_max_body_size 0; # bodies pass through: how large, the upstream says\n"
                "    reset_timedout_connection on;\n",
                stream);
}

/* What holds for every upstream: bodies stream both ways, and nothing of the answer is changed. */
static void write_proxying(FILE *stream) {
    (void)fputs("    client_body_temp_path body;\n"
                "    proxy_temp_path proxy;\n"
                "    fastcgi_temp_path fastcgi;\n"
                "    uwsgi_temp_path uwsgi;\n"
                "    scgi_temp_path scgi;\n"
                "    underscores_in_headers on;\n"
                "    server_tokens off;\n"
                "    absolute_redirect off;\n"
                "    sendfile on;\n"
                "    proxy_http_version 1.1;\n"
                "    proxy_request_buffering off;\n"
                "    proxy_buffering off;\n"
                "    proxy_buffer_size 64k;\n"
                "    proxy_buffers 8 64k;\n"
                "    proxy_connect_timeout 10s;\n"
                "    proxy_read_timeout 1h;\n"
                "    proxy_send_timeout 1h;\n"
                "    proxy_pass_header Date;\n"
                "    proxy_pass_header Server;\n"
                "    proxy_ignore_headers X-Accel-Redirect X-Accel-Expires X-Accel-Limit-Rate\n"
                "        X-Accel-Buffering X-Accel-Charset;\n"
                "    map $http_upgrade $cors_upgrade {\n"
                "        \"~*^websocket$\" $http_upgrade; # nothing else may leave HTTP\n"
                "        default \"\";\n"
                "    }\n"
                "    map $cors_upgrade $cors_connection {\n"
                "        \"\" close;\n"
                "        default upgrade;\n"
                "    }\n",
                stream);
}

/* The servers of an upstream, and the Host that it is asked for. */
static void write_upstream(FILE *stream, size_t number, const struct serve_upstream *upstream) {
    (void)fprintf(stream, "    upstream cors_upstream_%zu {\n        server ", number);
    write_quoted(stream, upstream->address, "");
    (void)fputs(" max_fails=0;\n    }\n", stream);
    if (upstream->named) {
        return;
    }
    (void)fprintf(stream, "    map $http_host $cors_host_%zu {\n        \"\" ", number);
    write_quoted(stream, upstream->authority, "");
    (void)fputs(";\n        default $http_host;\n    }\n", stream);
}

static void write_tls_to_upstream(FILE *stream, const struct serve_upstream *upstream,
                                  const char *authorities) {
    (void)fputs("            proxy_ssl_protocols TLSv1.2 TLSv1.3;\n", stream);
    if (upstream->named) {
        (void)fputs("            proxy_ssl_server_name on;\n", stream);
    }
    write_directive(stream, "            ", "proxy_ssl_name", upstream->host);
    if (!upstream->loopback) { /* on this machine a certificate proves nothing more */
        (void)fputs("            proxy_ssl_verify on;\n"
                    "            proxy_ssl_verify_depth 8;\n",
                    stream);
        write_directive(stream, "            ", "proxy_ssl_trusted_certificate", authorities);
    }
}

static void write_forwarded_headers(FILE *stream, size_t number, const struct serve_mount *mount) {
    if (mount->upstream.named) {
        write_directive(stream, "            ", "proxy_set_header Host", mount->upstream.authority);
    } else {
        (void)fprintf(stream, "            proxy_set_header Host $cors_host_%zu;\n", number);
    }
    (void)fputs("            proxy_set_header Upgrade $cors_upgrade;\n"
                "            proxy_set_header Connection $cors_connection;\n"
                "            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n"
                "            proxy_set_header X-Forwarded-Proto $scheme;\n"
                "            proxy_set_header X-Forwarded-Host $http_host;\n",
                stream);
    if (mount->prefix[0] != '\0') {
        write_directive(stream, "            ", "proxy_set_header X-Forwarded-Prefix",
                        mount->prefix);
    }
}

/* Redirects that name the upstream, by its own address or by the gateway's, lead back here. */
static void write_redirects(FILE *stream, const struct serve_mount *mount) {
    const struct serve_upstream *upstream = &mount->upstream;
    const char *scheme = upstream->tls ? "https" : "http";
    (void)fprintf(stream, "            proxy_redirect \"%s://%s%s/\" ", scheme, upstream->authority,
                  upstream->base);
    (void)fprintf(stream, "\"%s/\";\n", mount->prefix);
    if (strcmp(upstream->base, mount->prefix) != 0) {
        (void)fprintf(stream,
                      "            proxy_redirect \"$scheme://$http_host%s/\" \"%s/\";\n"
                      "            proxy_redirect \"%s/\" \"%s/\";\n",
                      upstream->base, mount->prefix, upstream->base, mount->prefix);
    }
}

/*
 * A regular expression for the mount's prefix as clients may send it, each byte itself or encoded.
 * A slash must be itself: nginx, too, took it for one when it chose the location.
 */
static void write_prefix_pattern(FILE *stream, const char *prefix) {
    for (; *prefix != '\0'; prefix++) {
        unsigned byte = (unsigned char)*prefix;
        if (byte == '/') {
            (void)fputc('/', stream);
        } else {
            /* \xHH needs no thought about what is special in an expression. */
            (void)fprintf(stream, "(?:\\\\x%02x|%%(?i:%02x))", byte, byte);
        }
    }
}

/*
 * The target without the mount's prefix and the slash after it, as it was sent: a named part of a
 * pattern is left as it is, where $1 would be encoded once more. A target that got to this location
 * by another way than its own first bytes is refused, and one with a dot segment too: it could
 * climb out of the upstream's path.
 */
static void write_remainder(FILE *stream, const char *prefix) {
    (void)fputs("            if ($request_uri ~* "
                "\"^[^?]*(?:[/\\\\\\\\]|%2f|%5c)(?:\\\\.|%2e){2}(?:[/\\\\\\\\?#]|%2f|%5c|$)\") {\n"
                "                return 400;\n"
                "            }\n"
                "            if ($request_uri !~ \"^",
                stream);
    write_prefix_pattern(stream, prefix);
    (void)fputs("(?:/|(?=[?])|$)(?<cors_rest>.*)$\") {\n"
                "                return 400;\n"
                "            }\n",
                stream);
}

static void write_api_location(FILE *stream, const struct serve_options *options, size_t number,
                               const char *match, const char *end) {
    const struct serve_mount *mount = &options->mounts[number];
    const struct serve_upstream *upstream = &mount->upstream;
    const char *scheme = upstream->tls ? "https" : "http";
    bool whole = mount->prefix[0] == '\0' && upstream->base[0] == '\0';
    (void)fprintf(stream, "        location %s\"%s%s\" {\n", match, mount->prefix, end);
    if (whole) {
        (void)fprintf(stream, "            proxy_pass %s://cors_upstream_%zu;\n", scheme, number);
    } else {
        write_remainder(stream, mount->prefix);
        (void)fprintf(stream, "            proxy_pass \"%s://cors_upstream_%zu%s/$cors_rest\";\n",
                      scheme, number, upstream->base);
    }
    write_forwarded_headers(stream, number, mount);
    write_redirects(stream, mount);
    if (upstream->tls) {
        write_tls_to_upstream(stream, upstream, options->authorities);
    }
    (void)fputs("        }\n", stream);
}

static void write_folder_location(FILE *stream, const struct serve_mount *mount) {
    char folder[SERVE_WAY_PATH_MAX];
    serve_way_write(&mount->way, folder);
    if (mount->prefix[0] != '\0') {
        (void)fprintf(stream,
                      "        location = \"%s\" {\n"
                      "            return 301 \"%s/$is_args$args\";\n"
                      "        }\n",
                      mount->prefix, mount->prefix);
    }
    (void)fprintf(stream, "        location \"%s/\" {\n            alias ", mount->prefix);
    write_quoted(stream, folder, "/");
    (void)fputs(";\n"
                "            index index.html;\n"
                "            location ~ \"[\\x01-\\x1f\\x7f]\" {\n"
                "                return 404; # a line break would be one in nginx's log, too\n"
                "            }\n"
                "            location ~ \"/[.](?!well-known(?:/|$))\" {\n"
                "                return 404; # .env, .git: not meant to be read\n"
                "            }\n"
                "        }\n",
                stream);
}

static void write_mount(FILE *stream, const struct serve_options *options, size_t number) {
    const struct serve_mount *mount = &options->mounts[number];
    if (mount->directory != NULL) {
        write_folder_location(stream, mount);
        return;
    }
    write_api_location(stream, options, number, "", "/");
    if (mount->prefix[0] != '\0') {
        write_api_location(stream, options, number, "= ", "");
    }
}

static bool serves_all_paths(const struct serve_options *options) {
    for (size_t i = 0; i < options->mount_count; i++) {
        if (options->mounts[i].prefix[0] == '\0') {
            return true;
        }
    }
    return false;
}

/*
 * Mozilla's intermediate level: all browsers of today, forward secrecy, authenticated ciphers, and
 * the client's choice among them, which knows whether it has AES in hardware. Its DHE ciphers are
 * left out: they need parameters in a file, and every such client has ECDHE. Tickets would be
 * encrypted with a key that lives as long as nginx. Stapling would have the gateway ask the
 * authority over the network, and authorities give OCSP up.
 */
static void write_tls(FILE *stream, const struct serve_options *options) {
    write_directive(stream, "        ", "ssl_certificate", options->tls_certificate);
    write_directive(stream, "        ", "ssl_certificate_key", options->tls_key);
    (void)fputs("        ssl_protocols TLSv1.2 TLSv1.3;\n"
                "        ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"
                ":ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"
                ":ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;\n"
                "        ssl_prefer_server_ciphers off;\n"
                "        ssl_ecdh_curve X25519:prime256v1:secp384r1;\n"
                "        ssl_session_timeout 1d;\n"
                "        ssl_session_cache shared:cors_tls:10m; # some 40,000 sessions\n"
                "        ssl_session_tickets off;\n",
                stream);
}

static void write_server(FILE *stream, const struct serve_options *options, const char *policy) {
    char address[SERVE_ADDRESS_MAX];
    bool tls = options->tls_certificate != NULL;
    serve_address_write(&options->listen, address);
    (void)fprintf(stream, "    server {\n        listen %s%s;\n", address, tls ? " ssl http2" : "");
    if (tls) {
        write_tls(stream, options);
    }
    (void)fputs("        set $cors_served_path $uri;\n        cors_policy ", stream);
    write_quoted(stream, policy, "");
    (void)fputc(' ', stream);
    write_quoted(stream, options->environment, "");
    (void)fprintf(stream,
                  ";\n        cors_enforce %s;\n"
                  "        cors_strict_path on;\n",
                  options->enforce);
    for (size_t i = 0; i < options->mount_count; i++) {
        write_mount(stream, options, i);
    }
    if (!serves_all_paths(options)) {
        (void)fputs("        location / {\n            return 404;\n        }\n", stream);
    }
    (void)fputs("    }\n", stream);
}

void serve_config_write(FILE *stream, const struct serve_options *options, const char *module,
                        const char *policy) {
    write_head(stream, &options->workers, module);
    (void)fputs("http {\n", stream);
    (void)fputs(mime_types, stream);
    write_log(stream);
    write_limits(stream);
    write_proxying(stream);
    for (size_t i = 0; i < options->mount_count; i++) {
        if (options->mounts[i].directory == NULL) {
            write_upstream(stream, i, &options->mounts[i].upstream);
        }
    }
    write_server(stream, options, policy);
    (void)fputs("}\n", stream);
}
