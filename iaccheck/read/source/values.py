"""values: what an expression is worth: values of JSON, Set, and Unknown in the place of what isn't known."""

from typing import Any

from iaccheck.address import Step

_MOST_PARTS = 100_000
_DEEPEST = 60
# Whole numbers up to here are the same in every JSON.
LARGEST = 2**53


class Unknown:
    """What no value is known of. `function`: it would take this to compute it, of values that are all known."""

    def __init__(self, function: str | None = None) -> None:
        self.function = function


UNKNOWN = Unknown()


class Set(list[Any]):
    """The value of a set: its elements are their own keys."""


def bounded(value: Any) -> Any:
    """A value that is small and shallow enough to be walked and written as JSON; else UNKNOWN."""
    pending = [(value, 0)]
    seen = 0
    while pending:
        part, depth = pending.pop()
        seen += 1
        if seen > _MOST_PARTS or depth > _DEEPEST:
            return UNKNOWN
        if isinstance(part, int | float) and not abs(part) < LARGEST:
            return UNKNOWN
        if isinstance(part, list | dict):
            inner = part.values() if isinstance(part, dict) else part
            pending.extend((item, depth + 1) for item in inner)
    return value


def unknown_in(value: Any) -> bool:
    """Whether a value or a part of it is unknown."""
    if isinstance(value, Unknown):
        return True
    if isinstance(value, list):
        return any(map(unknown_in, value))
    return isinstance(value, dict) and any(map(unknown_in, value.values()))


def taken(value: Any, steps: tuple[Step, ...]) -> Any:
    """What stands at these steps in a value; UNKNOWN where nothing is known to stand there."""
    for step in steps:
        if isinstance(value, Unknown):
            return value
        key = step.value
        if isinstance(value, dict) and str(key) in value:
            value = value[str(key)]
        elif isinstance(value, list) and isinstance(key, int) and not isinstance(key, bool) and 0 <= key < len(value):
            value = value[key]
        else:
            return UNKNOWN
    return value


def undecided(values: list[Any]) -> Unknown | None:
    """What is unknown among values: rather what no function could compute; None where all are known."""
    found: Unknown | None = None
    pending = list(values)
    while pending:
        value = pending.pop()
        if isinstance(value, Unknown):
            if value.function is None:
                return UNKNOWN
            found = value
        elif isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, dict):
            pending.extend(value.values())
    return found


def as_string(value: Any) -> str | None:
    """A primitive as a template shows it; None for what can't be shown so."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | str):
        return str(value)
    return None


def as_number(value: Any) -> int | float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.removeprefix("-").isdecimal() and len(value) < 16:
        return int(value)
    return None


def as_bool(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else None


def elements(collection: list[Any] | dict[str, Any]) -> list[tuple[Any, Any]]:
    """Keys and values of a collection, as `for` and `for_each` see them."""
    if isinstance(collection, dict):
        return sorted(collection.items())
    if isinstance(collection, Set):
        return [(value, value) for value in collection]
    return list(enumerate(collection))
