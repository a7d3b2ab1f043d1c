/* SPDX-License-Identifier: MIT */
/* Fields as they may be shown: on a terminal, and in JSON. */
#include "check.h"
#include "secret_name.h"

cors_slice check_shown_value(struct keep *keep, const cors_field *field) {
    if (is_secret_name(field->name)) {
        return text_slice(HIDDEN);
    }
    if (text_is_folded(field->name, cors_field_name(CORS_FIELD_LOCATION))) {
        return shown_url(keep, field->value);
    }
    return field->value;
}
