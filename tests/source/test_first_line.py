"""A report that is read from source says so before anything else, and what that can't see."""

import re

import pytest
from cli import run
from recordings import FIXTURES

SAID = "Read from source, which shows nothing of what exists, changes or is only read."


@pytest.mark.parametrize(
    ("name", "first"),
    [("terminal", r"PASS (.*)"), ("markdown", r"<!-- \S+ --> ### \S+ (.*)"), ("html", r".*<h1.*?(Read.*)")],
)
def test_the_first_line_says_that_it_is_read_from_source(name: str, first: str) -> None:
    text = " ".join(run(str(FIXTURES / "routing-covered"), "-f", name).out.split())
    sentence = re.match(first, text)

    assert sentence is not None
    assert sentence[1].startswith(SAID)


def test_a_plan_does_not_say_it() -> None:
    assert "Read from source" not in run(str(FIXTURES / "routing-covered" / "create" / "plan.json")).out
