/* SPDX-License-Identifier: MIT */
/* cors lab: from the command line to a page that is served, and its end. */
#define _GNU_SOURCE
#include "lab.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "command.h"
#include "lab_options.h"
#include "lab_page.h"
#include "lab_scripts.h"
#include "lab_server.h"
#include "lab_sockets.h"
#include "serve_options.h"
#include "terminal.h"

enum { URL_SIZE = 96 };

/* The address of --listen as it stands in a URL. */
static void write_address(const struct sockaddr_storage *listen, char *address, size_t size) {
    char whole[SERVE_ADDRESS_MAX];
    serve_address_write(listen, whole);
    *strrchr(whole, ':') = '\0'; /* before the port */
    (void)snprintf(address, size, "%s", whole);
}

/* The page's URL: under localhost, unless another interface is the only one that is served. */
static void write_url(const struct lab *lab, char *url) {
    static const char *const local[] = {"127.0.0.1", "[::1]", "0.0.0.0", "[::]"};
    const char *host = lab->address;
    for (size_t i = 0; i < sizeof local / sizeof local[0]; i++) {
        host = strcmp(lab->address, local[i]) == 0 ? "localhost" : host;
    }
    if (lab->port == 80) {
        (void)snprintf(url, URL_SIZE, "http://%s", host);
    } else {
        (void)snprintf(url, URL_SIZE, "http://%s:%u", host, (unsigned)lab->port);
    }
}

/* From here on these signals are read, not delivered. */
static int open_signals(void) {
    sigset_t handled;
    (void)sigemptyset(&handled);
    (void)sigaddset(&handled, SIGINT);
    (void)sigaddset(&handled, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &handled, NULL);
    return signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Opens the page in the user's browser, which outlives this command. */
static void open_browser(char *url) {
    static char program[] = "xdg-open";
    char *arguments[] = {program, url, NULL};
    posix_spawnattr_t attributes;
    sigset_t none;
    sigset_t usual;
    pid_t pid;
    (void)sigemptyset(&none);
    (void)sigemptyset(&usual);
    (void)sigaddset(&usual, SIGPIPE);
    (void)signal(SIGCHLD, SIG_IGN); /* nobody waits for it */
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                    POSIX_SPAWN_SETSIGDEF);
    (void)posix_spawnattr_setpgroup(&attributes, 0);
    (void)posix_spawnattr_setsigmask(&attributes, &none);
    (void)sigaddset(&usual, SIGCHLD);
    (void)posix_spawnattr_setsigdefault(&attributes, &usual);
    int fault = posix_spawnp(&pid, program, NULL, &attributes, arguments, environ);
    (void)posix_spawnattr_destroy(&attributes);
    if (fault != 0) {
        lab_say("cannot start xdg-open: %s. Open %s in a browser", strerror(fault), url);
    }
}

static void announce(const char *url, bool colour) {
    (void)fputs("cors lab: serving ", stderr);
    style_begin(stderr, colour, STYLE_BOLD);
    (void)fputs(url, stderr);
    style_end(stderr, colour);
    (void)fputc('\n', stderr);
}

static bool serve(const struct lab *lab, const struct lab_sockets *sockets,
                  const struct lab_options *options) {
    char url[URL_SIZE];
    int signals = open_signals();
    struct lab_server *server = lab_server_start(lab, sockets);
    if (server == NULL || signals < 0) {
        if (server != NULL) {
            lab_say("cannot wait for signals: %s", strerror(errno));
        }
        lab_server_stop(server);
        return false;
    }
    write_url(lab, url);
    announce(url, options->colour);
    if (options->open) {
        open_browser(url);
    }
    bool fine = lab_server_run(server, signals);
    lab_server_stop(server);
    (void)close(signals);
    return fine;
}

static int run(struct lab *lab, const struct lab_options *options) {
    struct lab_sockets sockets;
    if (lab->scripts == NULL) {
        lab_say("not enough memory");
        return EXIT_FAILED;
    }
    lab->page = lab_page_find(options->page);
    if (lab->page == NULL || !lab_sockets_open(options, &sockets)) {
        return EXIT_FAILED;
    }
    lab->port = sockets.port;
    write_address(&options->listen, lab->address, sizeof lab->address);
    return serve(lab, &sockets, options) ? EXIT_FINE : EXIT_FAILED;
}

int cors_lab_main(int argc, char **argv) {
    struct lab_options options;
    int code = lab_options_read(argc, argv, &options);
    if (code >= 0) {
        return code;
    }
    struct lab lab = {.scripts = lab_scripts_create()};
    code = run(&lab, &options);
    lab_scripts_destroy(lab.scripts);
    free(lab.page);
    return code;
}
