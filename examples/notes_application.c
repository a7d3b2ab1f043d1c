/* SPDX-License-Identifier: MIT */
#include "notes_application.h"

#include <string.h>

#define JSON                                                                                       \
    { "Content-Type", "application/json" }

static const struct note_answer answers[] = {
    {"/api/notes", 200, "[\"milk\"]", {JSON, {"Vary", "Accept-Language"}, {"X-Note-Count", "1"}}},
    {"/api/broken", 500, "{\"error\":\"broken\"}", {JSON}},
    {"/public/motto", 200, "\"less is more\"", {JSON, {"Vary", "origin"}}},
    /* From before there was a policy: the policy replaces what it owns. */
    {"/api/legacy",
     200,
     "[]",
     {JSON, {"access-control-allow-origin", "*"}, {"Access-Control-Max-Age", "1"}}},
};

static const struct note_answer not_found = {NULL, 404, "{\"error\":\"not found\"}", {JSON}};

const struct note_answer *note_answer_for(const char *path, size_t size) {
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        if (strlen(answers[i].path) == size && memcmp(answers[i].path, path, size) == 0) {
            return &answers[i];
        }
    }
    return &not_found;
}
