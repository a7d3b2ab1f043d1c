/* SPDX-License-Identifier: MIT */
#include "case_request.h"

#include "case_table.h"

static const char *const verdicts[] = {"none", "allowed", "denied"};

static cors_slice up_to(const char **text, const char *end) {
    size_t size = strcspn(*text, end);
    cors_slice part = {*text, size};
    *text += size;
    return part;
}

void case_request_read(cors_request *request, const cors_policy *policy, const char *text) {
    cors_slice method = up_to(&text, " ");
    assert_int_equal(*text, ' ');
    text++;
    cors_request_begin(request, policy, method, up_to(&text, "\n"));
    while (*text == '\n' && text[1] != '\0') {
        text++;
        cors_slice name = up_to(&text, ":\n");
        assert_int_equal(*text, ':');
        text++;
        cors_request_add_header(request, name, up_to(&text, "\n"));
    }
}

struct told {
    char text[32768];
    size_t size;
};

static void tell(struct told *told, cors_slice text) {
    assert_true(text.size < sizeof told->text - told->size);
    if (text.size > 0) {
        memcpy(told->text + told->size, text.data, text.size);
    }
    told->size += text.size;
    told->text[told->size] = '\0';
}

const char *case_decision_text(const cors_decision *decision) {
    static struct told told;
    char line[128];
    told.size = 0;
    snprintf(line, sizeof line, "%s %s %s %d%s%s", cors_kind_name(decision->kind),
             verdicts[decision->verdict], cors_reason_name(decision->reason), decision->status,
             decision->same_origin ? " same-origin" : "",
             cors_decision_blocks(decision) ? " blocked" : "");
    tell(&told, case_slice(line));
    for (size_t i = 0; i < decision->field_count; i++) {
        tell(&told, CORS_SLICE("\n"));
        tell(&told, decision->fields[i].name);
        tell(&told, CORS_SLICE(": "));
        tell(&told, decision->fields[i].value);
    }
    for (size_t i = 0; i < decision->vary_count; i++) {
        tell(&told, i == 0 ? CORS_SLICE("\nVary: ") : CORS_SLICE(", "));
        tell(&told, decision->vary[i]);
    }
    return told.text;
}

void case_request_expect(const cors_policy *policy, const char *text, const char *wanted) {
    cors_request request;
    cors_decision decision;
    case_request_read(&request, policy, text);
    cors_decide(&request, &decision);
    expect_text(text, "the decision", case_slice(case_decision_text(&decision)), wanted);
}
