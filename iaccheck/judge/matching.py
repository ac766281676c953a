"""matching: what a policy asks of fields -> tests, compiled once: equality, lists, globs, `not`, `above`, `below`.

In a glob `*` stands for any text and `?` for one character; all else is itself, brackets too: addresses hold them.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

Test = Callable[[Any], bool]
Tests = tuple[tuple[str, Test], ...]

_WILD = frozenset("*?")
_ABSENT = object()
COMPARISONS = ("not", "above", "below")


def passes(tests: Tests, fields: Mapping[str, Any]) -> bool:
    """Whether all tests hold. A field that a subject doesn't have never matches."""
    for name, test in tests:
        value = fields.get(name, _ABSENT)
        if value is _ABSENT or not test(value):
            return False
    return True


def compiled(wanted: Mapping[str, Any], parameters: Mapping[str, int]) -> Tests:
    """The tests of a map of fields. A comparison may name a parameter of the policy in place of a number."""
    return tuple((name, _test(value, parameters)) for name, value in wanted.items())


def _test(wanted: Any, parameters: Mapping[str, int]) -> Test:
    if isinstance(wanted, dict):
        return _comparison(wanted, parameters)
    one = _one_of(wanted if isinstance(wanted, list) else [wanted])
    # A field that is a list matches where one of its items does.
    return lambda value: any(map(one, value)) if isinstance(value, tuple) else one(value)


def _one_of(wanted: list[Any]) -> Test:
    plain = frozenset((type(value), value) for value in wanted if not _is_glob(value))
    globs = [glob(value) for value in wanted if _is_glob(value)]
    if not globs:
        return lambda value: (value.__class__, value) in plain
    return lambda value: (
        (value.__class__, value) in plain or (isinstance(value, str) and any(match(value) for match in globs))
    )


def _comparison(wanted: dict[str, Any], parameters: Mapping[str, int]) -> Test:
    tests: list[Test] = []
    for word, value in wanted.items():
        if word == "not":
            inner = _test(value, parameters)
            tests.append(lambda actual, inner=inner: not inner(actual))  # type: ignore[misc]
            continue
        bound = parameters[value] if isinstance(value, str) else value
        if word == "above":
            tests.append(lambda actual, bound=bound: actual is not None and actual > bound)  # type: ignore[misc]
        else:
            tests.append(lambda actual, bound=bound: actual is not None and actual < bound)  # type: ignore[misc]
    return lambda actual: all(test(actual) for test in tests)


def _is_glob(value: Any) -> bool:
    return isinstance(value, str) and not _WILD.isdisjoint(value)


@cache
def glob(pattern: str) -> Callable[[str], bool]:
    """Whether a text is as a glob says. Each part is looked for once and kept: no glob takes more than linear time."""
    first, *rest = (_characters(part) for part in re.split(r"\*+", pattern))
    if not rest:
        match = re.compile(first, re.DOTALL).fullmatch
    else:
        *middle, last = rest
        inner = "".join(f"(?>.*?{part})" for part in middle if part)
        match = re.compile(f"{first}{inner}.*{last}", re.DOTALL).fullmatch
    return lambda text: match(text) is not None


def _characters(part: str) -> str:
    return "".join("." if character == "?" else re.escape(character) for character in part)
