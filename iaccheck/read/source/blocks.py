"""blocks: the text of a .tf or .tofu file -> its blocks with their lines, not parsed, and the comments that waive.

A body is cut into attributes and blocks, each with its span; what is in a block is cut only when it is asked for. Never
raises: what is broken ends the file (or, a line that is no block, costs that line) and is said in `broken`.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence

from msgspec import Struct

from iaccheck.read.source.scan import LINE, Mark, UnclosedError, blank, skip

_NAME = re.compile(r"[^\W\d][\w-]*")
_EQUALS = re.compile(r"[ \t]*=(?![=>])[ \t]*")
_LABEL = re.compile(r'[ \t]*(?:"((?:[^"\\\n]|\\.)*)"|([^\W\d][\w-]*))')
_BRACE = re.compile(r"[ \t]*\{")
_WAIVER = re.compile(r"(?:#|//)[ \t]*(iaccheck:ignore(?![\w-])[^\n\r]*)")


class Waiver(Struct, frozen=True):
    """A comment `# iaccheck:ignore …`: its line, its text from `iaccheck:` on."""

    line: int
    text: str


class Cut(Struct, frozen=True):
    """An attribute or a block of a body: the span of the whole, and `inner`, that of its value or body."""

    name: str
    labels: tuple[str, ...]
    attribute: bool
    start: int
    end: int
    inner: int
    inner_end: int
    depth: int
    marks: tuple[Mark, ...] = ()


class Block(Struct, frozen=True):
    """A top-level block: type, labels, first and last line, and the span of its body in the text."""

    type: str
    labels: tuple[str, ...]
    line: int
    end_line: int
    start: int
    end: int
    body: tuple[int, int]
    depth: int = 0


class Blocks(Struct, frozen=True):
    """What a file holds. `broken`: why something is missing, with the line; empty where nothing is."""

    blocks: tuple[Block, ...]
    waivers: tuple[Waiver, ...]
    broken: str = ""


class Lines:
    """Line numbers, from 1, of positions in a text."""

    def __init__(self, text: str) -> None:
        self._starts = [match.end() for match in re.finditer("\n", text)]

    def number(self, position: int) -> int:
        return bisect_right(self._starts, position) + 1


def blocks(text: str) -> Blocks:
    """The top-level blocks of a file."""
    marks: list[Mark] = []
    cuts, broken = cut(text, 0, len(text), marks)
    lines = Lines(text)
    found = tuple(
        Block(
            item.name,
            item.labels,
            lines.number(item.start),
            lines.number(item.end - 1),
            item.start,
            item.end,
            (item.inner, item.inner_end),
            item.depth,
        )
        for item in cuts
        if not item.attribute
    )
    reason = f"line {lines.number(broken)}: not valid HCL" if broken is not None else ""
    return Blocks(found, _waivers(text, marks, lines), reason)


def _waivers(text: str, marks: Sequence[Mark], lines: Lines) -> tuple[Waiver, ...]:
    if "iaccheck:ignore" not in text:
        return ()
    matches = ((mark, _WAIVER.match(text, mark.start, mark.end)) for mark in marks)
    return tuple(Waiver(lines.number(mark.start), match[1].rstrip()) for mark, match in matches if match)


def cut(text: str, start: int, end: int, marks: list[Mark]) -> tuple[list[Cut], int | None]:
    """The attributes and blocks between two positions, and where the first thing is that is neither."""
    found: list[Cut] = []
    broken: int | None = None
    position = start
    try:
        while (position := blank(text, position, end, marks)) < end:
            item = _item(text, position, end, marks)
            if item is not None:
                found.append(item)
                position = item.end
            else:
                broken = position if broken is None else broken
                after = text.find("\n", position, end)
                position = end if after < 0 else after
    except UnclosedError:
        broken = position if broken is None else broken
    return found, broken


def _item(text: str, start: int, end: int, marks: list[Mark]) -> Cut | None:
    """The attribute or block that begins here; None where neither does."""
    name = _NAME.match(text, start, end)
    if name is None:
        return None
    equals = _EQUALS.match(text, name.end(), end)
    own: list[Mark] = []
    if equals is not None:
        value = skip(text, equals.end(), end, LINE, own)
        marks.extend(own)
        return Cut(name[0], (), True, start, value.end, equals.end(), value.end, value.depth, tuple(own))
    labels, position = _labels(text, name.end(), end)
    brace = _BRACE.match(text, position, end)
    if brace is None:
        return None
    body = skip(text, brace.end(), end, "}", own)
    marks.extend(own)
    return Cut(name[0], labels, False, start, body.end, brace.end(), body.end - 1, body.depth)


def _labels(text: str, position: int, end: int) -> tuple[tuple[str, ...], int]:
    found: list[str] = []
    while (match := _LABEL.match(text, position, end)) is not None:
        found.append(match[1] if match[1] is not None else match[2])
        position = match.end()
    return tuple(found), position
