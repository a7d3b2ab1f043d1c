# SPDX-License-Identifier: MIT
"""The pages on moving here: programs run as written, and what is refused is, and why."""
from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test.utils import override_settings
from flask import Flask

from libcors import PolicyError, PolicyWarning
from libcors.flask import CORS
from libcors.starlette import CORSMiddleware
from tests.framework_pages.page_program import ROOT, ask, difference, read_page, running
from tests.python_options import django_site
from tests.support import python_package

django_site.configure()

from libcors.options_django import settings_source  # noqa: E402  (it wants settings)


def flask_app(**options: Any) -> None:
    CORS(Flask(__name__), **options)


def starlette_middleware(**options: Any) -> None:
    CORSMiddleware(lambda *_: None, **options)  # type: ignore[arg-type]


def django_settings(**settings: Any) -> None:
    with override_settings(**settings):
        settings_source().close()


PAGES: dict[str, Callable[..., None]] = {
    "moving_from_flask_cors": flask_app, "moving_from_starlette": starlette_middleware,
    "moving_from_django_cors_headers": django_settings}
REFUSED_ROW = re.compile(r"^\| `(\w+=[^`]*)` \| [^|]* \| `([^`]*)` \|$", re.MULTILINE)


def page_path(name: str) -> Path:
    return ROOT / "docs" / f"{name}.md"


@pytest.mark.parametrize("name", PAGES)
def test_the_program_runs_as_written(name: str, tmp_path: Path) -> None:
    python_package.built("site")
    page = read_page(page_path(name))
    folder = tmp_path / name
    folder.mkdir()
    with running(page, folder) as port:
        for shown in page.shown:
            assert (fault := difference(shown, ask(shown.command, port))) is None, fault


ROWS = [pytest.param(make, *row, id=f"{name}-{number}") for name, make in PAGES.items()
        for number, row in enumerate(REFUSED_ROW.findall(page_path(name).read_text()))]


def test_there_are_rows_for_each_page() -> None:
    assert all(len(REFUSED_ROW.findall(page_path(name).read_text())) >= 6 for name in PAGES)


@pytest.mark.parametrize("make, refused, instead", ROWS)
def test_what_is_refused_is_and_what_to_write_is_taken(make: Callable[..., None], refused: str,
                                                       instead: str) -> None:
    with pytest.raises(PolicyError):
        make(**eval(f"dict({refused})"))
    with warnings.catch_warnings():
        warnings.simplefilter("error", PolicyWarning)
        make(**eval(f"dict({instead})"))
