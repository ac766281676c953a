"""address: Terraform's addresses and references, text -> parts.

https://developer.hashicorp.com/terraform/internals/json-format#address-representation
"""

import re
from typing import NamedTuple

Key = str | int | None
ModulePath = tuple[tuple[str, Key], ...]

# One step of a traversal: a name, or an index in brackets whose string may hold escaped quotes, dots and brackets.
_STEP = re.compile(r'\.?([^.\["\]]+)|\[("(?:[^"\\]|\\.)*"|-?\d+|\*)\]')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


class Step(NamedTuple):
    """One step of a traversal: `.name`, or `[key]` with `indexes` true."""

    value: str | int
    indexes: bool


def steps(text: str) -> tuple[Step, ...]:
    """`module.a["x.y"].b[0]` -> its steps; what does not fit the grammar ends the list."""
    found: list[Step] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            break
        position = match.end()
        name, key = match.groups()
        found.append(Step(name, False) if name is not None else Step(_key(key), True))
    return tuple(found)


def _key(text: str) -> str | int:
    if text.startswith('"'):
        return _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), text[1:-1])
    return text if text == "*" else int(text)


def module_path(address: str) -> ModulePath:
    """`module.a["x"].module.b` -> (("a", "x"), ("b", None)); the rest of a resource's address is left out."""
    path: list[tuple[str, Key]] = []
    parts = steps(address)
    position = 0
    while position + 1 < len(parts) and parts[position] == ("module", False) and not parts[position + 1].indexes:
        name = str(parts[position + 1].value)
        position += 2
        key: Key = None
        if position < len(parts) and parts[position].indexes:
            key = parts[position].value
            position += 1
        path.append((name, key))
    return tuple(path)


def without_keys(path: ModulePath) -> tuple[str, ...]:
    """The place of a module instance in the configuration: its calls without their instance keys."""
    return tuple(name for name, _ in path)


def format_key(key: Key) -> str:
    if key is None:
        return ""
    if isinstance(key, int):
        return f"[{key}]"
    escaped = (
        key.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    )
    return f'["{escaped}"]'


def format_module(path: ModulePath) -> str:
    """(("a", "x"), ("b", None)) -> `module.a["x"].module.b`."""
    return ".".join(f"module.{name}{format_key(key)}" for name, key in path)


def unkeyed(address: str) -> str:
    """`module.a["x"].t.n[0]` -> `module.a.t.n`: an address without its instance keys."""
    return ".".join(str(step.value) for step in steps(address) if not step.indexes)
