"""What each format says of each recording, to be read by people: `pytest --update-golden` writes them anew."""

from datetime import date
from pathlib import Path

import pytest
from msgspec import structs
from recordings import FIXTURES, STEPS, check
from samples import everything

from iaccheck.model import Document, Report
from iaccheck.render import formats, renderer
from iaccheck.render._style import Style

GOLDENS = Path(__file__).parent / "goldens"
HTML = Path(__file__).parent.parent.parent / "iaccheck/render"
THEN, NOW = date(2023, 4, 18), date(2026, 7, 2)
# Hosted trackers are long over; what they receive is read as of the day that describes them.
CASES = {step.name: THEN if step.name.startswith("hosted") else NOW for step in STEPS}


def reports() -> dict[str, Report]:
    found = {
        case: check(Document("plan.json", (FIXTURES / case / "plan.json").read_bytes()), as_of=as_of)
        for case, as_of in CASES.items()
    }
    return {**found, "everything": everything()}


@pytest.fixture(scope="module")
def shown() -> dict[str, Report]:
    return reports()


def rendered(name: str, report: Report) -> str:
    text = renderer(name)(structs.replace(report, version="0.0.0"), Style(detail=1 if name == "terminal" else 0))
    if name == "html":
        # Style and script are the same in all; the rest is what there is to read.
        for part in ("html.css", "html.js"):
            text = text.replace((HTML / part).read_text(), f"/* {part} */")
        head, _, rest = text.partition("style-src '")
        text = f"{head}style-src '…'{rest[rest.index('; base-uri') :]}"
    return text


@pytest.mark.parametrize("name", formats())
@pytest.mark.parametrize("case", [*CASES, "everything"])
def test_it_says_what_was_read_and_approved(
    case: str, name: str, shown: dict[str, Report], request: pytest.FixtureRequest
) -> None:
    file = GOLDENS / case / f"report.{name}"
    text = rendered(name, shown[case])

    if request.config.getoption("--update-golden"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    assert file.read_bytes().decode() == text, "read the difference, then: pytest tests/render --update-golden"


def test_nothing_lies_there_that_no_case_makes() -> None:
    made = {GOLDENS / case / f"report.{name}" for case in [*CASES, "everything"] for name in formats()}

    assert {path for path in GOLDENS.rglob("*") if path.is_file()} == made
