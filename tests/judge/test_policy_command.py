"""`iaccheck policy`: list, show, test, and the page that is made from the files."""

import json
from pathlib import Path

import pytest
from cases import SECRET, secret
from cli import run
from plans import create, plan

from iaccheck.judge.policies import load

ROOT = Path(__file__).parents[2]
OWN = """\
title: Nothing in the US
severity: error
over: event
select: {verb: create}
forbid: {location: "us-*"}
message: "{actions} in {location}"
help: h
"""


def test_the_page_is_made_from_the_files() -> None:
    assert (ROOT / "docs/policies.md").read_text() == run("policy", "docs").out, (
        "iaccheck policy docs > docs/policies.md"
    )


def test_list_names_every_policy() -> None:
    ids = [policy.id for policy in load()]

    assert [line.split()[0] for line in run("policy", "list").out.splitlines()] == ids
    assert [entry["id"] for entry in json.loads(run("policy", "list", "-f", "json").out)["policies"]] == ids


@pytest.mark.parametrize("policy", load(), ids=lambda policy: policy.id)
def test_show_says_what_to_do(policy: object) -> None:
    shown = run("policy", "show", policy.id).out  # type: ignore[attr-defined]

    assert shown.startswith(f"{policy.id}  {policy.title}\n")  # type: ignore[attr-defined]
    assert policy.help.strip() in shown  # type: ignore[attr-defined]


def test_show_suggests() -> None:
    result = run("policy", "show", "VLT01")

    assert result.status == 2
    assert "did you mean VLT001?" in result.err


def case(folder: Path, findings: object, data: bytes) -> Path:
    (folder / "cases/one").mkdir(parents=True, exist_ok=True)
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "policies/ACME001.yaml").write_text(OWN)
    (folder / "cases/one/plan.json").write_bytes(data)
    (folder / "cases/one/findings.json").write_text(json.dumps(findings))
    return folder


def test_a_case_passes_with_exactly_its_findings(tmp_path: Path) -> None:
    expected = [{"policy": "ACME001", "address": SECRET, "location": "us-south"}]
    folder = case(tmp_path, expected, plan([create(SECRET, secret())]))
    arguments = ("policy", "test", str(folder / "cases"), "--policies", str(folder / "policies"))

    assert (run(*arguments).status, run(*arguments).out) == (0, "ok   one\n1 of 1 cases are as they must be\n")

    case(tmp_path, [{"policy": "ACME001", "address": "x.y"}], plan([create(SECRET, secret())]))
    result = run(*arguments)
    assert result.status == 1
    assert "missing: ACME001 x.y" in result.out
    assert f"not expected: ACME001 {SECRET} us-south" in result.out


def test_a_fragment_is_enough(tmp_path: Path) -> None:
    entry = {"address": f'{SECRET}["a.b"]', "change": create(SECRET, secret())["change"]}
    expected = [{"policy": "ACME001", "address": f'{SECRET}["a.b"]', "location": "us-south"}]
    folder = case(tmp_path, expected, json.dumps({"resource_changes": [entry]}).encode())

    assert run("policy", "test", str(folder / "cases"), "--policies", str(folder / "policies")).status == 0


@pytest.mark.parametrize("findings", [{}, [{"policy": 1}], [{"x": 1}], "x"])
def test_a_broken_case_is_an_error(findings: object, tmp_path: Path) -> None:
    folder = case(tmp_path, findings, plan([]))

    assert run("policy", "test", str(folder / "cases")).status == 2
    assert run("policy", "test", str(folder / "none")).status == 2
