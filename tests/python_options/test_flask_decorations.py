# SPDX-License-Identifier: MIT
"""@cross_origin wherever it stands: its word counts for what its function answers, and no other
options widen it."""
from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import flask
import pytest
from flask import Flask
from flask.views import MethodView, View
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from libcors.flask import CORS, Cors, cross_origin
from libcors.wsgi import CorsMiddleware
from tests.python_options.peer_comparison import METHODS, ORIGIN, PREFLIGHT, Told, told

A, B, EVIL = "https://a.example", "https://b.example", "https://evil.example"
ALL = (A, B, EVIL)


def said(app: Flask, path: str = "/x", origin: str | None = A, method: str = "GET",
         **lines: str) -> Told:
    headers = [(name.replace("_", "-"), value) for name, value in lines.items()]
    headers += [] if origin is None else [("Origin", origin)]
    answer = app.test_client().open(path, method=method, headers=headers)
    return told(answer.status_code, answer.data, list(answer.headers.items()))


def preflight(app: Flask, origin: str, wanted: str = "GET", path: str = "/x") -> Told:
    return said(app, path, origin, "OPTIONS", **{PREFLIGHT: wanted})


def readers(app: Flask, path: str = "/x", method: str = "GET") -> list[str]:
    """The origins that may read an answer. No answer may be kept for another origin."""
    found = []
    for origin in ALL:
        first, second = said(app, path, origin, method), said(app, path, origin, method)
        assert first.lines.get(ORIGIN) == second.lines.get(ORIGIN)
        assert first.lines.get(ORIGIN) in (None, [origin])
        found += [origin] if first.allowed else []
    return found


def hidden(function: Any) -> Any:
    """A decorator without functools.wraps."""
    def inner(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)
    return inner


def secret() -> str:
    return "secret"


def method_view(function: Any) -> Any:
    class Item(MethodView):
        get = staticmethod(function)
    return Item.as_view("item")


def dispatching_view(function: Any) -> Any:
    class Item(View):
        dispatch_request = staticmethod(function)
    return Item.as_view("item")


def calling(function: Any) -> Any:
    return lambda: function()


def rewriting(function: Any) -> Any:
    def inner() -> Any:
        response = flask.current_app.make_response(function())
        response.headers["X-Seen"] = "yes"
        return response, 200
    return inner


def streaming(function: Any) -> Any:
    @functools.wraps(function)
    def inner() -> Any:
        return flask.Response(iter([function().data, b"!"]))
    return inner


PLACES: dict[str, Callable[[Any], Any]] = {
    "itself": lambda function: function, "a method of a class": method_view,
    "a class that dispatches": dispatching_view, "below one without wraps": hidden,
    "a partial": functools.partial, "a partial of a hidden one": lambda function:
        functools.partial(hidden(function)), "a helper": calling, "rewritten": rewriting,
    "twice hidden": lambda function: hidden(hidden(function)),
}


@pytest.mark.parametrize("around", ["*", B, None])
@pytest.mark.parametrize("place", PLACES)
def test_wherever_it_stands(place: str, around: str | None) -> None:
    app = Flask("shop")
    if around is not None:
        CORS(app, origins=around)
    app.add_url_rule("/x", "x", PLACES[place](cross_origin(origins=A)(secret)))
    assert readers(app) == [A]
    assert said(app, "/x", EVIL).vary == said(app, "/x", A).vary == {"origin"}
    assert said(app, "/x", A).body == "secret"


@pytest.mark.parametrize("place", PLACES)
def test_a_wider_one_too(place: str) -> None:
    app = Flask("shop")
    CORS(app, origins=A)
    app.add_url_rule("/x", "x", PLACES[place](cross_origin(origins=[A, B])(secret)))
    assert readers(app) == [A, B]


@pytest.mark.parametrize("place", ["itself", "a method of a class", "a class that dispatches",
                                   "a partial"])
@pytest.mark.parametrize("around", ["*", None])
def test_preflights_of_what_is_found_before_it_runs(place: str, around: str | None) -> None:
    app = Flask("shop")
    if around is not None:
        CORS(app, origins=around)
    app.add_url_rule("/x", "x", PLACES[place](cross_origin(origins=A)(secret)))
    for _ in range(2):
        assert preflight(app, EVIL).status == 403
        assert preflight(app, A).lines[ORIGIN] == [A]
        assert len(preflight(app, A).lines.get("allow", [])) == 1


def test_each_method_of_a_class_has_its_own() -> None:
    class Item(MethodView):
        @cross_origin(origins=A)
        def get(self) -> str:
            return "got"

        @cross_origin(origins=B)
        def put(self) -> str:
            return "put"

        def delete(self) -> str:
            return "deleted"
    app = Flask("shop")
    CORS(app)
    app.add_url_rule("/x", view_func=Item.as_view("item"))
    assert [readers(app, "/x", method) for method in ("GET", "HEAD", "PUT", "DELETE")] == [
        [A], [A], [B], list(ALL)]
    asked = {wanted: [origin for origin in ALL if preflight(app, origin, wanted).allowed]
             for wanted in ("GET", "HEAD", "PUT", "DELETE")}
    assert asked == {"GET": [A], "HEAD": [A], "PUT": [B], "DELETE": list(ALL)}


def test_a_helper_whose_answer_is_not_used_widens_nothing() -> None:
    app = Flask("shop")
    CORS(app, origins=A)

    @cross_origin(origins="*")
    def public() -> Any:
        return {"up": True}

    def view() -> dict[str, Any]:
        return {"status": public().get_json(), "secret": "s"}
    app.add_url_rule("/x", "x", view)
    app.add_url_rule("/y", "y", cross_origin(origins=B)(view))
    assert readers(app) == [A] and readers(app, "/y") == [B]


def test_a_helper_that_fails_widens_nothing() -> None:
    app = Flask("shop")
    CORS(app, origins=A)

    @cross_origin(origins="*")
    def public() -> str:
        raise ZeroDivisionError

    def caught() -> str:
        try:
            public()
        except ZeroDivisionError:
            pass
        return "secret"
    app.add_url_rule("/x", "x", caught)
    app.add_url_rule("/y", "y", lambda: public())
    assert readers(app) == [A]
    assert readers(app, "/y") == [A] and said(app, "/y").status == 500


@pytest.mark.parametrize("around", ["*", None])
@pytest.mark.parametrize("error", [404, 500])
@pytest.mark.parametrize("place", PLACES)
def test_what_fails_is_as_narrow(place: str, error: int, around: str | None) -> None:
    app = Flask("shop")
    if around is not None:
        CORS(app, origins=around)

    @cross_origin(origins=A)
    def failing() -> str:
        if error == 404:
            flask.abort(404)
        raise ZeroDivisionError
    app.add_url_rule("/x", "x", PLACES[place](failing))
    found_before = place in ("itself", "a method of a class", "a class that dispatches",
                             "a partial")
    assert readers(app) == ([A] if around or found_before else [])
    assert said(app).status == error


def test_streams() -> None:
    app = Flask("shop")
    CORS(app)

    @cross_origin(origins=A)
    def parts() -> flask.Response:
        return flask.Response(iter(["one ", "two"]))
    app.add_url_rule("/x", "x", hidden(parts))
    app.add_url_rule("/y", "y", streaming(cross_origin(origins=A)(secret)))
    app.add_url_rule("/z", "z", hidden(streaming(cross_origin(origins=A)(secret))))
    assert said(app).body == "one two" and said(app, "/z").body == "secret!"
    assert readers(app) == readers(app, "/y") == readers(app, "/z") == [A]


def test_several_in_one_answer_must_all_allow_it() -> None:
    app = Flask("shop")
    narrow = cross_origin(origins=A)(secret)
    wide = cross_origin(origins="*")(secret)
    app.add_url_rule("/x", "x", cross_origin(origins="*")(lambda: narrow()))
    app.add_url_rule("/y", "y", cross_origin(origins=A)(lambda: wide()))
    app.add_url_rule("/z", "z", hidden(cross_origin(origins="*")(lambda: narrow())))
    for _ in range(2):
        assert readers(app) == readers(app, "/y") == readers(app, "/z") == [A]
        CORS(app)


@pytest.mark.parametrize("around", ["*", None])
def test_error_handlers(around: str | None) -> None:
    app = Flask("shop")
    if around is not None:
        CORS(app, origins=around)

    @app.errorhandler(404)
    @cross_origin(origins=[A, B])
    def not_found(error: Exception) -> tuple[str, int]:
        return "no such thing", 404

    def missing() -> str:
        flask.abort(404)
    app.add_url_rule("/x", "x", cross_origin(origins=A)(missing))
    assert readers(app, "/nowhere") == [A, B] and said(app, "/nowhere").body == "no such thing"
    # What the view says stays a limit.
    assert readers(app) == [A]


@pytest.mark.parametrize("around", ["*", None])
def test_views_that_come_later(around: str | None) -> None:
    app = Flask("shop")
    if around is not None:
        CORS(app, origins=around)
    app.add_url_rule("/x", "x", secret)
    before = readers(app)
    app.view_functions["x"] = cross_origin(origins=A)(secret)
    assert readers(app) == [A]
    app.view_functions["x"] = secret
    assert readers(app) == before


def test_after_request_functions_see_its_lines_and_cannot_widen_it() -> None:
    app = Flask("shop")
    CORS(app)
    seen = []

    @app.after_request
    def look(response: flask.Response) -> flask.Response:
        seen.append(response.headers.get("Access-Control-Allow-Origin"))
        if flask.request.args:
            response.headers["Access-Control-Allow-Origin"] = "*"
        return response
    app.add_url_rule("/x", "x", hidden(cross_origin(origins=A)(secret)))
    assert said(app).allowed and seen == [A]
    assert not said(app, "/x?open", EVIL).allowed


def test_a_first_preflight_says_allow_once() -> None:
    app = Flask("shop")
    app.add_url_rule("/x", "x", cross_origin(origins=A)(secret))
    first, second = preflight(app, A), preflight(app, A)
    assert first == second and len(first.lines["allow"]) == 1
    plain = said(app, "/x", A, "OPTIONS")
    assert len(plain.lines["allow"]) == 1


def test_a_view_that_answers_preflights_says_allow_once() -> None:
    app = Flask("shop")

    @cross_origin(origins=A, automatic_options=False)
    def own() -> flask.Response:
        return app.make_default_options_response()
    app.add_url_rule("/x", "x", own, methods=["GET", "OPTIONS"])
    for _ in range(2):
        answer = preflight(app, A)
        assert len(answer.lines["allow"]) == 1 and answer.lines[ORIGIN] == [A]
        assert METHODS in answer.lines


def test_beside_a_policy() -> None:
    app = Flask("shop")
    app.add_url_rule("/x", "x", cross_origin(origins=A)(secret))
    app.add_url_rule("/y", "y", secret)
    app.add_url_rule("/z", "z", hidden(cross_origin(origins=A)(secret)))
    Cors(app, {"allow_origins": ["*"]})
    for _ in range(2):
        assert [said(app, path, EVIL).allowed for path in ("/x", "/y", "/z")] == [
            False, True, False]
        assert said(app, "/x").allowed and said(app, "/z").allowed
        # What the decorator adds to the policy is a limit from outside, too.
        CORS(app, resources="/none")


def test_apps_in_one_server() -> None:
    main, shop = Flask("main"), Flask("shop")
    main.add_url_rule("/x", "x", secret)
    shop.add_url_rule("/x", "x", hidden(cross_origin(origins=A)(secret)))
    shop.add_url_rule("/y", "y", secret)
    CORS(shop, origins=B)
    CORS(main, origins=EVIL)
    whole: Any = main
    whole.wsgi_app = CorsMiddleware(DispatcherMiddleware(main.wsgi_app, {"/shop": shop}),
                                    {"allow_origins": ["*"]})
    assert [[origin for origin in ALL if said(main, path, origin).allowed]
            for path in ("/x", "/shop/x", "/shop/y")] == [[EVIL], [A], [B]]
    assert said(main, "/shop/x", EVIL).vary == {"origin"}


def test_without_a_server() -> None:
    app = Flask("shop")
    app.add_url_rule("/x", "x", secret)
    CORS(app, origins=[A, B])
    for origin in ALL:
        with app.test_request_context("/x", headers={"Origin": origin}):
            headers = app.full_dispatch_request().headers
            assert headers.get("Access-Control-Allow-Origin") == (
                None if origin == EVIL else origin)
            assert headers["Vary"] == "Origin"
    with app.test_request_context("/x", method="OPTIONS",
                                  headers={"Origin": A, PREFLIGHT: "PUT"}):
        answer = app.full_dispatch_request()
        assert answer.headers["Access-Control-Allow-Origin"] == A


# How answers are spelled.


def test_names_that_vary_lacks_stand_in_a_line_of_their_own() -> None:
    app = Flask("shop")
    CORS(app, origins=[A, B])

    def view() -> flask.Response:
        return flask.Response("x", headers={"Vary": "Accept-Encoding"})
    app.add_url_rule("/x", "x", view)
    app.add_url_rule("/y", "y", cross_origin(origins=A)(view))
    for path in ("/x", "/y"):
        answer = app.test_client().get(path, headers={"Origin": A})
        assert answer.headers.getlist("Vary") == ["Accept-Encoding", "Origin"]


@pytest.mark.parametrize("origins", [A, [A], (A,)])
def test_one_origin_alone_is_named_to_everybody(origins: Any) -> None:
    app = Flask("shop")
    app.add_url_rule("/x", "x", secret)
    CORS(app, origins=origins)
    answer = said(app, "/x", None)
    assert answer.lines[ORIGIN] == [A] and answer.vary == {"origin"}
    assert not said(app, "/x", EVIL).allowed and said(app, "/x", EVIL).vary == {"origin"}


@pytest.mark.parametrize("options", [{"origins": [A, B]}, {"origins": A, "always_send": False},
                                     {"origins": r"^https://a\.example$"},
                                     {"origins": lambda origin: True}])
def test_several_or_none_are_named_to_nobody(options: dict[str, Any]) -> None:
    app = Flask("shop")
    app.add_url_rule("/x", "x", secret)
    CORS(app, **options)
    assert not said(app, "/x", None).allowed and said(app, "/x", None).vary == {"origin"}


def test_options_that_can_be_read_once() -> None:
    app = Flask("shop")
    app.add_url_rule("/x", "x", secret)
    app.add_url_rule("/y", "y", cross_origin(origins=(origin for origin in [B]))(secret))
    CORS(app, origins=(origin for origin in [A]), resources={
        "/x": {"methods": (method for method in ["PUT"])}, "/z": {}})
    assert readers(app) == [A] and readers(app, "/y") == [B] and readers(app, "/z") == [A]
    assert preflight(app, A, "PUT").lines[METHODS] == ["PUT"]
