# SPDX-License-Identifier: MIT
"""Lines that are JSON, nearly JSON, and none at all."""

from __future__ import annotations

import random
from collections.abc import Iterator

WRITTEN: list[bytes] = [
    b"", b" ", b"\t\r", b"{}", b"[]", b"7", b"null", b"truth", b"nul", b'"x"', b"{", b"[", b"]",
    b"{]", b"[}", b"{,}", b"[,]", b'{"a"}', b'{"a":}', b'{"a":1,}', b"[1,]", b"[1 2]", b"{} x",
    b"{}5", b'{"id":1,"id":2}', b'{"id":{"b":1,"a":2,"2":3,"1":4,"b":5}}', b'{"id":"__proto__"}',
    b'{"__proto__":1,"constructor":2,"id":{"__proto__":{"toString":1}}}', b'{"id":"\\u0000"}',
    b'{"\\u0000":1}', b'{"id":-0}', b'{"id":-0.0}', b'{"id":1.0}', b'{"id":1e2}', b'{"id":1E+05}',
    b'{"id":0.1}', b'{"id":123456789.123456789}', b'{"id":1e-5}', b'{"id":0.0001}', b'{"id":1e16}',
    b'{"id":1e17}', b'{"id":1.7976931348623157e308}', b'{"id":1e309}', b'{"id":-1e999}',
    b'{"id":123456723456789.125}', b'{"id":2.5e-5}', b'{"id":5e-324}', b'{"id":1e-999}',
    b'{"id":9223372036854775807}',
    b'{"id":-9223372036854775808}', b'{"id":9223372036854775808}', b'{"id":-9223372036854775809}',
    b'{"id":9007199254740993}', b'{"id":01}', b'{"id":-}', b'{"id":+1}', b'{"id":.5}',
    b'{"id":1.}', b'{"id":1.e5}', b'{"id":1e}', b'{"id":1e+}', b'{"id":-x}', b'{"id":0x10}',
    b'{"id":NaN}', b'{"id":"\\x"}', b'{"id":"\\u12"}', b'{"id":"\\u12g4"}', b'{"id":"\\ud800"}',
    b'{"id":"\\udc00"}', b'{"id":"\\ud83d\\ude00"}', b'{"id":"\\ud83d\\u0041"}',
    b'{"id":"\\ud83dx"}', b'{"id":"\\u0041\\ud83d\\ude00\\u00e9"}',
    b'{"id":"\\uD83D\\uD83D\\uDE00"}',
    b'{"id":"\\"\\\\\\/\\b\\f\\n\\r\\t"}', b'{"id":"\x01"}', b'{"id":"\x7f"}', b'{"id":"a',
    '{"id":"é\u2028\U0001f600"}'.encode(), '{"é":é}'.encode(), '"\\é"'.encode(), b'"\\\xc3"',
    b'{"id":"\xff"}', b"\xff", b"\xc3", b'{"id":"\xc0\xaf"}', b'{"id":"\xed\xa0\x80"}',
    b'{"id":"\xf4\x90\x80\x80"}', b'{"id":"\xe2\x82', b"?\x80", b'{"a":\x80}', b"\xef\xbb\xbf{}",
    b'{"id":1\x00}', b'{"id":true\x00}', b"\x00", b'{"id":"a\x00b"}', b"[1\x00", b"-\x00",
    b"{\x00}",
    b"'id'", b"{'id':1}", b"// {}", b"[" * 2048, b"[" * 2049, b"[" * 2048 + b"]" * 2048,
    b'{"a":' * 2049 + b"1", b"x" * 20, b"x" * 21, b'"' + b"x" * 18 + b"\n", b'{"id":"' + b"y" * 40,
]

BYTES = b'{}[]:,"\\ \t\r09aeEuntf-+.\x00\x01\x1f\x7f\x80\xc3\xa9\xe2\x82\xac\xed\xf0\xff/'


def mutate(line: bytes, dice: random.Random) -> bytes:
    """The line with a few bytes changed, dropped, added or said again."""
    changed = bytearray(line)
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(changed) + 1)
        match dice.randrange(4):
            case 0:
                changed[at:at + 1] = bytes([dice.choice(BYTES)])
            case 1:
                del changed[at:at + dice.randint(1, 4)]
            case 2:
                changed[at:at] = bytes([dice.choice(BYTES)])
            case _:
                changed[at:at] = changed[at:at + dice.randint(1, 12)]
    return bytes(changed).replace(b"\n", b" ")


def mutations(lines: list[bytes], count: int, seed: int) -> Iterator[bytes]:
    dice = random.Random(seed)
    for _ in range(count):
        yield mutate(dice.choice(lines), dice)
