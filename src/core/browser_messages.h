/* SPDX-License-Identifier: MIT */
/*
 * What consoles print, as one table that is read both ways: to write a message for a failure, and
 * to read a pasted one.
 */
#ifndef CORS_CORE_BROWSER_MESSAGES_H
#define CORS_CORE_BROWSER_MESSAGES_H

#include <cors/browser.h>

/* What stands around a reason. */
enum envelope {
    ENVELOPE_NONE,
    ENVELOPE_CHROMIUM,
    ENVELOPE_CHROMIUM_PREFLIGHT, /* the same, saying that it was the preflight */
    ENVELOPE_FIREFOX_QUOTED,     /* before the other, which it reads as too */
    ENVELOPE_FIREFOX,
    ENVELOPE_CHROMIUM_TARGET, /* the same for where a redirect leads to */
    ENVELOPE_FIREFOX_TARGET,
    ENVELOPE_READ_ONLY, /* from here on: only ever read */
    ENVELOPE_CHROMIUM_ISSUE = ENVELOPE_READ_ONLY,
    ENVELOPE_CHROMIUM_ISSUE_PREFLIGHT,
    ENVELOPE_CHROMIUM_ABRIDGED,
    ENVELOPE_CHROMIUM_ABRIDGED_PREFLIGHT,
    ENVELOPE_CHROMIUM_ABRIDGED_ORIGIN,
    ENVELOPE_CHROMIUM_REDIRECT,
    ENVELOPE_CHROMIUM_FETCH_2017,
    ENVELOPE_CHROMIUM_FETCH_2017_PREFLIGHT,
    ENVELOPE_CHROMIUM_2017,
    ENVELOPE_CHROMIUM_2017_PREFLIGHT,
    ENVELOPE_CHROMIUM_XHR_2017,
    ENVELOPE_CHROMIUM_XHR_2017_PREFLIGHT,
    ENVELOPE_CHROMIUM_GET, /* lines and sentences beside a message */
    ENVELOPE_CHROMIUM_POST,
    ENVELOPE_CHROMIUM_PUT,
    ENVELOPE_CHROMIUM_PATCH,
    ENVELOPE_CHROMIUM_DELETE,
    ENVELOPE_CHROMIUM_ORIGIN,
    ENVELOPE_CHROMIUM_STATUS,
    ENVELOPE_SAFARI_REDIRECT,
    ENVELOPE_SAFARI_CANNOT_LOAD,
    ENVELOPE_COUNT,
};

/* When a browser chooses the wording. */
enum wording_use {
    USE_TODAY,
    USE_NOT_MATCHING,  /* today; the value tells which of three codes it is */
    USE_SEVERAL_LINES, /* today, where the field stood in more than one line */
    USE_FETCH,         /* today, for fetch() */
    USE_XHR,           /* today, for XMLHttpRequest */
    USE_REDIRECTED,    /* today, after a redirect */
    USE_TARGET,        /* today, for a redirect whose target is at fault */
    USE_NO_TARGET,     /* today, for a redirect to what is no URL */
    USE_LOCAL_TARGET,  /* today, for a redirect to a URL of data:, file: and the like */
    USE_SCRIPT_TARGET, /* today, for a redirect to a javascript: URL */
    USE_WRITTEN,       /* today; never read as this, since it says too little */
    USE_FORMERLY,      /* read, never written */
    USE_COMPANION,     /* read, never written: comes beside a message that says more */
};

/* Which request a wording speaks of. */
enum wording_phase {
    PHASE_EITHER, /* the envelope may tell: Chromium's says so of a preflight */
    PHASE_PREFLIGHT,
    PHASE_REQUEST,
};

/* How many further codes a wording may mean. */
enum { WORDING_ALSO_MAX = CORS_ALSO_MAX };

struct wording {
    cors_browser browser;
    cors_code code;
    enum wording_use use;
    enum wording_phase phase;
    enum envelope envelope; /* in which it is written */
    /*
     * With {placeholders}. A message may lack what stands behind "|"; the bar itself is in none.
     */
    const char *text;
    cors_code also[WORDING_ALSO_MAX]; /* ends with CORS_CODE_OK where there are fewer */
};

extern const struct wording cors_wordings[];
extern const size_t cors_wording_count;

/* The envelope's words up to {reason}, which ends them. */
struct envelope_words {
    cors_browser browser;
    enum wording_phase phase;
    const char *text;
};

extern const struct envelope_words cors_envelopes[ENVELOPE_COUNT];

/* What a placeholder stands for. */
enum placeholder {
    PLACE_KIND,
    PLACE_URL,
    PLACE_REDIRECTED, /* " (redirected from '{first}')", or nothing */
    PLACE_FIRST,
    PLACE_TARGET, /* where a redirect leads to: the failure's value */
    PLACE_ORIGIN,
    PLACE_VALUE,
    PLACE_METHOD,
    PLACE_HEADER,
    PLACE_STATUS,
    PLACE_REASON,
    PLACE_ANY,  /* read and forgotten */
    PLACE_NONE, /* nothing is written; read like any other */
    PLACE_COUNT,
};

/*
 * Takes the next part off a template: a literal, or a placeholder.
 * Returns false at the end, and at a bar unless `past_bar` is set.
 */
struct template_part {
    cors_slice literal; /* empty: it is a placeholder */
    enum placeholder place;
};
bool cors_template_next(cors_slice *rest, bool past_bar, struct template_part *part);

/* What PLACE_REDIRECTED stands for where it stands for something. */
extern const char cors_redirected_words[];

#endif
