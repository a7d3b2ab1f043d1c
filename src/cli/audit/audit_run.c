/* SPDX-License-Identifier: MIT */
#include "audit_run.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include "audit_asker.h"
#include "audit_progress.h"
#include "command.h"
#include "policyfile.h"
#include "text_slices.h"

enum { WAIT_MS = 100, FILES_BESIDE = 64 };

/* A target that is asked. */
struct asked {
    struct audit_asker asker;
    struct run *run;
    size_t target;
    struct asked *next; /* of those that are free */
};

struct run {
    const struct audit_targets *targets;
    const struct audit_settings *settings;
    struct audit_journal *journal;
    struct audit_output *output;
    struct audit_progress progress;
    probe_pool *pool;
    uint64_t seed;
    struct asked *asked; /* as many as are asked at once */
    struct asked *free;
    size_t next;          /* the first target that was not begun */
    size_t told;          /* how many targets were told */
    bool shares_terminal; /* what is told goes where the progress is drawn */
    bool failed;
};

static volatile sig_atomic_t interrupted_by;

/* A second signal ends the program at once. */
static void note_signal(int number) {
    interrupted_by = number;
}

/* What asks a program to end. */
static const int endings[] = {SIGINT, SIGTERM, SIGHUP};

enum { ENDING_COUNT = sizeof endings / sizeof endings[0] };

/* One that is ignored stays so: that is how nohup(1) keeps a program going. */
static void set_signals(struct sigaction before[ENDING_COUNT]) {
    struct sigaction action = {.sa_handler = note_signal, .sa_flags = (int)SA_RESETHAND};
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < ENDING_COUNT; i++) {
        (void)sigaction(endings[i], &action, &before[i]);
        if (before[i].sa_handler == SIG_IGN) {
            (void)sigaction(endings[i], &before[i], NULL);
        }
    }
}

static void restore_signals(const struct sigaction before[ENDING_COUNT]) {
    for (size_t i = 0; i < ENDING_COUNT; i++) {
        (void)sigaction(endings[i], &before[i], NULL);
    }
}

uint64_t audit_run_seed(void) {
    uint64_t seed = 0;
    if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed) {
        (void)fputs("cors audit: the system has no random numbers\n", stderr);
        exit(EXIT_FAILED);
    }
    return seed;
}

static bool is_public_suffix(void *context, cors_slice domain) {
    (void)context;
    return cors_domain_is_listed_suffix(domain);
}

static bool is_shared_host(void *context, cors_slice domain) {
    (void)context;
    return cors_domain_is_shared_host(domain);
}

void audit_run_options(const struct audit_settings *settings, uint64_t seed, size_t target,
                       struct audit_options *options) {
    *options = (struct audit_options){.quick = settings->quick,
                                      .seed = seed + (uint64_t)target * 0x9E3779B97F4A7C15U,
                                      .is_public_suffix = is_public_suffix,
                                      .is_shared_host = is_shared_host};
}

/* As many connections as targets at once, if the system gives so many descriptors. */
static size_t allow_connections(size_t wanted) {
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0) {
        return wanted;
    }
    rlim_t needed = (rlim_t)wanted + FILES_BESIDE;
    if (files.rlim_cur < needed) {
        files.rlim_cur = needed < files.rlim_max ? needed : files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    if (files.rlim_cur >= needed) {
        return wanted;
    }
    return files.rlim_cur > 2 * FILES_BESIDE ? (size_t)files.rlim_cur - FILES_BESIDE : FILES_BESIDE;
}

/* Notes the result, and makes room for another target. */
static void finish_target(struct audit_asker *asker) {
    struct asked *asked = asker->context;
    struct run *run = asked->run;
    const struct audit_target *target = &run->targets->items[asked->target];
    struct keep keep = {NULL};
    struct audit_record record;
    audit_record_fill(&keep, target->url, target->method, audit_result(asker->audit), &record);
    record.requests = asker->sent; /* repeats count, and what was not sent does not */
    run->failed = !audit_journal_put(run->journal, asked->target, &record) || run->failed;
    run->progress.done++;
    keep_free(&keep);
    audit_destroy(asker->audit);
    asker->audit = NULL;
    asked->next = run->free;
    run->free = asked;
}

static void begin_target(struct run *run, size_t number) {
    struct asked *asked = run->free;
    struct audit_options options;
    const struct audit_target *target = &run->targets->items[number];
    audit_run_options(run->settings, run->seed, number, &options);
    run->free = asked->next;
    asked->run = run;
    asked->target = number;
    asked->asker = (struct audit_asker){.pool = run->pool,
                                        .audit = audit_create(target, &options),
                                        .target = target,
                                        .finished = finish_target,
                                        .sent_all = &run->progress.requests,
                                        .context = asked};
    if (asked->asker.audit == NULL) {
        (void)fputs("cors audit: out of memory\n", stderr);
        exit(EXIT_FAILED);
    }
    audit_asker_begin(&asked->asker);
}

static void begin_targets(struct run *run) {
    while (run->free != NULL && run->next < run->targets->count && !run->failed) {
        size_t number = run->next++;
        if (!audit_journal_has(run->journal, number)) {
            begin_target(run, number);
        }
    }
}

/* That the baseline does not accept. */
static size_t count_findings(const struct audit_summary *summary) {
    size_t count = 0;
    for (size_t i = 0; i < AUDIT_SEVERITY_COUNT; i++) {
        count += summary->findings[i];
    }
    return count;
}

static void tell(struct run *run, size_t number) {
    struct keep keep = {NULL};
    struct audit_record record;
    if (audit_journal_get(run->journal, &keep, number, &record)) {
        audit_output_add(run->output, &record);
        run->progress.findings = count_findings(&run->output->summary);
    } else {
        run->failed = true;
    }
    keep_free(&keep);
}

/* Tells what is done, in order; across gaps where nothing more is coming. */
static void tell_done(struct run *run, bool across_gaps) {
    bool some = false;
    while (run->told < run->targets->count && !run->failed) {
        bool done = audit_journal_has(run->journal, run->told);
        if (!done && !across_gaps) {
            break;
        }
        if (done && !some && run->shares_terminal) {
            audit_progress_clear(&run->progress);
        }
        if (done) {
            tell(run, run->told);
            some = true;
        }
        run->told++;
    }
    if (some && (fflush(stdout) != 0 || ferror(stdout) != 0)) {
        (void)fprintf(stderr, "cors audit: standard output cannot be written: %s\n",
                      strerror(errno));
        run->failed = true;
    }
}

static void work(struct run *run) {
    while (run->told < run->targets->count && interrupted_by == 0 && !run->failed) {
        begin_targets(run);
        tell_done(run, false);
        audit_progress_draw(&run->progress);
        if (run->told < run->targets->count) {
            (void)probe_pool_wait(run->pool, WAIT_MS);
        }
    }
}

static void prepare(struct run *run) {
    size_t count = run->settings->concurrency < run->targets->count ? run->settings->concurrency
                                                                    : run->targets->count;
    run->asked = keep_memory(run->targets->keep, count * sizeof *run->asked);
    for (size_t i = 0; i < count; i++) {
        run->asked[i].next = run->free;
        run->free = &run->asked[i];
    }
    run->shares_terminal = isatty(STDOUT_FILENO) != 0;
    audit_progress_begin(&run->progress, stderr, colour_wanted(run->settings->colour, stderr),
                         run->targets->count, run->journal->done);
}

/* Ends what is under way, whose results would be those of a server asked by halves. */
static void end_askers(struct run *run) {
    size_t count = run->settings->concurrency < run->targets->count ? run->settings->concurrency
                                                                    : run->targets->count;
    probe_pool_destroy(run->pool);
    for (size_t i = 0; i < count; i++) {
        audit_destroy(run->asked[i].asker.audit);
    }
}

enum audit_run_end audit_run(const struct audit_targets *targets, struct audit_journal *journal,
                             struct audit_output *output, double *seconds, int *signal) {
    struct sigaction before[ENDING_COUNT];
    struct probe_pool_options pool = targets->settings->pool;
    pool.connections_max = allow_connections(targets->settings->concurrency);
    struct run run = {.targets = targets,
                      .settings = targets->settings,
                      .journal = journal,
                      .output = output,
                      .seed = audit_run_seed(),
                      .pool = probe_pool_create(&pool)};
    if (run.pool == NULL) {
        (void)fputs("cors audit: out of memory\n", stderr);
        return AUDIT_RUN_FAILED;
    }
    set_signals(before);
    prepare(&run);
    work(&run);
    end_askers(&run);
    restore_signals(before);
    tell_done(&run, true);
    audit_progress_clear(&run.progress);
    *seconds = audit_progress_seconds(&run.progress);
    *signal = interrupted_by;
    if (run.failed) {
        return AUDIT_RUN_FAILED;
    }
    return interrupted_by != 0 ? AUDIT_RUN_INTERRUPTED : AUDIT_RUN_DONE;
}
