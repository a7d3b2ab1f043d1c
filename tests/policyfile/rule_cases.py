# SPDX-License-Identifier: MIT
"""At least one case for each rule that policies are checked against."""

from __future__ import annotations

from drawn_case import Case

ORIGINS = [
    Case("an entry without a scheme", """
        policies:
          - allow_origins: [app.example.com, "https:app.example.com"]
                            ^ error origin-syntax -> https://app.example.com
                                             ^ error origin-syntax
        """),
    Case("more than one wildcard, or nothing but one", """
        policies:
          - allow_origins:
              - https://*.*.example.com
                ^ error origin-syntax
              - https://*
                ^ error origin-syntax
              - https://*.
                ^ error origin-syntax
              - "https://{label}.{label}.example.com"
                ^ error origin-syntax
              - "https://{name}.example.com"
                ^ error origin-syntax
              - "*.example.com"
                ^ error origin-syntax -> https://*.example.com
              - "*://app.example.com"
                ^ error origin-syntax
        """),
    Case("addresses that browsers write in another way", """
        policies:
          - allow_origins:
              - https://[2001:DB8:0:0::1]
                ^ error origin-syntax -> https://[2001:db8::1]
              - https://[2001:db8::1]:8443
              - https://192.168.1
                ^ error origin-syntax
              - https://app.example.com:99999
                ^ error origin-syntax
              - https://app.example.com:08443
                ^ error origin-syntax -> https://app.example.com:8443
        """),
    Case("a path, a slash, a query, a fragment", """
        policies:
          - allow_origins:
              - https://a.example.com/
                ^ error origin-path -> https://a.example.com
              - https://b.example.com/api/v1
                ^ error origin-path -> https://b.example.com
              - https://c.example.com?x=1
                ^ error origin-path -> https://c.example.com
              - https://d.example.com#top
                ^ error origin-path -> https://d.example.com
              - https://*.example.com/
                ^ error origin-path -> https://*.example.com
        """),
    Case("the default port", """
        policies:
          - allow_origins:
              - https://a.example.com:443
                ^ error origin-default-port -> https://a.example.com
              - http://localhost:80
                ^ error origin-default-port -> http://localhost
              - https://a.example.com:80
        """),
    Case("a user name and password", """
        policies:
          - allow_origins:
              - https://user:password@a.example.com
                ^ error origin-userinfo -> https://a.example.com
              - https://user@b.example.com:8443/
                ^ error origin-userinfo -> https://b.example.com:8443
                ^ error origin-path -> https://b.example.com:8443
        """),
    Case("upper case and Unicode are converted", """
        policies:
          - allow_origins:
              - HTTPS://App.Example.COM
                ^ info origin-converted -> https://app.example.com
              - https://bücher.example
                ^ info origin-converted -> https://xn--bcher-kva.example
              - https://*.例え.jp
                ^ info origin-converted -> https://*.xn--r8jz45g.jp
              - https://faß.example
                ^ info origin-converted -> https://xn--fa-hia.example
              - https://xn--bcher-kva.example.com
              - https://xn--a-ecp.example
                ^ error origin-syntax
        """),
    Case("any origin, with credentials", """
        policies:
          - allow_credentials: true
            allow_origins: ["*"]
                            ^ error wildcard-with-credentials
        """),
    Case("the opaque origin, quoted or not", """
        policies:
          - path: /plain
            allow_origins: [null]
                            ^ error null-origin
          - path: /quoted
            allow_origins: ["null"]
                            ^ error null-origin
          - path: /mapping
            allow_origins:
              - { origin: null }
                          ^ error null-origin
        """),
    Case("http with credentials", """
        policies:
          - allow_credentials: true
            allow_origins: [http://intranet.example.com, "http://*.lan.example.com:8080"]
                            ^ error insecure-origin-with-credentials
                                                         ^ error insecure-origin-with-credentials
        """),
    Case("http without credentials", """
        policies:
          - allow_origins: [http://intranet.example.com]
                            ^ warning insecure-origin
        """),
    Case("wildcards where anyone can register a name", """
        policies:
          - allow_origins:
              - https://*.github.io
                ^ error public-suffix-wildcard
              - "https://{label}.co.uk"
                ^ error public-suffix-wildcard
              - https://app-*.vercel.app
                ^ error public-suffix-wildcard
              - https://*.com
                ^ error public-suffix-wildcard
              - https://*.someone.gitlab.io
              - https://*.example.co.uk
        """),
    Case("loopback in production, with credentials", """
        policies:
          - allow_credentials: true
            allow_origins:
              - http://localhost:3000
                ^ error loopback-in-production
              - https://127.0.0.1
                ^ error loopback-in-production
              - http://[::1]:*
                ^ error loopback-in-production
              - http://app.localhost
                ^ error loopback-in-production
              - capacitor://localhost
        """),
    Case("loopback in production, without credentials", """
        policies:
          - allow_origins: [http://localhost:3000]
                            ^ warning loopback-in-production
        """),
    Case("loopback elsewhere", """
        policies:
          - allow_credentials: true
            allow_origins:
              - http://localhost:3000
              - { origin: https://dev.example.com, environment: development }
        """, environment="development"),
    Case("an origin twice, or covered by another", """
        policies:
          - allow_origins:
              - https://app.example.com
              - https://app.example.com
                ^ warning redundant-origin
              - https://*.example.org
              - https://www.example.org
                ^ warning redundant-origin
              - "https://{label}.example.org"
                ^ warning redundant-origin
        """),
    Case("everything is covered by the star", """
        policies:
          - allow_origins:
              - https://app.example.com
                ^ warning redundant-origin
              - "*"
        """),
]

METHODS_AND_HEADERS = [
    Case("methods", """
        policies:
          - allow_origins: [https://app.example.com]
            max_age: 10m
            allow_methods:
              - PUT
              - "P U T"
                ^ error method-syntax
              - ""
                ^ error method-syntax
              - CONNECT
                ^ error forbidden-method
              - trace
                ^ error forbidden-method
              - patch
                ^ warning method-case -> PATCH
              - POST
                ^ info safelisted-method
        """),
    Case("request headers", """
        policies:
          - allow_origins: [https://app.example.com]
            max_age: 10m
            allow_headers:
              - Authorization
              - Content-Type
              - "X Y"
                ^ error header-syntax
              - Cookie
                ^ error forbidden-request-header
              - sec-fetch-site
                ^ error forbidden-request-header
              - accept
                ^ info safelisted-header
              - Accept-Language
                ^ info safelisted-header
              - Content-Language
                ^ info safelisted-header
        """),
    Case("response headers", """
        policies:
          - allow_origins: [https://app.example.com]
            expose_headers:
              - X-Request-Id
              - "X:"
                ^ error header-syntax
              - set-cookie
                ^ error forbidden-response-header
              - Authorization
                ^ warning exposes-sensitive-header
              - X-Auth-Token
                ^ warning exposes-sensitive-header
        """),
    Case("stars with credentials", """
        policies:
          - allow_origins: [https://app.example.com]
            allow_methods: ["*"]
                            ^ warning wildcard-methods
            allow_headers: ["*"]
                            ^ warning wildcard-headers
            expose_headers: ["*"]
                             ^ error wildcard-expose-with-credentials
            allow_credentials: true
            max_age: 600
        """),
    Case("stars without credentials", """
        policies:
          - allow_origins: [https://app.example.com]
            allow_methods: ["*"]
            allow_headers: ["*"]
            expose_headers: ["*"]
            max_age: 600
        """),
]

OTHERS = [
    Case("times", """
        policies:
          - { path: /a, allow_origins: ["*"], max_age: 10x }
                                                       ^ error max-age-range
          - { path: /b, allow_origins: ["*"], max_age: -1 }
                                                       ^ error max-age-range
          - { path: /c, allow_origins: ["*"], max_age: 2147483648 }
                                                       ^ error max-age-range
          - { path: /d, allow_origins: ["*"], max_age: "" }
                                                       ^ error max-age-range
          - { path: /e, allow_origins: ["*"], max_age: 601 }
                                                       ^ info max-age-capped
          - { path: /f, allow_origins: ["*"], max_age: 2d }
                                                       ^ info max-age-capped
          - { path: /g, allow_origins: ["*"], max_age: 0 }
          - { path: /h, allow_origins: ["*"], max_age: 10m }
        """),
    Case("methods or headers and no max_age", """
        policies:
          - path: /a
            ^ info max-age-missing -> max_age: 10m
            allow_origins: [https://app.example.com]
            allow_methods: [PUT]
        """),
    Case("paths", """
        policies:
          - { path: api, allow_origins: ["*"] }
                    ^ error path-syntax -> /api
          - { path: /a*b, allow_origins: ["*"] }
                    ^ error path-syntax
          - { path: /a/../b, allow_origins: ["*"] }
                    ^ error path-syntax
          - { path: "", allow_origins: ["*"] }
                    ^ error path-syntax
        """),
    Case("a path twice", """
        policies:
          - allow_origins: [https://app.example.com]
          - path: /api
            allow_origins: [https://app.example.com]
          - path: /api/*
            allow_origins: [https://app.example.com]
          - path: /api
                  ^ error duplicate-path
            allow_origins: [https://app.example.com]
          - allow_origins: [https://app.example.com]
            ^ error duplicate-path
        """),
    Case("no origins", """
        policies:
          - path: /api
            ^ error missing-origins
            max_age: 600
        """),
    Case("no origins and nothing else", """
        policies:
          - {}
            ^ error missing-origins
        """),
    Case("keys that there are not", """
        polices: []
        ^ error unknown-key -> policies
        max_age: 600
        ^ error unknown-key
        policies:
          - allow_origins: ["*"]
            alow_methods: [PUT]
            ^ error unknown-key -> allow_methods
            Max-Age: 600
            ^ error unknown-key -> max_age
            colour: blue
            ^ error unknown-key
          - path: /b
            allow_origins:
              - { origin: https://app.example.com, environments: production }
                                                   ^ error unknown-key
        """),
    Case("keys that stand twice", """
        policies:
          - allow_origins: [https://app.example.com]
            allow_methods: [PUT]
            max_age: 600
            "max_age": 300
            ^ error duplicate-key
            allow_origins: ["*"]
            ^ error duplicate-key
          - path: /b
            allow_origins:
              - { origin: https://a.example.com, origin: https://b.example.com }
                                                 ^ error duplicate-key
              - { origin: https://a.example.com, environment: x, environment: y }
                                                                 ^ error duplicate-key
        policies: []
        ^ error duplicate-key
        """),
    Case("risks that are none", """
        policies:
          - allow_origins: [https://app.example.com]
            accept_risks: [null-origins, origin-path, everything]
                           ^ warning unknown-risk -> null-origin
                                         ^ warning unknown-risk
                                                      ^ warning unknown-risk
        """),
    Case("an environment that no entry has", """
        policies:
        ^ warning unused-environment
          - allow_origins:
              - https://app.example.com
              - { origin: https://dev.example.com, environment: development }
        """, environment="developement"),
    Case("nothing left in this environment", """
        policies:
          - path: /a
            allow_origins:
              - { origin: https://dev.example.com, environment: development }
              ^ warning no-origins-left
          - path: /b
            allow_origins: []
                           ^ warning no-origins-left
          - path: /c
            allow_origins: [{ from_env: NOT_SET_ANYWHERE }]
                           ^ warning no-origins-left
        """),
    Case("a list that cannot be read", """
        policies:
          - allow_origins:
              - { from_file: tenants.txt }
                             ^ error unreadable-file
              - from_file: /
                           ^ error unreadable-file
        """),
]

TYPES = [
    Case("one value where a list stands, quoted where YAML would take it for something else", """
        policies:
          - allow_origins: "*"
                           ^ error wrong-type -> ["*"]
          - path: /b
            allow_origins: [https://app.example.com]
            allow_methods: "*"
                           ^ error wrong-type -> ["*"]
            allow_headers: X-A
                           ^ error wrong-type -> [X-A]
            expose_headers: "[X-A"
                            ^ error wrong-type -> ["[X-A"]
        """),
    Case("lists that are none, and items that are no words", """
        policies:
          - allow_origins: https://app.example.com
                           ^ error wrong-type -> [https://app.example.com]
            allow_methods: { PUT: true }
                           ^ error wrong-type
            allow_headers: [[X-A], X-B, { X-C: 1 }, ]
                            ^ error wrong-type
                                        ^ error wrong-type
            expose_headers:
                           ^ error wrong-type
            max_age: 600
          - path: /b
            allow_origins: [[https://app.example.com]]
                            ^ error wrong-type
        """),
    Case("values that are none", """
        policies:
          - allow_origins: [https://app.example.com]
            path: [/api]
                  ^ error wrong-type
            max_age:
                    ^ error wrong-type
            preflight_status: { code: 204 }
                              ^ error wrong-type
        """),
    Case("booleans are true and false, without quotes", """
        policies:
          - { path: /a, allow_origins: [https://a.b], allow_credentials: yes }
                                                                         ^ error wrong-type -> true
          - { path: /b, allow_origins: [https://a.b], allow_credentials: Off }
                                                                         ^ error wrong-type -> false
          - { path: /c, allow_origins: [https://a.b], allow_credentials: "true" }
                                                                         ^ error wrong-type -> true
          - { path: /d, allow_origins: [https://a.b], allow_credentials: maybe }
                                                                         ^ error wrong-type
          - { path: /e, allow_origins: [https://a.b], allow_credentials: false }
        """),
    Case("the status of preflights", """
        policies:
          - { path: /a, allow_origins: ["*"], preflight_status: 200 }
          - { path: /b, allow_origins: ["*"], preflight_status: 201 }
                                                                ^ error wrong-type -> 204
        """),
    Case("entries that say too little or too much", """
        policies:
          - allow_origins:
              - {}
                ^ error wrong-type
              - { environment: production }
                ^ error wrong-type
              - { origin: [https://app.example.com] }
                          ^ error wrong-type
              - { origin: https://app.example.com, from_env: ORIGINS }
                                                   ^ error wrong-type
              - { origin: https://app.example.com, environment: }
                                                                ^ error wrong-type
              - { from_env: "" }
                            ^ error wrong-type
              - https://app.example.com: production
                ^ error unknown-key
        """),
    Case("policies that are none", """
        policies:
          - https://app.example.com
            ^ error wrong-type
          - [allow_origins]
            ^ error wrong-type
        """),
    Case("no list of policies", """
        policies:
          allow_origins: ["*"]
          ^ error wrong-type
        """),
    Case("an empty list of policies", """
        policies: []
                  ^ error wrong-type
        """),
    Case("policies with nothing behind it", """
        policies:
                 ^ error wrong-type
        """),
    Case("a list at the top", """
        - allow_origins: ["*"]
        ^ error wrong-type -> policies:
        """),
    Case("no policies at the top", """
        {}
        ^ error wrong-type -> policies:
        """),
    Case("an empty file", """
        ^ error wrong-type -> policies:
        """),
]

YAML = [
    Case("a star without quotes", """
        policies:
          - allow_origins: [*]
                            ^ error yaml-syntax -> "*"
        """),
    Case("a pattern that starts with a star, without quotes", """
        policies:
          - allow_origins:
              - *.example.com
                ^ error yaml-syntax -> "*.example.com"
        """),
    Case("what stands before the fault is checked", """
        policies:
          - allow_origins: [https://app.example.com/]
                            ^ error origin-path -> https://app.example.com
            max_age: 10x
                     ^ error max-age-range
            allow_methods: [@PUT]
                            ^ error yaml-syntax -> "@PUT"
        """),
    Case("anchors, aliases, tags and merge keys", """
        policies:
          - &first
            ^ error yaml-syntax
            path: /a
            allow_origins: &origins [https://app.example.com]
                           ^ error yaml-syntax
            max_age: !!int 600
                     ^ error yaml-syntax
          - path: /b
            allow_origins: *origins
                           ^ error yaml-syntax -> "*origins"
          - path: /c
            <<: *first
            ^ error yaml-syntax
                ^ error yaml-syntax -> "*first"
            allow_origins: ["*"]
        """),
    Case("several documents", """
        policies:
          - allow_origins: ["*"]
        ---
        ^ error yaml-syntax
        policies:
          - allow_origins: ["*"]
        """),
    Case("one document may be marked as such", """
        ---
        policies:
          - allow_origins: ["*"]
        ...
        """),
    Case("nesting", """
        policies:
          - allow_origins: ["*"]
            colour: [[[[[[[[1]]]]]]]]
            ^ error unknown-key
                         ^ error yaml-syntax
        """),
    Case("a bracket that is not closed", """
        policies:
          - allow_origins: ["https://app.example.com"
            max_age: 600
            ^ error yaml-syntax
        """),
    Case("a quote that is not closed", """
        policies:
          - allow_origins: ["*"]
            path: "/api
                  ^ error yaml-syntax
        """),
    Case("a tab", """
        policies:
          - allow_origins: ["*"]
        \tpath: /api
        ^ error yaml-syntax
        """),
    Case("a control character", """
        policies:
          - allow_origins: ["*"]
            path: /a\x07
                    ^ error yaml-syntax
        """),
    Case("other line breaks than line feeds are no lines", """
        policies:
          - allow_origins: ["*"]
            # \u2028 \x85
            colour: blue
            ^ error unknown-key
        """),
]

CASES = ORIGINS + METHODS_AND_HEADERS + OTHERS + TYPES + YAML
