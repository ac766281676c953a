"""The terminal report: the verdict first, no escape codes in pipes, and plan text acts on no terminal and no CI log."""

import re

import pytest
from cli import run
from hypothesis import given, settings
from hypothesis import strategies as st
from recordings import DATES, FIXTURES, STEPS
from samples import HOSTILE, at, event, finding, hostile, large, report

from iaccheck.model import Note, Report, Status
from iaccheck.render._style import Style
from iaccheck.render.terminal import render

CODE = re.compile("\x1b\\[[0-9;]*m")
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|##\\w*\\[")
STYLES = [Style(detail=1, width=width) for width in (60, 80, 200)] + [Style(color=True, detail=1)]


def checked(shown: Report, style: Style) -> str:
    text = render(shown, style)
    bare = CODE.sub("", text) if style.color else text
    assert not UNSEEN.search(bare)
    assert not [line for line in bare.split("\n") if line.lstrip().startswith("::")]
    assert not [line for line in bare.split("\n") if line != line.rstrip()]
    return bare


@pytest.mark.parametrize("style", STYLES, ids=repr)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_act_on_nothing(name: str, style: Style) -> None:
    checked(hostile(name), style)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(STYLES))
def test_any_name_acts_on_nothing(name: str, style: Style) -> None:
    checked(hostile(name), style)


@settings(deadline=None)
@given(st.integers(1, 200))
def test_wrapping_makes_no_command_of_a_name(length: int) -> None:
    checked(report(findings=(finding("x" * length + " ::error::pwned " + "::warning::y"),)), Style())


@pytest.mark.parametrize(
    "step", [s for s in STEPS if "many-regions" in s.name or "routing" in s.name], ids=lambda s: s.name
)
@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_fit_the_width_but_for_snippets_and_queries(step: object, width: int) -> None:
    text = checked(step.report(DATES[1]), Style(width=width))  # type: ignore[attr-defined]

    assert max(len(line) for line in text.split("\n") if not line.startswith("      ")) <= width


def test_the_verdict_comes_first_and_quiet_is_that_alone() -> None:
    plan = str(FIXTURES / "routing-not-matching/create/plan.json")
    first = run(plan).out.split("\n")[0]

    assert first.startswith("FAIL  Do not merge: audit events would be lost in us-south")
    assert run(plan, "-q").out.startswith("FAIL  ")
    assert "Location" not in run(plan, "-q").out


def test_snippets_are_printed_as_they_are_written() -> None:
    shown = report(
        findings=(finding("a", help="Do this\nand that:\n\n  block {\n    " + "x" * 100 + "\n  }\n\nThen go."),)
    )
    text = render(shown)

    assert "  → Do this and that:\n\n      block {\n        " + "x" * 100 + "\n      }\n\n    Then go.\n" in text


def test_pipes_have_no_escape_codes_and_colours_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = str(FIXTURES / "routing-not-matching/create/plan.json")

    assert "\x1b" not in run(plan).out
    assert "\x1b" in run(plan, "--color", "always").out
    assert CODE.sub("", run(plan, "--color", "always").out) == run(plan).out


def test_let_through_is_not_the_same_as_fine() -> None:
    shown = report(
        verdict="pass", findings=(finding("a"),), locations=(at("us-south"),), notes=(Note("would-fail", None, "x"),)
    )

    assert render(shown, Style(width=120)).startswith(
        "PASS  Passes only because of --no-fail: audit events would be lost in us-south (1 error)."
    )


def test_verdicts_say_why() -> None:
    cases = {
        "May be merged: a tracker receives every audit event": report(
            verdict="pass",
            locations=(at("eu-de", Status.COVERED),),
            coverage=(event(status=Status.COVERED),),
        ),
        "May be merged: no finding at or above error": report(verdict="pass", locations=(at("eu-de"),)),
        "May be merged: no severity is told to fail it": report(
            verdict="pass", fail_on="never", locations=(at("eu-de"),)
        ),
        "May be merged: this plan causes no Secrets Manager events": report(verdict="pass"),
        "Do not merge: audit events that nothing receives (1 error)": report(findings=(finding("a", None),)),
        "Do not merge: 2 expired waivers": report(notes=(Note("fails", None, "this fails: 2 expired waivers"),)),
    }
    for sentence, shown in cases.items():
        assert sentence in " ".join(render(shown, Style(width=200)).split())


@pytest.mark.parametrize("detail", [0, 1])
@pytest.mark.parametrize("shape", [(20_000,), (20_000, 5_000), (20_000, 20_000, 5_000)], ids=repr)
def test_a_large_report_ends_whole(shape: tuple[int, ...], detail: int) -> None:
    text = render(large(*shape), Style(detail=detail))

    assert text.endswith("\n")
    assert text.split("\n", 1)[0].strip()
