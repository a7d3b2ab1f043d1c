/* SPDX-License-Identifier: MIT */
/* cors serve: from the command line to a running gateway, and its end. */
#define _GNU_SOURCE
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "policyfile.h"
#include "serve_config.h"
#include "serve_gateway.h"
#include "serve_output.h"
#include "serve_policy.h"

/* nginx would say it less clearly. */
static bool upstreams_are_known(const struct serve_options *options) {
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    for (size_t i = 0; i < options->mount_count; i++) {
        const struct serve_upstream *upstream = &options->mounts[i].upstream;
        struct addrinfo *addresses;
        if (options->mounts[i].directory != NULL) {
            continue;
        }
        int fault = getaddrinfo(upstream->host, upstream->port, &hints, &addresses);
        if (fault != 0) {
            serve_say("the upstream %s has no address: %s", upstream->url, gai_strerror(fault));
            return false;
        }
        freeaddrinfo(addresses);
    }
    return true;
}

static bool write_configuration(const struct serve_gateway *gateway, const char *module) {
    char path[sizeof gateway->folder.path + sizeof SERVE_CONFIG_NAME + 1];
    (void)snprintf(path, sizeof path, "%s/%s", gateway->folder.path, SERVE_CONFIG_NAME);
    FILE *stream = fopen(path, "wxe");
    if (stream == NULL) {
        serve_say("cannot write %s: %s", path, strerror(errno));
        return false;
    }
    serve_config_write(stream, gateway->options, module, SERVE_POLICY_NAME);
    bool failed = ferror(stream) != 0;
    if (fclose(stream) != 0 || failed) {
        serve_say("cannot write %s: %s", path, strerror(errno));
        return false;
    }
    return true;
}

/* From here on these signals are read, not delivered. */
static int open_signals(void) {
    sigset_t handled;
    (void)sigemptyset(&handled);
    (void)sigaddset(&handled, SIGHUP);
    (void)sigaddset(&handled, SIGINT);
    (void)sigaddset(&handled, SIGTERM);
    (void)sigaddset(&handled, SIGQUIT);
    (void)sigaddset(&handled, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &handled, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGCHLD, SIG_DFL); /* ignored by some parents, and then nothing could be reaped */
    return signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* nginx would start, and then answer 403 or never notice a new policy. */
static bool find_way(const struct serve_user *workers, struct serve_way *way) {
    switch (serve_way_find(workers, way)) {
    case SERVE_WAY_NO_USER:
        serve_user_say_impossible(workers);
        return false;
    case SERVE_WAY_NOT_OPENED:
        serve_say("cannot open %s for nginx's workers: %s", way->folder, strerror(errno));
        return false;
    case SERVE_WAY_CLOSED:
        serve_say(
            "%s, whom nginx's workers run as, may not enter %s: let others do so (chmod o+x), "
            "or name a user who may with --user",
            workers->name, way->folder);
        return false;
    case SERVE_WAY_FOUND:
        break;
    }
    return true;
}

static bool find_ways(struct serve_gateway *gateway) {
    struct serve_options *options = gateway->options;
    bool found = find_way(&options->workers, &gateway->folder.way);
    for (size_t i = 0; i < options->mount_count && found; i++) {
        if (options->mounts[i].directory != NULL) {
            found = find_way(&options->workers, &options->mounts[i].way);
        }
    }
    return found;
}

/* Everything that has to stand before nginx runs. */
static bool prepare(struct serve_gateway *gateway, const char *module) {
    struct sigaction hang_up;
    /* Who started it with nohup wants it to outlive the terminal. */
    bool outlives = sigaction(SIGHUP, NULL, &hang_up) == 0 && hang_up.sa_handler == SIG_IGN;
    gateway->has_terminal = !outlives && serve_terminal_is_there();
    gateway->signals = open_signals();
    if (gateway->signals < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
        serve_say("cannot start: %s", strerror(errno));
        return false;
    }
    /* What is written from here on is nobody else's, what nginx writes neither. */
    (void)umask(S_IRWXG | S_IRWXO);
    return serve_folder_create(&gateway->folder, &gateway->options->workers) &&
           find_ways(gateway) && serve_policy_write(gateway, gateway->policy) &&
           write_configuration(gateway, module);
}

static bool start_nginx(struct serve_gateway *gateway, const char *nginx, int listening) {
    int inherited[SERVE_MOUNTS_MAX + 2] = {listening, gateway->folder.way.handed_down};
    char prefix[SERVE_WAY_PATH_MAX];
    size_t count = 2;
    for (size_t i = 0; i < gateway->options->mount_count; i++) {
        if (gateway->options->mounts[i].directory != NULL) {
            inherited[count++] = gateway->options->mounts[i].way.handed_down;
        }
    }
    serve_way_write(&gateway->folder.way, prefix);
    return serve_process_start(&gateway->nginx, nginx, prefix, inherited, count);
}

static int run(struct serve_gateway *gateway, const char *nginx, const char *module) {
    if (!upstreams_are_known(gateway->options)) {
        return EXIT_FAILED;
    }
    int listening = serve_listen(gateway->options);
    if (listening < 0) {
        return EXIT_FAILED;
    }
    if (!prepare(gateway, module)) {
        (void)close(listening);
        return EXIT_FAILED;
    }
    if (!start_nginx(gateway, nginx, listening)) {
        return EXIT_FAILED;
    }
    gateway->group = gateway->nginx.pid;
    gateway->intake = serve_intake_start(gateway->nginx.pipes);
    if (gateway->intake == NULL || !serve_output_start()) {
        serve_say("cannot start a thread: %s", strerror(errno));
        serve_process_kill(&gateway->nginx, gateway->group);
        return EXIT_FAILED;
    }
    return serve_gateway_run(gateway);
}

/*
 * Prints what nginx would be given, for use without the gateway: it names the policy that the user
 * wrote, not a copy that would be gone. A port that is still to be chosen is chosen.
 */
static int print_configuration(struct serve_options *options, const char *module) {
    if (serve_address_port(&options->listen) == 0) {
        int listening = serve_listen(options);
        if (listening < 0) {
            return EXIT_FAILED;
        }
        (void)close(listening);
    }
    serve_config_write(stdout, options, module, options->policy_path);
    return EXIT_FINE; /* what could not be written main() notices */
}

static int serve(struct serve_gateway *gateway) {
    if (gateway->options->watch && !serve_watch_start(&gateway->watch, gateway->options->policy)) {
        return EXIT_FAILED;
    }
    int code = serve_policy_load(gateway);
    if (code != EXIT_FINE) {
        return code;
    }
    char *module = serve_module_find();
    char *nginx = module == NULL || gateway->options->print_config ? NULL : serve_nginx_find();
    code = EXIT_FAILED;
    if (module != NULL && gateway->options->print_config) {
        code = print_configuration(gateway->options, module);
    } else if (nginx != NULL) {
        code = run(gateway, nginx, module);
    }
    free(nginx);
    free(module);
    return code;
}

static void finish(struct serve_gateway *gateway) {
    serve_output_stop();
    serve_folder_remove(&gateway->folder);
    serve_watch_finish(&gateway->watch);
    serve_near_destroy(gateway->near);
    cors_policy_destroy(gateway->policy, &cors_heap);
    if (gateway->intake != NULL) {
        serve_intake_destroy(gateway->intake);
    }
    serve_options_finish(gateway->options);
}

int cors_serve_main(int argc, char **argv) {
    struct serve_options options;
    int code = serve_options_read(argc, argv, &options);
    if (code >= 0) {
        serve_options_finish(&options);
        return code;
    }
    struct serve_gateway gateway = {
        .options = &options,
        .near = serve_near_create(),
        .watch = {.events = -1},
        .folder = {.lock = -1},
        .signals = -1,
    };
    if (gateway.near == NULL) {
        serve_say("not enough memory");
        code = EXIT_FAILED;
    } else {
        code = serve(&gateway);
    }
    finish(&gateway);
    return code;
}
