/* SPDX-License-Identifier: MIT */
/* The parts of the HTML report that are the same in every report, in their order. */
#ifndef CORS_CLI_AUDIT_HTML_PAGE_H
#define CORS_CLI_AUDIT_HTML_PAGE_H

extern const char audit_html_start[];  /* the head up to the style sheet */
extern const char audit_html_style[];  /* in its element */
extern const char audit_html_header[]; /* the end of the head, and the header's first line */
extern const char audit_html_footer[]; /* from the end of <main> on */

#endif
