# SPDX-License-Identifier: MIT
"""What scenarios are drawn from: values that browsers take, and such as they stumble over."""

from __future__ import annotations

from random import Random

Fields = list[list[str]]

# Pages, and the servers of the API. The page's own host stands on one port, the others beside it.
PLAIN_PAGES = ("http://localhost:8801", "http://app.localhost:8801")
TLS_PAGE = "https://app.localhost:8811"
PLAIN_TARGETS = ("http://localhost:8802", "http://api.localhost:8802", "http://api.localhost:8803")
TLS_TARGETS = ("https://api.localhost:8812", "https://app.localhost:8813",
               "https://localhost:8812")
HTTP2_TARGET = "https://api.localhost:8814"

METHODS = ("GET", "GET", "GET", "POST", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS",
           "QUERY", "FOO", "Foo", "PROPFIND", "patch", "Patch", "put", "Put", "delete", "get",
           "head", "post", "options")
METHODS_REFUSED = ("CONNECT", "trace", "TRACK", "", "A B", "G(T")

# No byte of these makes a header unsafe.
ACCEPT_SAFE = ("*/*", "application/json", "text/html;q=0.9, */*;q=0.1", "a\tb", "", "{",
               "x" * 127, "x" * 128)
UNSAFE_BYTES = "\"():<>?@[\\]{}\x01\x08\x0b\x0c\x1f\x7f"
LANGUAGES = ("en", "en-GB,en;q=0.8", "*", "de_DE", "fr/ca", "en\tgb", "e" * 128, "e" * 129, "ä",
             "en!", "", "EN=1")
CONTENT_TYPES = (
    "text/plain", "Text/Plain; charset=utf-8", "text/plain;", "text/plain;;;", "text/plain ; x",
    "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "application/json",
    "text/plain, text/plain", "text/plain,", "text/ plain", "text /plain", "text/plain;a=\"b\"",
    "text/plain;a=(b)", "text/plain;é=1", "", "text", "text/", "/plain", "text/plainer",
    "text/plain;" + "p" * 117, "text/plain;" + "p" * 118, "application/xml", "text/html",
    "application/x-www-form-urlencoded;a,b", "TEXT/PLAIN\t;a", "\ttext/plain", "text/plain;a=\x80")
RANGES = ("bytes=0-", "bytes=0-0", "bytes=5-3", "bytes=-4", "bytes=1-2,4-5", "Bytes=0-1",
          "BYTES=0-", "bytes=0-1 ", "bytes =0-1", "bytes= 0-1", "bytes=0 -1", "bytes=0-\t1",
          "bytes=007-09", "bytes", "bytes=-", "bytes=18446744073709551616-", "items=0-1",
          "bytes=0-18446744073709551615", "bytes=18446744073709551614-",
          "bytes=0-9223372036854775807", "bytes=9223372036854775808-",
          "bytes=+1-2", "bytes=1--2", "bytes=0-" + "1" * 120,
          "bytes=0-" + "1" * 121)
HINTS = (("DPR", "2.0"), ("dpr", "2."), ("DPR", "x"), ("Device-Memory", "8"),
         ("Device-Memory", "-1"), ("Downlink", "1.5"), ("Downlink", ".5"), ("ECT", "4g"),
         ("ECT", "5g"), ("ect", "slow-2g"), ("RTT", "100"), ("RTT", "1.0"), ("Save-Data", "on"),
         ("save-data", "ON"), ("Save-Data", "off"), ("Viewport-Width", "600"), ("Width", "12"),
         ("Width", ""), ("Intervention", "<https://x.test/>; level=\"warning\""),
         ("Sec-CH-UA", "x"))
FORBIDDEN = (
    ("Accept-Charset", "utf-8"), ("Accept-Encoding", "br"), ("Connection", "close"),
    ("Content-Length", "9"), ("Cookie", "a=b"), ("Cookie2", "a"), ("Date", "x"), ("DNT", "1"),
    ("Expect", "100-continue"), ("Host", "evil.test"), ("Keep-Alive", "1"),
    ("Origin", "https://evil.test"), ("Referer", "x"), ("Set-Cookie", "a=b"), ("TE", "trailers"),
    ("Trailer", "x"), ("Transfer-Encoding", "chunked"), ("Upgrade", "h2c"), ("Via", "x"),
    ("Proxy-Authorization", "x"), ("proxy-", "1"), ("Sec-Fetch-Mode", "cors"), ("sec-x", "1"),
    ("Access-Control-Request-Headers", "x"), ("Access-Control-Request-Method", "PUT"),
    ("Access-Control-Request-Private-Network", "true"), ("X-HTTP-Method", "TRACE"),
    ("X-HTTP-Method-Override", "PUT"), ("X-HTTP-Method-Override", "a, TRACK"),
    ("x-method-override", "connect"), ("X-Method-Override", "\"TRACE\""))
UNSAFE_NAMES = (
    ("Authorization", "Bearer t"), ("authorization", "Basic YTpi"), ("Authorization", ""),
    ("X-Api-Key", "k"),
    ("x-a", "1"), ("X-B", ""), ("Cache-Control", "no-cache"), ("Pragma", "no-cache"),
    ("If-None-Match", "\"e\""), ("If-Match", "*"), ("If-Range", "\"e\""),
    ("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"), ("If-Unmodified-Since", "x"),
    ("X-Requested-With", "XMLHttpRequest"), ("traceparent", "00-a-b-01"), ("Priority", "u=1"),
    ("Last-Event-ID", "7"), ("Upgrade-Insecure-Requests", "1"), ("User-Agent", "mine/1"),
    ("X_Under", "1"), ("X.Dot", "1"), ("!x", "1"), ("Content-Encoding", "identity"),
    ("Content-Location", "/x"), ("Content-Disposition", "inline"), ("Early-Data", "1"),
    ("Purpose", "prefetch"), ("X-Purpose", "preview"), ("X-Long", "v" * 200),
    ("Idempotency-Key", "é\x80"))
HEADERS_REFUSED = (("X Y", "1"), ("X-Ä", "1"), ("", "1"), ("X-A", "a\nb"), ("X-A", "\u0151"))

MAX_AGES = ("0", "1", "2", "5", "7", "60", "600", "7200", "86400", "-1", "-0", "+5", "abc", "",
            "5, 600", "5;", "5.5", "1e3", "0x10", " 60", "60\t", "99999999999999999999",
            "9223372036854775807", "9223372036854775808", "4294967296", "00060")
MAX_AGES_THAT_WAITS_SHOW = ("0", "1", "2", "5", "7", "", "abc", "-1", "7200", "86400", "+2")
WAITS = (1500, 6400)  # far enough from the above, also when added up

EXPOSED = ("X-Seen", "x-seen, X-OTHER", "*", "*, Authorization", "X-Seen,,ETag", "", ",",
           "Set-Cookie", "X-Seen (bad)", "X-Seen X-Other", "\"X-Seen\"", "X-Seen;", "X-É",
           "Server-Timing\t,ETag", "X-Nowhere", "Content-Length", "authorization", "X-Seen/1",
           " X-Seen ", "x-seen\x0b")
RESPONSE_FIELDS = (
    ("X-Seen", "1"), ("X-Seen", "2"), ("X-Other", "é"), ("ETag", "\"e\""),
    ("Server-Timing", "a;dur=1"), ("Set-Cookie", "z=1"), ("Set-Cookie2", "z=1"),
    ("Authorization", "q"), ("Content-Type", "text/plain"), ("Content-Language", "en"),
    ("Expires", "0"), ("Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT"), ("Pragma", "no-cache"),
    ("Vary", "Origin"), ("Date", "Thu, 01 Jan 1970 00:00:00 GMT"), ("Location", "x"),
    ("Timing-Allow-Origin", "*"), ("X-Content-Type-Options", "nosniff"), ("x_under", "1"))

ALLOW_CREDENTIALS = ("true", "True", "TRUE", "false", "", "1", "yes", "*", "true, true", "true;",
                     " true", "true\t", "\"true\"", "tru\xe9")

STATUS_FINE = (200, 200, 200, 201, 204, 206, 299)
STATUS_BAD = (300, 304, 305, 400, 401, 403, 404, 405, 410, 418, 429, 500, 501, 502, 503, 599)
STATUS_REDIRECT = (301, 302, 303, 307, 308)


def other_case(random: Random, text: str) -> str:
    return random.choice((text, text.lower(), text.upper(), text.swapcase()))


def odd_origins(page: str) -> tuple[str, ...]:
    """Values of Access-Control-Allow-Origin that do not allow the page, or hardly."""
    bare = page.partition("://")[2] or "app.localhost"
    host = bare.partition(":")[0]
    return ("null", "", " ", "none", "undefined", "true", "**", "*.localhost", f"{page}/",
            f"{page}/path", f"{page}, {page}", f"{page} {page}", f"{page}, *", f"*, {page}",
            "*, *", f"{page},", f",{page}", f"https://other.localhost, {page}",
            "https://other.localhost", "http://other.localhost:8801", bare, f"//{bare}",
            f"http://{host}", f"http://{host}:*", f"http://*.{host}:8801", page.upper(),
            page.swapcase(), f"\"{page}\"", f"'{page}'", f"<{page}>", f"{page};", f"{page}#",
            f"{page}?", f"http://user@{bare}", f"{page}\x0b", f"{page}\x01", f"{page}\xa0",
            f"{page}\xe9", "http://exämple.test", "http://ex mple.test", "http://",
            "http://[::1", "http://a:99999", "http:/" + bare, "Null", "NULL", "null, null",
            "\"*\"", "'*'", "*;", "data:", "file://", "http://xn--a", "%2A", "http://%00")


def allow_origin(random: Random, page: str, credentials: bool, good: float) -> Fields:
    """The lines of Access-Control-Allow-Origin, of which the share `good` allow the page."""
    name = "Access-Control-Allow-Origin"
    if random.random() < 0.5:
        name = other_case(random, name)
    if random.random() < good:
        fine = [page, page, f" {page}\t"] + ([] if credentials else ["*", "*", "* "])
        return [[name, random.choice(fine)]]
    kind = random.random()
    if kind < 0.15:
        return []
    if kind < 0.3:
        return [[name, random.choice(("*", page, "null"))] for _ in range(2)]
    if kind < (0.55 if credentials else 0.35):
        return [[name, "*"]]
    return [[name, random.choice(odd_origins(page))]]


def allow_credentials(random: Random, good: float) -> Fields:
    name = other_case(random, "Access-Control-Allow-Credentials")
    if random.random() < good:
        return [[name, "true"]]
    kind = random.random()
    if kind < 0.3:
        return []
    if kind < 0.4:
        return [[name, "true"], [name, "true"]]
    return [[name, random.choice(ALLOW_CREDENTIALS)]]


def joined(random: Random, items: list[str]) -> str:
    return random.choice((", ", ",", " , ", ",\t", ",, ", " ")[:5]).join(items)


def listed(random: Random, name: str, wanted: list[str], good: float) -> Fields:
    """A list header that has what is wanted, or has not, or is no list."""
    name = other_case(random, name)
    items = [other_case(random, item) if "Headers" in name else item for item in wanted]
    random.shuffle(items)
    if random.random() < good:
        if random.random() < 0.15:
            return [[name, item] for item in items + ["X-More"]]
        if random.random() < 0.1:
            return [[name, "*"]]
        return [[name, joined(random, items + random.sample(["X-More", "PUT", "*"],
                                                            random.randrange(2)))]]
    kind = random.random()
    if kind < 0.2:
        return []
    if kind < 0.35:
        return [[name, "*"]]
    if kind < 0.5:
        return [[name, joined(random, items[1:] + ["X-More"])]]
    if kind < 0.6:
        return [[name, joined(random, [item.lower() for item in items])]]
    odd = ["", ",", " ", "\"" + joined(random, items) + "\"", " ".join(items), "a b", "(", "x;",
           "X-É", "*, *", "[*]", joined(random, items) + ";", "{" + joined(random, items) + "}",
           "a/b", joined(random, items) + ", (bad)", "x\x01", "PUT; POST", "Authorization"]
    return [[name, random.choice(odd)]]


def safe_value(random: Random) -> list[str]:
    """A header with a safelisted name; its value may still need a preflight."""
    name = random.choice(("Accept", "Accept-Language", "Content-Language", "Content-Type",
                          "Range"))
    values = {"Accept": ACCEPT_SAFE, "Accept-Language": LANGUAGES, "Content-Language": LANGUAGES,
              "Content-Type": CONTENT_TYPES, "Range": RANGES}[name]
    value = random.choice(values)
    if name == "Accept" and random.random() < 0.4:
        value = f"a{random.choice(UNSAFE_BYTES)}b"
    elif random.random() < 0.05:
        value += chr(random.randrange(0x80, 0x100))
    return [other_case(random, name), value]


def request_header(random: Random) -> list[str]:
    pool = random.random()
    if pool < 0.45:
        return safe_value(random)
    if pool < 0.75:
        return list(random.choice(UNSAFE_NAMES))
    if pool < 0.87:
        return list(random.choice(HINTS))
    if pool < 0.99:
        return list(random.choice(FORBIDDEN))
    return list(random.choice(HEADERS_REFUSED))
