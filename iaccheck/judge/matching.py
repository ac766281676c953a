"""matching: whether the fields of a subject are as a policy says: plain equality, lists, globs, `not`."""

from collections.abc import Mapping
from functools import cache
from typing import Any

_GLOB = frozenset("*?[")


def matches(wanted: Mapping[str, Any], fields: Mapping[str, Any]) -> bool:
    """All named fields match. A field that a kind of subject doesn't have never matches."""
    return all(name in fields and _matches(value, fields[name]) for name, value in wanted.items())


def _matches(wanted: Any, actual: Any) -> bool:
    if isinstance(wanted, list):
        return any(_matches(one, actual) for one in wanted)
    if isinstance(wanted, dict):
        return not _matches(wanted["not"], actual) if set(wanted) == {"not"} else False
    if isinstance(wanted, str) and isinstance(actual, str) and not _GLOB.isdisjoint(wanted):
        return _glob(wanted, actual)
    return bool(wanted == actual) and isinstance(wanted, bool) == isinstance(actual, bool)


def _glob(pattern: str, text: str) -> bool:
    return _compiled(pattern)(text) is not None


@cache
def _compiled(pattern: str) -> Any:
    import fnmatch
    import re

    return re.compile(fnmatch.translate(pattern)).match
