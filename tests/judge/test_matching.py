"""Plain matching, against a second, slow reading of what docs/policies.md says."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from iaccheck.judge.matching import compiled, glob, passes

TEXTS = st.text(alphabet='ab.*?["]-', max_size=12)
SCALARS = st.one_of(TEXTS, st.booleans(), st.integers(-3, 3), st.none())
VALUES = st.one_of(SCALARS, st.lists(TEXTS, max_size=3).map(tuple))
NAMES = st.sampled_from(["x", "y", "z"])
PLAIN = st.one_of(SCALARS, st.lists(SCALARS, max_size=3))
WANTED = st.one_of(PLAIN, PLAIN.map(lambda value: {"not": value}))


def slow_glob(pattern: str, text: str) -> bool:
    """Every way to spend the wildcards."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(slow_glob(pattern[1:], text[i:]) for i in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and slow_glob(pattern[1:], text[1:])


def slow(wanted: object, value: object) -> bool:
    if isinstance(wanted, dict):
        return not slow(wanted["not"], value)
    if isinstance(value, tuple):
        return any(slow(wanted, item) for item in value)
    if isinstance(wanted, list):
        return any(slow(item, value) for item in wanted)
    if isinstance(wanted, str) and re.search(r"[*?]", wanted):
        return isinstance(value, str) and (wanted == value or slow_glob(wanted, value))
    return type(wanted) is type(value) and wanted == value


@settings(deadline=None)
@given(st.dictionaries(NAMES, WANTED), st.dictionaries(NAMES, VALUES))
def test_matching_is_what_the_page_says(wanted: dict[str, object], fields: dict[str, object]) -> None:
    expected = all(name in fields and slow(value, fields[name]) for name, value in wanted.items())

    assert passes(compiled(wanted, {}), fields) is expected


@settings(deadline=None)
@given(st.text(alphabet="ab*?[]", max_size=10), st.text(alphabet="ab[]", max_size=10))
def test_a_glob_is_what_the_page_says(pattern: str, text: str) -> None:
    assert glob(pattern)(text) is slow_glob(pattern, text)


@settings(deadline=None)
@given(st.integers(-5, 5), st.integers(-5, 5))
def test_comparisons_are_strict_and_take_parameters(value: int, bound: int) -> None:
    assert passes(compiled({"x": {"above": "n"}}, {"n": bound}), {"x": value}) is (value > bound)
    assert passes(compiled({"x": {"below": bound}}, {}), {"x": value}) is (value < bound)
    assert not passes(compiled({"x": {"above": bound}}, {}), {"x": None})


def test_brackets_are_themselves() -> None:
    assert glob('module.a["x"].*[0]')('module.a["x"].t.n[0]')
    assert not glob("t.n[0]")("t.n0")


def test_a_glob_of_many_stars_ends() -> None:
    assert not glob("*a" * 100 + "b")("a" * 100_000)
