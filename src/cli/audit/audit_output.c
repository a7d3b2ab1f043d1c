/* SPDX-License-Identifier: MIT */
#include "audit_output.h"

#include <stdlib.h>

#include "command.h"

static bool begin_reports(struct audit_output *output) {
    const struct audit_settings *settings = output->settings;
    for (size_t i = 0; i < AUDIT_FORMAT_COUNT; i++) {
        struct audit_file *file = &output->files[i];
        if (settings->outputs[i] == NULL) {
            continue;
        }
        if (!audit_file_begin(output->keep, settings->outputs[i], file)) {
            return false;
        }
        output->reports[i] = audit_report_begin((enum audit_format)i, file->stream,
                                                colour_wanted(settings->colour, file->stream));
        if (output->reports[i] == NULL) {
            (void)fputs("cors audit: out of memory\n", stderr);
            return false;
        }
    }
    return true;
}

static bool begin_accepting(struct audit_output *output) {
    const char *path = output->settings->write_baseline;
    if (path == NULL) {
        return true;
    }
    if (!audit_file_begin(output->keep, path, &output->accepted)) {
        return false;
    }
    audit_accept_begin(&output->accept, output->accepted.stream);
    return true;
}

int audit_output_begin(struct audit_output *output, struct keep *keep,
                       const struct audit_settings *settings) {
    char today[11];
    *output = (struct audit_output){.keep = keep, .settings = settings};
    audit_day_write(today, 0);
    if (settings->baseline != NULL) {
        output->baseline = audit_baseline_read(keep, settings->baseline, today);
        if (output->baseline == NULL) {
            return EXIT_USAGE;
        }
    }
    if (!begin_reports(output) || !begin_accepting(output)) {
        audit_output_abandon(output);
        return EXIT_FAILED;
    }
    return -1;
}

static void count(struct audit_output *output, const struct audit_record *record) {
    struct audit_summary *summary = &output->summary;
    summary->targets++;
    summary->outcomes[record->outcome]++;
    summary->requests += record->requests;
    for (size_t i = 0; i < record->finding_count; i++) {
        const struct audit_record_finding *finding = &record->findings[i];
        if (finding->suppressed) {
            summary->suppressed++;
            continue;
        }
        summary->findings[finding->severity]++;
        output->failing = output->failing || (output->settings->fails &&
                                              finding->severity >= output->settings->fail_on);
    }
}

void audit_output_add(struct audit_output *output, struct audit_record *record) {
    if (output->baseline != NULL) {
        audit_baseline_apply(output->baseline, record);
    }
    count(output, record);
    for (size_t i = 0; i < AUDIT_FORMAT_COUNT; i++) {
        if (output->reports[i] != NULL) {
            audit_report_add(output->reports[i], record);
        }
    }
    if (output->accepted.stream != NULL) {
        audit_accept_add(&output->accept, record);
    }
}

/* A report that broke elsewhere than at its file has said so, and is not put in place. */
static bool finish_report(struct audit_output *output, size_t number) {
    struct audit_file *file = &output->files[number];
    bool whole = audit_report_end(output->reports[number], &output->summary);
    output->reports[number] = NULL;
    if (whole || ferror(file->stream) != 0) {
        return audit_file_finish(file) && whole;
    }
    audit_file_abandon(file);
    return false;
}

bool audit_output_finish(struct audit_output *output, double seconds) {
    bool fine = true;
    output->summary.seconds = seconds;
    for (size_t i = 0; i < AUDIT_FORMAT_COUNT; i++) {
        if (output->reports[i] != NULL) {
            fine = finish_report(output, i) && fine;
        }
    }
    if (output->accepted.stream != NULL) {
        audit_accept_end(&output->accept);
        fine = audit_file_finish(&output->accepted) && fine;
    }
    return fine;
}

void audit_output_abandon(struct audit_output *output) {
    for (size_t i = 0; i < AUDIT_FORMAT_COUNT; i++) {
        if (output->reports[i] != NULL) {
            (void)audit_report_end(output->reports[i], &output->summary);
            output->reports[i] = NULL;
        }
        audit_file_abandon(&output->files[i]);
    }
    audit_file_abandon(&output->accepted);
}
