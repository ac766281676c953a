"""What each format says of chosen recordings, to be read by people: `pytest --update-golden` writes them anew."""

from datetime import date
from pathlib import Path

import pytest
from msgspec import structs
from recordings import FIXTURES, check
from samples import everything

from iaccheck.model import Document, Report
from iaccheck.render import formats, renderer
from iaccheck.render._style import Style

GOLDENS = Path(__file__).parent / "goldens"
HTML = Path(__file__).parent.parent.parent / "iaccheck/render"
THEN, NOW = date(2023, 4, 18), date(2026, 7, 2)
CASES = {
    "data-sources/deferred": NOW,
    "hosted-removed-or-moved/tracker-moved": THEN,
    "hosted-same-location/create": THEN,
    "modules-many-regions/create": NOW,
    "no-secrets-manager/create": NOW,
    "real-module-sm-module-basic/move-region": NOW,
    "region-from-nowhere/create": NOW,
    "routing-cos-and-event-streams/noop": NOW,
    "routing-covered/create": NOW,
    "routing-default-targets/create": NOW,
    "routing-drop-rule-shadows/create": NOW,
    "routing-narrowed-or-deleted/route-narrowed": NOW,
    "routing-narrowed-or-deleted/route-widened-and-secret-updated": NOW,
    "unmapped-future-type/create": NOW,
}


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
