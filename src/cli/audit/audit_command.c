/* SPDX-License-Identifier: MIT */
/* cors audit: finds out which origins servers trust, and says which of them should not be. */
#include "audit_dry_run.h"
#include "audit_run.h"
#include "command.h"
#include "json_text.h"
#include "terminal.h"
#include "text_slices.h"

static void say_how_to_resume(const struct audit_journal *journal) {
    (void)fprintf(stderr, "cors audit: interrupted, with %zu of %zu targets done; ", journal->done,
                  journal->targets->count);
    if (journal->path == NULL) {
        (void)fputs("with --resume FILE a run can go on where another one ended\n", stderr);
    } else {
        (void)fputs("the same command goes on from there, with --resume ", stderr);
        print_clean(stderr, text_slice(journal->path));
        (void)fputc('\n', stderr);
    }
}

static int exit_code(const struct audit_output *output) {
    if (output->failing) {
        return EXIT_FINDING;
    }
    return output->summary.outcomes[AUDIT_INCONCLUSIVE] > 0 ? EXIT_FAILED : EXIT_FINE;
}

/* Ends the reports, also of a run that was interrupted: they tell what is known. */
static int conclude(struct audit_journal *journal, struct audit_output *output,
                    enum audit_run_end end, double seconds, int signal) {
    if (end == AUDIT_RUN_FAILED) {
        audit_output_abandon(output);
        return EXIT_FAILED;
    }
    if (!audit_output_finish(output, seconds)) {
        return EXIT_FAILED;
    }
    if (end == AUDIT_RUN_INTERRUPTED) {
        say_how_to_resume(journal);
        return EXIT_BY_SIGNAL + signal;
    }
    if (output->baseline != NULL) {
        audit_baseline_say_unused(output->baseline);
    }
    return exit_code(output);
}

static int ask(const struct audit_targets *targets, struct audit_journal *journal) {
    struct audit_output output;
    double seconds = 0.0;
    int signal = 0;
    int code = audit_output_begin(&output, targets->keep, targets->settings);
    if (code >= 0) {
        return code;
    }
    enum audit_run_end end = audit_run(targets, journal, &output, &seconds, &signal);
    return conclude(journal, &output, end, seconds, signal);
}

static int run(const struct audit_settings *settings) {
    struct audit_targets targets;
    struct audit_journal journal;
    if (!audit_targets_collect(&targets, settings->keep, settings)) {
        return EXIT_USAGE;
    }
    if (settings->dry_run) {
        return audit_dry_run(&targets);
    }
    int code = audit_journal_open(&journal, &targets) ? ask(&targets, &journal) : EXIT_USAGE;
    audit_journal_close(&journal);
    return code;
}

int cors_audit_main(int argc, char **argv) {
    struct keep keep = {NULL};
    struct audit_settings settings;
    json_needs_memory();
    int code = audit_settings_read(&keep, argc, argv, &settings);
    if (code < 0) {
        code = run(&settings);
    }
    keep_free(&keep);
    return code;
}
