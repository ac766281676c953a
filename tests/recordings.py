"""The recordings under fixtures/, and how a test runs one."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from iaccheck import pipeline
from iaccheck.model import Document, Report

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
DATES = (date(2023, 4, 18), date(2026, 7, 2))


class Step(NamedTuple):
    """One step of one recorded scenario."""

    folder: Path

    @property
    def name(self) -> str:
        return f"{self.folder.parent.name}/{self.folder.name}"

    @property
    def refreshed(self) -> bool:
        """The plan of a step `no-refresh` doesn't say that it was made without one."""
        return self.folder.name != "no-refresh"

    @property
    def document(self) -> Document:
        return Document("plan.json", (self.folder / "plan.json").read_bytes())

    def json(self, name: str) -> Any:
        return json.loads((self.folder / name).read_text())

    def report(self, as_of: date, **options: Any) -> Report:
        return check(self.document, as_of=as_of, refresh=self.refreshed, **options)


STEPS = tuple(Step(path.parent) for path in sorted(FIXTURES.glob("*/*/plan.json")))


def check(document: Document, **options: Any) -> Report:
    return pipeline.check([document], pipeline.Options(**options))


def plan_document(plan: Mapping[str, Any]) -> Document:
    return Document("plan.json", json.dumps(plan).encode())


def expected_counts(step: Step, as_of: date) -> Iterator[tuple[tuple[str, str | None, str], int]]:
    """((phase, location, action), how often it was recorded)."""
    for phase, entries in step.json("expected-events.json")[as_of.isoformat()].items():
        for entry in entries:
            yield (phase, entry["location"], entry["action"]), entry["count"]
