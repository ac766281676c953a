"""The example of docs/configuration.md is a configuration."""

import re
from pathlib import Path

import pytest
from cases import SECRET, secret
from cli import run
from plans import create, plan

PAGE = (Path(__file__).parents[2] / "docs/configuration.md").read_text()
POLICY = "title: t\nseverity: note\nover: plan\nforbid: {creates: 99}\nmessage: m\nhelp: h\n"


def test_the_example_is_a_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    example = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]
    (tmp_path / "audit/policies").mkdir(parents=True)
    (tmp_path / "audit/policies/ACME001.yaml").write_text(POLICY)
    (tmp_path / "audit/waivers.yaml").write_text("waivers: []\n")
    (tmp_path / ".iaccheck.yaml").write_text(example)
    (tmp_path / "plan.json").write_bytes(plan([create(SECRET, secret())]))
    monkeypatch.chdir(tmp_path)

    result = run("plan.json", "--today", "2026-07-15")

    assert (result.status, result.err) == (1, "")
    assert "the waiver of COV001 at module.trial.*, us-south matches no finding" in " ".join(result.out.split())


def test_the_page_names_every_way_to_fail() -> None:
    from iaccheck.judge.gate import WORDS

    assert all(word in PAGE for word in WORDS)
