/* SPDX-License-Identifier: MIT */
#include "wasm_labels.h"

#include "wasm_bytes.h"
#include "wasm_export.h"
#include "wasm_memory.h"
#include "wasm_wire.h"

/* A label that was asked for, with what the host made of it. */
struct label {
    struct label *next;
    bool answered;
    bool valid; /* the host could convert it */
    cors_slice unicode;
    cors_slice ascii;
    char texts[]; /* of both */
};

/* All labels, those asked for last at the front; the host keeps the list short. */
static struct label *labels;
static size_t label_count;
static bool wanted;

/* Where the list leads to a label, or to its end. */
static struct label **find(cors_slice unicode) {
    struct label **link = &labels;
    while (*link != NULL && !slice_equals((*link)->unicode, unicode)) {
        link = &(*link)->next;
    }
    return link;
}

static cors_slice copy_text(char *to, cors_slice text) {
    if (text.size > 0) {
        memcpy(to, text.data, text.size);
    }
    return slice_of(to, text.size);
}

static struct label *add(cors_slice unicode, cors_slice ascii) {
    struct label *label = wasm_allocate(sizeof *label + unicode.size + ascii.size);
    if (label != NULL) {
        *label = (struct label){.next = labels};
        label->unicode = copy_text(label->texts, unicode);
        label->ascii = copy_text(label->texts + unicode.size, ascii);
        labels = label;
        label_count++;
    }
    return label;
}

/* The table holds what is asked for too, so that each label is on the list once. */
bool wasm_label_to_ascii(void *context, cors_slice label, char *out, size_t capacity,
                         size_t *size) {
    (void)context;
    const struct label *known = *find(label);
    if (known == NULL) {
        known = add(label, CORS_SLICE(""));
    }
    if (known == NULL || !known->answered) {
        wanted = wanted || known != NULL;
        return false;
    }
    if (!known->valid || known->ascii.size > capacity) {
        return false;
    }
    memcpy(out, known->ascii.data, known->ascii.size);
    *size = known->ascii.size;
    return true;
}

void wasm_labels_begin(void) {
    wanted = false;
}

static void put_wanted(void) {
    for (const struct label *label = labels; label != NULL; label = label->next) {
        if (!label->answered) {
            wire_put_word(1);
            wire_put_text(label->unicode);
        }
    }
    wire_put_word(0);
}

bool wasm_labels_wanted(void) {
    if (wanted) {
        wire_begin();
        put_wanted();
    }
    return wanted;
}

/* Takes the label off the list that a link leads to. */
static void remove_label(struct label **link) {
    struct label *label = *link;
    if (label != NULL) {
        *link = label->next;
        wasm_release(label);
        label_count--;
    }
}

/* A record of the label and its ASCII form, or nothing where it has none. */
WASM_EXPORT(label_answer) cors_status wasm_label_answer(const char *data, size_t size);
cors_status wasm_label_answer(const char *data, size_t size) {
    struct wire wire = wire_over(data, size);
    cors_slice unicode = wire_take_text(&wire);
    cors_slice ascii = wire_take_text(&wire);
    remove_label(find(unicode));
    struct label *label = add(unicode, ascii);
    if (label == NULL) {
        return CORS_NO_MEMORY;
    }
    label->answered = true;
    label->valid = ascii.size > 0;
    return CORS_OK;
}

/* How many labels the table holds, for the host to see when to empty it. */
WASM_EXPORT(labels_count) size_t wasm_labels_count(void);
size_t wasm_labels_count(void) {
    return label_count;
}

WASM_EXPORT(labels_forget) void wasm_labels_forget(void);
void wasm_labels_forget(void) {
    while (labels != NULL) {
        remove_label(&labels);
    }
}
