# SPDX-License-Identifier: MIT
"""CORS for Starlette and FastAPI, with the options of Starlette's own CORSMiddleware.

    from libcors.starlette import CORSMiddleware     # in place of starlette.middleware.cors

    app.add_middleware(CORSMiddleware, allow_origins=["https://app.example.com"])
    app.add_middleware(CORSMiddleware, policy="cors.yaml")

Every answer has its headers, also the 500 to an exception that nobody caught.
"""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from libcors.asgi import Application, CorsMiddleware, install
from libcors.options_source import OptionsSource
from libcors.options_starlette import (NAMES, AllowOrigins, Expression, StarletteOptions,
                                       read_starlette_options)
from libcors.options_values import private_network_problem, tell
from libcors.policy_guard import Guard
from libcors.policy_sources import PolicySource

__all__ = ["CORSMiddleware", "install"]

DEFAULTS: dict[str, Any] = {"allow_origins": (), "allow_methods": ("GET",), "allow_headers": (),
                            "allow_credentials": False, "allow_origin_regex": None,
                            "expose_headers": (), "max_age": 600}


class CORSMiddleware(CorsMiddleware):
    """An ASGI application around another one.

    allow_origins: exact origins, or ["*"], or a function that is given an origin and says True;
    it may be asynchronous. allow_origin_regex: matched against the whole origin. policy: a policy
    file, or what such a file holds, in place of all other options. accept_risks: rules of
    cors-policy(5) that this application takes on, such as ["null-origin"].
    """

    def __init__(self, app: Application, allow_origins: AllowOrigins = (),
                 allow_methods: Sequence[str] = ("GET",), allow_headers: Sequence[str] = (),
                 allow_credentials: bool = False, allow_origin_regex: Expression = None,
                 expose_headers: Sequence[str] = (), max_age: int = 600, *,
                 policy: PolicySource | Guard | None = None,
                 accept_risks: Sequence[str] = (), allow_private_network: bool = False) -> None:
        given = StarletteOptions(allow_origins, allow_methods, allow_headers, allow_credentials,
                                 allow_origin_regex, expose_headers, max_age, accept_risks)
        if policy is None:
            source = OptionsSource(read_starlette_options(given))
            if allow_private_network:
                tell(NAMES.place, [private_network_problem("allow_private_network")])
            super().__init__(app, Guard(source))
            return
        besides = [name for name, default in DEFAULTS.items() if getattr(given, name) != default]
        if besides:
            raise TypeError(f"{', '.join(besides)}: with policy= all this stands in the policy.")
        super().__init__(app, policy)
