/* SPDX-License-Identifier: MIT */
#include "audit_journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json_text.h"
#include "recording.h"
#include "terminal.h"
#include "text_slices.h"

enum { ID_DIGITS = 16 };

static bool complain(const struct audit_journal *journal, const char *words) {
    terminal_complain("cors audit: the journal %s %s",
                      journal->path == NULL ? "of this run" : journal->path, words);
    return false;
}

static bool complain_of_system(const struct audit_journal *journal, const char *words) {
    terminal_complain("cors audit: the journal %s %s: %s",
                      journal->path == NULL ? "of this run" : journal->path, words,
                      strerror(errno));
    return false;
}

/*
 * What results depend on, beside the target. Of fields only the names: a run may well go on with a
 * new token, and a journal holds no secrets.
 */
static json_t *describe_run(const struct audit_settings *settings) {
    json_t *names = json_array();
    for (size_t i = 0; i < settings->field_count; i++) {
        (void)json_array_append_new(names, json_text(settings->fields[i].name));
    }
    return json_pack("{s:s, s:s, s:{s:b, s:o, s:o, s:b}}", "journal", "cors audit", "version",
                     CORS_VERSION_STRING, "options", "--quick", settings->quick, "--header", names,
                     "--origin", json_text(settings->known_origin), "--data", settings->has_body);
}

/* Appends a line, owned here, and the LF that tells that it is whole. */
static bool append(struct audit_journal *journal, json_t *value, size_t *size) {
    char *text = value == NULL ? NULL : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    size_t length = text == NULL ? 0 : strlen(text);
    size_t written = 0;
    bool fine = text != NULL;
    errno = ENOMEM;
    if (fine) {
        text[length++] = '\n'; /* in place of the NUL */
    }
    while (fine && written < length) {
        ssize_t more = pwrite(journal->descriptor, text + written, length - written,
                              journal->end + (off_t)written);
        fine = more > 0 || (more < 0 && errno == EINTR);
        written += more > 0 ? (size_t)more : 0;
    }
    free(text);
    json_decref(value);
    *size = length;
    return fine || complain_of_system(journal, "cannot be written");
}

/* The name of an option that a run and a journal differ in, or NULL. Part of `run`. */
static const char *differing_option(const json_t *run, const json_t *first) {
    json_t *options = json_object_get(run, "options");
    const json_t *theirs = json_object_get(first, "options");
    const char *option;
    json_t *value;
    json_object_foreach(options, option, value) {
        if (!json_equal(value, json_object_get(theirs, option))) {
            return option;
        }
    }
    return NULL;
}

static bool fits_run(const struct audit_journal *journal, const json_t *run, const json_t *first) {
    if (!text_is(recording_text(first, "journal"), "cors audit")) {
        return complain(journal, "is no journal of cors audit; name another file");
    }
    if (!json_equal(json_object_get(run, "version"), json_object_get(first, "version"))) {
        return complain(journal, "was written by another version; begin a new one");
    }
    const char *option = differing_option(run, first);
    if (option != NULL) {
        terminal_complain(
            "cors audit: the journal %s belongs to a run with another %s; give the same "
            "options, or begin a new one",
            journal->path, option);
    }
    return option == NULL;
}

static json_t *parse_line(cors_slice line) {
    return json_loadb(line.data, line.size, JSON_ALLOW_NUL, NULL);
}

static bool take_first_line(const struct audit_journal *journal, cors_slice line) {
    json_t *run = describe_run(journal->targets->settings);
    json_t *first = parse_line(line);
    bool fits = fits_run(journal, run, first);
    json_decref(first);
    json_decref(run);
    return fits;
}

/* Sixteen hexadecimal digits: a URL may hold secrets, and so is not written. */
static bool read_id(cors_slice text, uint64_t *id) {
    char *end;
    if (text.size != ID_DIGITS) {
        return false;
    }
    *id = strtoull(text.data, &end, 16); /* it ends in NUL: it comes from JSON */
    return end == text.data + text.size;
}

/* Notes a line; what is no target of this run any more is passed over. */
static bool take_line(struct audit_journal *journal, cors_slice line) {
    struct keep keep = {NULL};
    struct audit_record record;
    json_t *value = parse_line(line);
    uint64_t id;
    bool fine = read_id(recording_text(value, "target"), &id) &&
                audit_record_from_json(&keep, json_object_get(value, "result"), &record);
    size_t target = fine ? audit_targets_find(journal->targets, id) : 0;
    if (fine && target < journal->targets->count) {
        journal->done += journal->lines[target].size == 0;
        journal->lines[target] = (struct audit_journal_line){journal->end, line.size};
    }
    json_decref(value);
    keep_free(&keep);
    return fine;
}

static bool take_lines(struct audit_journal *journal, FILE *stream) {
    char *line = NULL;
    size_t room = 0;
    size_t number = 0;
    bool fine = true;
    ssize_t size;
    while (fine && (size = getline(&line, &room, stream)) > 0 && line[size - 1] == '\n') {
        cors_slice text = {line, (size_t)size};
        if (number++ == 0) {
            fine = take_first_line(journal, text);
        } else if (!take_line(journal, text)) {
            terminal_complain("cors audit: the journal %s cannot be read: line %zu is no result",
                              journal->path, number);
            fine = false;
        }
        journal->end += size;
    }
    free(line);
    return fine;
}

/* Whether what is there, without a whole line, can be the beginning of a journal's first. */
static bool is_beginning(const struct audit_journal *journal) {
    static const char first[] = "{\"journal\":\"cors audit\"";
    char there[sizeof first - 1];
    ssize_t size = pread(journal->descriptor, there, sizeof there, 0);
    return size >= 0 && memcmp(there, first, (size_t)size) == 0;
}

static bool read_back(struct audit_journal *journal) {
    int copy = dup(journal->descriptor);
    FILE *stream = copy < 0 ? NULL : fdopen(copy, "r");
    if (stream == NULL) {
        return complain_of_system(journal, "cannot be read");
    }
    bool fine = take_lines(journal, stream);
    (void)fclose(stream);
    if (!fine) {
        return false;
    }
    if (journal->end == 0 && !is_beginning(journal)) {
        return complain(journal, "is no journal of cors audit; name another file");
    }
    return ftruncate(journal->descriptor, journal->end) == 0 ||
           complain_of_system(journal, "cannot be written");
}

static bool open_named(struct audit_journal *journal) {
    struct stat there;
    journal->descriptor = open(journal->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
    if (journal->descriptor < 0 || fstat(journal->descriptor, &there) != 0) {
        return complain_of_system(journal, "cannot be opened");
    }
    if (!S_ISREG(there.st_mode)) {
        return complain(journal, "is no file that can be gone back in");
    }
    if (flock(journal->descriptor, LOCK_EX | LOCK_NB) != 0) {
        return complain(journal, "is in use by another run");
    }
    return read_back(journal);
}

/* In memory only where there is no folder for temporary files. */
static bool open_nameless(struct audit_journal *journal) {
    const char *folder = getenv("TMPDIR");
    folder = folder == NULL || folder[0] == '\0' ? "/tmp" : folder;
    journal->descriptor = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (journal->descriptor < 0) {
        journal->descriptor = memfd_create("cors-audit", MFD_CLOEXEC);
    }
    return journal->descriptor >= 0 || complain_of_system(journal, "cannot be kept");
}

static bool begin(struct audit_journal *journal) {
    size_t size;
    if (journal->end > 0) {
        return true;
    }
    bool fine = append(journal, describe_run(journal->targets->settings), &size);
    journal->end += (off_t)size;
    return fine;
}

bool audit_journal_open(struct audit_journal *journal, const struct audit_targets *targets) {
    *journal = (struct audit_journal){
        .targets = targets, .path = targets->settings->resume, .descriptor = -1};
    journal->lines = keep_memory(targets->keep, (targets->count + 1) * sizeof *journal->lines);
    bool opened = journal->path == NULL ? open_nameless(journal) : open_named(journal);
    return opened && begin(journal);
}

bool audit_journal_has(const struct audit_journal *journal, size_t target) {
    return journal->lines[target].size > 0;
}

bool audit_journal_put(struct audit_journal *journal, size_t target,
                       const struct audit_record *record) {
    const struct audit_target *item = &journal->targets->items[target];
    size_t size;
    char id[ID_DIGITS + 1];
    (void)snprintf(id, sizeof id, "%016" PRIx64, audit_target_id(item));
    json_t *line = json_pack("{s:s, s:o}", "target", id, "result", audit_record_to_json(record));
    if (!append(journal, line, &size)) {
        return false;
    }
    journal->lines[target] = (struct audit_journal_line){journal->end, size};
    journal->end += (off_t)size;
    journal->done++;
    return true;
}

bool audit_journal_get(const struct audit_journal *journal, struct keep *keep, size_t target,
                       struct audit_record *record) {
    const struct audit_journal_line *line = &journal->lines[target];
    char *text = keep_memory(keep, line->size + 1);
    bool whole = pread(journal->descriptor, text, line->size, line->start) == (ssize_t)line->size;
    json_t *value = whole ? parse_line((cors_slice){text, line->size}) : NULL;
    bool fine =
        value != NULL && audit_record_from_json(keep, json_object_get(value, "result"), record);
    json_decref(value);
    return fine || complain(journal, "cannot be read back");
}

void audit_journal_close(struct audit_journal *journal) {
    if (journal->descriptor >= 0) {
        (void)close(journal->descriptor);
    }
    journal->descriptor = -1;
}
