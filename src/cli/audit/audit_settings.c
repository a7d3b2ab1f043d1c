/* SPDX-License-Identifier: MIT */
#include "audit_settings.h"

#include <cors/origin.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "audit_help.h"
#include "check.h"
#include "command.h"
#include "shared_options.h"

enum {
    CONCURRENCY_DEFAULT = 256,
    CONCURRENCY_MAX = 4096,
    SECONDS_MAX = 3600,
    RATE_MAX = 1000000,
    HEADERS_MAX = 512, /* as `cors check` takes */
    TIMEOUT_MS = 10000,
};

enum {
    OPTION_TARGETS = 256,
    OPTION_OPENAPI,
    OPTION_BASE,
    OPTION_HAR,
    OPTION_UNSAFE,
    OPTION_DATA,
    OPTION_COOKIE,
    OPTION_ORIGIN,
    OPTION_CA,
    OPTION_CERTIFICATE,
    OPTION_KEY,
    OPTION_PROXY,
    OPTION_RESOLVE,
    OPTION_TIMEOUT,
    OPTION_RATE,
    OPTION_RATE_ALL,
    OPTION_CONCURRENCY,
    OPTION_QUICK,
    OPTION_DRY_RUN,
    OPTION_FAIL_ON,
    OPTION_BASELINE,
    OPTION_WRITE_BASELINE,
    OPTION_RESUME,
    OPTION_JSON,
    OPTION_JSON_LINES,
    OPTION_SARIF,
    OPTION_JUNIT,
    OPTION_HTML,
    OPTION_COLOUR,
    OPTION_HELP,
};

static const struct option known[] = {
    {"targets", required_argument, NULL, OPTION_TARGETS},
    {"openapi", required_argument, NULL, OPTION_OPENAPI},
    {"base", required_argument, NULL, OPTION_BASE},
    {"har", required_argument, NULL, OPTION_HAR},
    {"unsafe", no_argument, NULL, OPTION_UNSAFE},
    {"method", required_argument, NULL, 'X'},
    {"request", required_argument, NULL, 'X'},
    {"header", required_argument, NULL, 'H'},
    {"data", required_argument, NULL, OPTION_DATA},
    {"cookie", required_argument, NULL, OPTION_COOKIE},
    {"origin", required_argument, NULL, OPTION_ORIGIN},
    {"cacert", required_argument, NULL, OPTION_CA},
    {"cert", required_argument, NULL, OPTION_CERTIFICATE},
    {"key", required_argument, NULL, OPTION_KEY},
    {"proxy", required_argument, NULL, OPTION_PROXY},
    {"resolve", required_argument, NULL, OPTION_RESOLVE},
    {"timeout", required_argument, NULL, OPTION_TIMEOUT},
    {"rate", required_argument, NULL, OPTION_RATE},
    {"rate-all", required_argument, NULL, OPTION_RATE_ALL},
    {"concurrency", required_argument, NULL, OPTION_CONCURRENCY},
    {"quick", no_argument, NULL, OPTION_QUICK},
    {"dry-run", no_argument, NULL, OPTION_DRY_RUN},
    {"fail-on", required_argument, NULL, OPTION_FAIL_ON},
    {"baseline", required_argument, NULL, OPTION_BASELINE},
    {"write-baseline", required_argument, NULL, OPTION_WRITE_BASELINE},
    {"resume", required_argument, NULL, OPTION_RESUME},
    {"json", no_argument, NULL, OPTION_JSON},
    {"jsonl", no_argument, NULL, OPTION_JSON_LINES},
    {"sarif", required_argument, NULL, OPTION_SARIF},
    {"junit", required_argument, NULL, OPTION_JUNIT},
    {"html", required_argument, NULL, OPTION_HTML},
    {"color", required_argument, NULL, OPTION_COLOUR},
    {"help", no_argument, NULL, OPTION_HELP},
    {NULL, 0, NULL, 0},
};

struct reading {
    struct audit_settings *settings;
    const char **resolves; /* room for as many as there are arguments */
    struct keep_text cookies;
    bool set_rate_host;
};

static bool complain(const char *words) {
    (void)fprintf(stderr, "cors audit: %s\n", words);
    return false;
}

static bool add_source(struct audit_settings *settings, enum audit_source_kind kind,
                       const char *name) {
    settings->sources[settings->source_count++] = (struct audit_source){kind, name};
    return true;
}

static bool add_cookie(struct reading *reading, cors_slice pairs) {
    if (pairs.size == 0 || text_find(pairs, '\n') < pairs.size ||
        text_find(pairs, '\r') < pairs.size) {
        return complain("a cookie is one line, name=value: --cookie 'session=abc'");
    }
    if (reading->cookies.size > 0) {
        keep_text_put(&reading->cookies, "; ");
    }
    keep_text_add(&reading->cookies, pairs);
    return true;
}

static bool add_header(void *context, cors_slice line) {
    struct reading *reading = context;
    struct audit_settings *settings = reading->settings;
    cors_field field;
    if (!check_header_line_split("-H", line, &field)) {
        return false;
    }
    if (text_is_folded(field.name, "Origin")) {
        return complain("the Origin is what an audit tries out; --origin names one that the "
                        "server is known to trust");
    }
    if (text_is_folded(field.name, "Cookie")) {
        return add_cookie(reading, field.value);
    }
    if (settings->field_count == HEADERS_MAX) {
        return complain("there are too many headers");
    }
    settings->fields[settings->field_count++] = field;
    return true;
}

static bool add_resolve(struct reading *reading, const char *argument) {
    struct probe_options *probe = &reading->settings->pool.probe;
    const char *colon = strchr(argument, ':');
    if (colon == NULL || colon == argument || strchr(colon + 1, ':') == NULL) {
        return complain("--resolve takes HOST:PORT:ADDRESS: api.example.com:443:127.0.0.1; "
                        "* stands for every host");
    }
    reading->resolves[probe->resolve_count++] = argument;
    return true;
}

static bool read_number(const char *argument, double most, double *number) {
    char *end;
    *number = strtod(argument, &end);
    return end != argument && *end == '\0' && *number > 0.0 && *number <= most;
}

static bool read_timeout(struct audit_settings *settings, const char *argument) {
    double seconds;
    if (!read_number(argument, SECONDS_MAX, &seconds)) {
        return complain("--timeout takes seconds, more than 0 and at most 3600");
    }
    settings->pool.probe.total_ms = seconds < 0.001 ? 1 : (long)(seconds * 1000.0);
    return true;
}

static bool read_rate(const char *argument, double *rate) {
    return read_number(argument, RATE_MAX, rate) ||
           complain("--rate and --rate-all take requests a second: 5, or 0.5");
}

static bool read_concurrency(struct audit_settings *settings, const char *argument) {
    char *end;
    unsigned long number = strtoul(argument, &end, 10);
    if (argument[0] < '0' || argument[0] > '9' || *end != '\0' || number < 1 ||
        number > CONCURRENCY_MAX) {
        return complain("--concurrency takes the number of targets at once, from 1 to 4096");
    }
    settings->concurrency = number;
    return true;
}

static bool read_fail_on(struct audit_settings *settings, const char *argument) {
    settings->fails = strcmp(argument, "never") != 0;
    return !settings->fails || audit_severity_find(text_slice(argument), &settings->fail_on) ||
           complain("--fail-on is critical, high, medium, low, info or never");
}

static bool read_origin(struct audit_settings *settings, const char *argument) {
    cors_origin parsed;
    settings->known_origin = text_slice(argument);
    if (cors_origin_parse(settings->known_origin, &parsed) && !parsed.opaque) {
        return true;
    }
    cors_slice meant = check_url_origin(settings->keep, settings->known_origin);
    (void)fputs("cors audit: --origin takes an origin as browsers write it: scheme, host and a "
                "port that is not the default",
                stderr);
    if (meant.size > 0) {
        (void)fprintf(stderr, "; write %.*s", SLICE_ARGUMENTS(meant));
    }
    (void)fputs("\n", stderr);
    return false;
}

static bool read_method(struct audit_settings *settings, const char *argument) {
    settings->method = text_slice(argument);
    return argument[0] != '\0' || complain("\"\" is no method; -X takes one such as POST");
}

/* Where an option's argument is only noted. */
static const char **place_of(struct audit_settings *settings, int option) {
    switch (option) {
    case OPTION_CA:
        return &settings->pool.probe.ca_file;
    case OPTION_CERTIFICATE:
        return &settings->pool.probe.certificate;
    case OPTION_KEY:
        return &settings->pool.probe.key;
    case OPTION_PROXY:
        return &settings->pool.probe.proxy;
    case OPTION_BASELINE:
        return &settings->baseline;
    case OPTION_WRITE_BASELINE:
        return &settings->write_baseline;
    case OPTION_RESUME:
        return &settings->resume;
    case OPTION_SARIF:
        return &settings->outputs[AUDIT_FORMAT_SARIF];
    case OPTION_JUNIT:
        return &settings->outputs[AUDIT_FORMAT_JUNIT];
    case OPTION_HTML:
        return &settings->outputs[AUDIT_FORMAT_HTML];
    default:
        return NULL;
    }
}

/* What is switched on by an option without an argument. */
static bool take_switch(struct audit_settings *settings, int option) {
    switch (option) {
    case OPTION_UNSAFE:
        settings->unsafe = true;
        return true;
    case OPTION_QUICK:
        settings->quick = true;
        return true;
    case OPTION_DRY_RUN:
        settings->dry_run = true;
        return true;
    case OPTION_JSON:
        settings->outputs[AUDIT_FORMAT_JSON] = "-";
        return true;
    case OPTION_JSON_LINES:
        settings->outputs[AUDIT_FORMAT_JSON_LINES] = "-";
        return true;
    default:
        return complain("`cors audit --help` lists the options");
    }
}

static bool take_option(struct reading *reading, int option, const char *argument) {
    struct audit_settings *settings = reading->settings;
    const char **place = place_of(settings, option);
    if (place != NULL) {
        *place = argument;
        return true;
    }
    switch (option) {
    case OPTION_TARGETS:
        return add_source(settings, AUDIT_SOURCE_LIST, argument);
    case OPTION_OPENAPI:
        return add_source(settings, AUDIT_SOURCE_OPENAPI, argument);
    case OPTION_HAR:
        return add_source(settings, AUDIT_SOURCE_HAR, argument);
    case OPTION_BASE:
        settings->base = text_slice(argument);
        return true;
    case 'X':
        return read_method(settings, argument);
    case 'H':
        return check_header_option_read(settings->keep, argument, add_header, reading);
    case OPTION_COOKIE:
        return add_cookie(reading, text_slice(argument));
    case OPTION_DATA:
        settings->body = text_slice(argument);
        settings->has_body = true;
        return true;
    case OPTION_ORIGIN:
        return read_origin(settings, argument);
    case OPTION_RESOLVE:
        return add_resolve(reading, argument);
    case OPTION_TIMEOUT:
        return read_timeout(settings, argument);
    case OPTION_RATE:
        return read_rate(argument, &settings->pool.rate_host);
    case OPTION_RATE_ALL:
        return read_rate(argument, &settings->pool.rate_all);
    case OPTION_CONCURRENCY:
        return read_concurrency(settings, argument);
    case OPTION_FAIL_ON:
        return read_fail_on(settings, argument);
    case OPTION_COLOUR:
        return colour_choice_read(argument, &settings->colour);
    default:
        return take_switch(settings, option);
    }
}

/* Standard output can hold one report, and no file two. */
static bool outputs_differ(const struct audit_settings *settings) {
    for (size_t i = 0; i < AUDIT_FORMAT_COUNT; i++) {
        for (size_t j = i + 1; j < AUDIT_FORMAT_COUNT; j++) {
            const char *one = settings->outputs[i];
            const char *other = settings->outputs[j];
            if (one != NULL && other != NULL && strcmp(one, other) == 0) {
                return complain(strcmp(one, "-") == 0
                                    ? "two reports cannot both go to standard output; give one of "
                                      "them a file"
                                    : "two reports cannot go to the same file");
            }
        }
    }
    return true;
}

static bool reads_once(const struct audit_settings *settings) {
    size_t readers = 0;
    for (size_t i = 0; i < settings->source_count; i++) {
        readers += settings->sources[i].kind != AUDIT_SOURCE_URL &&
                   strcmp(settings->sources[i].name, "-") == 0;
    }
    return readers <= 1 || complain("standard input can be read for one option only");
}

static bool settings_fit(const struct audit_settings *settings) {
    if (settings->source_count == 0) {
        return complain("name a URL, or a file of them with --targets, --openapi or --har; "
                        "`cors audit --help` has examples");
    }
    if (settings->has_body &&
        (text_is_folded(settings->method, "GET") || text_is_folded(settings->method, "HEAD"))) {
        return complain("--data is a body, and a GET or HEAD has none; name another method");
    }
    if (settings->pool.probe.key != NULL && settings->pool.probe.certificate == NULL) {
        return complain("--key belongs to a certificate: name it with --cert");
    }
    if (settings->dry_run && (settings->resume != NULL || settings->write_baseline != NULL)) {
        return complain("--dry-run asks nobody, so that there is nothing to keep; leave out "
                        "--resume and --write-baseline");
    }
    return outputs_differ(settings) && reads_once(settings);
}

/* The table is for people, who are not told where another report goes. */
static void complete(struct reading *reading) {
    struct audit_settings *settings = reading->settings;
    bool taken = false;
    for (size_t i = 0; i < AUDIT_FORMAT_COUNT; i++) {
        taken = taken || (settings->outputs[i] != NULL && strcmp(settings->outputs[i], "-") == 0);
    }
    settings->outputs[AUDIT_FORMAT_TABLE] = taken ? NULL : "-";
    if (reading->cookies.size > 0) {
        settings->fields[settings->field_count++] =
            (cors_field){text_slice("Cookie"), keep_text_slice(&reading->cookies)};
    }
    settings->pool.probe.resolve = reading->resolves;
}

int audit_settings_read(struct keep *keep, int argc, char **argv, struct audit_settings *settings) {
    static char command_name[] = "cors audit"; /* for getopt's messages */
    size_t room = (size_t)argc + 1;
    struct reading reading = {.settings = settings, .cookies = {.keep = keep}};
    int option;
    *settings = (struct audit_settings){.keep = keep,
                                        .fails = true,
                                        .fail_on = AUDIT_LOW,
                                        .concurrency = CONCURRENCY_DEFAULT,
                                        .pool.probe.total_ms = TIMEOUT_MS};
    settings->sources = keep_memory(keep, room * sizeof *settings->sources);
    /* And one for all cookies. */
    settings->fields = keep_memory(keep, (HEADERS_MAX + 1) * sizeof *settings->fields);
    reading.resolves = keep_memory(keep, room * sizeof *reading.resolves);
    argv[0] = command_name;
    while ((option = shared_option_next(argc, argv, ":X:H:d:b:", known)) != -1) {
        option = option == 'd' ? OPTION_DATA : option == 'b' ? OPTION_COOKIE : option;
        if (option == OPTION_HELP) {
            audit_help_print();
            return EXIT_FINE;
        }
        if (!take_option(&reading, option, optarg)) {
            return EXIT_USAGE;
        }
    }
    for (int i = optind; i < argc; i++) {
        (void)add_source(settings, AUDIT_SOURCE_URL, argv[i]);
    }
    complete(&reading);
    return settings_fit(settings) ? -1 : EXIT_USAGE;
}
