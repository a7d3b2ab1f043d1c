/* SPDX-License-Identifier: MIT */
/* One HTML page: a summary, the list of all targets, and what was found at each. */
#include <stdlib.h>

#include "audit_accept.h"
#include "audit_html_page.h"
#include "audit_sentence.h"
#include "audit_spool.h"
#include "audit_writer.h"
#include "text_slices.h"
#include "xml_text.h"

/* The summary stands first and is known last: everything else waits here. */
struct html {
    FILE *rows;    /* of the list of targets */
    FILE *details; /* of the targets with findings */
    size_t with_details;
};

static void begin_html(struct audit_report *report) {
    struct html *html = calloc(1, sizeof *html);
    report->state = html;
    if (html == NULL || (html->rows = audit_spool_begin()) == NULL ||
        (html->details = audit_spool_begin()) == NULL) {
        report->failed = true;
    }
}

/* `kind` is a class of the style sheet. */
static void print_badge(FILE *stream, const char *kind, const char *name) {
    (void)fprintf(stream, "<span class=\"badge %s\">%s</span>", kind, name);
}

static void print_severity(FILE *stream, enum audit_severity severity) {
    print_badge(stream, audit_severity_name(severity), audit_severity_name(severity));
}

/* "GET https://api.example.com/me", apart from what surrounds it whatever its direction. */
static void print_target(FILE *stream, const struct audit_record *record) {
    (void)fputs("<bdi>", stream);
    xml_write(stream, record->method);
    (void)fputc(' ', stream);
    xml_write(stream, record->url);
    (void)fputs("</bdi>", stream);
}

/* "2 critical, 1 low": the worst first; returns how many there are. */
static size_t print_counts(FILE *stream, const size_t counts[AUDIT_SEVERITY_COUNT]) {
    size_t all = 0;
    for (int i = AUDIT_SEVERITY_COUNT - 1; i >= 0; i--) {
        if (counts[i] > 0) {
            (void)fprintf(stream, "%s%zu %s", all == 0 ? "" : ", ", counts[i],
                          audit_severity_name((enum audit_severity)i));
            all += counts[i];
        }
    }
    return all;
}

/* Returns how many findings the baseline accepts. */
static size_t count_findings(const struct audit_record *record,
                             size_t counts[AUDIT_SEVERITY_COUNT]) {
    size_t accepted = 0;
    for (size_t i = 0; i < record->finding_count; i++) {
        accepted += record->findings[i].suppressed;
        counts[record->findings[i].severity] += !record->findings[i].suppressed;
    }
    return accepted;
}

static void print_found(FILE *stream, const struct audit_record *record) {
    size_t counts[AUDIT_SEVERITY_COUNT] = {0};
    size_t accepted = count_findings(record, counts);
    size_t all = print_counts(stream, counts);
    if (accepted > 0) {
        (void)fprintf(stream, "%s%zu accepted", all == 0 ? "" : ", ", accepted);
    } else if (all == 0) {
        (void)fputs("none", stream);
    }
}

static void print_sentence(FILE *stream, const struct audit_record *record) {
    struct keep keep = {NULL};
    cors_slice sentence = audit_sentence(&keep, record);
    if (sentence.size > 0) {
        (void)fprintf(stream, "<p class=\"quiet\">%s: ", audit_reason_name(record->reason));
        xml_write(stream, sentence);
        (void)fputs("</p>", stream);
    }
    keep_free(&keep);
}

/* Findings in the colour of the worst; what is accepted has none. */
static void print_outcome(FILE *stream, const struct audit_record *record) {
    const char *name = audit_outcome_name(record->outcome);
    const char *kind = name;
    enum audit_severity worst = AUDIT_INFO;
    for (size_t i = 0; i < record->finding_count; i++) {
        const struct audit_record_finding *finding = &record->findings[i];
        worst = !finding->suppressed && finding->severity > worst ? finding->severity : worst;
        kind = audit_severity_name(worst);
    }
    print_badge(stream, kind, name);
}

static void print_row(FILE *stream, const struct audit_record *record, size_t number) {
    bool linked = record->finding_count > 0;
    (void)fputs("<tr><th scope=\"row\">", stream);
    if (linked) {
        (void)fprintf(stream, "<a href=\"#target-%zu\">", number);
    }
    print_target(stream, record);
    (void)fprintf(stream, "%s</th><td>", linked ? "</a>" : "");
    print_outcome(stream, record);
    print_sentence(stream, record);
    (void)fputs("</td><td>", stream);
    print_found(stream, record);
    (void)fputs("</td><td>", stream);
    xml_write(stream, record->matcher);
    (void)fprintf(stream, "</td><td class=\"number\">%u</td></tr>\n", record->requests);
}

/* A term and what is said to it; nothing without words. */
static void print_term(FILE *stream, const char *term, const char *element, cors_slice words) {
    if (words.size > 0) {
        (void)fprintf(stream, "<dt>%s</dt><dd><%s>", term, element);
        xml_write(stream, words);
        (void)fprintf(stream, "</%s></dd>\n", element);
    }
}

static void print_finding(FILE *stream, const struct audit_record_finding *finding) {
    (void)fputs("<article class=\"finding\">\n<h4>", stream);
    print_severity(stream, finding->severity);
    (void)fprintf(stream, " %s <code>%s</code></h4>\n<p>", audit_rule_title(finding->rule),
                  audit_rule_name(finding->rule));
    xml_write(stream, finding->message);
    (void)fputs("</p>\n<dl>\n", stream);
    print_term(stream, finding->suppressed ? "Accepted" : "Note", "span", finding->suppression);
    print_term(stream, "Until", "span", finding->suppressed ? finding->until : text_slice(NULL));
    print_term(stream, "Origin", "code", finding->origin);
    print_term(stream, "Why", "span", finding->reasoning);
    print_term(stream, "Fix", "span", text_slice(audit_rule_fix(finding->rule)));
    print_term(stream, "Try it", "code", finding->reproduce);
    (void)fputs("</dl>\n", stream);
    if (finding->evidence.size > 0) {
        (void)fputs("<pre tabindex=\"0\" aria-label=\"Request and answer\">", stream);
        xml_write(stream, finding->evidence);
        (void)fputs("</pre>\n", stream);
    }
    (void)fputs("</article>\n", stream);
}

/* Open where there is something to act on at once. */
static bool is_urgent(const struct audit_record *record) {
    size_t counts[AUDIT_SEVERITY_COUNT] = {0};
    (void)count_findings(record, counts);
    return counts[AUDIT_CRITICAL] + counts[AUDIT_HIGH] > 0;
}

static void print_details(FILE *stream, const struct audit_record *record, size_t number) {
    (void)fprintf(stream, "<details id=\"target-%zu\"%s>\n<summary><h3>", number,
                  is_urgent(record) ? " open" : "");
    print_target(stream, record);
    (void)fputs("</h3> <span class=\"quiet\">", stream);
    print_found(stream, record);
    (void)fputs("</span></summary>\n", stream);
    if (record->matcher.size > 0) {
        (void)fputs("<p>Trusts ", stream);
        xml_write(stream, record->matcher);
        (void)fputs("</p>\n", stream);
    }
    for (size_t i = 0; i < record->finding_count; i++) {
        print_finding(stream, &record->findings[i]);
    }
    (void)fputs("</details>\n", stream);
}

static void add_html(struct audit_report *report, const struct audit_record *record) {
    struct html *html = report->state;
    if (report->failed) {
        return;
    }
    print_row(html->rows, record, report->count + 1);
    if (record->finding_count > 0) {
        print_details(html->details, record, report->count + 1);
        html->with_details++;
    }
}

/* The findings by severity as a bar, which says in words what it shows. */
static void print_bar(FILE *stream, const size_t counts[AUDIT_SEVERITY_COUNT]) {
    const double width = 1000.0;
    double all = 0;
    double left = 0;
    for (int i = 0; i < AUDIT_SEVERITY_COUNT; i++) {
        all += (double)counts[i];
    }
    (void)fputs("<svg class=\"bar\" role=\"img\" aria-labelledby=\"bar\" viewBox=\"0 0 1000 10\" "
                "preserveAspectRatio=\"none\"><title id=\"bar\">Findings: ",
                stream);
    if (print_counts(stream, counts) == 0) {
        (void)fputs("none", stream);
    }
    (void)fputs("</title>", stream);
    for (int i = AUDIT_SEVERITY_COUNT - 1; i >= 0 && all > 0; i--) {
        double share = width * (double)counts[i] / all;
        if (counts[i] > 0) {
            (void)fprintf(stream,
                          "<rect class=\"%s\" x=\"%.2f\" y=\"0\" width=\"%.2f\" height=\"10\"/>",
                          audit_severity_name((enum audit_severity)i), left, share);
        }
        left += share;
    }
    (void)fputs("</svg>\n", stream);
}

static void print_severities(FILE *stream, const struct audit_summary *summary) {
    (void)fputs("<ul class=\"counts\">\n", stream);
    for (int i = AUDIT_SEVERITY_COUNT - 1; i >= 0; i--) {
        (void)fputs("<li>", stream);
        print_severity(stream, (enum audit_severity)i);
        (void)fprintf(stream, " %zu</li>\n", summary->findings[i]);
    }
    if (summary->suppressed > 0) {
        (void)fprintf(stream, "<li>and %zu accepted by the baseline</li>\n", summary->suppressed);
    }
    (void)fputs("</ul>\n", stream);
}

static void print_summary(FILE *stream, const struct audit_summary *summary) {
    (void)fputs("<section aria-labelledby=\"summary\">\n<h2 id=\"summary\">Summary</h2>\n", stream);
    (void)fprintf(stream,
                  "<p>%zu target%s: %zu with findings, %zu clean, %zu inconclusive; "
                  "%llu requests in %.1f seconds.</p>\n",
                  summary->targets, summary->targets == 1 ? "" : "s",
                  summary->outcomes[AUDIT_FINDINGS], summary->outcomes[AUDIT_CLEAN],
                  summary->outcomes[AUDIT_INCONCLUSIVE], summary->requests, summary->seconds);
    print_bar(stream, summary->findings);
    print_severities(stream, summary);
    (void)fputs("</section>\n", stream);
}

static void print_header(FILE *stream) {
    char day[11];
    audit_day_write(day, 0);
    (void)fprintf(stream,
                  "%s%s%s<p class=\"quiet\">cors audit %s, %s (UTC)</p>\n</header>\n<main>\n",
                  audit_html_start, audit_html_style, audit_html_header, CORS_VERSION_STRING, day);
}

/* Copies what waited, with a heading before it. */
static bool print_rows(struct html *html, FILE *stream) {
    (void)fputs("<section aria-labelledby=\"targets\">\n<h2 id=\"targets\">Targets</h2>\n"
                "<div class=\"wide\" role=\"region\" aria-labelledby=\"targets\" tabindex=\"0\">"
                "<table>\n<caption>All targets, in the order in which they were given</caption>\n"
                "<thead><tr><th scope=\"col\">Target</th><th scope=\"col\">Outcome</th>"
                "<th scope=\"col\">Findings</th><th scope=\"col\">Trusts</th>"
                "<th scope=\"col\" class=\"number\">Requests</th></tr></thead>\n<tbody>\n",
                stream);
    bool whole = audit_spool_end(html->rows, stream);
    (void)fputs("</tbody>\n</table></div>\n</section>\n", stream);
    return whole;
}

static bool print_findings(struct html *html, FILE *stream) {
    (void)fputs("<section aria-labelledby=\"findings\">\n<h2 id=\"findings\">Findings</h2>\n",
                stream);
    if (html->with_details == 0) {
        (void)fputs("<p>None.</p>\n", stream);
    }
    bool whole = audit_spool_end(html->details, stream);
    (void)fputs("</section>\n", stream);
    return whole;
}

static void end_html(struct audit_report *report, const struct audit_summary *summary) {
    struct html *html = report->state;
    if (!report->failed) {
        print_header(report->stream);
        print_summary(report->stream, summary);
        bool rows = print_rows(html, report->stream);
        bool findings = print_findings(html, report->stream);
        report->failed = !rows || !findings;
        (void)fputs(audit_html_footer, report->stream);
    }
    free(html);
}

const struct audit_writer audit_html_writer = {"html", begin_html, add_html, end_html};
