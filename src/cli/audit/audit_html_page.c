/* SPDX-License-Identifier: MIT */
#include "audit_html_page.h"

/*
 * Nothing is loaded and no script runs, whatever a server wrote into its answers: the only thing
 * that the policy allows is the one style sheet below, by its hash. Whoever changes the sheet
 * changes the hash: printf %s "$sheet" | openssl dgst -sha256 -binary | base64.
 */
const char audit_html_start[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
    "style-src 'sha256-wihHeHjyjW4yo3YMwTMJAspVqAhRnmSv++GIKOW2OjI='; base-uri 'none'; "
    "form-action 'none'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta name=\"referrer\" content=\"no-referrer\">\n"
    "<title>cors audit: which origins servers trust</title>\n";

const char audit_html_style[] =
    "<style>"
    ":root{--page:#ffffff;--ink:#1b1f24;--quiet:#4b5563;--line:#c3c9d1;--box:#f3f5f8;"
    "--link:#0b57a4;--on:#ffffff;--critical:#7d0a24;--high:#b42318;--medium:#8a4b00;"
    "--low:#1f5fa8;--info:#4b5563;--clean:#1c6b3c}\n"
    "@media(prefers-color-scheme:dark){:root{--page:#14171b;--ink:#e8eaed;--quiet:#b4bcc8;"
    "--line:#454d58;--box:#1f242b;--link:#8ec5ff;--on:#101214;--critical:#ff8fa3;--high:#ffab91;"
    "--medium:#f5c26b;--low:#8ec5ff;--info:#c0c7d1;--clean:#8fd6a9}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;max-width:72rem;padding:1rem 1.5rem 3rem;background:var(--page);"
    "color:var(--ink);font:1rem/1.5 system-ui,sans-serif}\n"
    "h1{font-size:1.6rem;margin:.5rem 0}h2{font-size:1.25rem;margin:2rem 0 .5rem}\n"
    "h3{display:inline;font-size:1.05rem;overflow-wrap:anywhere}h4{font-size:1rem;margin:0}\n"
    "a{color:var(--link)}:focus-visible{outline:3px solid var(--link);outline-offset:2px}\n"
    ".skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--page);"
    "padding:.5rem}\n"
    "code,pre,bdi{font-family:ui-monospace,monospace;font-size:.9em;unicode-bidi:isolate;"
    "overflow-wrap:anywhere}\n"
    "pre{background:var(--box);border:1px solid var(--line);padding:.75rem;overflow:auto;"
    "white-space:pre-wrap}\n"
    ".bar{display:block;width:100%;height:1.5rem;background:var(--box);"
    "border:1px solid var(--line)}\n"
    ".counts{display:flex;flex-wrap:wrap;gap:.75rem;list-style:none;padding:0}\n"
    ".badge{display:inline-block;padding:0 .6em;border-radius:.3em;font-weight:600;"
    "color:var(--on)}\n"
    ".badge.critical{background:var(--critical)}.badge.high{background:var(--high)}"
    ".badge.medium{background:var(--medium)}.badge.low{background:var(--low)}"
    ".badge.info,.badge.inconclusive{background:var(--info)}"
    ".badge.clean{background:var(--clean)}\n"
    "rect.critical{fill:var(--critical)}rect.high{fill:var(--high)}rect.medium{fill:var(--medium)}"
    "rect.low{fill:var(--low)}rect.info{fill:var(--info)}\n"
    ".wide{overflow-x:auto}table{border-collapse:collapse;width:100%}"
    "caption{text-align:left;color:var(--quiet);padding:.25rem 0}\n"
    "th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;"
    "border-bottom:1px solid var(--line)}tbody th{font-weight:400;min-width:16rem}\n"
    "td.number,th.number{text-align:right}\n"
    "details{border:1px solid var(--line);border-radius:.4em;margin:1rem 0;padding:.6rem 1rem}\n"
    "summary{cursor:pointer}.quiet{color:var(--quiet);margin:.25rem 0}\n"
    ".finding{border-top:1px solid var(--line);margin-top:1rem;padding-top:1rem}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}dt{color:var(--quiet)}"
    "dd{margin:0}\n"
    "@media(max-width:40rem){dl{grid-template-columns:1fr}}\n"
    "</style>\n";

const char audit_html_header[] = "</head>\n"
                                 "<body>\n"
                                 "<a class=\"skip\" href=\"#summary\">To the summary</a>\n"
                                 "<header>\n"
                                 "<h1>Which origins these servers trust</h1>\n";

const char audit_html_footer[] =
    "</main>\n"
    "<footer><p class=\"quiet\">Severity is what an attacker gains: who can have the origin, what "
    "the answer is worth with the visitor's credentials, and whether a browser hands it "
    "over.</p></footer>\n"
    "</body>\n"
    "</html>\n";
