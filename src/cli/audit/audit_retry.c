/* SPDX-License-Identifier: MIT */
#include "audit_retry.h"

#include <curl/curl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "text_slices.h"

enum { TOO_MANY_REQUESTS = 429, UNAVAILABLE = 503, FIELD_BYTES_MAX = 64 };

/* The first field of a name, with a NUL at its end; false where there is none, or it is too long.
 */
static bool read_field(const struct probe_answer *answer, const char *name,
                       char value[FIELD_BYTES_MAX]) {
    for (size_t i = 0; i < answer->head.field_count; i++) {
        const cors_field *field = &answer->head.fields[i];
        if (text_is_folded(field->name, name) && field->value.size > 0 &&
            field->value.size < FIELD_BYTES_MAX) {
            memcpy(value, field->value.data, field->value.size);
            value[field->value.size] = '\0';
            return true;
        }
    }
    return false;
}

static bool read_seconds(const char *value, long *seconds) {
    size_t digits = strspn(value, "0123456789");
    if (digits == 0 || value[digits] != '\0') {
        return false;
    }
    *seconds = digits > 9 ? INT_MAX : strtol(value, NULL, 10);
    return true;
}

/* Against the server's own clock where it says what that shows. */
static bool read_date(const struct probe_answer *answer, const char *value, time_t now,
                      long *seconds) {
    char date[FIELD_BYTES_MAX];
    time_t then = curl_getdate(value, NULL);
    time_t there = read_field(answer, "Date", date) ? curl_getdate(date, NULL) : -1;
    if (then < 0) {
        return false;
    }
    long difference = (long)(then - (there < 0 ? now : there));
    *seconds = difference < 0 ? 0 : difference;
    return true;
}

bool audit_retry_wanted(const struct probe_answer *answer, unsigned waits, time_t now,
                        long *seconds) {
    char value[FIELD_BYTES_MAX];
    int status = answer->head.status;
    if (answer->outcome != PROBE_ANSWERED ||
        (status != TOO_MANY_REQUESTS && status != UNAVAILABLE)) {
        return false;
    }
    bool told = read_field(answer, "Retry-After", value) &&
                (read_seconds(value, seconds) || read_date(answer, value, now, seconds));
    if (!told) {
        *seconds = 1L << (waits < AUDIT_WAITS_MAX ? waits : AUDIT_WAITS_MAX);
    }
    return told || status == TOO_MANY_REQUESTS;
}
