"""text: the text of a value, with its comments and heredocs -> the tree of its expression."""

import re
from collections.abc import Sequence

from iaccheck.read.source.scan import Mark, UnclosedError, skip
from iaccheck.read.source.syntax import (
    Call,
    Expression,
    Literal,
    Mapping,
    Opaque,
    Template,
    expression,
    unescaped,
)
from iaccheck.read.source.syntax import Sequence as Items

# Deeper values aren't parsed: the parser and what walks its tree are recursive.
DEEPEST = 40
# It reads some 0.1 MB a second, so longer values aren't parsed either.
LONGEST = 50_000
_MOST_ESCAPES = 200
# What stands for a heredoc while the parser reads the rest: a string that no configuration holds.
_HEREDOC = '"\ue000{}\ue001"'
_PLACE = re.compile("\ue000(\\d+)\ue001")
_OPENING = re.compile(r"(?<!\$)\$+\{|(?<!%)%+\{")
_FIRST_LINE = re.compile(r"<<(-?)[^\n]*\n")


def value(text: str, start: int, end: int, marks: Sequence[Mark], depth: int) -> Expression:
    """The tree of a value between two positions; Opaque where it can't be read."""
    if depth > DEEPEST:
        return Opaque()
    heredocs: list[Expression] = []
    pieces: list[str] = []
    for mark in marks:
        pieces.append(text[start : mark.start])
        if mark.heredoc:
            pieces.append(_HEREDOC.format(len(heredocs)))
            heredocs.append(_heredoc(text[mark.start : mark.end]))
        elif text.startswith("/*", mark.start):
            pieces.append(" ")
        start = mark.end
    pieces.append(text[start:end])
    tree = _read("".join(pieces).strip())
    return _filled(tree, heredocs) if heredocs else tree


def _read(text: str) -> Expression:
    """One quoted string is read here; for all else than plain values the parser is needed."""
    if text.startswith('"') and "%{" not in text:
        try:
            whole = skip(text, 1, len(text), '"', []).end == len(text)
        except UnclosedError:
            return Opaque()
        if whole:
            return template(text[1:-1], quoted=True)
    # The parser looks for the end of every escaped template up to the end of the text.
    if len(text) > LONGEST or text.count("$${") + text.count("%%{") > _MOST_ESCAPES:
        return Opaque()
    return expression(text)


def _filled(tree: Expression, heredocs: Sequence[Expression]) -> Expression:
    """The tree with its heredocs in place: as a value, an argument or an element; elsewhere it isn't read."""
    match tree:
        case Literal(str(text)) if "\ue000" in text:
            place = _PLACE.fullmatch(text)
            return heredocs[int(place[1])] if place and int(place[1]) < len(heredocs) else Opaque()
        case Call(name, arguments):
            return Call(name, tuple(_filled(part, heredocs) for part in arguments))
        case Items(items):
            return Items(tuple(_filled(part, heredocs) for part in items))
        case Mapping(items):
            return Mapping(tuple((key, _filled(part, heredocs)) for key, part in items))
        case Literal():
            return tree
    return Opaque()


def _heredoc(raw: str) -> Expression:
    first = _FIRST_LINE.match(raw)
    if first is None:
        return Opaque()
    lines = raw[first.end() :].split("\n")[:-1]
    if first[1]:
        indents = [len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()]
        lines = [line[min(indents, default=0) :] for line in lines]
    return template("".join(line + "\n" for line in lines))


def template(raw: str, *, quoted: bool = False) -> Expression:
    """The tree of a template: what a string holds between its quotes, a heredoc, or a string of the JSON syntax."""
    parts: list[Expression] = []
    position = literal = 0
    while (match := _OPENING.search(raw, position)) is not None:
        if len(match[0]) % 2:
            position = match.end()
            continue
        if match[0].startswith("%"):
            return _directives(raw)
        marks: list[Mark] = []
        try:
            inner = skip(raw, match.end(), len(raw), "}", marks)
        except UnclosedError:
            return Opaque()
        if match.start() > literal:
            parts.append(Literal(unescaped(raw[literal : match.end() - 2], quoted=quoted)))
        start, end = match.end(), inner.end - 1
        if raw.startswith("~", start):
            start += 1
        if raw.endswith("~", start, end):
            end -= 1
        parts.append(value(raw, start, end, marks, inner.depth))
        position = literal = inner.end
    if not parts:
        return Literal(unescaped(raw, quoted=quoted))
    if literal < len(raw):
        parts.append(Literal(unescaped(raw[literal:], quoted=quoted)))
    return parts[0] if len(parts) == 1 else Template(tuple(parts))


def _directives(raw: str) -> Expression:
    """The tree of a template with `%{ if }` or `%{ for }`. Its value isn't computed: the text between is left out."""
    sequences: list[str] = []
    position = 0
    while (match := _OPENING.search(raw, position)) is not None:
        position = match.end()
        if len(match[0]) % 2 == 0:
            try:
                position = skip(raw, position, len(raw), "}", []).end
            except UnclosedError:
                return Opaque()
            sequences.append(raw[match.end() - 2 : position].replace("\n", " "))
    text = '"' + "".join(sequences) + '"'
    return expression(text) if len(text) <= LONGEST else Opaque()
