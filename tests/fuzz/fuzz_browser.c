/* SPDX-License-Identifier: MIT */
/*
 * The browser's half, driven by blocks of lines with an empty one between them. A block is a call,
 * its answers follow until it is done, and then comes the next call, with the same cache and all
 * that the one before it was but for its headers. The lines of a call:
 *
 *     b 1  browser        i 0  initiator     o 0  mode    c 1  credentials
 *     d 0  redirect mode  k 0  cache mode    y 1  body    l 1  upload listener
 *     p PAGE    t TOP    u URL    m METHOD    h NAME:VALUE    z BODY'S TYPE
 *     g ADDRESS of the page    w HOST that is upgraded
 *     n 0  no cache    f 9  units of memory    + 9  seconds later
 *
 * An answer is "200" or "200 ADDRESS" and field lines; one that begins with "x" is none at all.
 */
#include <cors/browser.h>
#include <cors/origin.h>
#include <string.h>

#include "fuzzed_input.h"
#include "fuzzed_memory.h"
#include "invariant.h"
#include "naive_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FIELDS_MAX = 16, CACHE_SIZE = 600, MEMORY_UNIT = 128 };

/* Each of 21 hops takes a preflight and a request at most. */
enum { STEPS_MAX = 2 * (CORS_REDIRECTS_MAX + 1) };

struct play {
    struct fuzzed_memory memory;
    struct fuzzed_input input;
    cors_preflight_cache cache;
    cors_browser browser;
    cors_call call;
    cors_field headers[FIELDS_MAX];
    cors_slice upgraded;
    bool has_cache;
    size_t memory_size;
    int64_t now;
    const cors_response *last; /* the answer to what was sent last */
    unsigned redirects;
    bool tainted; /* one origin that was not the page's led to another */
};

/* What was sent last. */
struct sent {
    cors_step step;
    cors_slice url;
    cors_slice origin;
    cors_slice method;  /* that a preflight asks for, */
    cors_slice headers; /* as names with commas */
    bool credentials;
};

/* Stands in for libidn2: the same size of work, and always ASCII. */
static bool to_ascii(void *context, cors_slice label, char *out, size_t capacity, size_t *size) {
    (void)context;
    size_t at = 0;
    for (; at < strlen("xn--") && at < capacity; at++) {
        out[at] = "xn--"[at];
    }
    for (size_t i = 0; i < label.size && at < capacity; i++) {
        out[at++] = (char)('a' + (uint8_t)label.data[i] % 26);
    }
    *size = at;
    return at < capacity && label.size < 40;
}

static unsigned number(cors_slice text) {
    unsigned value = 0;
    for (size_t i = 0; i < text.size && text.data[i] >= '0' && text.data[i] <= '9' && i < 6; i++) {
        value = value * 10 + (unsigned)(text.data[i] - '0');
    }
    return value;
}

static void add_field(struct play *play, cors_slice line, cors_field *fields, size_t *count) {
    struct fuzzed_input rest = {line.data, line.size};
    if (*count < FIELDS_MAX) {
        fields[*count].name = fuzzed_copy(&play->memory, fuzzed_until(&rest, ':'));
        fields[*count].value = fuzzed_copy(&play->memory, fuzzed_rest(&rest));
        (*count)++;
    }
}

static void set_text(struct play *play, char letter, cors_slice text) {
    cors_slice copy = fuzzed_copy(&play->memory, text);
    cors_origin origin;
    switch (letter) {
    case 'p':
        play->call.page = cors_origin_parse(copy, &origin) ? copy : play->call.page;
        break;
    case 't':
        play->call.top = cors_origin_parse(copy, &origin) ? copy : play->call.top;
        break;
    case 'u':
        play->call.url = copy;
        break;
    case 'm':
        play->call.method = copy;
        break;
    case 'z':
        play->call.body_type = copy;
        break;
    case 'g':
        play->call.page_address = copy;
        break;
    case 'w':
        play->upgraded = copy;
        play->call.upgraded_host_count = 1;
        break;
    default:
        add_field(play, text, play->headers, &play->call.header_count);
        break;
    }
}

/* Returns whether the letter takes a number. */
static bool set_number(struct play *play, char letter, unsigned value) {
    switch (letter) {
    case 'b':
        play->browser = (cors_browser)(value % 4);
        return true;
    case 'i':
        play->call.initiator = (cors_initiator)(value % 9);
        return true;
    case 'o':
        play->call.mode = (cors_mode)(value % 3);
        return true;
    case 'c':
        play->call.credentials = (cors_credentials_mode)(value % 3);
        return true;
    case 'd':
        play->call.redirect = (cors_redirect_mode)(value % 3);
        return true;
    case 'k':
        play->call.cache = (cors_cache_mode)(value % 6);
        return true;
    case 'y':
        play->call.body = (cors_body)(value % 7);
        return true;
    case 'l':
        play->call.upload_listener = value % 2 != 0;
        return true;
    case 'n':
        play->has_cache = value % 2 != 0;
        return true;
    case 'f':
        play->memory_size = (size_t)(value % 600) * MEMORY_UNIT;
        return true;
    case '+':
        play->now += (int64_t)value * 1000;
        return true;
    default:
        return false;
    }
}

static void read_call(struct play *play) {
    cors_slice line;
    play->call.headers = play->headers;
    play->call.header_count = 0;
    while ((line = fuzzed_until(&play->input, '\n')).size > 0) {
        cors_slice text = naive_after(line, line.size < 2 ? line.size : 2);
        if (!set_number(play, line.data[0], number(text))) {
            set_text(play, line.data[0], text);
        }
    }
    play->call.upgraded_hosts = &play->upgraded;
}

static bool is_visible(cors_slice text) {
    for (size_t i = 0; i < text.size; i++) {
        if ((uint8_t)text.data[i] <= ' ' || text.data[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

static void check_url(cors_slice url) {
    INVARIANT(naive_starts_with(url, CORS_SLICE("http://")) ||
                  naive_starts_with(url, CORS_SLICE("https://")),
              "only http and https URLs are asked for");
    size_t host = naive_find(url, CORS_SLICE("://")) + strlen("://");
    cors_slice rest = naive_after(url, host);
    cors_slice authority = {rest.data, naive_find(rest, CORS_SLICE("/"))};
    INVARIANT(authority.size > 0 && authority.size < rest.size, "a URL has a host and a path");
    INVARIANT(naive_find(authority, CORS_SLICE("@")) == authority.size, "no user name is sent");
    INVARIANT(naive_find(url, CORS_SLICE("#")) == url.size, "no fragment is sent");
    INVARIANT(is_visible(url), "a URL holds no spaces and control characters");
}

static bool is_forbidden(cors_slice name) {
    static const cors_slice names[] = {
        CORS_SLICE("host"),       CORS_SLICE("cookie"), CORS_SLICE("content-length"),
        CORS_SLICE("connection"), CORS_SLICE("sec-x"),  CORS_SLICE("proxy-authorization")};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (naive_is_same_in_any_case(name, names[i])) {
            return true;
        }
    }
    return false;
}

static bool holds_line_break(cors_slice value) {
    return naive_find(value, CORS_SLICE("\n")) < value.size ||
           naive_find(value, CORS_SLICE("\r")) < value.size ||
           memchr(value.size > 0 ? value.data : "", '\0', value.size) != NULL;
}

static void check_fields(const cors_fetch *fetch) {
    cors_field field;
    size_t position = 0;
    size_t origins = 0;
    while (cors_fetch_next_field(fetch, &position, &field)) {
        INVARIANT(naive_is_token(field.name), "a field's name is a token");
        INVARIANT(!holds_line_break(field.value), "a field's value is one line");
        INVARIANT(!is_forbidden(field.name), "script sets no header that is forbidden");
        origins += naive_is_same_in_any_case(field.name, CORS_SLICE("Origin")) ? 1 : 0;
    }
    INVARIANT(origins == (cors_fetch_origin(fetch).data != NULL ? 1 : 0),
              "Origin is sent once, where it is sent");
}

static void check_preflight(const cors_fetch *fetch) {
    cors_why why;
    cors_slice what;
    size_t position = 0;
    size_t reasons = 0;
    INVARIANT(naive_is_same(cors_fetch_method(fetch), CORS_SLICE("OPTIONS")),
              "a preflight is an OPTIONS request");
    INVARIANT(!cors_fetch_sends_credentials(fetch), "a preflight carries no credentials");
    INVARIANT(!cors_fetch_sends_body(fetch), "a preflight carries no body");
    INVARIANT(cors_fetch_origin(fetch).size > 0, "a preflight names the origin");
    INVARIANT(naive_is_token(cors_fetch_requested_method(fetch)), "a preflight names the method");
    while (cors_fetch_next_why(fetch, &position, &why, &what)) {
        reasons++;
    }
    INVARIANT(reasons > 0, "a preflight has a reason");
}

static bool is_simple(cors_slice method) {
    return naive_is_same(method, CORS_SLICE("GET")) || naive_is_same(method, CORS_SLICE("HEAD")) ||
           naive_is_same(method, CORS_SLICE("POST"));
}

static bool is_of_origin(cors_slice url, cors_slice origin) {
    return naive_starts_with(url, origin) && url.size > origin.size && url.data[origin.size] == '/';
}

/* The values of all lines of a name, joined. */
static cors_slice joined(struct play *play, const cors_response *response, cors_slice name) {
    cors_slice value = {NULL, 0};
    size_t lines = 0;
    for (size_t i = 0; i < response->field_count; i++) {
        cors_slice more = response->fields[i].value;
        if (!naive_is_same_in_any_case(response->fields[i].name, name)) {
            continue;
        }
        while (more.size > 0 && memchr(" \t\r\n", more.data[0], 4) != NULL) {
            more = naive_after(more, 1);
        }
        while (more.size > 0 && memchr(" \t\r\n", more.data[more.size - 1], 4) != NULL) {
            more.size--;
        }
        value = lines++ == 0
                    ? fuzzed_copy(&play->memory, more)
                    : fuzzed_join(&play->memory,
                                  fuzzed_join(&play->memory, value, CORS_SLICE(", ")), more);
    }
    return value;
}

static bool names(cors_slice list, cors_slice wanted, bool any_case) {
    cors_slice name;
    while (naive_next_element(&list, &name)) {
        if (any_case ? naive_is_same_in_any_case(name, wanted) : naive_is_same(name, wanted)) {
            return true;
        }
    }
    return false;
}

/* Whether an answer lets an origin read it. */
static void check_allowed(struct play *play, const cors_response *response, cors_slice origin,
                          bool credentials) {
    cors_slice allowed = joined(play, response, CORS_SLICE("Access-Control-Allow-Origin"));
    cors_slice with = joined(play, response, CORS_SLICE("Access-Control-Allow-Credentials"));
    bool any = naive_is_same(allowed, CORS_SLICE("*")) && !credentials;
    INVARIANT(any || naive_is_same(allowed, origin),
              "an answer is read by the origin that it names, or by any without credentials");
    INVARIANT(!credentials || naive_is_same(with, CORS_SLICE("true")),
              "an answer to credentials allows them");
}

/* Only the standard keeps a * from meaning Authorization. */
static bool is_header_granted(const struct play *play, cors_slice list, cors_slice name, bool any) {
    bool covered = any && (play->browser != CORS_BROWSER_STANDARD ||
                           !naive_is_same(name, CORS_SLICE("authorization")));
    return names(list, name, true) || (covered && names(list, CORS_SLICE("*"), false));
}

/* What is sent behind a preflight is what that was answered to allow. */
static void check_granted(struct play *play, const cors_fetch *fetch,
                          const struct sent *preflight) {
    const cors_response *response = play->last;
    const bool credentials = cors_fetch_sends_credentials(fetch);
    cors_slice methods = joined(play, response, CORS_SLICE("Access-Control-Allow-Methods"));
    cors_slice headers = joined(play, response, CORS_SLICE("Access-Control-Allow-Headers"));
    cors_slice wanted = preflight->headers;
    cors_slice name;
    INVARIANT(response->status >= 200 && response->status <= 299,
              "a preflight is answered with a status of success");
    if (!is_of_origin(preflight->url, play->call.page)) {
        check_allowed(play, response, preflight->origin, credentials);
    }
    /* Without a list the standard takes the method for granted that only a flag has asked about. */
    bool unlisted = methods.data == NULL && play->browser == CORS_BROWSER_STANDARD;
    INVARIANT(is_simple(preflight->method) || unlisted ||
                  names(methods, preflight->method, false) ||
                  (!credentials && names(methods, CORS_SLICE("*"), false)),
              "a method is sent that the preflight's answer allows");
    while (naive_next_element(&wanted, &name)) {
        INVARIANT(is_header_granted(play, headers, name, !credentials),
                  "a header is sent that the preflight's answer allows");
    }
}

/* Without a cache nothing but a preflight to the same URL lets an unusual method go elsewhere. */
static void check_request(struct play *play, const cors_fetch *fetch, const struct sent *before) {
    bool elsewhere = !is_of_origin(cors_fetch_url(fetch), play->call.page);
    INVARIANT(cors_fetch_requested_method(fetch).data == NULL &&
                  cors_fetch_requested_headers(fetch).data == NULL,
              "only a preflight asks");
    cors_initiator initiator = play->call.initiator;
    bool by_script = initiator == CORS_INITIATOR_FETCH || initiator == CORS_INITIATOR_XHR;
    if (elsewhere && by_script && !play->has_cache && !is_simple(cors_fetch_method(fetch))) {
        INVARIANT(before->step == CORS_STEP_PREFLIGHT &&
                      naive_is_same(before->url, cors_fetch_url(fetch)),
                  "an unusual method goes to another origin behind a preflight only");
    }
    if (before->step == CORS_STEP_PREFLIGHT) {
        INVARIANT(naive_is_same(before->url, cors_fetch_url(fetch)),
                  "what is sent behind a preflight goes where that went");
        check_granted(play, fetch, before);
    }
}

/* A URL up to its path. */
static cors_slice origin_of(cors_slice url) {
    size_t host = naive_find(url, CORS_SLICE("://")) + strlen("://");
    return (cors_slice){url.data, host + naive_find(naive_after(url, host), CORS_SLICE("/"))};
}

/* What follows an answer to a request is a redirect. Firefox preflights as the page all the same.
 */
static void check_redirect(struct play *play, const cors_fetch *fetch, const struct sent *before) {
    cors_slice origin = cors_fetch_origin(fetch);
    if (before->step == CORS_STEP_REQUEST) {
        cors_slice left = origin_of(before->url);
        play->redirects++;
        play->tainted |= !naive_is_same(left, origin_of(cors_fetch_url(fetch))) &&
                         !naive_is_same(left, play->call.page);
    }
    INVARIANT(play->redirects <= CORS_REDIRECTS_MAX, "a call follows so many redirects at most");
    bool as_page =
        play->browser == CORS_BROWSER_FIREFOX && cors_fetch_step(fetch) == CORS_STEP_PREFLIGHT;
    INVARIANT(!play->tainted || as_page || origin.data == NULL ||
                  naive_is_same(origin, CORS_SLICE("null")),
              "an origin that led to another makes the page a stranger");
}

static struct sent check_step(struct play *play, const cors_fetch *fetch,
                              const struct sent *before) {
    check_url(cors_fetch_url(fetch));
    check_fields(fetch);
    check_redirect(play, fetch, before);
    if (cors_fetch_step(fetch) == CORS_STEP_PREFLIGHT) {
        check_preflight(fetch);
    } else {
        check_request(play, fetch, before);
    }
    return (struct sent){cors_fetch_step(fetch),
                         fuzzed_copy(&play->memory, cors_fetch_url(fetch)),
                         fuzzed_copy(&play->memory, cors_fetch_origin(fetch)),
                         fuzzed_copy(&play->memory, cors_fetch_requested_method(fetch)),
                         fuzzed_copy(&play->memory, cors_fetch_requested_headers(fetch)),
                         cors_fetch_sends_credentials(fetch)};
}

/* An answer that lives on until all is over. */
static void answer(struct play *play, cors_fetch *fetch) {
    cors_slice first = fuzzed_until(&play->input, '\n');
    cors_response response = {.status = (int)number(first)};
    cors_field *fields = fuzzed_allocate(&play->memory, FIELDS_MAX * sizeof *fields);
    size_t space = naive_find(first, CORS_SLICE(" "));
    cors_slice line;
    while (first.size > 0 && (line = fuzzed_until(&play->input, '\n')).size > 0) {
        add_field(play, line, fields, &response.field_count);
    }
    if (first.size == 0 || first.data[0] == 'x') {
        cors_fetch_fail(fetch);
        return;
    }
    cors_response *kept = fuzzed_allocate(&play->memory, sizeof *kept);
    response.fields = fields;
    response.address =
        fuzzed_copy(&play->memory, naive_after(first, space < first.size ? space + 1 : space));
    *kept = response;
    play->last = kept;
    cors_status status = cors_fetch_answer(fetch, &response, play->now);
    INVARIANT(status == CORS_OK || status == CORS_TOO_LARGE, "an answer is taken, or too large");
    INVARIANT(status == CORS_OK || cors_fetch_result(fetch)->code == CORS_CODE_NETWORK_FAILURE,
              "a call whose memory is full has failed");
}

/* Script reads an answer of another origin only if that allowed it. */
static void check_access(struct play *play, const cors_fetch *fetch, const struct sent *last) {
    const cors_response *response = cors_fetch_response(fetch);
    check_allowed(play, response, last->origin, last->credentials);
    cors_slice exposed = joined(play, response, CORS_SLICE("Access-Control-Expose-Headers"));
    cors_slice name;
    bool listed = false;
    while (naive_next_element(&exposed, &name)) {
        listed |= naive_is_same_in_any_case(name, CORS_SLICE("x-secret")) ||
                  (naive_is_same(name, CORS_SLICE("*")) && !last->credentials);
    }
    INVARIANT(listed || !cors_fetch_exposes(fetch, CORS_SLICE("X-Secret")),
              "script reads no header that is not exposed");
    INVARIANT(!cors_fetch_exposes(fetch, CORS_SLICE("Set-Cookie")), "no script reads Set-Cookie");
}

static void check_message(struct play *play, const cors_failure *failure) {
    char small[5];
    for (int browser = 0; browser < 4; browser++) {
        size_t size = cors_failure_message(failure, (cors_browser)browser, NULL, 0);
        char *whole = fuzzed_allocate(&play->memory, size);
        INVARIANT(cors_failure_message(failure, (cors_browser)browser, whole, size) == size &&
                      cors_failure_message(failure, (cors_browser)browser, small, sizeof small) ==
                          size,
                  "a message is as long as it was");
        INVARIANT(memcmp(whole, small, size < sizeof small ? size : sizeof small) == 0,
                  "a small buffer gets the start of a message");
    }
}

static void check_result(struct play *play, const cors_fetch *fetch, const struct sent *last) {
    const cors_result *result = cors_fetch_result(fetch);
    char buffer[256];
    cors_repair repair;
    cors_field_id field;
    INVARIANT((result->code == CORS_CODE_OK) == (result->type != CORS_RESPONSE_ERROR),
              "a call that failed has no response, and one that did not has one");
    INVARIANT(cors_code_name(result->code)[0] != '\0', "a code has a name");
    if (result->code == CORS_CODE_OK && result->type == CORS_RESPONSE_CORS) {
        check_access(play, fetch, last);
    }
    if (result->code != CORS_CODE_OK) {
        INVARIANT(result->failure.code == result->code, "a failure is told by its code");
        INVARIANT(result->status == 0, "script sees no status of what it may not read");
        INVARIANT(!cors_code_field(result->code, &field) || cors_field_name(field)[0] != '\0',
                  "the field that a failure is about has a name");
        check_message(play, &result->failure);
    }
    bool repaired = cors_fetch_repair(fetch, buffer, sizeof buffer, &repair);
    INVARIANT(!repaired || (repair.name.size > 0) || repair.status != 0,
              "a repair changes a field or the status");
    (void)cors_fetch_repair(fetch, buffer, 3, &repair);
}

static void play_call(struct play *play) {
    cors_fetch *fetch;
    struct sent sent = {.step = CORS_STEP_DONE};
    play->redirects = 0;
    play->tainted = false;
    read_call(play);
    void *memory = fuzzed_allocate(&play->memory, play->memory_size);
    cors_status status = cors_fetch_begin(memory, play->memory_size, &play->call, play->browser,
                                          play->has_cache ? &play->cache : NULL, play->now, &fetch);
    INVARIANT(status == CORS_OK || status == CORS_TOO_LARGE, "a call begins, or is too large");
    if (status != CORS_OK) {
        return;
    }
    int steps = 0;
    while (cors_fetch_step(fetch) != CORS_STEP_DONE) {
        INVARIANT(++steps <= STEPS_MAX, "a call ends");
        sent = check_step(play, fetch, &sent);
        answer(play, fetch);
        INVARIANT(play->cache.used <= play->cache.size, "the cache stays in its memory");
    }
    check_result(play, fetch, &sent);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct play play = {.input = fuzzed_input_of(data, size),
                        .has_cache = true,
                        .memory_size = CORS_FETCH_MEMORY,
                        .call = {.page = CORS_SLICE("https://a.b"),
                                 .url = CORS_SLICE("https://c.d/e"),
                                 .method = CORS_SLICE("GET"),
                                 .to_ascii = to_ascii}};
    cors_preflight_cache_begin(&play.cache, fuzzed_allocate(&play.memory, CACHE_SIZE), CACHE_SIZE);
    while (!fuzzed_is_empty(&play.input)) {
        play_call(&play);
    }
    fuzzed_free_all(&play.memory);
    return 0;
}
