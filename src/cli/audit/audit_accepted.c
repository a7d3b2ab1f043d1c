/* SPDX-License-Identifier: MIT */
/* Baselines: findings that are known, each until a day. */
#include <stdio.h>
#include <string.h>

#include "audit_baseline.h"
#include "json_file.h"
#include "terminal.h"
#include "text_slices.h"

struct suppression {
    cors_slice fingerprint;
    cors_slice url; /* may end in * */
    cors_slice rule;
    cors_slice reason;
    cors_slice until;
    cors_slice words; /* what is shown at a finding */
    bool matched;
};

struct audit_baseline {
    struct keep *keep;
    const char *path;
    char today[11];
    struct suppression *suppressions;
    size_t count;
};

static bool complain(const char *path, size_t entry, const char *words) {
    terminal_complain("cors audit: %s: suppression %zu %s", path, entry + 1, words);
    return false;
}

/* The number of two digits at a place. */
static int number_at(cors_slice text, size_t place) {
    return (text.data[place] - '0') * 10 + (text.data[place + 1] - '0');
}

/* "2027-03-31": ten characters that sort as the days do. */
static bool is_day(cors_slice text) {
    static const char shape[] = "dddd-dd-dd";
    if (text.size != sizeof shape - 1) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        bool digit = text.data[i] >= '0' && text.data[i] <= '9';
        if (shape[i] == 'd' ? !digit : text.data[i] != shape[i]) {
            return false;
        }
    }
    int month = number_at(text, 5);
    int day = number_at(text, 8);
    int year = number_at(text, 0) * 100 + number_at(text, 2);
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool has_month = month >= 1 && month <= 12;
    return has_month && day >= 1 && day <= days[month - 1] + (month == 2 && leap);
}

/* Reads a member; an empty slice where there is none. */
static cors_slice read_member(struct keep *keep, const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    return json_is_string(value)
               ? keep_slice(keep, (cors_slice){json_string_value(value), json_string_length(value)})
               : (cors_slice){"", 0};
}

static const struct member {
    const char *name;
    size_t offset;
} members[] = {
    {"fingerprint", offsetof(struct suppression, fingerprint)},
    {"url", offsetof(struct suppression, url)},
    {"rule", offsetof(struct suppression, rule)},
    {"reason", offsetof(struct suppression, reason)},
    {"until", offsetof(struct suppression, until)},
};

enum { MEMBER_COUNT = sizeof members / sizeof members[0] };

/* A member that is spelled wrong would silently do nothing. */
static bool knows_members(const struct audit_baseline *baseline, size_t entry, json_t *object) {
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value) {
        bool known = false;
        for (size_t i = 0; i < MEMBER_COUNT; i++) {
            known = known || strcmp(name, members[i].name) == 0;
        }
        if (!known || !json_is_string(value)) {
            return complain(baseline->path, entry,
                            known ? "has a value that is no text: write it in double quotes"
                                  : "has an unknown member; there are fingerprint, url, rule, "
                                    "reason and until");
        }
    }
    return true;
}

static bool has_expired(const struct audit_baseline *baseline,
                        const struct suppression *suppression) {
    return memcmp(suppression->until.data, baseline->today, suppression->until.size) < 0;
}

/* Made once, so that findings without number share it. */
static void make_words(const struct audit_baseline *baseline, struct suppression *suppression) {
    suppression->words =
        has_expired(baseline, suppression)
            ? keep_format(baseline->keep, "the suppression expired on %.*s: %.*s",
                          SLICE_ARGUMENTS(suppression->until), SLICE_ARGUMENTS(suppression->reason))
            : suppression->reason;
}

static bool read_suppression(struct audit_baseline *baseline, size_t entry, json_t *object) {
    struct suppression *suppression = &baseline->suppressions[entry];
    enum audit_rule rule;
    if (!json_is_object(object)) {
        return complain(baseline->path, entry, "is no object");
    }
    if (!knows_members(baseline, entry, object)) {
        return false;
    }
    for (size_t i = 0; i < MEMBER_COUNT; i++) {
        *(cors_slice *)(void *)((char *)suppression + members[i].offset) =
            read_member(baseline->keep, object, members[i].name);
    }
    if (suppression->fingerprint.size == 0 &&
        (suppression->rule.size == 0 || suppression->url.size == 0)) {
        return complain(baseline->path, entry, "names neither a fingerprint nor a rule and a url");
    }
    if (suppression->rule.size > 0 && !audit_rule_find(suppression->rule, &rule)) {
        return complain(baseline->path, entry,
                        "names a rule that does not exist; `cors audit --json` writes their names");
    }
    if (text_trim(suppression->reason).size == 0) {
        return complain(baseline->path, entry, "has no reason: say why the finding is accepted");
    }
    if (!is_day(suppression->until)) {
        return complain(baseline->path, entry,
                        "has no day in \"until\": write it as \"2027-03-31\"");
    }
    make_words(baseline, suppression);
    return true;
}

static bool read_suppressions(struct audit_baseline *baseline, const json_t *root) {
    const json_t *list = json_object_get(root, "suppressions");
    if (!json_is_array(list)) {
        terminal_complain("cors audit: %s holds no suppressions: write {\"suppressions\": [...]}",
                          baseline->path);
        return false;
    }
    baseline->count = json_array_size(list);
    baseline->suppressions =
        keep_memory(baseline->keep, (baseline->count + 1) * sizeof *baseline->suppressions);
    for (size_t i = 0; i < baseline->count; i++) {
        if (!read_suppression(baseline, i, json_array_get(list, i))) {
            return false;
        }
    }
    return true;
}

struct audit_baseline *audit_baseline_read(struct keep *keep, const char *path,
                                           const char today[11]) {
    struct audit_baseline *baseline = keep_memory(keep, sizeof *baseline);
    json_t *root = json_file_read(keep, path, "the baseline");
    baseline->keep = keep;
    baseline->path = path;
    memcpy(baseline->today, today, sizeof baseline->today);
    bool read = root != NULL && read_suppressions(baseline, root);
    json_decref(root);
    return read ? baseline : NULL;
}

/* The URL of a suppression ends in * for all that begin so. */
static bool url_fits(cors_slice pattern, cors_slice url) {
    if (pattern.size > 0 && pattern.data[pattern.size - 1] == '*') {
        size_t size = pattern.size - 1;
        return url.size >= size && memcmp(url.data, pattern.data, size) == 0;
    }
    return text_same(pattern, url);
}

static bool names(const struct suppression *suppression, const struct audit_record *record,
                  const struct audit_record_finding *finding) {
    if (suppression->fingerprint.size > 0) {
        return text_same(suppression->fingerprint, finding->fingerprint);
    }
    return text_is(suppression->rule, audit_rule_name(finding->rule)) &&
           url_fits(suppression->url, record->url);
}

static void apply(const struct audit_baseline *baseline, struct suppression *suppression,
                  struct audit_record_finding *finding) {
    suppression->matched = true;
    if (finding->suppressed) {
        return;
    }
    finding->suppressed = !has_expired(baseline, suppression);
    finding->suppression = suppression->words;
    finding->until = suppression->until;
}

void audit_baseline_apply(struct audit_baseline *baseline, struct audit_record *record) {
    for (size_t i = 0; i < record->finding_count; i++) {
        for (size_t j = 0; j < baseline->count; j++) {
            if (names(&baseline->suppressions[j], record, &record->findings[i])) {
                apply(baseline, &baseline->suppressions[j], &record->findings[i]);
            }
        }
    }
}

void audit_baseline_say_unused(const struct audit_baseline *baseline) {
    for (size_t i = 0; i < baseline->count; i++) {
        const struct suppression *suppression = &baseline->suppressions[i];
        bool expired = has_expired(baseline, suppression);
        if (expired || !suppression->matched) {
            terminal_complain("cors audit: %s: suppression %zu %s", baseline->path, i + 1,
                              expired ? "has expired" : "matches no finding");
        }
    }
}
