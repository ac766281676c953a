"""The Markdown report, read by GitHub's own renderer: its tables stay whole, and plan text stays text."""

import re
from typing import Any

import cmarkgfm
import html5lib
import pytest
from cmarkgfm.cmark import Options
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from recordings import DATES, STEPS, Step
from samples import HOSTILE, at, event, finding, hostile, large, report

from iaccheck.model import Note, Report
from iaccheck.render._escape import visible
from iaccheck.render._style import Style
from iaccheck.render.markdown import LIMIT, TAG, render

HTML = "{http://www.w3.org/1999/xhtml}"
ELEMENTS = frozenset(
    f"{HTML}{name}"
    for name in re.findall(
        r"\w+", "html head body h3 h4 p table thead tbody tr th td code pre details summary ul li em strong sub"
    )
) | {f"{HTML}blockquote"}
HEADS = {"Location": 6, "Resource": 5, "Policy": 7}
LABEL = re.compile(r'"(?:[A-Za-z0-9 _.,/()-]|#\d+;)+"')


def page(text: str) -> Any:
    """What GitHub makes of it: its parser with its extensions, raw HTML let through so that ours is seen too."""
    html = cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE)
    return html5lib.parse(html, namespaceHTMLElements=True)


def prose(root: Any) -> str:
    """All text that is no code: where GitHub looks for mentions and references."""
    found = []
    for element in root.iter():
        if element.tag not in (f"{HTML}code", f"{HTML}pre"):
            found.append(element.text or "")
        found.append(element.tail or "")
    return "\n".join(found)


def checked(text: str) -> Any:
    assert len(text) <= LIMIT
    assert text.startswith(f"{TAG}\n### ")
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|##\\w*\\[", text
    )
    assert not any(line.lstrip().startswith("::") for line in text.split("\n"))
    root = page(text)
    assert {element.tag for element in root.iter() if isinstance(element.tag, str)} <= ELEMENTS
    for table in root.iter(f"{HTML}table"):
        rows = [[c for c in row if c.tag in (f"{HTML}td", f"{HTML}th")] for row in table.iter(f"{HTML}tr")]
        assert {len(row) for row in rows} == {HEADS["".join(rows[0][0].itertext())]}
    assert not re.search(r"(?<![\w`])[@#]\w|\bGH-\d|https?:|www\.|:smile:", prose(root))
    for block in root.iter(f"{HTML}code"):
        if block.get("class") == "language-mermaid":
            graph("".join(block.itertext()))
    return root


def graph(text: str) -> None:
    """Each line is one of five forms, and a label holds nothing but plain characters and numbers of others."""
    node, end = r"[il]\d+(?:_\d+)?", r"e\d+"
    forms = (
        r"flowchart LR",
        rf"  {node}\[L\]",
        rf"  {node} -\.-> {end}\(\[L\]\):::lost",
        rf"  {node}\[L\] --> {node}",
        r"  classDef lost stroke:#b3141d,stroke-width:2px",
    )
    for line in text.rstrip("\n").split("\n"):
        assert any(re.fullmatch(form, LABEL.sub("L", line)) for form in forms), line


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_each_recording_renders(step: Step) -> None:
    for as_of in DATES:
        checked(render(step.report(as_of)))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(name: str) -> None:
    root = checked(render(hostile(name)))

    assert not name.strip() or visible(name, 40) in "".join(root.itertext())


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_name_stays_text(name: str) -> None:
    checked(render(hostile(name)))


@settings(deadline=None)
@given(st.text(st.sampled_from("`|\\<>[]()!@#*_~&:/-=+.1a \n\"'"), max_size=30))
def test_any_markup_stays_text(name: str) -> None:
    checked(render(hostile(name)))


LARGE = {
    "resources": large(20_000),
    "actions": large(20_000, 5_000),
    "locations": large(20_000, 20_000, 5_000),
    "names": large(2_000, 2_000, 1_000, 10_000),
    "waivers": structs.replace(
        large(10), findings=tuple(f for f in hostile("x" * 10_000).findings if f.waiver) * 5_000
    ),
    "notes": report(notes=tuple(Note("fails", "y" * 10_000, f"{n} " + "z|`" * 9_000) for n in range(500))),
    "fixed": report(fixed=("`" * 10_000,) * 500),
    "inputs": structs.replace(hostile("|" * 10_000), inputs=hostile("|" * 10_000).inputs * 500),
    "help": report(
        findings=tuple(finding("a", f"l{n}", n, help="`a` " * 9_000 + "\n\n  " + "`" * 9_000) for n in range(500))
    ),
}


@pytest.mark.parametrize("name", LARGE)
def test_it_never_is_longer_than_a_comment(name: str) -> None:
    text = render(LARGE[name])
    checked(text)


def test_whole_sections_fall_away_in_their_order_and_it_says_so() -> None:
    few = render(large(300))
    many = render(large(3_000))
    most = render(large(3_000, 3_000, 3_000))

    assert "Left out" not in few
    assert "Left out to stay below 65,000 characters: events by resource." in many
    assert "Drawing of what is not received" in many
    assert re.search(r"Left out .*: \d+ of 3000 groups of findings, the drawing, events by resource\.", most)
    assert re.search(r"and \d+ more locations: \d+ uncovered", most)
    assert "### ❌ Do not merge: audit events would be lost in loc-0000, loc-0001" in most


def test_a_location_without_a_name_is_unknown() -> None:
    text = render(report(locations=(at(None),), coverage=(event(location=None),)))

    assert "| *unknown* |" in text


def test_quiet_is_the_verdict_alone() -> None:
    assert len(render(large(10), Style(detail=-1)).strip().split("\n")) == 2


def test_the_table_says_who_receives_and_how_that_is_known() -> None:
    step = next(s for s in STEPS if s.name == "routing-covered/noop")
    table = next(checked(render(step.report(DATES[1]))).iter(f"{HTML}table"))
    cells = ["".join(cell.itertext()) for cell in table.iter(f"{HTML}td")]

    assert cells[:5] == ["us-south", "✅ covered", "✅ covered", "2 plan", "ibm_atracker_target.logs"]
    assert "rule 1 of ibm_atracker_route.r matches us-south (seen in: " in cells[5]


def test_a_remedy_is_printed_once() -> None:
    step = next(s for s in STEPS if s.name == "modules-many-regions/create")
    text = render(step.report(DATES[1]))

    assert text.count('resource "ibm_atracker_route" "audit"') == 1
    assert text.count("As for eu-de, with jp-tok in its place.") == 1


def test_reports_of_nothing_are_short() -> None:
    shown: Report = report(verdict="pass")

    assert "May be merged: this plan causes no Secrets Manager events (nothing to report)." in render(shown)
