/* SPDX-License-Identifier: MIT */
#include "probe_outcome.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    const char *meaning;
} outcomes[] = {
#define PROBE_OUTCOME_ROW(name, text, meaning) [PROBE_##name] = {text, meaning},
    PROBE_OUTCOMES(PROBE_OUTCOME_ROW)
#undef PROBE_OUTCOME_ROW
};

const char *probe_outcome_name(enum probe_outcome outcome) {
    return outcomes[outcome].name;
}

const char *probe_outcome_meaning(enum probe_outcome outcome) {
    return outcomes[outcome].meaning;
}

static const struct {
    CURLcode code;
    enum probe_outcome outcome;
} by_code[] = {
    {CURLE_OUT_OF_MEMORY, PROBE_NO_MEMORY},
    {CURLE_URL_MALFORMAT, PROBE_BAD_REQUEST},
    {CURLE_UNSUPPORTED_PROTOCOL, PROBE_BAD_REQUEST},
    {CURLE_BAD_FUNCTION_ARGUMENT, PROBE_BAD_REQUEST},
    {CURLE_COULDNT_RESOLVE_HOST, PROBE_DNS},
    {CURLE_COULDNT_CONNECT, PROBE_CONNECT},
    {CURLE_COULDNT_RESOLVE_PROXY, PROBE_PROXY},
    {CURLE_PROXY, PROBE_PROXY},
    {CURLE_PEER_FAILED_VERIFICATION, PROBE_CERTIFICATE},
    {CURLE_SSL_ISSUER_ERROR, PROBE_CERTIFICATE},
    {CURLE_SSL_CERTPROBLEM, PROBE_OWN_CERTIFICATE},
    {CURLE_SSL_CACERT_BADFILE, PROBE_OWN_CERTIFICATE},
    {CURLE_SSL_CLIENTCERT, PROBE_CLIENT_CERTIFICATE},
    {CURLE_SSL_CONNECT_ERROR, PROBE_TLS},
    {CURLE_SSL_CIPHER, PROBE_TLS},
    {CURLE_OPERATION_TIMEDOUT, PROBE_TIMEOUT},
    {CURLE_WEIRD_SERVER_REPLY, PROBE_NOT_HTTP},
};

/* The TLS library tells a missing client certificate by its alert's name only. */
static bool tells_client_certificate(const char *words) {
    return strstr(words, "certificate required") != NULL;
}

/*
 * libcurl takes what does not begin with a status line for HTTP/0.9, and has no code for that. For
 * a status line with an odd version or status it has the code of URLs that are not HTTP's.
 */
static bool tells_odd_http(const char *words) {
    return strstr(words, "HTTP/0.9") != NULL ||
           (strstr(words, "Unsupported") != NULL && strstr(words, "response") != NULL);
}

/* Nor for heads that it takes for an attack: with many interim answers, say, or over HTTP/2. */
static bool tells_large_head(const char *words) {
    return strstr(words, "Too large response headers") != NULL ||
           strstr(words, "The user callback function failed") != NULL;
}

enum probe_outcome probe_outcome_of(CURLcode code, const char *words, long proxy_status) {
    if (tells_client_certificate(words)) {
        return PROBE_CLIENT_CERTIFICATE;
    }
    if (tells_odd_http(words)) {
        return PROBE_NOT_HTTP;
    }
    if (tells_large_head(words)) {
        return PROBE_TOO_LARGE;
    }
    if (proxy_status >= 400) {
        return PROBE_PROXY;
    }
    for (size_t i = 0; i < sizeof by_code / sizeof by_code[0]; i++) {
        if (by_code[i].code == code) {
            return by_code[i].outcome;
        }
    }
    return PROBE_CLOSED;
}

void probe_outcome_explain(enum probe_outcome outcome, CURLcode code, const char *words,
                           char sentence[PROBE_SENTENCE_MAX]) {
    const char *meaning = probe_outcome_meaning(outcome);
    if (words[0] == '\0' && code == CURLE_OK) {
        (void)snprintf(sentence, PROBE_SENTENCE_MAX, "%s.", meaning);
        return;
    }
    (void)snprintf(sentence, PROBE_SENTENCE_MAX, "%s: %s.", meaning,
                   words[0] != '\0' ? words : curl_easy_strerror(code));
}
