# SPDX-License-Identifier: MIT
"""CORS for Python's servers from one checked policy, and a client for tests that obeys it.

    from libcors.wsgi import CorsMiddleware
    app.wsgi_app = CorsMiddleware(app.wsgi_app, "cors.yaml")

A policy that has an error is refused when it is loaded: PolicyError says where, why, and what to
write instead.
"""
from libcors._engine import VERSION as __version__
from libcors.policy_guard import Answer, Decision, Guard, Verdict
from libcors.policy_problems import PolicyError, PolicyWarning, Problem
from libcors.policy_sources import Request, Source, View

__all__ = ["Answer", "Decision", "Guard", "PolicyError", "PolicyWarning", "Problem", "Request",
           "Source", "Verdict", "View", "__version__"]
