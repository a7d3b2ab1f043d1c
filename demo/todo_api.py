#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The demo's application: a to-do list as a JSON API that knows nothing of CORS.

    GET, POST           /api/todos
    GET, PUT, PATCH, DELETE  /api/todos/ID
    GET                 /api/visits        counts visits in a cookie
    GET                 /api/broken        an error, as applications have them
    GET                 /api/admin/users   what the policy keeps for another origin
"""
import argparse
import json
import re
import threading
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Todo = dict[str, Any]

BODY_MAX = 1 << 20


class TodoList:
    """The application's data; any number of threads may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._todos: dict[int, Todo] = {}
        self._next = 1
        for title in ("Read the policy", "Try an origin that is not listed"):
            self.add({"title": title})

    def all(self) -> list[Todo]:
        with self._lock:
            return [dict(todo) for todo in self._todos.values()]

    def find(self, number: int) -> Todo | None:
        with self._lock:
            todo = self._todos.get(number)
            return dict(todo) if todo is not None else None

    def add(self, fields: Todo) -> Todo:
        with self._lock:
            todo = {"done": False, **fields, "id": self._next}
            self._todos[self._next] = todo
            self._next += 1
            return dict(todo)

    def put(self, number: int, fields: Todo) -> tuple[Todo, bool]:
        """Replaces a to-do or makes it; returns it, and whether it is new."""
        with self._lock:
            new = number not in self._todos
            self._todos[number] = {"done": False, **fields, "id": number}
            self._next = max(self._next, number + 1)
            return dict(self._todos[number]), new

    def remove(self, number: int) -> bool:
        with self._lock:
            return self._todos.pop(number, None) is not None


class TodoHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "TodoServer"

    def answer(self, status: int, value: object, **headers: str) -> None:
        body = b"" if status == 204 else json.dumps(value).encode() + b"\n"
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def fail(self, status: int, message: str) -> None:
        self.answer(status, {"error": message})

    def read_fields(self) -> Todo | None:
        """The request's body, a JSON object; None after an error was answered."""
        size = self.headers.get("Content-Length", "")
        if not size.isascii() or not size.isdigit() or int(size) > BODY_MAX:
            self.close_connection = True
            self.fail(411, "send a JSON object with a Content-Length")
            return None
        try:
            value = json.loads(self.rfile.read(int(size)))
        except ValueError:
            value = None
        if not isinstance(value, dict) or not isinstance(value.get("title"), str):
            self.fail(422, 'send a JSON object such as {"title": "Learn CORS"}')
            return None
        return {"title": value["title"], "done": value.get("done") is True}

    def handle_list(self) -> None:
        todos = self.server.todos
        if self.command in ("GET", "HEAD"):
            listed = todos.all()
            self.answer(200, listed, X_Total_Count=str(len(listed)), X_Internal_Node="todo-1")
        elif self.command == "POST":
            fields = self.read_fields()
            if fields is not None:
                todo = todos.add(fields)
                self.answer(201, todo, Location=f"/api/todos/{todo['id']}")
        else:
            self.fail(405, "use GET or POST")

    def handle_one(self, number: int) -> None:
        todos = self.server.todos
        if self.command in ("PUT", "PATCH"):
            fields = self.read_fields()
            if fields is not None:
                todo, new = todos.put(number, fields)
                self.answer(201 if new else 200, todo)
        elif self.command == "DELETE":
            if todos.remove(number):
                self.answer(204, None)
            else:
                self.fail(404, f"there is no to-do {number}")
        elif self.command in ("GET", "HEAD"):
            found = todos.find(number)
            if found is not None:
                self.answer(200, found)
            else:
                self.fail(404, f"there is no to-do {number}")
        else:
            self.fail(405, "use GET, PUT, PATCH or DELETE")

    def handle_visits(self) -> None:
        try:
            cookie: SimpleCookie[str] = SimpleCookie(self.headers.get("Cookie", ""))
        except CookieError:
            cookie = SimpleCookie()
        before = cookie["visits"].value if "visits" in cookie else "0"
        visits = int(before) + 1 if before.isascii() and before.isdigit() and len(before) < 6 else 1
        self.answer(200, {"visits": visits},
                    Set_Cookie=f"visits={visits}; Path=/api; SameSite=Lax; HttpOnly")

    def handle_request(self) -> None:
        path = self.path.split("?", 1)[0]
        one = re.fullmatch(r"/api/todos/([0-9]{1,9})", path)
        if path == "/api/todos":
            self.handle_list()
        elif one:
            self.handle_one(int(one[1]))
        elif path == "/api/visits":
            self.handle_visits()
        elif path == "/api/broken":
            self.fail(500, "the database is on holiday")
        elif path == "/api/admin/users":
            self.answer(200, [{"name": "root"}])
        else:
            self.fail(404, "try /api/todos")

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_request

    def log_message(self, format: str, *args: object) -> None:
        """The gateway logs."""


class TodoServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), TodoHandler)
        self.todos = TodoList()


def main() -> None:
    parser = argparse.ArgumentParser(description="A to-do list as a JSON API, without CORS.")
    parser.add_argument("--port", type=int, default=3000, help="0 takes any that is free")
    with TodoServer(parser.parse_args().port) as server:
        print(f"http://127.0.0.1:{server.server_port}/api/todos", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
