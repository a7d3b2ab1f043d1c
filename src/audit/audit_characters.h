/* SPDX-License-Identifier: MIT */
/*
 * Which characters real browsers accept inside a host name and send in an Origin. Measured with
 * real browsers by tests/browsers, and compared with that recording by the tests.
 */
#ifndef CORS_AUDIT_CHARACTERS_H
#define CORS_AUDIT_CHARACTERS_H

#include <cors/browser.h>

/*
 * Whether a page whose host holds the byte (ASCII, beside letters, digits, - and .) can be loaded
 * and sends it in its Origin. Safari was not measured: it counts as WebKit's source says.
 */
bool audit_character_is_sent(char byte, cors_browser browser);

#endif
