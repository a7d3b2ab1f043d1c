/* SPDX-License-Identifier: MIT */
/* Names that say that a value is a secret, and names that look like it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "secret_name.h"
#include "text_slices.h"

static const char *const secret[] = {
    /* Of fields. */
    "Authorization",
    "Proxy-Authorization",
    "Cookie",
    "Set-Cookie",
    "X-Api-Key",
    "X-Access-Key",
    "X-Key",
    "X-Functions-Key",
    "Ocp-Apim-Subscription-Key",
    "X-Session",
    "X-Auth",
    "X-Auth-User",
    "X-JWT",
    "X-CSRF-Token",
    "X-Client-Secret",
    "X-Private",
    "X-Hub-Signature-256",
    "X-Hmac",
    /* Of parameters. */
    "key",
    "KEY",
    "api_key",
    "apikey",
    "token",
    "access_token",
    "sig",
    "signature",
    "Signature",
    "X-Amz-Signature",
    "X-Amz-Credential",
    "X-Goog-Signature",
    "jwt",
    "session",
    "session_id",
    "PHPSESSID",
    "jsessionid",
    "sid",
    "pass",
    "passwd",
    "password",
    "passphrase",
    "pwd",
    "hmac",
    "assertion",
    "client_assertion",
    "SAMLResponse",
    "code",
    "state",
    "auth",
    "AWSAccessKeyId",
    "user[password]",
};

static const char *const plain[] = {
    "",
    "a",
    "Accept",
    "ETag",
    "Location",
    "X-Request-Id",
    "monkey",
    "keyword",
    "inside",
    "sids",
    "statement",
    "codec",
    "compass",
    "design",
    "author",
    "X-Amz-Date",
    /* Of CORS. */
    "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Private-Network",
    "Access-Control-Request-Private-Network",
    "Access-Control-Request-Headers",
};

static void check(const char *const *names, size_t count, bool wanted) {
    for (size_t i = 0; i < count; i++) {
        if (is_secret_name(text_slice(names[i])) != wanted) {
            fail_msg("%s is %s", names[i], wanted ? "secret" : "plain");
        }
    }
}

static void names_of_secrets_are_known(void **state) {
    (void)state;
    check(secret, sizeof secret / sizeof secret[0], true);
}

static void other_names_are_plain(void **state) {
    (void)state;
    check(plain, sizeof plain / sizeof plain[0], false);
    assert_false(is_secret_name((cors_slice){NULL, 0}));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_secrets_are_known),
        cmocka_unit_test(other_names_are_plain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
