/* SPDX-License-Identifier: MIT */
/* cors check: plays the browser against a real server, and says what it does and why. */
#include "check.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "json_text.h"
#include "shared_options.h"
#include "terminal.h"

enum { RESOLVES_MAX = 32, SECONDS_MAX = 3600 };

static void print_help(void) {
    (void)printf(
        "Usage: cors check URL [OPTION]...\n"
        "       cors check [URL] --har FILE | --curl 'curl ...' [OPTION]...\n"
        "       cors check [URL] --answer FILE [OPTION]...\n\n"
        "Plays the browser against a real server: sends the preflight and the request that a\n"
        "page's call leads to, shows the exchange, and says whether the page gets the answer;\n"
        "if not, why, in the browser's own words, and what to change on the server.\n\n"
        "A request that could change something (not GET, HEAD or OPTIONS) is not sent without\n"
        "--send; only its preflight is judged then.\n\n"
        "The call:\n"
        "  --origin ORIGIN             the page's origin; default https://app.example\n"
        "  -X, --method METHOD         default GET, or POST with --data\n"
        "  -H, --header 'NAME: VALUE'  as script sets it; Cookie goes along with --credentials;\n"
        "                              @FILE: a header a line, - for standard input\n"
        "  --data DATA                 the body\n"
        "  --credentials               credentials: \"include\", or withCredentials\n"
        "  --browser NAME              chromium (default), firefox, safari or standard\n"
        "  --har FILE                  the call out of a browser's HAR file\n"
        "  --curl COMMAND              the call out of what \"Copy as cURL\" gives\n\n"
        "The answers:\n"
        "  --send                      send the request whatever its method\n"
        "  --answer FILE               judge what `curl -i` printed, without a network; - for\n"
        "                              standard input\n"
        "  --cacert FILE               the authorities to trust, PEM\n"
        "  --cert FILE, --key FILE     the client certificate, PEM\n"
        "  --resolve HOST:PORT:ADDRESS where to find a host\n"
        "  --proxy URL                 the proxy; else as http_proxy and its like say\n"
        "  --timeout SECONDS           for each answer; default 30\n\n"
        "Output:\n"
        "  --json                      JSON\n"
        "  --color auto|always|never   NO_COLOR is honoured\n"
        "  --help                      this text\n\n"
        "Authorization, cookies and the like are sent and never shown.\n\n"
        "Examples:\n"
        "  cors check https://api.example.com/items --origin https://app.example.com\n"
        "  cors check https://api.example.com/items/1 -X DELETE -H 'X-Token: abc' --credentials\n"
        "  curl -i https://api.example.com/ | cors check https://api.example.com/ --answer -\n\n"
        "Exit status: 0 the page gets the answer, or nothing speaks against it so far; 1 the\n"
        "browser blocks it; 2 wrong usage; 3 the network failed.\n");
}

struct check_options {
    struct keep *keep;
    struct check_call call;
    struct check_connection connection;
    cors_slice url;
    const char *origin;
    const char *method;
    const char *data;
    const char *har;
    const char *curl;
    const char *answer;
    cors_slice headers[CHECK_HEADERS_MAX];
    size_t header_count;
    const char *resolves[RESOLVES_MAX];
    size_t resolve_count;
    long timeout_ms;
    bool credentials;
    bool json;
    enum colour_choice colour;
};

enum {
    OPTION_CREDENTIALS = 256,
    OPTION_SEND,
    OPTION_JSON,
    OPTION_HELP,
    OPTION_COLOUR,
    OPTION_BROWSER,
    OPTION_RESOLVE,
    OPTION_TIMEOUT,
    OPTION_ORIGIN,
    OPTION_DATA,
    OPTION_HAR,
    OPTION_CURL,
    OPTION_ANSWER,
    OPTION_CA,
    OPTION_CERTIFICATE,
    OPTION_KEY,
    OPTION_PROXY
};

static bool complain(const char *words) {
    (void)fprintf(stderr, "cors check: %s\n", words);
    return false;
}

static bool read_timeout(const char *argument, long *milliseconds) {
    char *end;
    double seconds = strtod(argument, &end);
    if (end == argument || *end != '\0' || !(seconds > 0.0 && seconds <= SECONDS_MAX)) {
        return complain("--timeout takes seconds, more than 0 and at most 3600");
    }
    *milliseconds = seconds < 0.001 ? 1 : (long)(seconds * 1000.0);
    return true;
}

static bool add_header(void *context, cors_slice line) {
    struct check_options *options = context;
    if (options->header_count == CHECK_HEADERS_MAX) {
        return complain("there are too many headers");
    }
    options->headers[options->header_count++] = line;
    return true;
}

static bool add_resolve(struct check_options *options, const char *argument) {
    const char *colon = strchr(argument, ':');
    if (colon == NULL || strchr(colon + 1, ':') == NULL) {
        return complain("--resolve takes HOST:PORT:ADDRESS: api.example.com:443:127.0.0.1");
    }
    if (options->resolve_count == RESOLVES_MAX) {
        return complain("there are too many --resolve options");
    }
    options->resolves[options->resolve_count++] = argument;
    return true;
}

static bool read_browser(const char *argument, cors_browser *browser) {
    return cors_browser_find(text_slice(argument), browser) ||
           complain("--browser is chromium, firefox, safari or standard");
}

/* Where an option's argument is only noted. */
static const char **place_of(struct check_options *options, int option) {
    switch (option) {
    case OPTION_ORIGIN:
        return &options->origin;
    case 'X':
        return &options->method;
    case OPTION_DATA:
        return &options->data;
    case OPTION_HAR:
        return &options->har;
    case OPTION_CURL:
        return &options->curl;
    case OPTION_ANSWER:
        return &options->answer;
    case OPTION_CA:
        return &options->connection.ca_file;
    case OPTION_CERTIFICATE:
        return &options->connection.certificate;
    case OPTION_KEY:
        return &options->connection.key;
    case OPTION_PROXY:
        return &options->connection.proxy;
    default:
        return NULL;
    }
}

static bool take_option(struct check_options *options, int option, const char *argument) {
    const char **place = place_of(options, option);
    if (place != NULL) {
        *place = argument;
        return true;
    }
    switch (option) {
    case 'H':
        return check_header_option_read(options->keep, argument, add_header, options);
    case OPTION_CREDENTIALS:
        options->credentials = true;
        return true;
    case OPTION_SEND:
        options->call.sends = true;
        return true;
    case OPTION_JSON:
        options->json = true;
        return true;
    case OPTION_BROWSER:
        return read_browser(argument, &options->call.browser);
    case OPTION_RESOLVE:
        return add_resolve(options, argument);
    case OPTION_TIMEOUT:
        return read_timeout(argument, &options->timeout_ms);
    case OPTION_COLOUR:
        return colour_choice_read(argument, &options->colour);
    default:
        return complain("`cors check --help` lists the options");
    }
}

/* Reads the options; returns -1 to go on, else the exit code. */
static int read_options(int argc, char **argv, struct check_options *options) {
    static const struct option known[] = {
        {"origin", required_argument, NULL, OPTION_ORIGIN},
        {"method", required_argument, NULL, 'X'},
        {"request", required_argument, NULL, 'X'},
        {"header", required_argument, NULL, 'H'},
        {"data", required_argument, NULL, OPTION_DATA},
        {"credentials", no_argument, NULL, OPTION_CREDENTIALS},
        {"browser", required_argument, NULL, OPTION_BROWSER},
        {"send", no_argument, NULL, OPTION_SEND},
        {"har", required_argument, NULL, OPTION_HAR},
        {"curl", required_argument, NULL, OPTION_CURL},
        {"answer", required_argument, NULL, OPTION_ANSWER},
        {"cacert", required_argument, NULL, OPTION_CA},
        {"cert", required_argument, NULL, OPTION_CERTIFICATE},
        {"key", required_argument, NULL, OPTION_KEY},
        {"resolve", required_argument, NULL, OPTION_RESOLVE},
        {"proxy", required_argument, NULL, OPTION_PROXY},
        {"timeout", required_argument, NULL, OPTION_TIMEOUT},
        {"json", no_argument, NULL, OPTION_JSON},
        {"color", required_argument, NULL, OPTION_COLOUR},
        {"help", no_argument, NULL, OPTION_HELP},
        {NULL, 0, NULL, 0},
    };
    static char command_name[] = "cors check"; /* for getopt's messages */
    int option;
    argv[0] = command_name;
    while ((option = shared_option_next(argc, argv, ":X:H:d:", known)) != -1) {
        if (option == OPTION_HELP) {
            print_help();
            return EXIT_FINE;
        }
        if (!take_option(options, option == 'd' ? OPTION_DATA : option, optarg)) {
            return EXIT_USAGE;
        }
    }
    if (argc - optind > 1) {
        (void)complain("one URL at a time; is something to be quoted?");
        return EXIT_USAGE;
    }
    options->url = text_slice(optind < argc ? argv[optind] : NULL);
    return -1;
}

static bool options_fit(const struct check_options *options) {
    if (options->har != NULL && options->curl != NULL) {
        return complain("--har and --curl both say what the call is; give one of them");
    }
    if (options->curl != NULL && options->url.size > 0) {
        return complain("the command that --curl takes names the URL already; give one of them");
    }
    if (options->answer != NULL && options->call.sends) {
        return complain("--answer judges what is there, and --send sends; give one of them");
    }
    if (options->connection.key != NULL && options->connection.certificate == NULL) {
        return complain("--key belongs to a certificate: name it with --cert");
    }
    return true;
}

/* What the options say stands above what was recorded. */
static bool apply_options(struct check_options *options) {
    struct check_call *call = &options->call;
    if (options->url.size > 0) {
        call->call.url = options->url;
    } else if (options->answer != NULL && call->call.url.size == 0) {
        call->call.url = text_slice("https://api.example/");
        check_call_remark(call, text_slice("No URL is given: it is taken to be "
                                           "https://api.example/."));
    }
    if (options->method != NULL) {
        call->call.method = text_slice(options->method);
    }
    if (options->data != NULL) {
        call->data = text_slice(options->data);
        call->has_data = true;
        call->data_hidden = false;
    }
    if (options->credentials) {
        call->call.credentials = CORS_CREDENTIALS_INCLUDE;
    }
    for (size_t i = 0; i < options->header_count; i++) {
        if (!check_call_add_header_line(call, "-H", options->headers[i])) {
            return false;
        }
    }
    return (options->origin == NULL || check_call_set_page(call, options->origin)) &&
           check_call_complete(call);
}

static bool make_call(struct check_options *options) {
    struct check_call *call = &options->call;
    if (options->har != NULL && !check_har_read(call, options->har, options->url)) {
        return false;
    }
    if (options->curl != NULL && !check_curl_read(call, options->curl, &options->connection)) {
        return false;
    }
    return apply_options(options);
}

/* Returns -1 to go on, else the exit code. */
static int play_answers(const struct check_options *options, struct check_outcome *outcome) {
    struct check_pasted pasted;
    cors_slice text;
    if (!check_file_read(options->keep, options->answer, CHECK_INPUT_BYTES_MAX, &text)) {
        return EXIT_USAGE;
    }
    if (!check_answer_read(&pasted, options->keep, text, options->answer)) {
        check_answer_free(&pasted);
        return EXIT_USAGE;
    }
    check_play(outcome, check_answer_next, &pasted);
    check_answer_remark(&pasted, outcome);
    check_answer_free(&pasted);
    return -1;
}

static int play_server(const struct check_options *options, struct check_outcome *outcome) {
    struct probe_options how = {
        .ca_file = options->connection.ca_file,
        .certificate = options->connection.certificate,
        .key = options->connection.key,
        .resolve = options->resolves,
        .resolve_count = options->resolve_count,
        .proxy = options->connection.proxy,
        .total_ms = options->timeout_ms,
    };
    struct check_sender sender = {probe_session_create(&how), &options->call, &how};
    if (sender.session == NULL) {
        (void)complain("out of memory");
        return EXIT_FAILED;
    }
    check_play(outcome, check_send, &sender);
    probe_session_destroy(sender.session);
    return -1;
}

static int finish(const struct check_options *options, struct check_outcome *outcome) {
    check_server_recognise(outcome);
    check_curl_lines_make(outcome);
    check_snippets_choose(outcome);
    check_notes_take(outcome);
    if (options->json) {
        if (!check_json_print(outcome, stdout)) {
            (void)complain("out of memory, or the output cannot be written");
            return EXIT_FAILED;
        }
    } else {
        check_report_print(outcome, stdout, colour_wanted(options->colour, stdout));
    }
    if (check_network_failed(outcome)) {
        return EXIT_FAILED;
    }
    return check_failed(outcome) ? EXIT_FINDING : EXIT_FINE;
}

static int run(struct check_options *options) {
    if (!options_fit(options) || !make_call(options)) {
        return EXIT_USAGE;
    }
    struct check_outcome *outcome = keep_memory(options->keep, sizeof *outcome);
    outcome->call = &options->call;
    int code =
        options->answer != NULL ? play_answers(options, outcome) : play_server(options, outcome);
    return code >= 0 ? code : finish(options, outcome);
}

int cors_check_main(int argc, char **argv) {
    struct keep keep = {NULL};
    struct check_options *options = keep_memory(&keep, sizeof *options);
    json_needs_memory();
    options->keep = &keep;
    options->call.keep = &keep;
    options->call.browser = CORS_BROWSER_CHROMIUM;
    options->call.agent =
        text_slice("Mozilla/5.0 (compatible; cors-check/" CORS_VERSION_STRING ")");
    int code = read_options(argc, argv, options);
    if (code < 0) {
        code = run(options);
    }
    keep_free(&keep);
    return code;
}
