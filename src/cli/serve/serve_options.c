/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "serve_options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "policyfile.h"
#include "serve_output.h"
#include "shared_options.h"
#include "terminal.h"

static const char usage_text[] =
    "Usage: cors serve --policy FILE --upstream URL [options]\n"
    "       cors serve --policy FILE --mount PREFIX=URL|DIR ... [options]\n"
    "\n"
    "Runs nginx as a gateway that puts a CORS policy before an HTTP API. Each decision is\n"
    "printed as a line; a denied origin with the nearest one that is allowed.\n"
    "\n"
    "  --policy FILE            the policy; see cors-policy(5)\n"
    "  --upstream URL           the API, as http://host:port or https://host/path\n"
    "  --mount PREFIX=URL       the API below a path; may be repeated\n"
    "  --mount PREFIX=DIR       a folder below a path: page and API under one origin need no\n"
    "                           CORS at all\n"
    "  --listen ADDR:PORT       default 127.0.0.1:8080; port 0 takes any that is free\n"
    "  --env NAME               the environment; default $CORS_ENV, else production\n"
    "  --enforce WORD           off: the browser enforces (default); block: refuse cross-origin\n"
    "                           requests that are not allowed; report: only say which\n"
    "  --tls-cert FILE          serve HTTPS and HTTP/2 with this certificate (PEM) and\n"
    "  --tls-key FILE           this key\n"
    "  --user NAME              whom nginx's workers run as where root starts this; default\n"
    "                           www-data, else nobody\n"
    "  --watch                  read the policy again when it changes\n"
    "  --print-config           print the nginx configuration and exit\n"
    "  --color WHEN             auto, always or never\n"
    "  --help                   this\n"
    "\n"
    "A request's target goes upstream byte for byte; where it depends on the reader which policy\n"
    "covers it (an encoded slash, a dot segment) the answer is 400. An upstream that is named gets\n"
    "its name as Host; one on this machine or given by address gets the client's. SIGHUP reads\n"
    "the policy again; a bad one leaves the old one in force. nginx runs as whoever starts this,\n"
    "but root's workers, who talk to clients, as another user: see --user.\n"
    "Hidden files of a mounted folder, .well-known excepted, are not served. $CORS_NGINX names\n"
    "another nginx, $CORS_NGINX_MODULE another module than the one beside this command.\n"
    "\n"
    "Examples:\n"
    "  cors serve --policy cors.yaml --upstream http://127.0.0.1:3000 --watch\n"
    "  cors serve --policy cors.yaml --mount /=./public --mount /api=http://127.0.0.1:3000\n"
    "  cors serve --policy cors.yaml --upstream http://127.0.0.1:3000 --enforce block \\\n"
    "             --listen 0.0.0.0:8443 --tls-cert cert.pem --tls-key key.pem\n"
    "\n"
    "Exit status: 0 ended by a signal, 2 wrong usage or a bad policy, 3 the network or nginx\n"
    "failed.\n";

/* Where Debian keeps the certificates of the authorities that it trusts. */
static const char default_authorities[] = "/etc/ssl/certs/ca-certificates.crt";

/* What of a URL is shown at most where it is refused. */
enum { SHOWN_URL_SIZE = 1024 };

/* What `--enforce` takes; the words are those of the nginx directive. */
static const char *const enforce_words[] = {"off", "report", "block"};

/* Returns the exit status for it. */
__attribute__((format(printf, 1, 2))) static int complain(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    serve_say_list(format, arguments);
    va_end(arguments);
    return EXIT_USAGE;
}

/* nginx reads `$` in some values as a variable, and control characters belong in none. */
static bool fits_in_configuration(const char *text) {
    for (const char *byte = text; *byte != '\0'; byte++) {
        if ((unsigned char)*byte < 0x20 || *byte == 0x7F || *byte == '$') {
            return false;
        }
    }
    return true;
}

static char *absolute_path(const char *path) {
    char *absolute = NULL;
    if (path[0] == '/') {
        return strdup(path);
    }
    char *folder = getcwd(NULL, 0);
    if (folder == NULL || asprintf(&absolute, "%s/%s", folder, path) < 0) {
        absolute = NULL;
    }
    free(folder);
    return absolute;
}

/* A readable file for nginx, as an absolute path. Returns -1, or the exit status. */
static int read_file_option(const char *option, const char *path, char **absolute) {
    if (access(path, R_OK) != 0) {
        return complain("%s: cannot read %s: %s", option, path, strerror(errno));
    }
    free(*absolute);
    *absolute = absolute_path(path);
    if (*absolute == NULL || !fits_in_configuration(*absolute)) {
        return complain("%s: nginx cannot take a file name with a control character or a $",
                        option);
    }
    return -1;
}

/* The mount's prefix, checked: what a path has when it is decoded and normalized. */
static const char *read_prefix(const char *text, size_t size, struct serve_mount *mount) {
    while (size > 0 && text[size - 1] == '/') {
        size--;
    }
    if (size >= sizeof mount->prefix) {
        return "is too long";
    }
    memcpy(mount->prefix, text, size);
    mount->prefix[size] = '\0';
    if (!serve_is_path(mount->prefix) || strchr(mount->prefix, '%') != NULL) {
        return "has a character that a mount's path cannot have";
    }
    for (const char *slash = strchr(mount->prefix, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        size_t segment = strcspn(slash + 1, "/");
        bool dots = slash[1] == '.' && (segment == 1 || (segment == 2 && slash[2] == '.'));
        if (segment == 0 || dots) {
            return "has an empty segment, . or ..";
        }
    }
    return NULL;
}

/* A URL, or what may be meant as one, without a password or token that may be in it. */
static const char *without_secrets(const char *url, char shown[SHOWN_URL_SIZE]) {
    size_t public = strcspn(url, "?#");
    const char *at = memrchr(url, '@', public);
    const char *start = at == NULL ? url : at;
    (void)snprintf(shown, SHOWN_URL_SIZE, "%s%.*s%s", at == NULL ? "" : "...",
                   (int)(public - (size_t)(start - url)), start, url[public] == '\0' ? "" : "...");
    return shown;
}

static int read_folder(const char *option, const char *path, struct serve_mount *mount) {
    struct stat status;
    char shown[SHOWN_URL_SIZE];
    mount->directory = realpath(path, NULL);
    if (mount->directory == NULL || stat(mount->directory, &status) != 0) {
        return complain("%s: %s is neither an http:// or https:// URL nor a folder: %s", option,
                        without_secrets(path, shown), strerror(errno));
    }
    if (!S_ISDIR(status.st_mode)) {
        return complain("%s: %s is a file; a folder or a URL is needed", option, path);
    }
    if (strcmp(mount->directory, "/") == 0) {
        return complain("%s: the root of the file system cannot be mounted", option);
    }
    if (!fits_in_configuration(mount->directory)) {
        return complain(
            "%s: nginx cannot take a folder with a control character or a $ in its name", option);
    }
    mount->way = serve_way_plain(mount->directory);
    return -1;
}

/* Adds what --upstream or --mount names. `prefix` has `prefix_size` bytes. */
static int add_mount(struct serve_options *options, const char *option, const char *prefix,
                     size_t prefix_size, const char *target) {
    if (options->mount_count == SERVE_MOUNTS_MAX) {
        return complain("at most %d mounts", SERVE_MOUNTS_MAX);
    }
    char shown[SHOWN_URL_SIZE];
    struct serve_mount *mount = &options->mounts[options->mount_count++];
    const char *fault = read_prefix(prefix, prefix_size, mount);
    if (fault != NULL) {
        return complain("%s: the path %.*s %s", option, (int)prefix_size, prefix, fault);
    }
    for (size_t i = 0; i + 1 < options->mount_count; i++) {
        if (strcmp(options->mounts[i].prefix, mount->prefix) == 0) {
            return complain("%s: %s/ is mounted twice", option, mount->prefix);
        }
    }
    bool is_url = strstr(target, "://") != NULL || strcmp(option, "--upstream") == 0;
    if (!is_url) {
        return read_folder(option, target, mount);
    }
    fault = serve_upstream_read(target, &mount->upstream);
    return fault == NULL
               ? -1
               : complain("%s: the URL %s %s", option, without_secrets(target, shown), fault);
}

static int read_mount(struct serve_options *options, const char *text) {
    char shown[SHOWN_URL_SIZE];
    const char *equals = strchr(text, '=');
    if (text[0] != '/' || equals == NULL || equals[1] == '\0') {
        return complain("--mount: %s is not PREFIX=URL or PREFIX=DIR, such as "
                        "/api=http://127.0.0.1:3000 or /=./public",
                        without_secrets(text, shown));
    }
    return add_mount(options, "--mount", text, (size_t)(equals - text), equals + 1);
}

static int read_enforce(struct serve_options *options, const char *word) {
    for (size_t i = 0; i < sizeof enforce_words / sizeof enforce_words[0]; i++) {
        if (strcmp(word, enforce_words[i]) == 0) {
            options->enforce = enforce_words[i];
            return -1;
        }
    }
    return complain("--enforce is off, report or block, not %s", word);
}

static int read_environment(struct serve_options *options, const char *name) {
    if (name[0] == '\0' || !fits_in_configuration(name)) {
        return complain("--env takes a name without control characters and without a $");
    }
    options->environment = name;
    return -1;
}

/* OpenSSL's own variable names other authorities. */
static int read_authorities(struct serve_options *options) {
    const char *given = getenv("SSL_CERT_FILE");
    options->authorities = given != NULL && given[0] == '/' ? given : default_authorities;
    if (!fits_in_configuration(options->authorities)) {
        return complain("$SSL_CERT_FILE has a control character or a $");
    }
    return -1;
}

static int read_policy(struct serve_options *options, const char *path) {
    options->policy = path;
    free(options->policy_path);
    options->policy_path = absolute_path(path);
    if (options->policy_path == NULL || !fits_in_configuration(options->policy_path)) {
        return complain("--policy: nginx cannot take a file name with a control character or a $");
    }
    return -1;
}

static int read_listen(struct serve_options *options, const char *text) {
    const char *fault = serve_listen_read(text, &options->listen, &options->listen_size);
    return fault == NULL ? -1 : complain("--listen: %s %s", text, fault);
}

static int read_user(struct serve_options *options, const char *name) {
    const char *fault = serve_user_find(name, &options->workers);
    if (fault != NULL) {
        return complain("--user: %s%s%s", name == NULL ? "" : name, name == NULL ? "" : " ", fault);
    }
    return -1;
}

enum option_name {
    OPTION_POLICY = 256,
    OPTION_UPSTREAM,
    OPTION_MOUNT,
    OPTION_LISTEN,
    OPTION_ENV,
    OPTION_ENFORCE,
    OPTION_TLS_CERT,
    OPTION_TLS_KEY,
    OPTION_USER,
    OPTION_WATCH,
    OPTION_PRINT_CONFIG,
    OPTION_COLOR,
};

static const struct option long_options[] = {
    {"policy", required_argument, NULL, OPTION_POLICY},
    {"upstream", required_argument, NULL, OPTION_UPSTREAM},
    {"mount", required_argument, NULL, OPTION_MOUNT},
    {"listen", required_argument, NULL, OPTION_LISTEN},
    {"env", required_argument, NULL, OPTION_ENV},
    {"enforce", required_argument, NULL, OPTION_ENFORCE},
    {"tls-cert", required_argument, NULL, OPTION_TLS_CERT},
    {"tls-key", required_argument, NULL, OPTION_TLS_KEY},
    {"user", required_argument, NULL, OPTION_USER},
    {"watch", no_argument, NULL, OPTION_WATCH},
    {"print-config", no_argument, NULL, OPTION_PRINT_CONFIG},
    {"color", required_argument, NULL, OPTION_COLOR},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

/* Takes one option. Returns -1 to go on, else the exit status. */
static int take_option(struct serve_options *options, int option, enum colour_choice *colour) {
    switch (option) {
    case OPTION_POLICY:
        return read_policy(options, optarg);
    case OPTION_UPSTREAM:
        return add_mount(options, "--upstream", "", 0, optarg);
    case OPTION_MOUNT:
        return read_mount(options, optarg);
    case OPTION_LISTEN:
        return read_listen(options, optarg);
    case OPTION_ENV:
        return read_environment(options, optarg);
    case OPTION_ENFORCE:
        return read_enforce(options, optarg);
    case OPTION_TLS_CERT:
        return read_file_option("--tls-cert", optarg, &options->tls_certificate);
    case OPTION_TLS_KEY:
        return read_file_option("--tls-key", optarg, &options->tls_key);
    case OPTION_USER:
        options->user = optarg;
        return -1;
    case OPTION_WATCH:
        options->watch = true;
        return -1;
    case OPTION_PRINT_CONFIG:
        options->print_config = true;
        return -1;
    case OPTION_COLOR:
        return colour_choice_read(optarg, colour) ? -1 : EXIT_USAGE;
    case 'h':
        (void)fputs(usage_text, stdout);
        return 0;
    default:
        (void)fputs("cors serve: see cors serve --help\n", stderr);
        return EXIT_USAGE;
    }
}

/* Whether what was given is enough and fits together. */
static int check_whole(const struct serve_options *options, bool upstream_given) {
    if (options->policy == NULL) {
        return complain("--policy FILE is missing; see cors serve --help");
    }
    if (options->mount_count == 0) {
        return complain("nothing to serve: --upstream URL or --mount PREFIX=URL|DIR is missing; "
                        "see cors serve --help");
    }
    if (upstream_given && options->mount_count > 1) {
        return complain("--upstream takes all paths; for several, write --mount PREFIX=URL for "
                        "each");
    }
    if ((options->tls_certificate == NULL) != (options->tls_key == NULL)) {
        return complain("--tls-cert and --tls-key belong together");
    }
    return -1;
}

int serve_options_read(int argc, char **argv, struct serve_options *options) {
    enum colour_choice colour = COLOUR_AUTO;
    static char command_name[] = "cors serve"; /* for getopt's messages */
    bool upstream_given = false;
    char shown[SHOWN_URL_SIZE];
    int option;
    int status = -1;
    *options = (struct serve_options){.enforce = enforce_words[0]};
    (void)serve_listen_read("127.0.0.1:8080", &options->listen, &options->listen_size);
    argv[0] = command_name;
    optind = 1;
    while (status < 0 && (option = shared_option_next(argc, argv, ":h", long_options)) != -1) {
        upstream_given = upstream_given || option == OPTION_UPSTREAM;
        status = take_option(options, option, &colour);
    }
    if (status >= 0) {
        return status;
    }
    if (optind < argc) {
        return complain("%s is not an option; see cors serve --help",
                        without_secrets(argv[optind], shown));
    }
    options->environment = cors_environment_select(options->environment);
    status = read_environment(options, options->environment); /* it may come from $CORS_ENV */
    status = status >= 0 ? status : read_authorities(options);
    status = status >= 0 ? status : read_user(options, options->user);
    options->colour = colour_wanted(colour, stdout);
    options->colour_errors = colour_wanted(colour, stderr);
    return status >= 0 ? status : check_whole(options, upstream_given);
}

void serve_options_finish(struct serve_options *options) {
    for (size_t i = 0; i < options->mount_count; i++) {
        if (options->mounts[i].directory != NULL) {
            serve_way_finish(&options->mounts[i].way);
            free(options->mounts[i].directory);
        }
    }
    free(options->policy_path);
    free(options->tls_certificate);
    free(options->tls_key);
}
