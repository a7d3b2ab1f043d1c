/* SPDX-License-Identifier: MIT */
#include "audit_uri.h"

#include "text_slices.h"

#define HEX "0123456789ABCDEFabcdef"
#define ANYWHERE "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=@/?"

static bool is_one_of(char byte, const char *bytes) {
    return byte != '\0' && strchr(bytes, byte) != NULL;
}

/* Where the host and its port end, which alone may hold brackets. */
static size_t authority_end(cors_slice url) {
    size_t end = text_find_folded(url, "://");
    for (end += end < url.size ? 3 : 0; end < url.size && !is_one_of(url.data[end], "/?#");) {
        end++;
    }
    return end;
}

static bool is_escape(cors_slice text) {
    return text.size >= 3 && text.data[0] == '%' && is_one_of(text.data[1], HEX) &&
           is_one_of(text.data[2], HEX);
}

cors_slice audit_uri(struct keep *keep, cors_slice url, bool is_url) {
    struct keep_text uri = {.keep = keep};
    size_t host_end = is_url ? authority_end(url) : 0;
    size_t fragment = text_find(url, '#');
    for (size_t i = 0; i < url.size; i++) {
        char byte = url.data[i];
        bool fits = is_one_of(byte, ANYWHERE) || (byte == ':' && is_url) ||
                    (is_one_of(byte, "[]") && i < host_end) || (byte == '#' && i == fragment) ||
                    is_escape(text_skip(url, i));
        if (fits) {
            keep_text_add(&uri, (cors_slice){&byte, 1});
        } else {
            keep_text_add(&uri, keep_format(keep, "%%%02X", (unsigned)(unsigned char)byte));
        }
    }
    return keep_text_slice(&uri);
}
