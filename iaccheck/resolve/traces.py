"""traces: the parts of following a reference: where it stands, what it names, where it can lead.

A plan keeps of an expression only its constant, or the list of what it refers to
(https://developer.hashicorp.com/terraform/internals/json-format#expression-representation).
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from msgspec import UNSET, Raw, UnsetType

from iaccheck.address import Key, ModulePath, Step, steps

Path = tuple[str | int, ...]
Locals = Callable[[tuple[str, ...], str], Any]


class Trace(NamedTuple):
    """Where an expression can lead: addresses of objects, plain strings, and what could not be followed."""

    objects: frozenset[str] = frozenset()
    literals: frozenset[str] = frozenset()
    gaps: frozenset[str] = frozenset()

    def __or__(self, other: "Trace") -> "Trace":
        return Trace(self.objects | other.objects, self.literals | other.literals, self.gaps | other.gaps)


NOTHING = Trace()


class Scope(NamedTuple):
    """Where an expression stands: the module instance, and the key and repetition of its block.

    `keys`: the keys of all instances of the block.
    """

    path: ModulePath
    key: Key = None
    for_each: Raw | UnsetType = UNSET
    keys: frozenset[Key] = frozenset()

    @property
    def for_each_text(self) -> bytes:
        return b"" if self.for_each is UNSET else bytes(self.for_each)


class Reference(NamedTuple):
    """A reference, longest form: `module.sm["x"].guid` -> head `module`, then its steps."""

    head: str
    rest: tuple[Step, ...]
    text: str


def grouped(references: Iterable[str]) -> Iterator[Reference]:
    """The references of an expression, each once and whole: a plan lists `a.b.c` as `a.b.c`, `a.b`."""
    seen: set[str] = set()
    previous = ""
    for text in references:
        if not isinstance(text, str) or text in seen:
            continue
        if previous.startswith(text) and previous[len(text) : len(text) + 1] in (".", "["):
            continue
        seen.add(text)
        previous = text
        parts = steps(text)
        if not parts:
            continue
        head = str(parts[0].value)
        if head in ("var", "module", "data", "each", "local", "count", "path", "terraform", "self"):
            yield Reference(head, parts[1:], text)
        else:
            yield Reference("resource", parts, text)


def indexed(reference: Reference) -> bool:
    """Whether a reference says an instance key or index itself."""
    return any(step.indexes for step in reference.rest)


def picked(value: Any, attributes: Path) -> Any:
    """The part of a value behind names, keys and indexes; None where there is none."""
    for attribute in attributes:
        if isinstance(value, dict):
            value = value.get(attribute, value.get(str(attribute)))
        elif isinstance(value, list) and isinstance(attribute, int):
            value = value[attribute] if -len(value) <= attribute < len(value) else None
        elif isinstance(value, list) and attribute in value:
            value = attribute
        else:
            return None
    return value
