/* SPDX-License-Identifier: MIT */
#include <curl/curl.h>
#include <stdlib.h>

#include "probe.h"
#include "probe_answer.h"
#include "probe_message.h"

struct probe_session {
    struct probe_options options;
    CURL *handle;
    struct curl_slist *resolve;
    char words[CURL_ERROR_SIZE];
};

probe_session *probe_session_create(const struct probe_options *options) {
    probe_session *session = calloc(1, sizeof *session);
    if (session == NULL) {
        return NULL;
    }
    session->options = *options;
    session->handle = curl_easy_init();
    if (session->handle == NULL || !probe_message_resolves(options, false, &session->resolve)) {
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

static void perform(probe_session *session, const struct probe_message *message,
                    struct probe_answer *answer) {
    const char *proxy = session->options.proxy;
    CURL *handle = session->handle;
    struct probe_reception reception;
    probe_message_set(message, &session->options, session->words, handle);
    (void)curl_easy_setopt(handle, CURLOPT_RESOLVE, session->resolve);
    probe_reception_begin(&reception, answer, handle);
    probe_reception_watch(&reception, handle);
    reception.proxied = proxy != NULL && proxy[0] != '\0';
    CURLcode code = curl_easy_perform(handle);
    probe_reception_end(&reception, handle, code, session->words);
}

enum probe_outcome probe_send(probe_session *session, const struct probe_request *request,
                              struct probe_answer *answer) {
    struct probe_message message;
    enum probe_outcome outcome = probe_message_make(&message, request);
    if (outcome == PROBE_ANSWERED) {
        perform(session, &message, answer);
    } else {
        probe_answer_refuse(answer, outcome);
    }
    probe_message_free(&message);
    return answer->outcome;
}
