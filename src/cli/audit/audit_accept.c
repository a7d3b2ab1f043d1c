/* SPDX-License-Identifier: MIT */
#include "audit_accept.h"

#include <time.h>

#include "json_text.h"
#include "json_writer.h"

enum { ACCEPTED_DAYS = 90, DAY_SECONDS = 86400 };

void audit_day_write(char day[11], long days) {
    time_t then = time(NULL) + (time_t)days * DAY_SECONDS;
    struct tm parts;
    if (gmtime_r(&then, &parts) == NULL || strftime(day, 11, "%Y-%m-%d", &parts) == 0) {
        (void)snprintf(day, 11, "1970-01-01");
    }
}

void audit_accept_begin(struct audit_accept *accept, FILE *stream) {
    *accept = (struct audit_accept){.stream = stream};
    audit_day_write(accept->until, ACCEPTED_DAYS);
    (void)fputs("{\"suppressions\": [", stream);
}

static void write_finding(struct audit_accept *accept, const struct audit_record *record,
                          const struct audit_record_finding *finding) {
    json_t *suppression =
        json_pack("{s:o, s:o, s:s, s:s, s:s}", "fingerprint", json_text(finding->fingerprint),
                  "url", json_text(record->url), "rule", audit_rule_name(finding->rule), "reason",
                  "accepted by --write-baseline", "until", accept->until);
    (void)fputs(accept->count++ == 0 ? "\n" : ",\n", accept->stream);
    (void)json_print(suppression, JSON_COMPACT, accept->stream);
    json_decref(suppression);
}

void audit_accept_add(struct audit_accept *accept, const struct audit_record *record) {
    for (size_t i = 0; i < record->finding_count; i++) {
        write_finding(accept, record, &record->findings[i]);
    }
}

void audit_accept_end(struct audit_accept *accept) {
    (void)fputs("\n]}\n", accept->stream);
}
