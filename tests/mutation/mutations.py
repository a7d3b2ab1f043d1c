# SPDX-License-Identifier: MIT
"""The ways in which a file of C is made wrong: each yields every place where it can be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.mutation.c_source import Region, Source, Token
from tests.mutation.mutant import Change

COMPARISONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
LOGIC = {"&&": "||", "||": "&&"}
ARITHMETIC = {
    "+": "-", "-": "+", "*": "+", "/": "*", "%": "/", "&": "|", "|": "&", "^": "|",
    "<<": ">>", ">>": "<<",
    "+=": "-=", "-=": "+=", "*=": "+=", "|=": "&=", "&=": "|=", "<<=": ">>=", ">>=": "<<="}
STEPS = {"++": "--", "--": "++"}
TRUTHS = {"true": "false", "false": "true"}

NUMBER = re.compile(r"(0[xX][0-9a-fA-F]+|\d+)([uUlL]*)")
CONSTANT = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
LAST_OF_STRING = re.compile(r"(\\(?:x[0-9a-fA-F]+|[0-7]{1,3}|.)|[^\\])\"\Z", re.DOTALL)
NO_STATEMENT = {"return", "if", "else", "for", "while", "do", "switch", "case", "default", "goto",
                "struct", "enum", "union", "const", "static", "static_assert", "_Static_assert"}
WHOLE_TYPES = {"size_t", "int", "unsigned", "char", "long", "uint8_t", "uint16_t", "uint32_t",
               "uint64_t", "int64_t", "double"}

Changes = Iterator[Change]


def places(source: Source, region: Region) -> Iterator[tuple[int, Token]]:
    for place in range(region.first, region.last):
        yield place, source.tokens[place]


def is_operand_end(token: Token) -> bool:
    """Whether an operator after it has something on its left."""
    return token.text in (")", "]") or (
        token.kind in ("word", "number", "char") and token.text not in ("return", "case"))


def change(kind: str, token: Token, after: str) -> Change:
    return Change(kind, token.start, token.end, after)


def swap_operators(source: Source, region: Region) -> Changes:
    """< for <=, && for ||, + for -; the bound of a loop and the edge of a range are among them."""
    for place, token in places(source, region):
        if token.kind != "mark":
            continue
        for kind, table in (("comparison", COMPARISONS), ("logic", LOGIC), ("step", STEPS)):
            if token.text in table:
                yield change(kind, token, table[token.text])
        binary = is_operand_end(source.tokens[place - 1])
        declares = token.text == "*" and source.tokens[place - 1].kind == "word"
        if token.text in ARITHMETIC and binary and not declares:
            yield change("arithmetic", token, ARITHMETIC[token.text])


def move_numbers(source: Source, region: Region) -> Changes:
    """One more, and one less."""
    for _, token in places(source, region):
        found = NUMBER.fullmatch(token.text) if token.kind == "number" else None
        if found:
            value = int(found[1], 16 if found[1][:2] in ("0x", "0X") else 10)
            for other in (value + 1, value - 1) if value else (1,):
                shown = f"{other:#x}" if found[1][:2] in ("0x", "0X") else str(other)
                yield change("boundary", token, shown + found[2])
        elif token.kind == "char":
            yield change("boundary", token, f"({token.text} + 1)")


def swap_truths(source: Source, region: Region) -> Changes:
    for _, token in places(source, region):
        if token.kind == "word" and token.text in TRUTHS:
            yield change("constant", token, TRUTHS[token.text])


def constant_groups(source: Source) -> dict[str, list[str]]:
    """The named constants of a file, by their first part: those of one enum, mostly."""
    groups: dict[str, set[str]] = {}
    for token in source.tokens:
        if token.kind == "word" and CONSTANT.fullmatch(token.text):
            groups.setdefault(token.text.rpartition("_")[0], set()).add(token.text)
    return {prefix: sorted(group) for prefix, group in groups.items()}


def swap_constants(source: Source, region: Region) -> Changes:
    """A named constant for the next one with the same beginning."""
    groups = constant_groups(source)
    for _, token in places(source, region):
        if token.kind == "word" and CONSTANT.fullmatch(token.text):
            group = groups[token.text.rpartition("_")[0]]
            other = group[(group.index(token.text) + 1) % len(group)]
            if other != token.text:
                yield change("constant", token, other)


def shorten_texts(source: Source, region: Region) -> Changes:
    """A text without its last character."""
    for _, token in places(source, region):
        if token.kind == "string" and len(token.text) > 2:
            yield change("text", token, LAST_OF_STRING.sub('"', token.text))


def negate_conditions(source: Source, region: Region) -> Changes:
    """if (!(...)), and the same for while and for what stands before a question mark."""
    for place, token in places(source, region):
        if token.text in ("if", "while") and source.is_at(place + 1, "("):
            first, last = place + 2, source.partners[place + 1] - 1
        elif token.text == "?" and token.kind == "mark":
            first, last = condition_start(source, place), place - 1
        elif token.text == "!" and token.kind == "mark":
            yield change("condition", token, "")
            continue
        else:
            continue
        start, end = source.tokens[first].start, source.tokens[last].end
        yield Change("condition", start, end, f"!({source.text[start:end]})")


def condition_start(source: Source, question: int) -> int:
    """Where the expression before a question mark begins."""
    place = question - 1
    while True:
        token = source.tokens[place]
        if token.text in (")", "]", "}"):
            place = source.partners[place]
        elif token.text in ("(", "[", "{", ",", ";", ":", "?", "return") or (
                token.kind == "mark" and token.text.endswith("=") and
                token.text not in COMPARISONS):
            return place + 1
        place -= 1


def remove_statements(source: Source, region: Region) -> Changes:
    """A call, an assignment, a break or a continue that is not there."""
    place = region.first
    while place < region.last:
        end = source.statement_end(place) if is_statement(source, place) else None
        if end is not None:
            start = source.tokens[place].start
            yield Change("statement", start, source.tokens[end].end, ";")
        in_brackets = source.is_at(place, "(") or source.is_at(place, "[")  # as those of a for
        place = source.partners[place] if in_brackets else place + 1


def is_statement(source: Source, place: int) -> bool:
    """Whether an expression's statement begins here: neither a declaration nor a branch."""
    token, following = source.tokens[place], source.tokens[place + 1]
    if source.tokens[place - 1].text not in (";", "{", "}"):
        return False
    if token.text in ("break", "continue") or token.text in ("++", "--"):
        return True
    if token.kind != "word" or token.text in NO_STATEMENT or following.kind == "word":
        return token.text == "*"
    return following.text in ("(", "[", ".", "->", "++", "--") or (
        following.text.endswith("=") and following.text != "==")


def replace_returns(source: Source, region: Region) -> Changes:
    """Another value than the one that was worked out."""
    head = [token.text for token in source.tokens[region.head:region.first]]
    types = set(head[:head.index(region.name)])
    for place, token in places(source, region):
        end = source.statement_end(place) if token.text == "return" else None
        if end is None or end == place + 1:
            continue
        start, stop = source.tokens[place + 1].start, source.tokens[end - 1].end
        value = source.text[start:stop]
        for other in other_values(types, value):
            yield Change("return", start, stop, other)


def other_values(types: set[str], value: str) -> list[str]:
    if value in ("true", "false", "NULL", '""') or NUMBER.fullmatch(value):
        return []  # changed as constants
    if "*" in types:
        return ["NULL"]
    if "bool" in types:
        return ["true", "false"]
    if "cors_slice" in types:
        return ['CORS_SLICE("")']
    return ["0", f"({value}) + 1"] if types & WHOLE_TYPES else []


IN_TABLES = (move_numbers, swap_truths, swap_constants, shorten_texts)
IN_FUNCTIONS = (*IN_TABLES, swap_operators, negate_conditions, remove_statements, replace_returns)
WAYS: dict[str, tuple[Callable[[Source, Region], Changes], ...]] = {
    "function": IN_FUNCTIONS, "table": IN_TABLES, "enum": (move_numbers,), "type": ()}


def all_changes(source: Source) -> Iterator[tuple[Region, Change]]:
    for region in source.regions:
        for way in WAYS[region.kind]:
            for found in way(source, region):
                yield region, found
