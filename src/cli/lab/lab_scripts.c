/* SPDX-License-Identifier: MIT */
#include "lab_scripts.h"

#include <stdlib.h>
#include <string.h>

#include "text_slices.h"

struct lab_scripts {
    struct lab_script *kept[LAB_SCRIPTS_MAX]; /* the oldest first */
    size_t count;
};

bool lab_script_is_id(cors_slice id) {
    if (id.size < LAB_ID_MIN || id.size > LAB_ID_MAX) {
        return false;
    }
    for (size_t i = 0; i < id.size; i++) {
        bool letter = id.data[i] >= 'a' && id.data[i] <= 'z';
        bool digit = id.data[i] >= '0' && id.data[i] <= '9';
        if (!letter && !digit) {
            return false;
        }
    }
    return true;
}

struct lab_script *lab_script_create(cors_slice id) {
    struct lab_script *script = calloc(1, sizeof *script);
    if (script == NULL) {
        return NULL;
    }
    memcpy(script->id, id.data, id.size);
    script->sent = json_array();
    if (script->sent == NULL) {
        free(script);
        return NULL;
    }
    return script;
}

static void release_answer(const struct lab_scripted *answer) {
    if (answer->response != NULL) {
        MHD_destroy_response(answer->response);
    }
}

void lab_script_destroy(struct lab_script *script) {
    if (script == NULL) {
        return;
    }
    for (size_t i = 0; i < script->url_count; i++) {
        free(script->urls[i].url);
        release_answer(&script->urls[i].preflight);
        release_answer(&script->urls[i].actual);
    }
    json_decref(script->sent);
    free(script);
}

struct lab_scripts *lab_scripts_create(void) {
    return calloc(1, sizeof(struct lab_scripts));
}

void lab_scripts_destroy(struct lab_scripts *scripts) {
    if (scripts == NULL) {
        return;
    }
    for (size_t i = 0; i < scripts->count; i++) {
        lab_script_destroy(scripts->kept[i]);
    }
    free(scripts);
}

/* Its place among those that are kept, or their count. */
static size_t find(const struct lab_scripts *scripts, cors_slice id) {
    size_t i = 0;
    while (i < scripts->count && !text_is(id, scripts->kept[i]->id)) {
        i++;
    }
    return i;
}

static void drop(struct lab_scripts *scripts, size_t at) {
    lab_script_destroy(scripts->kept[at]);
    scripts->count--;
    for (size_t i = at; i < scripts->count; i++) {
        scripts->kept[i] = scripts->kept[i + 1];
    }
}

void lab_scripts_put(struct lab_scripts *scripts, struct lab_script *script) {
    lab_scripts_forget(scripts, text_slice(script->id));
    if (scripts->count == LAB_SCRIPTS_MAX) {
        drop(scripts, 0);
    }
    scripts->kept[scripts->count++] = script;
}

struct lab_script *lab_scripts_find(const struct lab_scripts *scripts, cors_slice id) {
    size_t at = find(scripts, id);
    return at < scripts->count ? scripts->kept[at] : NULL;
}

void lab_scripts_forget(struct lab_scripts *scripts, cors_slice id) {
    size_t at = find(scripts, id);
    if (at < scripts->count) {
        drop(scripts, at);
    }
}
