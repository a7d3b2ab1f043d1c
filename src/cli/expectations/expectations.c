/* SPDX-License-Identifier: MIT */
/* cors test: expectations beside a policy, judged by the browser's half against the server's. */
#include <getopt.h>
#include <stdlib.h>

#include "command.h"
#include "expectation_output.h"
#include "expectation_parser.h"
#include "json_text.h"
#include "policyfile.h"
#include "problems.h"
#include "shared_options.h"
#include "terminal.h"
#include "text_file.h"
#include "text_slices.h"

static void print_help(void) {
    (void)printf(
        "Usage: cors test FILE [--policy FILE] [--env NAME] [--browser NAME] [--url BASE]\n\n"
        "Judges expectations: who may do what. Each is played through the browsers' half of\n"
        "CORS against the policy, or against a real server.\n\n"
        "Expectations, one a line:\n"
        "  https://app.example.com may PUT /api/x with authorization and credentials and read etag\n"
        "  https://app.example.com may GET, POST /api/x with content-type application/json\n"
        "  https://app.example.com may not DELETE /api/x\n"
        "  https://app.example.com may not read x-secret from /api/x\n"
        "  https://evil.test may not        # read anything\n"
        "  policy: cors.yaml                # beside this file\n\n"
        "Options:\n"
        "  --policy FILE               the policy; default: the one the file names, or cors.yaml\n"
        "                              beside it\n"
        "  --env NAME                  environment; default $CORS_ENV, else production\n"
        "  --browser NAME              only standard, chromium, firefox or safari\n"
        "  --url BASE                  judge the server at this URL, with real requests\n"
        "  --send                      with --url: send also what could change something\n"
        "  --format table|tap|junit    what to print; default table\n"
        "  --json                      print JSON\n"
        "  --verbose                   say also what made preflights necessary\n"
        "  --color auto|always|never   colours; NO_COLOR is honoured\n"
        "  --help                      this text\n\n"
        "Examples:\n"
        "  cors test cors.expect --policy cors.yaml\n"
        "  cors test cors.expect --url https://api.example.com --format tap\n\n"
        "Exit status: 0 all hold, 1 some do not, 2 wrong usage, a bad file or a bad policy,\n"
        "3 the network failed.\n");
}

struct test_options {
    const char *file;
    const char *policy;
    const char *environment;
    const char *url;
    unsigned browsers;
    enum expectation_format format;
    enum colour_choice colour;
    bool sends;
    bool verbose;
};

static bool read_browser(const char *name, unsigned *browsers) {
    cors_browser browser;
    if (!cors_browser_find(text_slice(name), &browser)) {
        (void)fputs("cors test: --browser is standard, chromium, firefox or safari\n", stderr);
        return false;
    }
    *browsers = 1U << browser;
    return true;
}

static bool read_format(const char *name, enum expectation_format *format) {
    static const char *const names[] = {"table", "tap", "junit", "json"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0) {
            *format = (enum expectation_format)i;
            return true;
        }
    }
    (void)fputs("cors test: --format is table, tap, junit or json\n", stderr);
    return false;
}

/* Sets one option; returns -1 to go on, else the exit code. */
static int set_option(int option, struct test_options *options) {
    bool fine = true;
    switch (option) {
    case 'p':
        options->policy = optarg;
        break;
    case 'e':
        options->environment = optarg;
        break;
    case 'b':
        fine = read_browser(optarg, &options->browsers);
        break;
    case 'u':
        options->url = optarg;
        break;
    case 's':
        options->sends = true;
        break;
    case 'f':
        fine = read_format(optarg, &options->format);
        break;
    case 'j':
        options->format = EXPECTATION_JSON;
        break;
    case 'v':
        options->verbose = true;
        break;
    default:
        return shared_option_take(option, "cors test", print_help, &options->colour);
    }
    return fine ? -1 : EXIT_USAGE;
}

static int read_options(int argc, char **argv, struct test_options *options) {
    static const struct option known[] = {
        {"policy", required_argument, NULL, 'p'},
        {"env", required_argument, NULL, 'e'},
        {"browser", required_argument, NULL, 'b'},
        {"url", required_argument, NULL, 'u'},
        {"send", no_argument, NULL, 's'},
        {"format", required_argument, NULL, 'f'},
        {"json", no_argument, NULL, 'j'},
        {"verbose", no_argument, NULL, 'v'},
        SHARED_OPTIONS,
    };
    static char command_name[] = "cors test"; /* for getopt's messages */
    int option;
    argv[0] = command_name;
    while ((option = shared_option_next(argc, argv, ":", known)) != -1) {
        int code = set_option(option, options);
        if (code >= 0) {
            return code;
        }
    }
    if (optind + 1 != argc) {
        (void)fputs("cors test: name one file of expectations\n", stderr);
        return EXIT_USAGE;
    }
    options->file = argv[optind];
    bool http = options->url == NULL || text_starts_folded(text_slice(options->url), "http://") ||
                text_starts_folded(text_slice(options->url), "https://");
    if (!http) {
        (void)fputs("cors test: --url takes an http or https URL\n", stderr);
        return EXIT_USAGE;
    }
    return -1;
}

/* What the file names, or cors.yaml, is relative to the file of expectations. */
static const char *policy_path(struct keep *keep, const struct test_options *options,
                               const struct expectation_file *file) {
    const char *slash = strrchr(options->file, '/');
    const char *name = file->policy.size > 0 ? file->policy.data : "cors.yaml";
    if (options->policy != NULL) {
        return options->policy;
    }
    if (slash == NULL || name[0] == '/') {
        return name;
    }
    return keep_format(keep, "%.*s/%s", (int)(slash - options->file), options->file, name).data;
}

/* Returns -1 to go on, else the exit code. */
static int load_policy(struct expectation_court *court, const struct test_options *options) {
    cors_builder *builder;
    const char *path = policy_path(court->keep, options, court->file);
    court->policy_file = text_slice(path);
    cors_status status = cors_policyfile_load(path, cors_environment_select(options->environment),
                                              &builder, &court->policy);
    if (status == CORS_INVALID) {
        problems_print(builder, stderr, colour_wanted(options->colour, stderr));
    }
    cors_builder_destroy(builder);
    if (status == CORS_OK) {
        return -1;
    }
    (void)fputs(status == CORS_NO_MEMORY ? "cors test: out of memory\n"
                                         : "cors test: the policy has errors and is refused\n",
                stderr);
    return status == CORS_NO_MEMORY ? EXIT_FAILED : EXIT_USAGE;
}

static int exit_code_of(const struct expectation_file *file,
                        const struct expectation_judgement *judgements) {
    enum expectation_verdict worst = EXPECTATION_HOLDS;
    bool judged = false;
    for (size_t i = 0; i < file->count; i++) {
        worst = judgements[i].verdict > worst ? judgements[i].verdict : worst;
        judged = judged || judgements[i].verdict != EXPECTATION_UNSENT;
    }
    if (worst == EXPECTATION_NETWORK) {
        return EXIT_FAILED;
    }
    return worst == EXPECTATION_FAILS || !judged ? EXIT_FINDING : EXIT_FINE;
}

static int judge_all(struct expectation_court *court, const struct test_options *options) {
    const struct expectation_file *file = court->file;
    struct expectation_judgement *judgements =
        keep_memory(court->keep, file->count * sizeof *judgements);
    for (size_t i = 0; i < file->count; i++) {
        expectation_judge(court, &file->expectations[i], &judgements[i]);
    }
    struct expectation_report report = {
        .name = options->file,
        .file = file,
        .judgements = judgements,
        .browsers = court->browsers,
        .verbose = options->verbose,
        .colour = colour_wanted(options->colour, stdout),
    };
    expectation_print(&report, options->format);
    if (fflush(stdout) != 0) {
        (void)fputs("cors test: the output cannot be written\n", stderr);
        return EXIT_FAILED;
    }
    return exit_code_of(file, judgements);
}

static int run(struct keep *keep, const struct test_options *options,
               const struct expectation_file *file) {
    struct expectation_court *court = keep_memory(keep, sizeof *court);
    struct probe_options probe = {0};
    int code = -1;
    court->keep = keep;
    court->browsers = options->browsers;
    court->sends = options->sends;
    court->file = file;
    court->base = CORS_SLICE("https://server.cors-test.invalid");
    if (options->url != NULL) {
        court->base = text_slice(options->url);
        while (court->base.size > 0 && court->base.data[court->base.size - 1] == '/') {
            court->base.size--;
        }
        court->session = probe_session_create(&probe);
        code = court->session == NULL ? EXIT_FAILED : -1;
    } else {
        code = load_policy(court, options);
    }
    if (code < 0) {
        code = judge_all(court, options);
    }
    probe_session_destroy(court->session);
    cors_policy_destroy(court->policy, &cors_heap);
    return code;
}

static bool read_file(struct keep *keep, const struct test_options *options, struct text_file *text,
                      struct expectation_file *file) {
    const char *error =
        text_file_read(options->file, TEXT_FILE_ANY, EXPECTATION_FILE_BYTES_MAX, text);
    if (error != NULL) {
        (void)fputs("cors test: ", stderr);
        print_clean(stderr, text_slice(options->file));
        (void)fprintf(stderr, " cannot be read: %s\n", error);
        return false;
    }
    expectation_parse(keep, text_file_content(text), file);
    if (file->problem_count > 0) {
        expectation_print_problems(options->file, file, stderr,
                                   colour_wanted(options->colour, stderr));
        return false;
    }
    if (file->count == 0) {
        (void)fputs("cors test: the file holds no expectation, such as "
                    "\"https://app.example.com may GET /\"\n",
                    stderr);
    }
    return file->count > 0;
}

int cors_test_main(int argc, char **argv) {
    struct test_options options = {.browsers = 0xF, .colour = COLOUR_AUTO};
    struct keep keep = {NULL};
    struct expectation_file file = {.count = 0};
    struct text_file text = {NULL, 0};
    json_needs_memory();
    int code = read_options(argc, argv, &options);
    if (code >= 0) {
        return code;
    }
    code = read_file(&keep, &options, &text, &file) ? run(&keep, &options, &file) : EXIT_USAGE;
    free(text.data);
    keep_free(&keep);
    return code;
}
