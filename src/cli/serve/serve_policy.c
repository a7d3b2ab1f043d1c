/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "serve_policy.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "block_file.h"
#include "command.h"
#include "policy_counts.h"
#include "policyfile.h"
#include "problems.h"
#include "serve_config.h"
#include "serve_gateway.h"
#include "serve_output.h"

/*
 * How long nginx may take to put a policy into force before it is told to read its configuration
 * again nevertheless: far longer than it takes if nothing is wrong.
 */
enum { IN_FORCE_MILLISECONDS = 5000 };

static void print_problems(const struct serve_gateway *gateway, const cors_builder *builder) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream != NULL) {
        problems_print(builder, stream, gateway->options->colour_errors);
        if (fclose(stream) == 0 && size > 0) {
            serve_output_write(stderr, text, size);
        }
        free(text);
    }
}

void serve_policy_say(const struct serve_gateway *gateway, const char *what) {
    struct policy_counts counts = policy_counts_of(gateway->policy);
    serve_say("%s %s, environment %s: %llu %s in %llu %s", what, gateway->options->policy,
              gateway->options->environment, (unsigned long long)counts.origins,
              counts.origins == 1 ? "origin" : "origins", (unsigned long long)counts.policies,
              counts.policies == 1 ? "policy" : "policies");
}

/* Reads the policy and prints its problems. Returns an exit code. */
static int read_policy(struct serve_gateway *gateway, const cors_policy **policy) {
    const struct serve_options *options = gateway->options;
    cors_builder *builder;
    struct cors_list_watcher lists = serve_watch_lists(&gateway->watch);
    serve_watch_forget_changes(&gateway->watch);
    cors_status status =
        cors_policyfile_load_watched(options->policy, options->environment,
                                     gateway->options->watch ? &lists : NULL, &builder, policy);
    if (builder != NULL) {
        print_problems(gateway, builder);
        serve_watch_add_files(&gateway->watch, builder);
    }
    cors_builder_destroy(builder);
    if (status != CORS_OK) {
        if (status == CORS_NO_MEMORY) {
            serve_say("not enough memory for the policy");
        }
        return status == CORS_NO_MEMORY ? EXIT_FAILED : EXIT_USAGE;
    }
    return EXIT_FINE;
}

static void take(struct serve_gateway *gateway, const cors_policy *policy) {
    serve_near_set_policy(gateway->near, policy);
    cors_policy_destroy(gateway->policy, &cors_heap);
    gateway->policy = policy;
}

int serve_policy_load(struct serve_gateway *gateway) {
    const cors_policy *policy;
    int code = read_policy(gateway, &policy);
    if (code == EXIT_FINE) {
        take(gateway, policy);
    }
    return code;
}

/* A folder of its own needs no care for who else writes there, nor for a loss of power. */
static bool write_block(const char *path, cors_slice block, const struct serve_user *reader) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool written = file >= 0 && serve_user_admit(reader, file) && block_file_write_to(file, block);
    return file >= 0 && close(file) == 0 && written;
}

bool serve_policy_write(const struct serve_gateway *gateway, const cors_policy *policy) {
    const char *folder = gateway->folder.path;
    cors_slice block = {(const char *)policy, cors_policy_size(policy)};
    char path[sizeof gateway->folder.path + sizeof SERVE_POLICY_NAME + 1];
    char beside[sizeof path + 4];
    (void)snprintf(path, sizeof path, "%s/%s", folder, SERVE_POLICY_NAME);
    (void)snprintf(beside, sizeof beside, "%s.new", path);
    if (write_block(beside, block, &gateway->options->workers) && rename(beside, path) == 0) {
        return true;
    }
    serve_say("cannot write %s: %s", path, strerror(errno));
    (void)unlink(beside);
    return false;
}

/* Takes a policy if it can be written to where nginx has it from. */
static bool put(struct serve_gateway *gateway, const cors_policy *policy) {
    if (!serve_policy_write(gateway, policy)) {
        cors_policy_destroy(policy, &cors_heap);
        return false;
    }
    take(gateway, policy);
    return true;
}

void serve_policy_renew(struct serve_gateway *gateway, bool reload, int64_t now) {
    if (gateway->state == GATEWAY_ENDING) {
        return;
    }
    if (gateway->state == GATEWAY_STARTING) { /* nginx would not say what it does about it */
        gateway->renew_when_started = true;
        return;
    }
    const cors_policy *policy;
    if (read_policy(gateway, &policy) != EXIT_FINE || !put(gateway, policy)) {
        serve_say("%s was not taken: the policy that was in force stays", gateway->options->policy);
        return;
    }
    gateway->awaited = true;
    if (reload && gateway->reload_at == 0) {
        gateway->reload_at = now + IN_FORCE_MILLISECONDS;
    }
}

void serve_policy_reload_nginx(struct serve_gateway *gateway) {
    if (gateway->reload_at != 0 && gateway->state == GATEWAY_RUNNING) {
        serve_process_signal(&gateway->nginx, SIGHUP);
        serve_workers_forget(&gateway->workers);
    }
    gateway->reload_at = 0;
}

void serve_policy_in_force(struct serve_gateway *gateway, uint64_t checksum) {
    if (!gateway->awaited || checksum != cors_policy_checksum(gateway->policy)) {
        return;
    }
    gateway->awaited = false;
    serve_policy_say(gateway, "now in force:");
    serve_policy_reload_nginx(gateway);
}
