/* SPDX-License-Identifier: MIT */
#include "probe_message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CONNECT_MS = 10000, TOTAL_MS = 30000, SEND_BUFFER = 16 << 10 };

/* Bytes that would end a line of the request, or the text that libcurl is handed. */
static bool breaks_line(cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '\r' || text.data[i] == '\n' || text.data[i] == '\0') {
            return true;
        }
    }
    return false;
}

static char *copy_slice(cors_slice text) {
    char *copy = malloc(text.size + 1);
    if (copy != NULL) {
        if (text.size > 0) {
            memcpy(copy, text.data, text.size);
        }
        copy[text.size] = '\0';
    }
    return copy;
}

static bool append_line(struct curl_slist **list, const char *line) {
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (longer != NULL) {
        *list = longer;
    }
    return longer != NULL;
}

/* libcurl writes an empty field as "Name;". */
static bool append_field(struct curl_slist **list, const cors_field *field) {
    size_t room = field->name.size + field->value.size + 4;
    char *line = malloc(room);
    if (line == NULL) {
        return false;
    }
    (void)snprintf(line, room, field->value.size == 0 ? "%.*s;" : "%.*s: %.*s",
                   (int)field->name.size, field->name.data, (int)field->value.size,
                   field->value.data);
    bool appended = append_line(list, line);
    free(line);
    return appended;
}

static bool names(const struct probe_request *request, const char *name) {
    size_t size = strlen(name);
    for (size_t i = 0; i < request->field_count; i++) {
        cors_slice given = request->fields[i].name;
        if (given.size == size && strncasecmp(given.data, name, size) == 0) {
            return true;
        }
    }
    return false;
}

/* The field lines, and the removal of those that libcurl would add by itself. */
static bool make_lines(const struct probe_request *request, struct curl_slist **list) {
    static const char *const own[] = {"Accept", "Content-Type", "Expect", "User-Agent"};
    char removal[32];
    for (size_t i = 0; i < request->field_count; i++) {
        if (!append_field(list, &request->fields[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        (void)snprintf(removal, sizeof removal, "%s:", own[i]);
        if (!names(request, own[i]) && !append_line(list, removal)) {
            return false;
        }
    }
    return true;
}

static bool can_be_sent(const struct probe_request *request) {
    for (size_t i = 0; i < request->field_count; i++) {
        if (breaks_line(request->fields[i].name) || breaks_line(request->fields[i].value) ||
            request->fields[i].name.size == 0) {
            return false;
        }
    }
    return !breaks_line(request->method) && !breaks_line(request->url) && request->method.size > 0;
}

enum probe_outcome probe_message_make(struct probe_message *message,
                                      const struct probe_request *request) {
    *message = (struct probe_message){
        .body = request->body,
        .sends_body = request->sends_body,
        .client_certificate = request->client_certificate,
    };
    if (!can_be_sent(request)) {
        return PROBE_BAD_REQUEST;
    }
    message->method = copy_slice(request->method);
    message->url = copy_slice(request->url);
    bool made =
        message->method != NULL && message->url != NULL && make_lines(request, &message->lines);
    return made ? PROBE_ANSWERED : PROBE_NO_MEMORY;
}

void probe_message_free(struct probe_message *message) {
    curl_slist_free_all(message->lines);
    free(message->method);
    free(message->url);
    *message = (struct probe_message){.method = NULL};
}

static void set_method(CURL *handle, const struct probe_message *message) {
    bool head = strcmp(message->method, "HEAD") == 0;
    (void)curl_easy_setopt(handle, CURLOPT_HTTPGET, 1L);
    if (message->sends_body) {
        (void)curl_easy_setopt(handle, CURLOPT_POST, 1L);
        (void)curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)message->body.size);
        (void)curl_easy_setopt(handle, CURLOPT_POSTFIELDS,
                               message->body.size > 0 ? message->body.data : "");
    }
    (void)curl_easy_setopt(handle, CURLOPT_NOBODY, head ? 1L : 0L);
    (void)curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, message->method);
}

static long or_default(long value, long otherwise) {
    return value > 0 ? value : otherwise;
}

/*
 * One file of authorities: the one that is named and no other, or else the machine's. libcurl would
 * search a folder beside it, too, and read the file anew for each connection.
 */
static void set_authorities(const struct probe_options *options, CURL *handle) {
    const char *file = options->ca_file;
    if (file == NULL) {
        const char *own = curl_version_info(CURLVERSION_NOW)->cainfo;
        file = own != NULL && access(own, R_OK) == 0 ? own : NULL;
    }
    if (file != NULL) {
        (void)curl_easy_setopt(handle, CURLOPT_CAINFO, file);
        (void)curl_easy_setopt(handle, CURLOPT_CAPATH, (char *)NULL);
    }
}

/* What holds for all messages alike. */
static void set_options(const struct probe_options *options, CURL *handle) {
    (void)curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
    (void)curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(handle, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    (void)curl_easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    (void)curl_easy_setopt(handle, CURLOPT_HTTP09_ALLOWED, 0L);
    (void)curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    (void)curl_easy_setopt(handle, CURLOPT_UPLOAD_BUFFERSIZE, (long)SEND_BUFFER);
    /* Connections are kept: sessions of TLS are not needed, which 7.88 frees twice without memory.
     */
    (void)curl_easy_setopt(handle, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    (void)curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                           or_default(options->connect_ms, CONNECT_MS));
    (void)curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, or_default(options->total_ms, TOTAL_MS));
    if (options->proxy != NULL) {
        (void)curl_easy_setopt(handle, CURLOPT_PROXY, options->proxy);
    }
    set_authorities(options, handle);
}

static void set_client_certificate(const struct probe_options *options, CURL *handle) {
    if (options->certificate != NULL) {
        (void)curl_easy_setopt(handle, CURLOPT_SSLCERT, options->certificate);
    }
    if (options->key != NULL) {
        (void)curl_easy_setopt(handle, CURLOPT_SSLKEY, options->key);
    }
}

void probe_message_set(const struct probe_message *message, const struct probe_options *options,
                       char words[CURL_ERROR_SIZE], CURL *handle) {
    /* Keeps the connections, and forgets how often one of them had died. */
    curl_easy_reset(handle);
    set_options(options, handle);
    set_method(handle, message);
    (void)curl_easy_setopt(handle, CURLOPT_URL, message->url);
    (void)curl_easy_setopt(handle, CURLOPT_HTTPHEADER, message->lines);
    if (message->client_certificate) {
        set_client_certificate(options, handle);
    }
    words[0] = '\0';
    (void)curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, words);
}

bool probe_message_resolves(const struct probe_options *options, bool any_only,
                            struct curl_slist **list) {
    for (size_t i = 0; i < options->resolve_count; i++) {
        const char *line = options->resolve[i];
        bool any = line[line[0] == '+'] == '*';
        if ((any || !any_only) && !append_line(list, line)) {
            return false;
        }
    }
    return true;
}
