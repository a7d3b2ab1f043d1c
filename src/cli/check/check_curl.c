/* SPDX-License-Identifier: MIT */
/* A call out of a curl command line, as browsers' "copy as cURL" writes it, or people do. */
#include <string.h>

#include "check.h"
#include "terminal.h"

enum action {
    ACTION_IGNORE,
    ACTION_METHOD,
    ACTION_HEADER,
    ACTION_DATA,
    ACTION_DATA_RAW,
    ACTION_DATA_ENCODED,
    ACTION_JSON,
    ACTION_FORM,
    ACTION_COOKIE,
    ACTION_AGENT,
    ACTION_REFERER,
    ACTION_USER,
    ACTION_HEAD,
    ACTION_GET,
    ACTION_URL,
    ACTION_CA,
    ACTION_CERTIFICATE,
    ACTION_KEY,
    ACTION_PROXY,
};

static const struct curl_option {
    char letter; /* 0: it has none */
    const char *name;
    bool takes_argument;
    enum action action;
} curl_options[] = {
    {'X', "request", true, ACTION_METHOD},
    {'H', "header", true, ACTION_HEADER},
    {'d', "data", true, ACTION_DATA},
    {0, "data-ascii", true, ACTION_DATA},
    {0, "data-binary", true, ACTION_DATA},
    {0, "data-raw", true, ACTION_DATA_RAW},
    {0, "data-urlencode", true, ACTION_DATA_ENCODED},
    {0, "json", true, ACTION_JSON},
    {'F', "form", true, ACTION_FORM},
    {0, "form-string", true, ACTION_FORM},
    {'b', "cookie", true, ACTION_COOKIE},
    {'A', "user-agent", true, ACTION_AGENT},
    {'e', "referer", true, ACTION_REFERER},
    {'u', "user", true, ACTION_USER},
    {'I', "head", false, ACTION_HEAD},
    {'G', "get", false, ACTION_GET},
    {0, "url", true, ACTION_URL},
    {0, "cacert", true, ACTION_CA},
    {'E', "cert", true, ACTION_CERTIFICATE},
    {0, "key", true, ACTION_KEY},
    {'x', "proxy", true, ACTION_PROXY},
    {'k', "insecure", false, ACTION_IGNORE},
    {'s', "silent", false, ACTION_IGNORE},
    {'S', "show-error", false, ACTION_IGNORE},
    {'v', "verbose", false, ACTION_IGNORE},
    {'i', "include", false, ACTION_IGNORE},
    {'L', "location", false, ACTION_IGNORE},
    {'f', "fail", false, ACTION_IGNORE},
    {'g', "globoff", false, ACTION_IGNORE},
    {'N', "no-buffer", false, ACTION_IGNORE},
    {'O', "remote-name", false, ACTION_IGNORE},
    {'0', "http1.0", false, ACTION_IGNORE},
    {0, "http1.1", false, ACTION_IGNORE},
    {0, "http2", false, ACTION_IGNORE},
    {0, "http3", false, ACTION_IGNORE},
    {0, "compressed", false, ACTION_IGNORE},
    {0, "path-as-is", false, ACTION_IGNORE},
    {'#', "progress-bar", false, ACTION_IGNORE},
    {'m', "max-time", true, ACTION_IGNORE},
    {0, "connect-timeout", true, ACTION_IGNORE},
    {'o', "output", true, ACTION_IGNORE},
    {'w', "write-out", true, ACTION_IGNORE},
    {'D', "dump-header", true, ACTION_IGNORE},
    {0, "resolve", true, ACTION_IGNORE},
    {0, "retry", true, ACTION_IGNORE},
};

struct curl_reading {
    struct check_call *call;
    struct check_connection *connection;
    const struct check_words *words;
    size_t next; /* of the words */
    struct keep_text data;
    const char *content_type; /* that the data brings, if none is named */
    bool head;
    bool get;
    bool form;
};

static bool complain(const char *words) {
    (void)fprintf(stderr, "cors check: --curl: %s\n", words);
    return false;
}

static const struct curl_option *find_long(cors_slice name) {
    for (size_t i = 0; i < sizeof curl_options / sizeof curl_options[0]; i++) {
        if (text_is(name, curl_options[i].name)) {
            return &curl_options[i];
        }
    }
    return NULL;
}

static const struct curl_option *find_short(char letter) {
    for (size_t i = 0; i < sizeof curl_options / sizeof curl_options[0]; i++) {
        if (curl_options[i].letter == letter && letter != 0) {
            return &curl_options[i];
        }
    }
    return NULL;
}

/* A file's content is not read: a pasted command must not send what it names. */
static bool add_data(struct curl_reading *reading, cors_slice data, bool may_name_file) {
    if (may_name_file && data.size > 0 && data.data[0] == '@') {
        return complain("data that stands in a file (@name) is not read; write --data-raw and the "
                        "data itself");
    }
    if (reading->call->has_data) {
        keep_text_put(&reading->data, "&");
    }
    keep_text_add(&reading->data, data);
    reading->call->has_data = true;
    return true;
}

static bool add_encoded(struct curl_reading *reading, cors_slice data) {
    static const char digits[] = "0123456789ABCDEF";
    struct keep_text encoded = {.keep = reading->call->keep};
    size_t equals = text_find(data, '=');
    size_t name = equals < data.size ? equals + 1 : 0;
    if (text_find(data, '@') < equals) {
        return add_data(reading, text_slice("@"), true);
    }
    keep_text_add(&encoded, (cors_slice){data.data, name > 1 ? name : 0});
    for (size_t i = name; i < data.size; i++) {
        uint8_t byte = (uint8_t)data.data[i];
        bool plain = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                     (byte >= 'a' && byte <= 'z') || (byte != 0 && strchr("-._~", byte) != NULL);
        char escape[3] = {'%', digits[byte >> 4], digits[byte & 15]};
        keep_text_add(&encoded, plain ? (cors_slice){data.data + i, 1} : (cors_slice){escape, 3});
    }
    return add_data(reading, keep_text_slice(&encoded), false);
}

static bool add_header(struct curl_reading *reading, cors_slice line) {
    size_t colon = text_find(line, ':');
    if (colon == 0 && line.size > 1) { /* HTTP/2's own, ":authority: x" */
        return true;
    }
    if (colon == line.size) { /* "Name;" is a field without a value */
        bool empty = line.size > 1 && line.data[line.size - 1] == ';';
        cors_slice name = {line.data, empty ? line.size - 1 : 0};
        return empty ? check_call_add_recorded(reading->call, name, text_slice(""))
                     : complain("a header has no colon after its name");
    }
    cors_slice value = text_trim(text_skip(line, colon + 1));
    return value.size == 0 || /* which removes what curl would send */
           check_call_add_recorded(reading->call, text_trim((cors_slice){line.data, colon}), value);
}

/* user:password, as Basic authentication writes it. RFC 4648, section 4. */
static cors_slice basic_credentials(struct keep *keep, cors_slice user) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct keep_text text = {.keep = keep};
    keep_text_put(&text, "Basic ");
    for (size_t i = 0; i < user.size; i += 3) {
        uint32_t group = 0;
        size_t count = user.size - i < 3 ? user.size - i : 3;
        char out[4] = {'=', '=', '=', '='};
        for (size_t j = 0; j < 3; j++) {
            group = group << 8 | (j < count ? (uint8_t)user.data[i + j] : 0);
        }
        for (size_t j = 0; j <= count; j++) {
            out[j] = digits[group >> (18 - 6 * j) & 63];
        }
        keep_text_add(&text, (cors_slice){out, 4});
    }
    return keep_text_slice(&text);
}

static bool take_url(struct curl_reading *reading, cors_slice url) {
    if (reading->call->call.url.size > 0) {
        return complain("the command has more than one URL; is a quote missing?");
    }
    reading->call->call.url = url;
    return true;
}

static bool apply(struct curl_reading *reading, const struct curl_option *option,
                  cors_slice argument) {
    struct check_call *call = reading->call;
    switch (option->action) {
    case ACTION_METHOD:
        call->call.method = argument;
        return true;
    case ACTION_HEADER:
        return add_header(reading, argument);
    case ACTION_JSON:
        reading->content_type = "application/json";
        return add_data(reading, argument, true);
    case ACTION_DATA:
        return add_data(reading, argument, true);
    case ACTION_DATA_RAW:
        return add_data(reading, argument, false);
    case ACTION_DATA_ENCODED:
        return add_encoded(reading, argument);
    case ACTION_FORM:
        reading->form = true;
        return true;
    case ACTION_COOKIE:
        return text_find(argument, '=') == argument.size ||
               check_call_add_recorded(call, text_slice("cookie"), argument);
    case ACTION_AGENT:
        return check_call_add_recorded(call, text_slice("user-agent"), argument);
    case ACTION_REFERER:
        return check_call_add_recorded(call, text_slice("referer"), argument);
    case ACTION_USER:
        return check_call_add_header(call, text_slice("Authorization"),
                                     basic_credentials(call->keep, argument));
    case ACTION_HEAD:
        reading->head = true;
        return true;
    case ACTION_GET:
        reading->get = true;
        return true;
    case ACTION_URL:
        return take_url(reading, argument);
    case ACTION_CA:
        reading->connection->ca_file = argument.data;
        return true;
    case ACTION_CERTIFICATE:
        reading->connection->certificate = argument.data;
        return true;
    case ACTION_KEY:
        reading->connection->key = argument.data;
        return true;
    case ACTION_PROXY:
        reading->connection->proxy = argument.data;
        return true;
    default:
        return true;
    }
}

static bool take_argument(struct curl_reading *reading, cors_slice *argument) {
    if (reading->next == reading->words->count) {
        return complain("the command ends where an option's argument is expected");
    }
    *argument = reading->words->items[reading->next++];
    return true;
}

static bool unknown_option(cors_slice option) {
    (void)fputs("cors check: --curl: the option ", stderr);
    print_clean(stderr, option);
    (void)fputs(" is not known here; leave it out if it does not change the request\n", stderr);
    return false;
}

static bool take_long(struct curl_reading *reading, cors_slice word) {
    cors_slice argument = {"", 0};
    const struct curl_option *option = find_long(text_skip(word, 2));
    if (option == NULL) {
        return unknown_option(word);
    }
    return (!option->takes_argument || take_argument(reading, &argument)) &&
           apply(reading, option, argument);
}

/* "-sXPOST": letters without arguments, then one whose argument follows at once or as a word. */
static bool take_short(struct curl_reading *reading, cors_slice word) {
    for (size_t i = 1; i < word.size; i++) {
        const struct curl_option *option = find_short(word.data[i]);
        cors_slice argument = text_skip(word, i + 1);
        if (option == NULL) {
            return unknown_option((cors_slice){word.data, i + 1});
        }
        if (option->takes_argument) {
            return (argument.size > 0 || take_argument(reading, &argument)) &&
                   apply(reading, option, argument);
        }
        if (!apply(reading, option, argument)) {
            return false;
        }
    }
    return true;
}

static bool take_words(struct curl_reading *reading) {
    while (reading->next < reading->words->count) {
        cors_slice word = reading->words->items[reading->next++];
        bool option = word.size > 1 && word.data[0] == '-';
        bool taken = !option               ? take_url(reading, word)
                     : word.data[1] == '-' ? take_long(reading, word)
                                           : take_short(reading, word);
        if (!taken) {
            return false;
        }
    }
    return true;
}

/* What curl does with what the options leave open. */
static bool complete(struct curl_reading *reading) {
    struct check_call *call = reading->call;
    if (call->call.url.size == 0) {
        return complain("the command names no URL");
    }
    call->data = keep_text_slice(&reading->data);
    if (reading->get && call->has_data) {
        char mark = text_find(call->call.url, '?') < call->call.url.size ? '&' : '?';
        call->call.url = keep_format(call->keep, "%.*s%c%.*s", SLICE_ARGUMENTS(call->call.url),
                                     mark, SLICE_ARGUMENTS(call->data));
        call->has_data = false;
        call->data = (cors_slice){"", 0};
    }
    if (reading->form) {
        call->has_data = true;
        call->call.body = CORS_BODY_FORM;
        check_call_remark(call, text_slice("Form fields are judged, and not sent."));
    }
    if (call->call.method.size == 0 && reading->head) {
        call->call.method = text_slice("HEAD");
    }
    if (!call->has_data || reading->form || check_call_names_content_type(call)) {
        return true;
    }
    return check_call_add_header(call, text_slice("Content-Type"),
                                 text_slice(reading->content_type));
}

/* "curl", perhaps with a path before it, or curl.exe. */
static bool is_curl(cors_slice word) {
    size_t start = word.size;
    while (start > 0 && word.data[start - 1] != '/' && word.data[start - 1] != '\\') {
        start--;
    }
    cors_slice name = text_skip(word, start);
    return text_is_folded(name, "curl") || text_is_folded(name, "curl.exe");
}

bool check_curl_read(struct check_call *call, const char *command,
                     struct check_connection *connection) {
    struct check_words words;
    const char *error = NULL;
    cors_slice line = text_trim(text_slice(command));
    if (text_starts_folded(line, "$ ")) {
        line = text_skip(line, 2);
    }
    if (!check_words_split(call->keep, line, &words, &error)) {
        return complain(error);
    }
    if (words.count == 0 || !is_curl(words.items[0])) {
        return complain("it takes a command that begins with curl, in quotes: "
                        "--curl 'curl https://…'");
    }
    struct curl_reading reading = {
        .call = call,
        .connection = connection,
        .words = &words,
        .next = 1,
        .data.keep = call->keep,
        .content_type = "application/x-www-form-urlencoded",
    };
    if (!take_words(&reading) || !complete(&reading)) {
        return false;
    }
    check_call_end_recorded(call);
    return true;
}
