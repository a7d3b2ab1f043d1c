/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "serve_gateway.h"

#include <cors/server.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "serve_log.h"
#include "serve_output.h"
#include "serve_policy.h"
#include "terminal.h"

/* How long nginx may take to end; without requests under way it takes no time. */
enum { END_MILLISECONDS = 5000 };

/*
 * How long workers may take until the policy is in force in all of them: far above what a million
 * origins take. Who is without memory or files may be so for ever.
 */
enum { START_MILLISECONDS = 30000 };

static int64_t milliseconds_now(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void begin_end(struct serve_gateway *gateway) {
    if (gateway->state == GATEWAY_ENDING) { /* asked twice: no more patience */
        serve_process_kill(&gateway->nginx, gateway->group);
        return;
    }
    gateway->state = GATEWAY_ENDING;
    serve_workers_forget(&gateway->workers);
    gateway->kill_at = milliseconds_now() + END_MILLISECONDS;
    serve_process_signal(&gateway->nginx, SIGTERM);
}

static void say_serving(const struct serve_gateway *gateway) {
    const struct serve_options *options = gateway->options;
    char address[SERVE_ADDRESS_MAX];
    serve_address_write(&options->listen, address);
    for (size_t i = 0; i < options->mount_count; i++) {
        const struct serve_mount *mount = &options->mounts[i];
        const char *target = mount->directory == NULL ? mount->upstream.url : mount->directory;
        serve_say("http%s://%s%s/ serves %s", options->tls_key == NULL ? "" : "s", address,
                  mount->prefix, target);
    }
    serve_policy_say(gateway, "policy");
    if (strcmp(options->enforce, "off") != 0) {
        serve_say("cross-origin requests that are not allowed are %s",
                  strcmp(options->enforce, "block") == 0 ? "blocked" : "reported");
    }
}

/* The near miss of a denied origin, or NULL. */
static const char *near_miss(struct serve_gateway *gateway, const struct serve_log_entry *entry) {
    if (!serve_log_denied_origin(entry)) {
        return NULL;
    }
    cors_slice path = entry->fields[SERVE_FIELD_PATH];
    cors_slice origin = entry->fields[SERVE_FIELD_ORIGIN];
    char *plain = malloc(path.size + origin.size + 1);
    if (plain == NULL) {
        return NULL;
    }
    path = serve_log_unescape(path, plain);
    origin = serve_log_unescape(origin, plain + path.size);
    const char *words = serve_near_words(gateway->near, path, origin, milliseconds_now());
    free(plain);
    return words;
}

static void print_decision(struct serve_gateway *gateway, const struct serve_log_entry *entry) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream != NULL) {
        serve_log_write(stream, gateway->options->colour, gateway->options->enforce, entry,
                        near_miss(gateway, entry));
        if (fclose(stream) == 0) {
            serve_output_write(stdout, text, size);
        }
        free(text);
    }
}

static void print_trouble(struct serve_gateway *gateway, const struct serve_log_entry *entry) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream != NULL) {
        print_clean(stream, entry->text);
        if (fclose(stream) == 0) {
            serve_say("nginx: %s", text);
        }
        free(text);
    }
    if (entry->fatal && gateway->state == GATEWAY_RUNNING) {
        serve_say("nginx did not take the new configuration: the one before stays");
    }
    if (entry->lacks_worker && gateway->state != GATEWAY_ENDING) {
        serve_workers_lack(&gateway->workers, milliseconds_now());
    }
}

static void handle_in_force(struct serve_gateway *gateway, uint64_t checksum) {
    if (gateway->state != GATEWAY_STARTING) {
        serve_policy_in_force(gateway, checksum);
        return;
    }
    gateway->state = GATEWAY_RUNNING;
    say_serving(gateway);
    if (gateway->renew_when_started) { /* someone asked for it meanwhile */
        serve_policy_renew(gateway, true, milliseconds_now());
    }
}

static void handle_log_entry(struct serve_gateway *gateway, const struct serve_log_entry *entry) {
    switch (entry->kind) {
    case SERVE_LOG_IN_FORCE:
        handle_in_force(gateway, entry->checksum);
        break;
    case SERVE_LOG_TROUBLE:
        print_trouble(gateway, entry);
        break;
    case SERVE_LOG_DECISION:
        print_decision(gateway, entry);
        break;
    case SERVE_LOG_OTHER:
        break;
    }
}

/* Puts what came of a line before in front of what came now. Frees neither on failure. */
static bool join_begun_line(struct serve_begun_line *begun, struct serve_lines *lines) {
    char *joined = realloc(begun->bytes, begun->size + lines->size);
    if (joined == NULL) {
        return false;
    }
    memcpy(joined + begun->size, lines->bytes, lines->size);
    free(lines->bytes);
    lines->bytes = joined;
    lines->size += begun->size;
    *begun = (struct serve_begun_line){NULL, 0};
    return true;
}

static void keep_begun_line(struct serve_begun_line *begun, const char *bytes, size_t size) {
    begun->bytes = size == 0 ? NULL : malloc(size);
    begun->size = begun->bytes == NULL ? 0 : size;
    if (begun->bytes != NULL) {
        memcpy(begun->bytes, bytes, size);
    }
}

/* Handles what came of a stream, and frees it. */
static void read_stream(struct serve_gateway *gateway, enum serve_stream stream,
                        struct serve_lines lines) {
    struct serve_begun_line *begun = &gateway->begun[stream];
    if (lines.lost > 0) {
        serve_say("%llu lines of nginx were lost: they come too fast, or memory is short",
                  (unsigned long long)lines.lost);
        if (stream == SERVE_STREAM_ERRORS && gateway->state == GATEWAY_STARTING) {
            serve_process_kill(&gateway->nginx,
                               gateway->group); /* that it serves was one of them */
        }
    }
    if (lines.size > 0 && (begun->size == 0 || join_begun_line(begun, &lines))) {
        const char *rest = lines.bytes;
        size_t size = lines.size;
        const char *end;
        while ((end = memchr(rest, '\n', size)) != NULL) {
            struct serve_log_entry entry;
            serve_log_read(stream, (cors_slice){rest, (size_t)(end - rest)}, &entry);
            handle_log_entry(gateway, &entry);
            size -= (size_t)(end + 1 - rest);
            rest = end + 1;
        }
        keep_begun_line(begun, rest, size);
    }
    free(lines.bytes);
}

static void read_streams(struct serve_gateway *gateway) {
    struct serve_lines lines[SERVE_STREAM_COUNT];
    serve_intake_take(gateway->intake, lines);
    read_stream(gateway, SERVE_STREAM_ERRORS, lines[SERVE_STREAM_ERRORS]);
    read_stream(gateway, SERVE_STREAM_DECISIONS, lines[SERVE_STREAM_DECISIONS]);
}

/* What there is to say when nginx ended without being asked to. */
static void say_ended(const struct serve_gateway *gateway) {
    if (gateway->state == GATEWAY_STARTING) {
        serve_say("nginx did not start");
    } else if (WIFSIGNALED(gateway->nginx_status)) {
        serve_say("nginx was ended by signal %d", WTERMSIG(gateway->nginx_status));
    } else {
        serve_say("nginx ended by itself with status %d", WEXITSTATUS(gateway->nginx_status));
    }
}

bool serve_terminal_is_there(void) {
    int terminal = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (terminal >= 0) {
        (void)close(terminal);
    }
    return terminal >= 0;
}

/* Someone asks for the policy to be read again, or the terminal was closed. */
static void hang_up(struct serve_gateway *gateway) {
    if (gateway->has_terminal && !serve_terminal_is_there()) {
        begin_end(gateway);
    } else {
        serve_policy_renew(gateway, true, milliseconds_now());
    }
}

static void read_signals(struct serve_gateway *gateway) {
    struct signalfd_siginfo signal;
    while (read(gateway->signals, &signal, sizeof signal) == sizeof signal) {
        switch (signal.ssi_signo) {
        case SIGHUP:
            hang_up(gateway);
            break;
        case SIGCHLD:
            serve_process_reap(&gateway->nginx, &gateway->nginx_status);
            break;
        default:
            begin_end(gateway);
            break;
        }
    }
}

/* What is due by now, and for how long there is nothing to do; -1: for ever. */
static int handle_due(struct serve_gateway *gateway) {
    int64_t now = milliseconds_now();
    if (gateway->watch.due != 0 && now >= gateway->watch.due) {
        gateway->watch.due = 0;
        serve_policy_renew(gateway, false, now);
    }
    if (gateway->reload_at != 0 && now >= gateway->reload_at) {
        serve_policy_reload_nginx(gateway);
    }
    if (serve_workers_are_due(&gateway->workers, gateway->nginx.pid, now)) {
        serve_process_signal(&gateway->nginx, SIGHUP);
    }
    int64_t near_due = serve_near_due(gateway->near);
    if (near_due != 0 && now >= near_due) {
        serve_say("nearest entries not looked up for %llu more denials: %d a second are",
                  (unsigned long long)serve_near_take_count(gateway->near),
                  SERVE_NEAR_A_SECOND_MAX);
    }
    if (gateway->state == GATEWAY_STARTING && now >= gateway->start_until) {
        serve_say("nginx does not get the policy into force: it is ended");
        serve_process_kill(&gateway->nginx, gateway->group);
    }
    if (gateway->kill_at != 0 && now >= gateway->kill_at) {
        serve_say("nginx does not end by itself: it is killed");
        serve_process_kill(&gateway->nginx, gateway->group);
    }
    int64_t start_due = gateway->state == GATEWAY_STARTING ? gateway->start_until : 0;
    const int64_t dues[] = {start_due,
                            gateway->watch.due,
                            gateway->reload_at,
                            gateway->workers.look_at,
                            serve_near_due(gateway->near),
                            gateway->kill_at};
    int64_t wait = -1;
    for (size_t i = 0; i < sizeof dues / sizeof dues[0]; i++) {
        int64_t rest = dues[i] > now ? dues[i] - now : 0;
        wait = dues[i] != 0 && (wait < 0 || rest < wait) ? rest : wait;
    }
    return (int)wait;
}

static void wait_and_handle(struct serve_gateway *gateway, int wait) {
    struct pollfd events[] = {
        {.fd = gateway->signals, .events = POLLIN},
        {.fd = serve_intake_event(gateway->intake), .events = POLLIN},
        {.fd = gateway->watch.events, .events = POLLIN},
    };
    if (poll(events, sizeof events / sizeof events[0], wait) <= 0) {
        return;
    }
    if (events[1].revents != 0) {
        read_streams(gateway);
    }
    if (events[2].revents != 0) {
        serve_watch_take_events(&gateway->watch, milliseconds_now());
    }
    if (events[0].revents != 0) {
        read_signals(gateway);
    }
}

int serve_gateway_run(struct serve_gateway *gateway) {
    gateway->start_until = milliseconds_now() + START_MILLISECONDS;
    while (gateway->nginx.pid > 0) {
        int wait = handle_due(gateway);
        if (gateway->nginx.pid > 0) {
            wait_and_handle(gateway, wait);
        }
    }
    serve_process_kill(&gateway->nginx, gateway->group); /* workers that lost their master */
    serve_intake_wait(gateway->intake);
    read_streams(gateway);
    if (gateway->state != GATEWAY_ENDING) {
        say_ended(gateway);
        return EXIT_FAILED;
    }
    return EXIT_FINE;
}
