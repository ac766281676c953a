"""jsonfile: the text of a .tf.json or .tofu.json file -> its blocks with their lines and contents.

https://developer.hashicorp.com/terraform/language/syntax/json
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from iaccheck.read.source.blocks import Lines

_SIGN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]')
# How many names come before a block's content, with its type.
LABELS = {"resource": 2, "data": 2, "module": 1, "provider": 1, "variable": 1, "output": 1, "locals": 0}
_DEEPEST = 7

Path = tuple[str | int, ...]


class JsonBlock(NamedTuple):
    type: str
    labels: tuple[str, ...]
    line: int
    end_line: int
    content: dict[str, Any]


def json_blocks(text: str) -> list[JsonBlock] | None:
    """The blocks of a file; None where it isn't a JSON object."""
    try:
        content = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    if not isinstance(content, dict):
        return None
    spans = _spans(text)
    lines = Lines(text)
    return [
        JsonBlock(type_name, labels, lines.number(span[0]), lines.number(span[1]), block)
        for type_name, count in LABELS.items()
        for path, labels, block in _within(content.get(type_name), (type_name,), (), count)
        if (span := spans.get(path)) is not None
    ]


def _within(
    value: Any, path: Path, labels: tuple[str, ...], count: int
) -> Iterator[tuple[Path, tuple[str, ...], dict[str, Any]]]:
    """The contents under so many more labels. An array stands for several objects, at every level."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, dict):
                yield from _within(item, (*path, index), labels, count)
    elif isinstance(value, dict) and count == 0:
        yield path, labels, value
    elif isinstance(value, dict):
        for key, item in value.items():
            if key != "//":
                yield from _within(item, (*path, key), (*labels, key), count - 1)


class _Open:
    """An object or array that is open: where it began, and the key or index that its next value has."""

    def __init__(self, start: int, *, array: bool) -> None:
        self.start = start
        self.array = array
        self.key: str | int | None = 0 if array else None
        self.key_start = start


def _spans(text: str) -> dict[Path, tuple[int, int]]:
    """First and last position of every object and array of valid JSON, down to where blocks begin, its key included."""
    spans: dict[Path, tuple[int, int]] = {}
    stack: list[_Open] = []
    for match in _SIGN.finditer(text):
        sign = match[0]
        top = stack[-1] if stack else None
        if sign in ("{", "["):
            start = match.start() if top is None or top.array else top.key_start
            stack.append(_Open(start, array=sign == "["))
        elif top is None or sign == ":":
            continue
        elif sign in ("}", "]"):
            stack.pop()
            if len(stack) <= _DEEPEST:
                spans[tuple(part.key for part in stack if part.key is not None)] = (top.start, match.start())
        elif sign == ",":
            top.key = top.key + 1 if isinstance(top.key, int) else None
        elif top.key is None:
            top.key, top.key_start = _name(sign, len(stack)), match.start()
    return spans


def _name(sign: str, depth: int) -> str:
    return str(msgspec.json.decode(sign)) if depth <= _DEEPEST else ""
