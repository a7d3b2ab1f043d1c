# SPDX-License-Identifier: MIT
"""Django as small as it gets, for tests that bring their own middlewares and settings."""
from __future__ import annotations

import logging
from typing import Any

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path

PEER = "corsheaders.middleware.CorsMiddleware"
OURS = "libcors.django.CorsMiddleware"


def index(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse("hello")
    answer["Vary"] = "Accept"
    return answer


def boom(request: HttpRequest) -> HttpResponse:
    raise ValueError("nobody catches this")


urlpatterns = [path("", index), path("api/data", index), path("boom", boom)]


def configure(**more: Any) -> None:
    if not settings.configured:
        settings.configure(SECRET_KEY="for tests", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__,
                           MIDDLEWARE=[OURS], LOGGING_CONFIG=None, **more)
        logging.getLogger("django.request").setLevel(logging.CRITICAL)
        django.setup()
