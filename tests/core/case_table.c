/* SPDX-License-Identifier: MIT */
#include "case_table.h"

void expect_text(const char *row, const char *what, cors_slice got, const char *wanted) {
    size_t size = strlen(wanted);
    if (got.size != size || (size > 0 && memcmp(got.data, wanted, size) != 0)) {
        fail_msg("row \"%s\": %s is \"%.*s\" instead of \"%s\"", row, what, SHOWN(got), wanted);
    }
}

void expect_number(const char *row, const char *what, long long got, long long wanted) {
    if (got != wanted) {
        fail_msg("row \"%s\": %s is %lld instead of %lld", row, what, got, wanted);
    }
}
