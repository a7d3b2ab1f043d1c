/* SPDX-License-Identifier: MIT */
#include "audit_characters.h"

/*
 * A bit for each browser that sends the byte. A byte without a row is sent by none:
 *
 * - The URL Standard ends the host at / ? # \ : @ and forbids controls, space, % < > [ ] ^ | and
 *   DEL ("forbidden domain code point"), encoded or not. WebKit's URL parser has the same set.
 * - Chromium takes space and * too, and sends %20 and %2A for them.
 * - Firefox takes no " in a URL, and looks up no name with more than - _ $ and +.
 */
enum {
    STANDARD = 1 << CORS_BROWSER_STANDARD,
    CHROMIUM = 1 << CORS_BROWSER_CHROMIUM,
    FIREFOX = 1 << CORS_BROWSER_FIREFOX,
    SAFARI = 1 << CORS_BROWSER_SAFARI,
};

/* clang-format off */
static const uint8_t sent_by[0x80] = {
    ['!']  = STANDARD | CHROMIUM           | SAFARI,
    ['"']  = STANDARD | CHROMIUM           | SAFARI,
    ['$']  = STANDARD | CHROMIUM | FIREFOX | SAFARI,
    ['&']  = STANDARD | CHROMIUM           | SAFARI,
    ['\''] = STANDARD | CHROMIUM           | SAFARI,
    ['(']  = STANDARD | CHROMIUM           | SAFARI,
    [')']  = STANDARD | CHROMIUM           | SAFARI,
    ['*']  = STANDARD                      | SAFARI,
    ['+']  = STANDARD | CHROMIUM | FIREFOX | SAFARI,
    [',']  = STANDARD | CHROMIUM           | SAFARI,
    ['-']  = STANDARD | CHROMIUM | FIREFOX | SAFARI,
    [';']  = STANDARD | CHROMIUM           | SAFARI,
    ['=']  = STANDARD | CHROMIUM           | SAFARI,
    ['_']  = STANDARD | CHROMIUM | FIREFOX | SAFARI,
    ['`']  = STANDARD | CHROMIUM           | SAFARI,
    ['{']  = STANDARD | CHROMIUM           | SAFARI,
    ['}']  = STANDARD | CHROMIUM           | SAFARI,
    ['~']  = STANDARD | CHROMIUM           | SAFARI,
};
/* clang-format on */

bool audit_character_is_sent(char byte, cors_browser browser) {
    uint8_t value = (uint8_t)byte;
    return value < sizeof sent_by && (sent_by[value] >> browser & 1) != 0;
}
