/* SPDX-License-Identifier: MIT */
/* cors explain: what a pasted console message means. */
#include <cors/browser.h>
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "command.h"
#include "json_writer.h"
#include "shared_options.h"
#include "terminal.h"

/* A console's scrollback, not a file; what is longer is cut by the reader in the core. */
enum { TEXT_MAX = 1 << 20 };

struct explain_options {
    bool json;
    enum colour_choice colour;
};

static void print_help(void) {
    (void)printf(
        "Usage: cors explain [--json] [MESSAGE]\n\n"
        "Reads a console message of Chromium, Firefox or Safari about a blocked call, of today\n"
        "or of former years, and says what it means and what to do. Without an argument the\n"
        "message comes from standard input; other console lines around it do no harm.\n\n"
        "Options:\n"
        "  --json                      the explanation as JSON\n"
        "  --color auto|always|never   colours; NO_COLOR is honoured\n"
        "  --help                      this text\n\n"
        "Example:\n"
        "  cors explain \"Access to fetch at 'https://api.example/x' from origin\n"
        "    'https://app.example' has been blocked by CORS policy: Response to preflight\n"
        "    request doesn't pass access control check: It does not have HTTP ok status.\"\n\n"
        "Exit status: 0 explained, 1 no message that is known, 2 wrong usage, 3 input or output\n"
        "failed.\n");
}

/* Text that grows; `failed` once memory was short. */
struct buffer {
    char *data;
    size_t size;
    size_t capacity;
    bool failed;
};

static void append(struct buffer *buffer, cors_slice text) {
    if (buffer->size + text.size > buffer->capacity) {
        size_t capacity = 2 * (buffer->size + text.size) + 256;
        char *data = realloc(buffer->data, capacity);
        if (data == NULL) {
            buffer->failed = true;
            return;
        }
        buffer->data = data;
        buffer->capacity = capacity;
    }
    if (text.size > 0) {
        memcpy(buffer->data + buffer->size, text.data, text.size);
        buffer->size += text.size;
    }
}

static void append_words(struct buffer *buffer, const char *words) {
    append(buffer, (cors_slice){words, strlen(words)});
}

static bool is_content_type(cors_slice header) {
    return header.size == strlen("content-type") &&
           strncasecmp(header.data, "content-type", header.size) == 0;
}

/* The `cors check` line that proves it; empty where the message names no URL to call. */
static void write_check(const cors_explanation *explanation, struct buffer *line) {
    size_t size = cors_explanation_check(explanation, NULL, 0);
    line->data = malloc(size + 1);
    line->failed = line->data == NULL;
    line->size = line->failed ? 0 : cors_explanation_check(explanation, line->data, size);
}

/* Why there was a preflight, as far as the message tells; false where it does not. */
static bool find_why(const cors_explanation *explanation, cors_why *why, cors_slice *what) {
    switch (explanation->code) {
    case CORS_CODE_METHOD_NOT_ALLOWED:
        *why = CORS_WHY_METHOD;
        *what = explanation->named.method;
        return what->size > 0;
    case CORS_CODE_HEADER_NOT_ALLOWED:
        *what = explanation->named.header;
        *why = is_content_type(*what) ? CORS_WHY_CONTENT_TYPE : CORS_WHY_HEADER;
        return what->size > 0;
    default:
        return false;
    }
}

/* What a message names, or null; what is not to be printed as U+FFFD. */
static json_t *shown_text(cors_slice text) {
    struct buffer clean = {.data = NULL};
    while (text.size > 0) {
        size_t size = printable_size(text);
        size_t taken = size > 0 ? size : 1;
        append(&clean, size > 0 ? (cors_slice){text.data, size} : CORS_SLICE("\xEF\xBF\xBD"));
        text = (cors_slice){text.data + taken, text.size - taken};
    }
    json_t *value = clean.failed      ? NULL
                    : clean.size == 0 ? json_null()
                                      : json_stringn(clean.data, clean.size);
    free(clean.data);
    return value;
}

/* The codes that fit as well, or NULL where memory failed. */
static json_t *other_codes(const cors_explanation *explanation) {
    json_t *also = json_array();
    for (size_t i = 0; i < explanation->also_count && also != NULL; i++) {
        if (json_array_append_new(also, json_string(cors_code_name(explanation->also[i]))) != 0) {
            json_decref(also);
            also = NULL;
        }
    }
    return also;
}

static int print_json(const cors_explanation *explanation, const struct buffer *check) {
    json_t *preflight =
        explanation->preflight_known ? json_boolean(explanation->preflight) : json_null();
    json_t *whole = json_pack(
        "{s:s?, s:s, s:o, s:o, s:o, s:o, s:s, s:s, s:o}", "browser",
        explanation->browser_known ? cors_browser_name(explanation->browser) : NULL, "code",
        cors_code_name(explanation->code), "also", other_codes(explanation), "preflight", preflight,
        "url", shown_text(explanation->named.url), "origin", shown_text(explanation->named.page),
        "cause", cors_code_cause(explanation->code), "fix", cors_code_fix(explanation->code),
        "check", shown_text((cors_slice){check->data, check->size}));
    bool written = whole != NULL && json_print(whole, JSON_COMPACT, stdout) &&
                   fputc('\n', stdout) != EOF && fflush(stdout) == 0;
    json_decref(whole);
    if (!written) {
        (void)fputs("cors explain: out of memory, or the output cannot be written\n", stderr);
        return EXIT_FAILED;
    }
    return EXIT_FINE;
}

static void print_line(bool colour, const char *title, cors_slice text) {
    style_begin(stdout, colour, STYLE_BOLD);
    (void)printf("%-10s", title);
    style_end(stdout, colour);
    print_clean(stdout, text);
    (void)putchar('\n');
}

static void print_words(bool colour, const char *title, const char *words) {
    print_line(colour, title, (cors_slice){words, strlen(words)});
}

static void print_advice(const cors_explanation *explanation, bool colour) {
    cors_why why;
    cors_slice what;
    if (find_why(explanation, &why, &what)) {
        struct buffer text = {.data = NULL};
        append_words(&text, "the ");
        append_words(&text, why == CORS_WHY_METHOD ? "method " : "header ");
        append(&text, what);
        append_words(&text, " made a preflight necessary. ");
        append_words(&text, cors_why_advice(why));
        print_line(colour, "Preflight", (cors_slice){text.data, text.size});
        free(text.data);
    } else if (explanation->preflight_known && explanation->preflight) {
        print_words(colour, "Preflight",
                    "it failed before the call itself was sent; `cors check` says what made it "
                    "necessary.");
    }
}

static void print_also(const cors_explanation *explanation, bool colour) {
    for (size_t i = 0; i < explanation->also_count; i++) {
        print_words(colour, i == 0 ? "Or" : "", cors_code_cause(explanation->also[i]));
    }
}

static int print_text(const cors_explanation *explanation, const struct buffer *check,
                      bool colour) {
    const cors_failure *named = &explanation->named;
    (void)printf("%s: %s%s\n\n",
                 explanation->browser_known ? cors_browser_name(explanation->browser) : "a browser",
                 cors_code_name(explanation->code),
                 !explanation->preflight_known ? ""
                 : explanation->preflight      ? " (the preflight failed)"
                                               : " (the request itself failed)");
    if (named->url.size > 0) {
        print_line(colour, "URL", named->url);
    }
    if (named->page.size > 0) {
        print_line(colour, "Page", named->page);
    }
    print_words(colour, "Cause", cors_code_cause(explanation->code));
    print_also(explanation, colour);
    print_words(colour, "Fix", cors_code_fix(explanation->code));
    print_advice(explanation, colour);
    if (check->size > 0) {
        print_line(colour, "Check", (cors_slice){check->data, check->size});
    }
    return EXIT_FINE; /* what could not be written main() notices */
}

static int explain(cors_slice text, const struct explain_options *options) {
    cors_explanation explanation;
    struct buffer check = {.data = NULL};
    if (!cors_explain(text, &explanation)) {
        (void)fputs("cors explain: this holds no console message about CORS that is known; paste "
                    "the whole red line, from \"Access to\" or \"Cross-Origin Request Blocked\" "
                    "on\n",
                    stderr);
        return EXIT_FINDING;
    }
    write_check(&explanation, &check);
    int code = EXIT_FAILED;
    if (check.failed) {
        (void)fputs("cors explain: out of memory\n", stderr);
    } else if (options->json) {
        code = print_json(&explanation, &check);
    } else {
        code = print_text(&explanation, &check, colour_wanted(options->colour, stdout));
    }
    free(check.data);
    return code;
}

/* Standard input up to the bound, or the arguments with spaces between. */
static bool read_message(int count, char **words, struct buffer *message) {
    char block[4096];
    for (int i = 0; i < count; i++) {
        append_words(message, i == 0 ? "" : " ");
        append_words(message, words[i]);
    }
    while (count == 0 && message->size < TEXT_MAX) {
        size_t got = fread(block, 1, sizeof block, stdin);
        append(message, (cors_slice){block, got});
        if (got < sizeof block) {
            break;
        }
    }
    return !message->failed && ferror(stdin) == 0;
}

/* Reads the options; returns -1 to go on, else the exit code. */
static int read_options(int argc, char **argv, struct explain_options *options) {
    static const struct option known[] = {
        {"json", no_argument, NULL, 'j'},
        SHARED_OPTIONS,
    };
    static char command_name[] = "cors explain"; /* for getopt's messages */
    int option;
    int code = -1;
    argv[0] = command_name;
    while ((option = shared_option_next(argc, argv, ":", known)) != -1) {
        switch (option) {
        case 'j':
            options->json = true;
            break;
        default:
            code = shared_option_take(option, command_name, print_help, &options->colour);
            break;
        }
        if (code >= 0) {
            return code;
        }
    }
    return -1;
}

int cors_explain_main(int argc, char **argv) {
    struct explain_options options = {false, COLOUR_AUTO};
    struct buffer message = {.data = NULL};
    int code = read_options(argc, argv, &options);
    if (code >= 0) {
        return code;
    }
    if (optind == argc && isatty(STDIN_FILENO) != 0) {
        (void)fputs("cors explain: paste the message, then press Ctrl-D\n", stderr);
    }
    if (read_message(argc - optind, argv + optind, &message)) {
        code = explain((cors_slice){message.data, message.size}, &options);
    } else {
        (void)fputs("cors explain: standard input failed\n", stderr);
        code = EXIT_FAILED;
    }
    free(message.data);
    return code;
}
