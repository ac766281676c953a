"""No value of a plan reaches an output: the recordings' CANARY strings stand for secrets."""

import json
import sys
from pathlib import Path

import pytest
from recordings import DATES, STEPS, Step

from iaccheck import pipeline
from iaccheck.errors import IaccheckError
from iaccheck.model import Document
from iaccheck.render import formats, renderer
from iaccheck.render._style import Style

CANARY = "CANARY"


def test_the_recordings_hold_canaries() -> None:
    assert sum(CANARY in (step.folder / "plan.json").read_text() for step in STEPS) > 60


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_no_format_shows_a_secret(step: Step) -> None:
    for as_of in DATES:
        report = step.report(as_of)
        assert CANARY not in repr(report)
        for name in formats():
            assert CANARY not in renderer(name)(report, Style(detail=1)), name


@pytest.mark.parametrize("step", STEPS[::7], ids=lambda step: step.name)
def test_no_error_about_a_broken_plan_shows_a_secret(step: Step) -> None:
    text = (step.folder / "plan.json").read_text()
    secret = text.index(CANARY) if CANARY in text else len(text) // 2
    for broken in (
        text[: secret + 20],
        text[:secret] + "\\x" + text[secret:],
        text.replace('"actions"', '"actions":1,"x"'),
    ):
        try:
            pipeline.check([Document("plan.json", broken.encode())], pipeline.Options())
        except IaccheckError as error:
            assert CANARY not in f"{error.problem} {error.hint} {error!r}"


def test_a_bug_report_shows_no_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a bug prints names places in the code, never the message of the exception."""
    from iaccheck import __main__ as main

    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"format_version": "1.2", "planned_values": {}}))

    def crash(*_: object) -> None:
        raise ValueError(f"{CANARY}-in-a-message")

    monkeypatch.setattr(pipeline, "check", crash)
    monkeypatch.setattr(sys, "argv", ["iaccheck", str(plan)])
    with pytest.raises(SystemExit) as exit_:
        main.main()

    assert exit_.value.code == 3
    assert CANARY not in capsys.readouterr().err
