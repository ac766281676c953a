"""syntax: the text of an expression -> its tree, by python-hcl2; what cannot be read is Opaque.

Plain strings, numbers and references, most of what configurations say, are read here, without the parser.
"""

import math
import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from iaccheck.address import Step

_NAME = r"[^\W\d][\w-]*"
_PLAIN_STRING = re.compile(r'"[^"\\$%\n]*"')
_PLAIN_NUMBER = re.compile(r"-?\d{1,15}")
_PLAIN_REFERENCE = re.compile(rf'{_NAME}(?:\.{_NAME}|\[(?:\d{{1,9}}|"[^"\\$%\n]*")\])*')
_STEP = re.compile(rf'({_NAME})|\[(?:(\d+)|"([^"]*)")\]')
_ESCAPE = re.compile(r"\\(?:([nrt\"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|([$%])\4(?=\{)")
_CONTROL = {"n": "\n", "r": "\r", "t": "\t"}
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class Literal(Struct, frozen=True):
    value: Any


class Reference(Struct, frozen=True):
    """`root.step["step"]…`: a name and what is taken from it, without anything dynamic."""

    root: str
    steps: tuple[Step, ...] = ()


class Access(Struct, frozen=True):
    """Steps from something that is no plain reference."""

    source: "Expression"
    steps: tuple[Step, ...]


class Index(Struct, frozen=True):
    """A dynamic index."""

    source: "Expression"
    key: "Expression"


class Splat(Struct, frozen=True):
    source: "Expression"
    steps: tuple["Step | Expression", ...]


class Template(Struct, frozen=True):
    """A string with templates; `plain` false where it also has `%{ if }` or `%{ for }`."""

    parts: tuple["Expression", ...]
    plain: bool = True


class Sequence(Struct, frozen=True):
    items: tuple["Expression", ...]


class Mapping(Struct, frozen=True):
    items: tuple[tuple["Expression", "Expression"], ...]


class Call(Struct, frozen=True):
    name: str
    arguments: tuple["Expression", ...]


class For(Struct, frozen=True):
    """`{ for NAMES in collection : key => value if condition }`; without `key` it makes a list."""

    names: tuple[str, ...]
    collection: "Expression"
    key: "Expression | None"
    value: "Expression"
    condition: "Expression | None" = None
    grouped: bool = False


class Conditional(Struct, frozen=True):
    condition: "Expression"
    yes: "Expression"
    no: "Expression"


class Operation(Struct, frozen=True):
    operator: str
    operands: tuple["Expression", ...]


class Opaque(Struct, frozen=True):
    """An expression that could not be read."""


Expression = (
    Literal
    | Reference
    | Access
    | Index
    | Splat
    | Template
    | Sequence
    | Mapping
    | Call
    | For
    | Conditional
    | Operation
    | Opaque
)


def expression(text: str) -> Expression:
    """The tree of an expression, whose comments and heredocs have been taken out. Never raises."""
    text = text.strip()
    if _PLAIN_STRING.fullmatch(text):
        return Literal(text[1:-1])
    if _PLAIN_NUMBER.fullmatch(text):
        return Literal(int(text))
    if _PLAIN_REFERENCE.fullmatch(text):
        return _plain_reference(text)
    from lark.exceptions import LarkError

    from iaccheck.read.source.grammar import UnreadableError, read_tree

    try:
        return read_tree(text)
    except (LarkError, UnreadableError, RecursionError, ValueError):
        return Opaque()


def _plain_reference(text: str) -> Expression:
    if text in _WORDS:
        return Literal(_WORDS[text])
    root, *rest = _STEP.finditer(text)
    return Reference(root[0], tuple(_plain_step(match) for match in rest))


def _plain_step(match: re.Match[str]) -> Step:
    if match[1] is not None:
        return Step(match[1], False)
    return Step(int(match[2]) if match[2] is not None else match[3], True)


def unescaped(text: str, *, quoted: bool) -> str:
    """The text that a part of a string or heredoc stands for; only in quotes does a backslash mean anything."""

    def meaning(match: re.Match[str]) -> str:
        control, short, long, sign = match.groups()
        if sign is not None:
            return str(sign)
        if not quoted:
            return match[0]
        if control is not None:
            return _CONTROL.get(control, control)
        code = int(short or long, 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"

    return _ESCAPE.sub(meaning, text)


def number(text: str) -> Literal | Opaque:
    """A number as JSON has it: whole where it is whole. Raises ValueError."""
    if text.isdigit() and len(text) < 16:
        return Literal(int(text))
    value = float(text)
    if not math.isfinite(value) or (abs(value) >= 2**53 and value == int(value)):
        return Opaque()
    return Literal(int(value) if value == int(value) else value)


def children(tree: Expression) -> Iterator[Expression]:
    """The expressions directly within one, in the order in which they are written."""
    match tree:
        case Access(source, _):
            yield source
        case Index(source, key):
            yield from (source, key)
        case Splat(source, steps):
            yield source
            yield from (step for step in steps if not isinstance(step, Step))
        case Template(parts, _) | Sequence(parts) | Call(_, parts) | Operation(_, parts):
            yield from parts
        case Mapping(items):
            for key, value in items:
                yield from (key, value)
        case Conditional(condition, yes, no):
            yield from (condition, yes, no)
        case For(_, collection, key, value, condition, _):
            yield from (part for part in (collection, key, value, condition) if part is not None)
