# SPDX-License-Identifier: MIT
"""Random policy files that have no errors."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.oracle.oracle import PolicyValues, Surroundings

# None of them is a public suffix, so wildcards may stand under them. Several are ends of others.
DOMAINS = ["example.com", "example.org", "a.example.com", "b.a.example.com", "myexample.com",
           "shop.example", "x-y.shop.example", "xn--bcher-kva.example", "dev_1.example.net",
           "bücher.example", "a.例え.テスト", "example.com."]
LABELS = ["a", "b", "app", "app-1", "www", "pr", "pr-42", "x", "api", "team", "xn--nxasmq6b", "_",
          "a-b", "0", "app-app"]
SCHEMES = ["https"] * 10 + ["http"] * 3 + ["capacitor", "chrome-extension", "wss", "a+b.c-d"]
PORTS = ["", "", "", "", ":8443", ":3000", ":1", ":0", ":65535", ":80", ":443"]
LOOPBACK = ["http://localhost:*", "http://localhost:3000", "http://127.0.0.1:*", "http://[::1]:*",
            "https://dev.localhost", "http://[::1]:8080"]
ADDRESSES = ["https://192.0.2.7", "https://192.0.2.7:8443", "https://[2001:db8::1]",
             "https://[2001:db8::1]:*"]
METHODS = ["PUT", "DELETE", "PATCH", "QUERY", "patch", "PROPFIND", "GET", "X-M", "PU"]
HEADERS = ["Authorization", "Content-Type", "X-Request-Id", "x-a", "X-B", "X-AB", "x-a-b",
           "If-Match", "Range", "DPoP", "x_a", "Accept", "X-Custom-Header", "x.1!"]
EXPOSED = ["ETag", "X-Request-Id", "Link", "Content-Range", "x-a"]
PATHS = ["/*", "/", "/api/*", "/api/", "/api", "/api*", "/api/v1/*", "/api/v1/", "/api/v1/items",
         "/api/v1/i*", "/ap*", "/public/*", "/é/*", "/api/v1/items/*", "/a b/*", "/~x;y=1/*",
         "/.hidden/*", "/api/v", "/p"]
SIZES = [1, 1, 1, 2, 2, 2, 3, 3, 5, 5, 8, 8, 40, 40, 300]
ENVIRONMENTS = ["production", "production", "development", "staging"]
DEFAULT_PORTS = {"http": ":80", "https": ":443", "wss": ":443"}


@dataclass
class PolicyFile:
    policies: list[PolicyValues]
    surroundings: Surroundings


def random_host(random: Random) -> str:
    labels = [random.choice(LABELS) for _ in range(random.choice([0, 1, 1, 1, 2]))]
    return ".".join([*labels, random.choice(DOMAINS)])


def random_wildcard(random: Random) -> str:
    """A label with a wildcard."""
    before, after = random.choice(LABELS), random.choice(LABELS)
    return random.choice(["*", "*", "{label}", "{label}", f"{before}-*", f"*-{after}",
                          f"{before}*{after}", f"{before}*", f"*{after}"])


def random_port(random: Random, scheme: str) -> str:
    port = random.choice(PORTS)
    return "" if port == DEFAULT_PORTS.get(scheme) else port


def random_pattern(random: Random) -> str:
    scheme = random.choice(["https", "https", "https", "http"])
    before = f"{random.choice(LABELS)}." if random.random() < 0.2 else ""
    port = ":*" if random.random() < 0.15 else random_port(random, scheme)
    host = f"{before}{random_wildcard(random)}.{random_host(random)}"
    return f"{scheme}://{host}{port}"


def random_case(random: Random, text: str) -> str:
    return "".join(letter.upper() if random.random() < 0.5 else letter for letter in text)


def random_origin(random: Random) -> str:
    kind = random.random()
    if kind < 0.4:
        return random_pattern(random)
    if kind < 0.5:
        return random.choice(LOOPBACK)
    if kind < 0.53:
        return random.choice(ADDRESSES)
    if kind < 0.56:
        return "null"
    scheme = random.choice(SCHEMES)
    port = ":*" if random.random() < 0.1 else random_port(random, scheme)
    origin = f"{scheme}://{random_host(random)}{port}"
    return random_case(random, origin) if random.random() < 0.05 else origin


def random_entries(random: Random, surroundings: Surroundings) -> list[object]:
    """A list of origins, some of them for one environment, from a variable or from a file."""
    origins = [random_origin(random) for _ in range(random.choice(SIZES))]
    entries: list[object] = []
    for origin in origins:
        place = random.random()
        number = len(surroundings.variables) + len(surroundings.files)
        if place < 0.08:
            environment = random.choice(ENVIRONMENTS)
            entries.append({"origin": origin, "environment": environment})
        elif place < 0.11:
            name = f"ORACLE_{number}"
            surroundings.variables[name] = f"{origin}, {random_origin(random)}"
            entries.append({"from_env": name})
        elif place < 0.14:
            name = f"list-{number}.txt"
            surroundings.files[name] = f"# a list\n{origin}\n\n {random_origin(random)} # more\n"
            entries.append({"from_file": name})
        else:
            entries.append(origin)
    if random.random() < 0.03:
        entries.insert(random.randrange(len(entries) + 1), {"from_env": "ORACLE_UNSET"})
    return entries


def some(random: Random, pool: list[str], star: float) -> list[str]:
    chosen = random.sample(pool, random.randrange(0, 6) % (len(pool) + 1))
    if random.random() < star:
        chosen.insert(random.randrange(len(chosen) + 1), "*")
    return chosen


def random_policy(random: Random, surroundings: Surroundings) -> PolicyValues:
    policy: PolicyValues = {"allow_origins": random_entries(random, surroundings)}
    public = random.random() < 0.1
    credentials = not public and random.random() < 0.5
    if public:
        entries = policy["allow_origins"]
        entries.insert(random.randrange(len(entries) + 1), "*")
        if random.random() < 0.7:
            policy["allow_origins"] = ["*"]
    methods = some(random, METHODS, 0.15)
    headers = some(random, HEADERS, 0.2)
    exposed = some(random, EXPOSED, 0.0)
    if methods or random.random() < 0.1:
        policy["allow_methods"] = methods
    if headers or random.random() < 0.1:
        policy["allow_headers"] = headers
    if exposed:
        policy["expose_headers"] = exposed
    elif not credentials and random.random() < 0.3:
        policy["expose_headers"] = ["*"]
    if credentials or random.random() < 0.2:
        policy["allow_credentials"] = credentials
    if random.random() < 0.5:
        policy["max_age"] = random.choice([0, 5, 600, 86400, "30s", "10m", "2h", "1d"])
    if random.random() < 0.4:
        policy["preflight_status"] = random.choice([200, 204])
    policy["accept_risks"] = ["null-origin", "insecure-origin-with-credentials",
                              "loopback-in-production"]
    return policy


def random_policy_file(random: Random) -> PolicyFile:
    surroundings = Surroundings(random.choice(ENVIRONMENTS), {}, {})
    paths = random.sample(PATHS, random.choice([1, 1, 2, 3, 5]))
    policies = []
    for path in paths:
        policy = random_policy(random, surroundings)
        if path != "/*" or random.random() < 0.5:
            policy["path"] = path
        policies.append(policy)
    return PolicyFile(policies, surroundings)
