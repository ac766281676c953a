"""objects: the raw values of a resource -> what its table lets in. Secret values stop here.

Nothing but the attributes of a table's allow-list is decoded into a value. Of the others only the name is kept, whether
it is set where the table asks for that, and whether it changed.
"""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from msgspec import Raw, Struct

from iaccheck.facts import Facts, Table
from iaccheck.model import Object

_NULL = b"null"
_TRUE = b"true"
_FALSE = b"false"
_EMPTY = (_NULL, b"[]", b"{}", b'""')

RawAttributes = dict[str, Raw]
_decode_attributes: Callable[[Any], RawAttributes] = msgspec.json.Decoder(RawAttributes).decode


class RawDelta(Struct):
    """The `change` of an entry: what was, what will be, what isn't known yet."""

    actions: list[str] = []
    before: RawAttributes | None = None
    after: RawAttributes | None = None
    after_unknown: RawAttributes | bool | None = None
    after_sensitive: RawAttributes | bool | None = None
    importing: RawAttributes | None = None


decode_delta = msgspec.json.Decoder(RawDelta).decode


def table_of(facts: Facts, type_name: str, mode: str) -> Table:
    """The allow-list of a type; of one that the tables don't know nothing gets in."""
    known = facts.type(type_name)
    return (known.table(mode) if known else None) or Table(code="", id="")


def attributes(raw: Raw) -> RawAttributes | None:
    """The attributes of an object, each still raw; None for null, and for what is no object."""
    if memoryview(raw)[:1].tobytes() != b"{":
        return None
    return _decode_attributes(raw)


def admit(table: Table, values: RawAttributes, unknown: RawAttributes | None = None) -> Object:
    """The allow-listed part of an object."""
    admitted = {name: _value(table, name, values[name]) for name in table.values if name in values}
    present = frozenset(name for name in table.presence if name in values and bytes(values[name]) not in _EMPTY)
    if table.keys:
        present |= frozenset(_keys(table, values, unknown or {}))
    if not unknown:
        return Object(admitted, present)
    return Object(admitted, present, {name: _decoded(unknown[name]) for name in table.values if name in unknown})


def _keys(table: Table, values: RawAttributes, unknown: RawAttributes) -> Iterator[str]:
    """`attribute.key` for the listed keys that a map, or the text of one, sets; `attribute.*`: not known which."""
    for name, keys in table.keys.items():
        if bytes(unknown.get(name, _FALSE)) == _TRUE:
            yield f"{name}.*"
            continue
        held = _held(values.get(name)) | {key for key, raw in _map(unknown.get(name)).items() if bytes(raw) == _TRUE}
        yield from (f"{name}.{key}" for key in keys if key in held)


def _held(raw: Raw | None) -> set[str]:
    """The keys of a map that hold something; the values stay raw, and the text of a map is dropped again."""
    if raw is not None and bytes(raw).startswith(b'"'):
        raw = Raw(msgspec.json.decode(raw, type=str).encode())
    return {key for key, value in _map(raw).items() if bytes(value) not in _EMPTY}


def _map(raw: Raw | None) -> RawAttributes:
    try:
        return (attributes(raw) or {}) if raw is not None else {}
    except (msgspec.MsgspecError, UnicodeError):
        return {}


def exposed(
    table: Table, values: RawAttributes, unknown: RawAttributes | None, sensitive: RawAttributes | None
) -> frozenset[str]:
    """Of the attributes that the provider forgets to mark, those that are set and that the plan doesn't mark either."""
    return frozenset(
        path
        for path in table.unmarked_secrets
        if _is_set(path, values, unknown or {}) and not _is_marked(path, sensitive or {})
    )


def _is_set(path: str, values: RawAttributes, unknown: RawAttributes) -> bool:
    name, _, inner = path.partition(".")
    raw = values.get(name)
    if not inner:
        return bytes(raw if raw is not None else unknown.get(name, _NULL)) not in (*_EMPTY, _FALSE)
    if raw is None or bytes(raw)[:1] != b"[":
        return False
    blocks = msgspec.json.decode(raw, type=list[RawAttributes | None])
    return any(bytes((block or {}).get(inner, _NULL)) not in (*_EMPTY, _FALSE) for block in blocks)


def _is_marked(path: str, sensitive: RawAttributes) -> bool:
    name, _, inner = path.partition(".")
    raw = bytes(sensitive.get(name, _NULL))
    return raw == _TRUE or (bool(inner) and f'"{inner}":true'.encode() in raw.replace(b" ", b""))


def _value(table: Table, name: str, raw: Raw) -> Any:
    value = _decoded(raw)
    inner = table.within.get(name)
    if inner is not None:
        return _only(value, frozenset(inner))
    if not admissible(table, name, value):
        raise msgspec.ValidationError(f"{name} is no plain value")
    return value


def admissible(table: Table, name: str, value: object) -> bool:
    """Whether a value has the form of its attribute: blocks, a list, or one plain value."""
    if name in table.within:
        return True
    return not isinstance(value, dict) and (not isinstance(value, list) or name in table.lists)


def _only(value: Any, names: frozenset[str]) -> Any:
    """The named attributes of nested blocks; the rest of a block isn't let in."""
    if isinstance(value, list):
        return [_only(item, names) for item in value]
    if isinstance(value, dict):
        return {name: _only(item, names) for name, item in value.items() if name in names}
    return value


def _decoded(raw: Raw) -> Any:
    return msgspec.json.decode(raw)


def changed_names(before: RawAttributes, after: RawAttributes, unknown: RawAttributes | None) -> frozenset[str]:
    """Names of the attributes that differ between two states, unknown ones apart."""
    hidden = unknown_names(unknown)
    return frozenset(
        name
        for name in before.keys() | after.keys()
        if name not in hidden and not _same(before.get(name), after.get(name))
    )


def unknown_names(unknown: RawAttributes | None) -> frozenset[str]:
    """Names of the attributes that are unknown, wholly or in a part."""
    if not unknown:
        return frozenset()
    return frozenset(name for name, raw in unknown.items() if _TRUE in bytes(raw))


def _same(before: Raw | None, after: Raw | None) -> bool:
    left, right = (bytes(raw) if raw is not None else _NULL for raw in (before, after))
    if left == right:
        return True
    # Terraform writes both sides alike. A file that was edited may be spaced otherwise: compare what is said.
    return bool(msgspec.json.decode(left) == msgspec.json.decode(right))
