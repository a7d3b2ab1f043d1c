# SPDX-License-Identifier: MIT
"""Lists that somebody made to be slow."""

from __future__ import annotations

HOST_MAX = 253


def crafted_forms(parent: str) -> list[str]:
    """Wildcards with every number of bytes before and behind, none of which covers another."""
    return [f"https://{chr(97 + before % 26)}{'a' * before}*{'b' * after}{chr(97 + after % 26)}"
            f".{parent}" for before in range(30) for after in range(30)]


def crafted_depths(domain: str) -> list[str]:
    """Wildcards of each kind with every number of labels behind them."""
    parents = [".".join(["a"] * depth + [domain]) for depth in range(1, 100)]
    return [f"https://{wildcard}.{parent}{port}" for parent in parents
            for wildcard in ("{label}", "x.*", "pr-*") for port in ("", ":*")]


def crafted_names() -> list[str]:
    """Names that differ in one byte only, wherever it is, of any length that a host may have."""
    names = []
    for size in (8, 15, 16, 17, 31, 32, 33, 47, 48, 49, 63, 64, 65, 127, 200, HOST_MAX):
        for place in range(size):
            host = ["." if at % 60 == 59 and at + 1 < size else "a" for at in range(size)]
            if host[place] == "a":
                host[place] = "b"
                names.append("https://" + "".join(host))
    return names


CRAFTED = {
    "forms": crafted_forms("shared.example.com"),
    "depths": crafted_depths("example.com"),
    "names": crafted_names(),
    "together": (crafted_forms("shared.example.com") + crafted_depths("shared.example.com")
                 + crafted_names()),
}
