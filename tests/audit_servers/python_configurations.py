# SPDX-License-Identifier: MIT
"""Flask, FastAPI's Starlette and Django, by hand and with their packages; and Spring's ways."""

from __future__ import annotations

from tests.audit_servers.configuration import (
    ANYONE, BESIDE_EVERYBODY, BESIDE_LOOK_ALIKES, FAULT, INFO, LOCAL, READS, SUBDOMAIN,
    Configuration, clean, reflecting)

# What * would give, written either way.
EVERYBODY = {"reflected-origin|wildcard": READS}
LIST = '["https://app.example.com", "https://admin.example.com"]'


def flask(options: str) -> str:
    return f"from flask_cors import CORS\nCORS(app{options})\n"


FLASK = [
    reflecting("echo", """
from flask import request
@app.after_request
def after_request(response):
    response.headers.add('Access-Control-Allow-Origin', request.headers.get('Origin', '*'))
    response.headers.add('Access-Control-Allow-Headers', 'Content-Type,Authorization')
    response.headers.add('Access-Control-Allow-Methods', 'GET,PUT,POST,DELETE')
    response.headers.add('Access-Control-Allow-Credentials', 'true')
    return response
"""),
    reflecting("credentials-for-all", flask(", supports_credentials=True")),
    # The package names any origin where it means *, but never with credentials.
    Configuration("everything-as-it-comes", flask(""), EVERYBODY, BESIDE_EVERYBODY, requests=16),
    Configuration("wildcard-of-a-resource", flask(', resources={r"/api/*": {"origins": "*"}}'),
                  EVERYBODY, BESIDE_EVERYBODY, requests=16),
    Configuration("after-request-and-package", """
@app.after_request
def after_request(response):
    response.headers.add('Access-Control-Allow-Origin', '*')
    return response
""" + flask(""), {"multiple-allow-origin": FAULT}, ("wildcard", "preflight-fails")),
    # The package takes what looks like a pattern for one, and compares the beginning only.
    Configuration("pattern", flask(
        r', origins=r"https://.*\.example\.com", supports_credentials=True'),
        {"prefix-match|substring-match": ANYONE}, BESIDE_LOOK_ALIKES),
    Configuration("star-for-a-subdomain", flask(
        ', origins="https://*.example.com", supports_credentials=True'),
        {"prefix-match": ANYONE}, BESIDE_LOOK_ALIKES),
    Configuration("ends-in-domain", """
from flask import request
@app.after_request
def after_request(response):
    origin = request.headers.get('Origin', '')
    if origin.endswith('example.com'):
        response.headers['Access-Control-Allow-Origin'] = origin
        response.headers['Access-Control-Allow-Credentials'] = 'true'
    response.headers.add('Vary', 'Origin')
    return response
""", {"suffix-match": ANYONE, "insecure-origin": SUBDOMAIN},
        BESIDE_LOOK_ALIKES + ("any-scheme",)),
    clean("list", flask(f", origins={LIST}, supports_credentials=True")),
    clean("list-of-a-resource", flask(f', resources={{r"/api/*": {{"origins": {LIST}}}}}')),
    # For one origin the package sends no Vary, though others get no header: only a cache would
    # mind, and no cache keeps this answer.
    Configuration("one-origin", flask(', origins="https://app.example.com"'), {},
                  ("missing-vary",), requests=40),
    clean("anchored-pattern", flask(
        r', origins=r"^https://(app|admin)\.example\.com$", supports_credentials=True')),
]


def starlette(options: str) -> str:
    return ("from starlette.middleware.cors import CORSMiddleware\n"
            f"app.add_middleware(CORSMiddleware, {options})\n")


STARLETTE = [
    # The first example of FastAPI's users: with a cookie any origin is named.
    reflecting("everything-with-credentials", starlette(
        'allow_origins=["*"], allow_credentials=True, allow_methods=["*"], allow_headers=["*"]')),
    reflecting("pattern-for-all", starlette("allow_origin_regex='.*', allow_credentials=True")),
    reflecting("echo", """
@app.middleware("http")
async def add_headers(request, call_next):
    response = await call_next(request)
    response.headers["Access-Control-Allow-Origin"] = request.headers.get("origin", "*")
    response.headers["Access-Control-Allow-Credentials"] = "true"
    return response
"""),
    # To a request with a cookie it names the origin, without credentials.
    Configuration("wildcard", starlette('allow_origins=["*"]'), EVERYBODY, BESIDE_EVERYBODY,
                  requests=16),
    Configuration("subdomains", starlette(
        r"allow_origin_regex=r'https://.*\.example\.com', allow_credentials=True"),
        {"any-subdomain": SUBDOMAIN}),
    Configuration("domain-without-dot", starlette(
        r"allow_origin_regex=r'https?://.*example\.com', allow_credentials=True"),
        {"suffix-match": ANYONE, "insecure-origin": SUBDOMAIN}, BESIDE_LOOK_ALIKES),
    Configuration("dots", starlette(
        "allow_origin_regex='https://app.example.com', allow_credentials=True"),
        {"unescaped-dot": ANYONE}),
    # FastAPI's tutorial.
    # One port of localhost is asked, 3000, where no list is found that the target is on.
    Configuration("tutorial", starlette(
        'allow_origins=["http://localhost.example.com", "https://localhost.example.com", '
        '"http://localhost", "http://localhost:8080"], '
        'allow_credentials=True, allow_methods=["*"], allow_headers=["*"]'),
        allowed=("loopback-origin", "insecure-origin", "headers-too-wide"), requests=40),
    # Kept by caches, an answer to nobody in particular has no Vary: it then serves everyone.
    Configuration("list-of-what-caches-keep", starlette(f"allow_origins={LIST}") + """
@app.middleware("http")
async def keep(request, call_next):
    response = await call_next(request)
    response.headers["Cache-Control"] = "public, max-age=60"
    return response
""", {}, ("missing-vary", "cache-poisoning")),
    clean("list", starlette(f"allow_origins={LIST}")),
    clean("list-with-credentials", starlette(
        f'allow_origins={LIST}, allow_credentials=True, allow_methods=["*"], allow_headers=["*"]'),
        allowed=("headers-too-wide",)),
    clean("anchored-pattern", starlette(
        r"allow_origin_regex=r'https://(app|admin)\.example\.com', allow_credentials=True")),
]


def django(settings: str) -> str:
    return ('INSTALLED_APPS = ["corsheaders"]\n'
            'MIDDLEWARE = ["corsheaders.middleware.CorsMiddleware", *MIDDLEWARE]\n' + settings)


DJANGO = [
    reflecting("echo", """
class Echo:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response["Access-Control-Allow-Origin"] = request.headers.get("Origin", "*")
        response["Access-Control-Allow-Credentials"] = "true"
        return response
MIDDLEWARE = ["__main__.Echo", *MIDDLEWARE]
"""),
    reflecting("all-with-credentials", django(
        "CORS_ALLOW_ALL_ORIGINS = True\nCORS_ALLOW_CREDENTIALS = True\n")),
    Configuration("all", django("CORS_ALLOW_ALL_ORIGINS = True\n"), {"wildcard": INFO},
                  requests=16),
    Configuration("documented-pattern", django(
        'CORS_ALLOWED_ORIGIN_REGEXES = [r"^https://\\w+\\.example\\.com$"]\n'
        "CORS_ALLOW_CREDENTIALS = True\n"), {"any-subdomain": SUBDOMAIN}),
    Configuration("pattern-without-end", django(
        'CORS_ALLOWED_ORIGIN_REGEXES = [r"^https://app\\.example\\.com"]\n'
        "CORS_ALLOW_CREDENTIALS = True\n"), {"prefix-match": ANYONE}, BESIDE_LOOK_ALIKES),
    Configuration("developers-too", django(
        'CORS_ALLOWED_ORIGINS = ["https://app.example.com", "http://localhost:3000"]\n'
        "CORS_ALLOW_CREDENTIALS = True\n"), {"loopback-origin": LOCAL}),
    clean("list", django(f"CORS_ALLOWED_ORIGINS = {LIST}\n")),
    clean("list-with-credentials", django(
        f"CORS_ALLOWED_ORIGINS = {LIST}\nCORS_ALLOW_CREDENTIALS = True\n")),
]


def spring(options: str) -> str:
    return f"configuration = CorsConfiguration({options})"


SPRING = [
    reflecting("every-pattern-with-credentials", spring(
        'allowed_origin_patterns=["*"], allow_credentials=True')),
    Configuration("annotation-as-it-comes", spring('allowed_origins=["*"]'), {"wildcard": INFO},
                  requests=16),
    Configuration("subdomains", spring(
        'allowed_origin_patterns=["https://*.example.com"], allow_credentials=True'),
        {"any-subdomain": SUBDOMAIN}),
    Configuration("domain-without-dot", spring(
        'allowed_origin_patterns=["https://*example.com"], allow_credentials=True'),
        {"suffix-match": ANYONE}, BESIDE_LOOK_ALIKES),
    Configuration("every-scheme", spring(
        'allowed_origin_patterns=["*://app.example.com"], allow_credentials=True'),
        {"insecure-origin": SUBDOMAIN}, ("any-scheme", "suffix-match")),
    Configuration("every-port", spring(
        'allowed_origin_patterns=["https://app.example.com:[*]"], allow_credentials=True'),
        {"any-port": LOCAL}),
    # Every call of another origin ends in an exception, so that nobody gets anything.
    Configuration("wildcard-and-credentials", spring(
        'allowed_origins=["*"], allow_credentials=True'), outcomes=("clean", "inconclusive")),
    clean("list", spring(f"allowed_origins={LIST}, allow_credentials=True")),
    clean("list-with-all-options", spring(
        f'allowed_origins={LIST}, allow_credentials=True, allowed_methods=["GET", "PUT"], '
        'allowed_headers=["Content-Type"], exposed_headers=["ETag"], max_age=600')),
    # To listed origins only it grants whatever they ask for.
    Configuration("list-with-any-method", spring(
        f'allowed_origins={LIST}, allow_credentials=True, allowed_methods=["*"]'), {},
        ("methods-too-wide", "headers-too-wide")),
    clean("none", spring("")),
]
