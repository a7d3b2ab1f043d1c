/* SPDX-License-Identifier: MIT */
/* Tables of cases: what cmocka needs, and checks that name the row that failed. */
#ifndef CORS_TESTS_CASE_TABLE_H
#define CORS_TESTS_CASE_TABLE_H

/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include <cors/types.h>

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

/* A slice for "%.*s". */
#define SHOWN(slice) (int)(slice).size, (slice).data

static inline cors_slice case_slice(const char *text) {
    cors_slice slice = {text, strlen(text)};
    return slice;
}

/* Fails the test unless `got` reads as `wanted`; `row` and `what` say where and of what. */
void expect_text(const char *row, const char *what, cors_slice got, const char *wanted);
void expect_number(const char *row, const char *what, long long got, long long wanted);

#endif
