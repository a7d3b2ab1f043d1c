/* SPDX-License-Identifier: MIT */
/*
 * An application on libmicrohttpd whose CORS is libcors':
 *
 *     microhttpd-server POLICY PORT [enforce]
 *
 * What is about CORS stands between the two rulers; notes_application.c is the application.
 */
#include <cors/cors.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notes_application.h"
#include "policy_lines.h"

static const cors_policy *policy;
static bool enforces; /* whether what is not allowed does not reach the application */

/* A request, from its first line to its answer. */
struct call {
    bool judged;
    cors_request request;
    cors_decision decision;
    cors_slice target;
    cors_slice path; /* stands behind the target in `text` */
    char text[];
};

/* Slices end without the NUL that this library wants. */
static void add_line(struct MHD_Response *response, cors_slice name, cors_slice value) {
    char *key = strndup(name.data, name.size);
    char *text = strndup(value.data, value.size);
    if (key == NULL || text == NULL) {
        abort(); /* an answer without its Vary would be kept for others */
    }
    MHD_add_response_header(response, key, text);
    free(key);
    free(text);
}

/* ------------------------------------------------------------------------------------------- */

static enum MHD_Result hand_over(void *request, enum MHD_ValueKind kind, const char *name,
                                 size_t name_size, const char *value, size_t value_size) {
    (void)kind;
    cors_request_add_header(request, (cors_slice){name, name_size},
                            (cors_slice){value, value_size});
    return MHD_YES;
}

/* A decision with a status is an answer; else the application has one. */
static void judge(struct call *call, struct MHD_Connection *connection, const char *method) {
    char *path = call->text + call->target.size;
    if (cors_target_is_ambiguous(policy, call->target, path)) {
        call->decision =
            (cors_decision){.status = 400, .body = CORS_SLICE("This target has two readings.\n")};
        return;
    }
    call->path = cors_target_path(call->target, path);
    cors_request_begin(&call->request, policy, (cors_slice){method, strlen(method)}, call->path);
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, hand_over, &call->request);
    cors_decide(&call->request, &call->decision);
    if (enforces && cors_decision_blocks(&call->decision)) {
        call->decision.status = 403;
    }
}

/* A line of the application: what the policy owns is left out. */
static void add_own_line(struct MHD_Response *response, const struct call *call, cors_slice name,
                         cors_slice value) {
    if (call->decision.kind == CORS_KIND_NO_POLICY || !cors_header_is_owned(name)) {
        add_line(response, name, value);
    }
}

static void add_cors_lines(struct MHD_Response *response, const cors_decision *decision) {
    const char *vary = MHD_get_response_header(response, "Vary");
    cors_slice present = {vary, vary == NULL ? 0 : strlen(vary)};
    for (size_t i = 0; i < decision->field_count; i++) {
        add_line(response, decision->fields[i].name, decision->fields[i].value);
    }
    for (size_t i = 0; i < decision->vary_count; i++) {
        if (!cors_vary_covers(present, decision->vary[i])) {
            add_line(response, CORS_SLICE("Vary"), decision->vary[i]);
        }
    }
}

/* ------------------------------------------------------------------------------------------- */

static cors_slice slice(const char *text) {
    return (cors_slice){text, strlen(text)};
}

/* Every answer passes here, whatever its status. */
static enum MHD_Result answer(struct MHD_Connection *connection, const struct call *call,
                              int status, cors_slice body, const struct note_line *lines) {
    struct MHD_Response *response = MHD_create_response_from_buffer(
        body.size, (void *)(uintptr_t)body.data, MHD_RESPMEM_MUST_COPY);
    if (response == NULL) {
        return MHD_NO;
    }
    for (; lines->name != NULL; lines++) {
        add_own_line(response, call, slice(lines->name), slice(lines->value));
    }
    add_cors_lines(response, &call->decision);
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result answer_at_once(struct MHD_Connection *connection, const struct call *call) {
    static const struct note_line text[] = {{"Content-Type", "text/plain"}, {NULL, NULL}};
    const cors_decision *decision = &call->decision;
    return answer(connection, call, decision->status, decision->body,
                  decision->body.size > 0 ? text : text + 1);
}

/* Called once for the head, and again until the body is read; `target` is another reading of it. */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *target,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state) {
    struct call *call = *state;
    (void)context;
    (void)target;
    (void)version;
    (void)upload;
    if (call == NULL) {
        return MHD_NO;
    }
    if (!call->judged) {
        call->judged = true;
        judge(call, connection, method);
        return MHD_YES; /* answered now, the connection would be closed */
    }
    if (*upload_size > 0) {
        *upload_size = 0;
        return MHD_YES;
    }
    if (call->decision.status != 0) {
        return answer_at_once(connection, call);
    }
    const struct note_answer *note = note_answer_for(call->path.data, call->path.size);
    return answer(connection, call, note->status, slice(note->body), note->lines);
}

/* The target as it was received, which handle() no longer has. */
static void *begin_call(void *context, const char *target, struct MHD_Connection *connection) {
    size_t size = strlen(target);
    struct call *call = malloc(sizeof *call + 2 * size); /* itself, and its path */
    (void)context;
    (void)connection;
    if (call != NULL) {
        call->judged = false;
        call->target = (cors_slice){call->text, size};
        memcpy(call->text, target, size);
    }
    return call;
}

static void end_call(void *context, struct MHD_Connection *connection, void **state,
                     enum MHD_RequestTerminationCode code) {
    (void)context;
    (void)connection;
    (void)code;
    free(*state);
}

/* Serves until a signal to end comes. */
static int serve(uint16_t port) {
    sigset_t signals;
    int signal_number;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_AUTO_INTERNAL_THREAD, port, NULL, NULL, handle, NULL,
                         MHD_OPTION_URI_LOG_CALLBACK, begin_call, NULL, MHD_OPTION_SOCK_ADDR,
                         &address, MHD_OPTION_NOTIFY_COMPLETED, end_call, NULL, MHD_OPTION_END);
    if (daemon == NULL) {
        fprintf(stderr, "microhttpd-server: it cannot listen at port %u\n", port);
        return EXIT_FAILURE;
    }
    printf("listening at port %u\n", port);
    fflush(stdout);
    sigwait(&signals, &signal_number);
    MHD_stop_daemon(daemon);
    return EXIT_SUCCESS;
}

int main(int argument_count, char **arguments) {
    if (argument_count < 3) {
        fprintf(stderr, "usage: microhttpd-server POLICY PORT [enforce]\n");
        return 2;
    }
    enforces = argument_count > 3 && strcmp(arguments[3], "enforce") == 0;
    policy = policy_lines_read(arguments[1]);
    if (policy == NULL) {
        return EXIT_FAILURE;
    }
    int status = serve((uint16_t)strtoul(arguments[2], NULL, 10));
    policy_lines_free(policy);
    return status;
}
