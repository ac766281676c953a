"""Plans, states and odd files of public repositories, where a copy is at hand beside the checkout: never a crash."""

import json
import os
from pathlib import Path

import pytest
from recordings import ROOT, check

from iaccheck.errors import IaccheckError
from iaccheck.model import Document
from iaccheck.render import formats, renderer
from iaccheck.render._style import PLAIN

PLANS = Path(os.environ.get("IACCHECK_PLANS", ROOT.parent / "shared" / "plans"))

pytestmark = pytest.mark.skipif(not PLANS.is_dir(), reason="no folder of public plans at hand (IACCHECK_PLANS)")


def entries(kind: str) -> list[Path]:
    lines = (PLANS / "manifest.jsonl").read_text().splitlines()
    return [PLANS / entry["file"] for entry in map(json.loads, lines) if entry["kind"] == kind]


def test_every_public_plan_is_read_and_causes_no_events() -> None:
    refused = {}
    for file in entries("plan"):
        try:
            report = check(Document(file.name, file.read_bytes()))
        except IaccheckError as error:
            refused[file.name] = error.problem
            continue
        assert report.coverage == ()
        assert report.verdict == "pass"
        for name in formats():
            assert renderer(name)(report, PLAIN)

    assert refused == {}


@pytest.mark.parametrize("kind", ["state", "ndjson", "binary", "invalid"])
def test_what_is_no_plan_is_refused(kind: str) -> None:
    taken = []
    for file in entries(kind):
        try:
            check(Document(file.name, file.read_bytes()))
        except IaccheckError as error:
            assert file.name in error.problem
        else:
            taken.append(file.name)

    assert taken == []
