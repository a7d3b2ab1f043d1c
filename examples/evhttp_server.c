/* SPDX-License-Identifier: MIT */
/*
 * An application on libevent's evhttp whose CORS is libcors':
 *
 *     evhttp-server POLICY PORT [enforce]
 *
 * What is about CORS stands between the two rulers; notes_application.c is the application.
 */
#include <cors/cors.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "notes_application.h"
#include "policy_lines.h"

static const cors_policy *policy;
static bool enforces; /* whether what is not allowed does not reach the application */

/* A request, until it is answered. */
struct call {
    struct evhttp_request *http;
    cors_request request;
    cors_decision decision;
    cors_slice target;
    cors_slice path; /* stands in `text` */
    char text[];
};

static cors_slice slice(const char *text) {
    return (cors_slice){text, strlen(text)};
}

static const char *method_name(enum evhttp_cmd_type method) {
    switch (method) {
    case EVHTTP_REQ_GET:
        return "GET";
    case EVHTTP_REQ_HEAD:
        return "HEAD";
    case EVHTTP_REQ_POST:
        return "POST";
    case EVHTTP_REQ_PUT:
        return "PUT";
    case EVHTTP_REQ_DELETE:
        return "DELETE";
    case EVHTTP_REQ_PATCH:
        return "PATCH";
    case EVHTTP_REQ_OPTIONS:
        return "OPTIONS";
    default:
        return "";
    }
}

/* Slices end without the NUL that this library wants. */
static void add_line(struct call *call, cors_slice name, cors_slice value) {
    char *key = strndup(name.data, name.size);
    char *text = strndup(value.data, value.size);
    if (key == NULL || text == NULL) {
        abort(); /* an answer without its Vary would be kept for others */
    }
    evhttp_add_header(evhttp_request_get_output_headers(call->http), key, text);
    free(key);
    free(text);
}

/* ------------------------------------------------------------------------------------------- */

/* A decision with a status is an answer; else the application has one. */
static void judge(struct call *call) {
    const struct evkeyval *line;
    if (cors_target_is_ambiguous(policy, call->target, call->text)) {
        call->decision =
            (cors_decision){.status = 400, .body = CORS_SLICE("This target has two readings.\n")};
        return;
    }
    call->path = cors_target_path(call->target, call->text);
    cors_request_begin(&call->request, policy,
                       slice(method_name(evhttp_request_get_command(call->http))), call->path);
    TAILQ_FOREACH(line, evhttp_request_get_input_headers(call->http), next) {
        cors_request_add_header(&call->request, slice(line->key), slice(line->value));
    }
    cors_decide(&call->request, &call->decision);
    if (enforces && cors_decision_blocks(&call->decision)) {
        call->decision.status = 403;
    }
}

/* A line of the application: what the policy owns is left out. */
static void add_own_line(struct call *call, cors_slice name, cors_slice value) {
    if (call->decision.kind == CORS_KIND_NO_POLICY || !cors_header_is_owned(name)) {
        add_line(call, name, value);
    }
}

static void add_cors_lines(struct call *call) {
    const cors_decision *decision = &call->decision;
    const char *vary = evhttp_find_header(evhttp_request_get_output_headers(call->http), "Vary");
    cors_slice present = slice(vary == NULL ? "" : vary);
    for (size_t i = 0; i < decision->field_count; i++) {
        add_line(call, decision->fields[i].name, decision->fields[i].value);
    }
    for (size_t i = 0; i < decision->vary_count; i++) {
        if (!cors_vary_covers(present, decision->vary[i])) {
            add_line(call, CORS_SLICE("Vary"), decision->vary[i]);
        }
    }
}

/* ------------------------------------------------------------------------------------------- */

/* Every answer passes here, whatever its status. evhttp_send_error() would drop the lines. */
static void answer(struct call *call, int status, cors_slice body, const struct note_line *lines) {
    struct evbuffer *buffer = evbuffer_new();
    if (buffer == NULL) {
        abort();
    }
    for (; lines->name != NULL; lines++) {
        add_own_line(call, slice(lines->name), slice(lines->value));
    }
    add_cors_lines(call);
    evbuffer_add(buffer, body.data, body.size);
    evhttp_send_reply(call->http, status, NULL, buffer);
    evbuffer_free(buffer);
}

static void answer_at_once(struct call *call) {
    static const struct note_line text[] = {{"Content-Type", "text/plain"}, {NULL, NULL}};
    const cors_decision *decision = &call->decision;
    answer(call, decision->status, decision->body, decision->body.size > 0 ? text : text + 1);
}

static void handle(struct evhttp_request *http, void *context) {
    cors_slice target = slice(evhttp_request_get_uri(http));
    struct call *call = malloc(sizeof *call + target.size);
    (void)context;
    if (call == NULL) {
        abort();
    }
    call->http = http;
    call->target = target;
    judge(call);
    if (call->decision.status != 0) {
        answer_at_once(call);
    } else {
        const struct note_answer *note = note_answer_for(call->path.data, call->path.size);
        answer(call, note->status, slice(note->body), note->lines);
    }
    free(call);
}

static void end_loop(evutil_socket_t signal_number, short events, void *base) {
    (void)signal_number;
    (void)events;
    event_base_loopexit(base, NULL);
}

/* Serves until a signal to end comes. */
static int serve(struct event_base *base, struct evhttp *server, uint16_t port) {
    struct event *ends[] = {evsignal_new(base, SIGINT, end_loop, base),
                            evsignal_new(base, SIGTERM, end_loop, base)};
    /* Without OPTIONS, evhttp itself refuses preflights. */
    evhttp_set_allowed_methods(server, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST |
                                           EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE | EVHTTP_REQ_PATCH |
                                           EVHTTP_REQ_OPTIONS);
    evhttp_set_max_headers_size(server, 1 << 16);
    evhttp_set_max_body_size(server, 1 << 20);
    evhttp_set_gencb(server, handle, NULL);
    int status = evhttp_bind_socket(server, "127.0.0.1", port);
    if (status != 0) {
        fprintf(stderr, "evhttp-server: it cannot listen at port %u\n", port);
    } else {
        printf("listening at port %u\n", port);
        fflush(stdout);
        evsignal_add(ends[0], NULL);
        evsignal_add(ends[1], NULL);
        event_base_dispatch(base);
    }
    event_free(ends[0]);
    event_free(ends[1]);
    return status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argument_count, char **arguments) {
    if (argument_count < 3) {
        fprintf(stderr, "usage: evhttp-server POLICY PORT [enforce]\n");
        return 2;
    }
    enforces = argument_count > 3 && strcmp(arguments[3], "enforce") == 0;
    policy = policy_lines_read(arguments[1]);
    struct event_base *base = event_base_new();
    struct evhttp *server = base == NULL ? NULL : evhttp_new(base);
    int status = EXIT_FAILURE;
    if (policy != NULL && server != NULL) {
        status = serve(base, server, (uint16_t)strtoul(arguments[2], NULL, 10));
    }
    if (server != NULL) {
        evhttp_free(server);
    }
    event_base_free(base);
    policy_lines_free(policy);
    return status;
}
