/* SPDX-License-Identifier: MIT */
/*
 * Sends requests through a pool and tells how each came out, for the tests beside it.
 *
 *     pool_driver [--NAME VALUE ...] < requests > outcomes
 *
 * Options: ca, proxy, resolve (again and again), connections, rate-all, rate-host, connect-ms,
 * total-ms, leave: to end a second after no more than so many are left. A line of input is METHOD
 * URL [NAME:VALUE ...], separated by tabs; "+BODY" in place of a field is the body, "hold N" in
 * place of a method holds the URL's host for N milliseconds, and "then" sends what follows only
 * once everything before has come out. A line of output, as each comes out: number, outcome,
 * status, version, bytes kept, bytes, digest, number of fields, sentence. The last line is "left"
 * and what probe_pool_wait() says is left.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe_pool.h"

enum { FIELDS_MAX = 64, RESOLVES_MAX = 4096 };

struct settings {
    struct probe_pool_options options;
    size_t leave;
    const char *resolves[RESOLVES_MAX];
};

struct question {
    int number;
    char *line; /* what the request points into */
};

static cors_slice slice(const char *text) {
    return (cors_slice){text, strlen(text)};
}

static void fail(const char *what) {
    (void)fprintf(stderr, "pool_driver: %s\n", what);
    exit(2);
}

static void set_option(struct settings *settings, const char *name, const char *value) {
    struct probe_pool_options *options = &settings->options;
    if (strcmp(name, "--ca") == 0) {
        options->probe.ca_file = value;
    } else if (strcmp(name, "--proxy") == 0) {
        options->probe.proxy = value;
    } else if (strcmp(name, "--resolve") == 0 && options->probe.resolve_count < RESOLVES_MAX) {
        settings->resolves[options->probe.resolve_count++] = value;
    } else if (strcmp(name, "--connections") == 0) {
        options->connections_max = strtoul(value, NULL, 10);
    } else if (strcmp(name, "--leave") == 0) {
        settings->leave = strtoul(value, NULL, 10);
    } else if (strcmp(name, "--rate-all") == 0) {
        options->rate_all = strtod(value, NULL);
    } else if (strcmp(name, "--rate-host") == 0) {
        options->rate_host = strtod(value, NULL);
    } else if (strcmp(name, "--connect-ms") == 0) {
        options->probe.connect_ms = strtol(value, NULL, 10);
    } else if (strcmp(name, "--total-ms") == 0) {
        options->probe.total_ms = strtol(value, NULL, 10);
    } else {
        fail(name);
    }
}

static void tell(void *context, const struct probe_answer *answer) {
    struct question *question = context;
    (void)printf("%d\t%s\t%d\t%.*s\t%zu\t%" PRIu64 "\t%016" PRIx64 "\t%zu\t%s\n", question->number,
                 probe_outcome_name(answer->outcome), answer->head.status,
                 (int)answer->head.version.size,
                 answer->head.version.size > 0 ? answer->head.version.data : "", answer->body_size,
                 answer->body_total, answer->digest, answer->head.field_count, answer->sentence);
    bool says_2 = answer->head.version.size == 1 && answer->head.version.data[0] == '2';
    if (answer->outcome == PROBE_ANSWERED && answer->http2 != says_2) {
        fail("http2 and the version differ");
    }
    free(question->line);
    free(question);
}

/* "Name:value", or "+body" */
static void add_part(struct probe_request *request, cors_field *fields, const char *part) {
    const char *colon = strchr(part, ':');
    if (part[0] == '+') {
        request->body = slice(part + 1);
        request->sends_body = true;
    } else if (colon != NULL && request->field_count < FIELDS_MAX) {
        fields[request->field_count].name = (cors_slice){part, (size_t)(colon - part)};
        fields[request->field_count].value = slice(colon + 1);
        request->field_count++;
    } else {
        fail(part);
    }
}

static void ask(probe_pool *pool, struct question *question) {
    cors_field fields[FIELDS_MAX];
    char *rest = NULL;
    const char *method = strtok_r(question->line, "\t", &rest);
    const char *url = strtok_r(NULL, "\t", &rest);
    if (method == NULL || url == NULL) {
        fail("a line is METHOD URL");
        return;
    }
    struct probe_request request = {.method = slice(method), .url = slice(url), .fields = fields};
    for (const char *part = strtok_r(NULL, "\t", &rest); part != NULL;
         part = strtok_r(NULL, "\t", &rest)) {
        add_part(&request, fields, part);
    }
    if (!probe_pool_send(pool, &request, tell, question)) {
        fail("no memory");
    }
}

static void wait_until_left(probe_pool *pool, size_t most) {
    size_t left = probe_pool_wait(pool, 0);
    while (left > most) {
        left = probe_pool_wait(pool, 1000);
    }
}

static bool hold(probe_pool *pool, const char *line) {
    char *end = NULL;
    if (strncmp(line, "hold ", 5) != 0) {
        return false;
    }
    long milliseconds = strtol(line + 5, &end, 10);
    probe_pool_hold(pool, slice(end + 1), milliseconds);
    return true;
}

static void ask_all(probe_pool *pool) {
    char *line = NULL;
    size_t room = 0;
    int number = 0;
    while (getline(&line, &room, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        if (strcmp(line, "then") == 0) {
            wait_until_left(pool, 0);
        } else if (!hold(pool, line)) {
            struct question *question = malloc(sizeof *question);
            if (question == NULL) {
                fail("no memory");
                return;
            }
            *question = (struct question){number++, strdup(line)};
            ask(pool, question);
        }
    }
    free(line);
}

/* getrusage() would count what the process was before it became this program. */
static long peak_kib(void) {
    char line[256];
    long peak = 0;
    FILE *status = fopen("/proc/self/status", "r");
    if (status == NULL) {
        fail("no /proc/self/status");
        return 0;
    }
    while (fgets(line, sizeof line, status) != NULL) {
        if (strncmp(line, "VmHWM:", 6) == 0) {
            peak = strtol(line + 6, NULL, 10);
        }
    }
    (void)fclose(status);
    return peak;
}

int main(int argc, char **argv) {
    static struct settings settings;
    for (int i = 1; i + 1 < argc; i += 2) {
        set_option(&settings, argv[i], argv[i + 1]);
    }
    settings.options.probe.resolve = settings.resolves;
    probe_pool *pool = probe_pool_create(&settings.options);
    if (pool == NULL) {
        fail("no pool");
    }
    ask_all(pool);
    wait_until_left(pool, settings.leave);
    (void)printf("left\t%zu\n", probe_pool_wait(pool, 1000));
    probe_pool_destroy(pool);
    (void)printf("peak\t%ld\n", peak_kib());
    return 0;
}
