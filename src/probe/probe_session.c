/* SPDX-License-Identifier: MIT */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe.h"
#include "probe_answer.h"
#include "probe_outcome.h"

enum { CONNECT_MS = 10000, TOTAL_MS = 30000 };

struct probe_session {
    struct probe_options options;
    CURL *handle;
    struct curl_slist *resolve;
    char words[CURL_ERROR_SIZE];
};

static long or_default(long value, long otherwise) {
    return value > 0 ? value : otherwise;
}

static void set_text(CURL *handle, CURLoption option, const char *text) {
    if (text != NULL) {
        (void)curl_easy_setopt(handle, option, text);
    }
}

/* What holds for every request of a session. */
static void set_session(probe_session *session) {
    const struct probe_options *options = &session->options;
    CURL *handle = session->handle;
    (void)curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    (void)curl_easy_setopt(handle, CURLOPT_PATH_AS_IS, 1L);
    (void)curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
    (void)curl_easy_setopt(handle, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    (void)curl_easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    (void)curl_easy_setopt(handle, CURLOPT_HTTP09_ALLOWED, 0L);
    (void)curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    (void)curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                           or_default(options->connect_ms, CONNECT_MS));
    (void)curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, or_default(options->total_ms, TOTAL_MS));
    (void)curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, session->words);
    (void)curl_easy_setopt(handle, CURLOPT_RESOLVE, session->resolve);
    set_text(handle, CURLOPT_CAINFO, options->ca_file);
    set_text(handle, CURLOPT_PROXY, options->proxy);
}

static bool add_resolves(probe_session *session) {
    for (size_t i = 0; i < session->options.resolve_count; i++) {
        struct curl_slist *longer =
            curl_slist_append(session->resolve, session->options.resolve[i]);
        if (longer == NULL) {
            return false;
        }
        session->resolve = longer;
    }
    return true;
}

probe_session *probe_session_create(const struct probe_options *options) {
    probe_session *session = calloc(1, sizeof *session);
    if (session == NULL) {
        return NULL;
    }
    session->options = *options;
    session->handle = curl_easy_init();
    if (session->handle == NULL || !add_resolves(session)) {
        probe_session_destroy(session);
        return NULL;
    }
    return session;
}

void probe_session_destroy(probe_session *session) {
    if (session != NULL) {
        curl_easy_cleanup(session->handle);
        curl_slist_free_all(session->resolve);
        free(session);
    }
}

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

static void set_method(CURL *handle, const struct probe_request *request, const char *method) {
    bool head = strcmp(method, "HEAD") == 0;
    (void)curl_easy_setopt(handle, CURLOPT_HTTPGET, 1L);
    if (request->sends_body) {
        (void)curl_easy_setopt(handle, CURLOPT_POST, 1L);
        (void)curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.size);
        (void)curl_easy_setopt(handle, CURLOPT_POSTFIELDS,
                               request->body.size > 0 ? request->body.data : "");
    }
    (void)curl_easy_setopt(handle, CURLOPT_NOBODY, head ? 1L : 0L);
    (void)curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, method);
}

static void set_client_certificate(const probe_session *session, bool shown) {
    if (shown) {
        set_text(session->handle, CURLOPT_SSLCERT, session->options.certificate);
        set_text(session->handle, CURLOPT_SSLKEY, session->options.key);
    }
}

static void refuse(struct probe_answer *answer, enum probe_outcome outcome, CURLcode code,
                   const char *words) {
    *answer = (struct probe_answer){.outcome = outcome};
    probe_outcome_explain(outcome, code, words, answer->sentence);
}

static void perform(probe_session *session, const struct probe_request *request, const char *method,
                    const char *url, struct curl_slist *lines, struct probe_answer *answer) {
    CURL *handle = session->handle;
    struct probe_reception reception;
    curl_easy_reset(handle); /* keeps the connections */
    set_session(session);
    probe_reception_begin(&reception, answer, handle);
    reception.proxied = session->options.proxy != NULL && session->options.proxy[0] != '\0';
    (void)curl_easy_setopt(handle, CURLOPT_URL, url);
    set_method(handle, request, method);
    set_client_certificate(session, request->client_certificate);
    (void)curl_easy_setopt(handle, CURLOPT_HTTPHEADER, lines);
    session->words[0] = '\0';
    CURLcode code = curl_easy_perform(handle);
    probe_reception_end(&reception, handle, code, session->words);
    (void)curl_easy_setopt(handle, CURLOPT_HTTPHEADER, NULL);
}

enum probe_outcome probe_send(probe_session *session, const struct probe_request *request,
                              struct probe_answer *answer) {
    struct curl_slist *lines = NULL;
    char *method = copy_slice(request->method);
    char *url = copy_slice(request->url);
    if (!can_be_sent(request)) {
        refuse(answer, PROBE_BAD_REQUEST, CURLE_BAD_FUNCTION_ARGUMENT,
               "its method, URL or a header holds a line break or NUL, or a name is empty");
    } else if (method == NULL || url == NULL || !make_lines(request, &lines)) {
        refuse(answer, PROBE_NO_MEMORY, CURLE_OUT_OF_MEMORY, "");
    } else {
        perform(session, request, method, url, lines, answer);
    }
    curl_slist_free_all(lines);
    free(method);
    free(url);
    return answer->outcome;
}
