"""A plan with its source at hand, a folder without a plan, waivers in comments, and saved plans."""

import json
import os
import re
import shutil
import subprocess
import zipfile
from datetime import date
from pathlib import Path

import pytest
from cli import run
from recordings import FIXTURES, STEPS, Step

from iaccheck import pipeline
from iaccheck.model import Document, Report

TODAY = date(2026, 7, 2)
WITH_SOURCE = [step for step in STEPS if (step.folder.parent / "main.tf").exists()]
FIRST = [
    step
    for step in WITH_SOURCE
    if json.loads((step.folder.parent / "steps.json").read_text())[0]["name"] == step.folder.name
]


def with_source(step: Step) -> Report:
    document = Document("plan.json", step.document.data, source=str(step.folder.parent))
    return pipeline.check([document], pipeline.Options(as_of=TODAY, refresh=step.refreshed, today=TODAY))


def block_lines(text: str) -> dict[str, int]:
    """First lines of resource and data blocks, by an expression of its own."""
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*(resource|data)\s+"([^"]+)"\s+"([^"]+)"\s*\{', line)
        if match:
            found[f"{'data.' if match[1] == 'data' else ''}{match[2]}.{match[3]}"] = number
    return found


@pytest.mark.parametrize("step", FIRST, ids=lambda step: step.name)
def test_every_address_points_to_its_block(step: Step) -> None:
    report = with_source(step)

    addresses = {item.event.address for item in report.coverage} | {f.address for f in report.findings if f.address}
    for address in sorted(a for a in addresses if "." in a):
        source = report.sources[address]
        own = re.sub(r'\["(?:[^"\\]|\\.)*"\]|\[\d+\]', "", address)
        own = re.sub(r"^(module\.[^.]+\.)+", "", own)
        text = (step.folder.parent / source.file).read_text()
        assert block_lines(text)[own] == source.line, address


@pytest.mark.parametrize("step", WITH_SOURCE, ids=lambda step: step.name)
def test_the_source_changes_no_event_and_no_coverage_but_unknown_ones(step: Step) -> None:
    """What the plan decides, it decides with the source too."""
    alone, together = step.report(TODAY), with_source(step)

    assert {(i.event.address, i.event.action, i.event.min) for i in alone.coverage} == {
        (i.event.address, i.event.action, i.event.min) for i in together.coverage
    }
    for at in alone.locations:
        same = next(other for other in together.locations if other.location == at.location)
        assert at.after.value in ("unknown", same.after.value)


@pytest.mark.parametrize("step", FIRST, ids=lambda step: step.name)
def test_a_folder_without_a_plan_says_the_same_as_its_first_plan(step: Step, tmp_path: Path) -> None:
    folder = tmp_path / "configuration"
    shutil.copytree(
        step.folder.parent,
        folder,
        ignore=lambda at, names: [n for n in names if Path(at, n).is_dir() and n != "modules" and "modules" not in at],
    )

    result = run(str(folder), "-f", "json", "--as-of", str(TODAY))

    assert result.status in (0, 1), result.err
    found, planned = json.loads(result.out), step.report(TODAY)
    assert found["inputs"][0]["kind"] == "source"
    assert {(e["location"], e["action"]) for e in found["events"]} == {
        (i.event.location, i.event.action) for i in planned.coverage if i.event.phase.value == "apply"
    }
    assert {(at["location"], at["after"]) for at in found["locations"]} == {
        (at.location, at.after.value) for at in planned.locations
    }


# --- waivers in comments -------------------------------------------------------------------------------------------

CONFIGURATION = """
provider "ibm" {{
  region = "us-south"
}}
resource "ibm_resource_instance" "sm" {{
  {comment}
  service  = "secrets-manager"
  plan     = "standard"
  location = "us-south"
}}
"""
WAIVER = "# iaccheck:ignore COV001 until 2026-09-01: the tracker comes with the next release"


def in_folder(folder: Path, comment: str, *arguments: str) -> dict[str, object]:
    folder.joinpath("main.tf").write_text(CONFIGURATION.format(comment=comment))
    result = run(str(folder), "-f", "json", "--today", "2026-08-01", *arguments)
    assert result.status in (0, 1), result.err
    report: dict[str, object] = json.loads(result.out)
    return report


def waived(report: dict[str, object]) -> set[tuple[str, str | None]]:
    findings: list[dict[str, object]] = report["findings"]  # type: ignore[assignment]
    return {(str(f["policy"]), f["waiver"]["origin"] if f["waiver"] else None) for f in findings}  # type: ignore[index]


def test_a_comment_waives_what_its_block_breaks(tmp_path: Path) -> None:
    report = in_folder(tmp_path, WAIVER)

    assert waived(report) == {("COV001", "main.tf:6"), ("COV008", None)}
    assert report["verdict"] == "pass"


def test_without_inline_waivers_it_counts(tmp_path: Path) -> None:
    report = in_folder(tmp_path, WAIVER, "--no-inline-waivers")

    assert waived(report) == {("COV001", None), ("COV008", None)}
    assert report["verdict"] == "fail"


def test_an_expired_comment_is_loud(tmp_path: Path) -> None:
    report = in_folder(tmp_path, WAIVER.replace("2026-09-01", "2026-07-31"))

    assert waived(report) == {("COV001", None), ("COV008", None)}
    notes: list[dict[str, str]] = report["notes"]  # type: ignore[assignment]
    assert [(note["code"], "main.tf:6" in note["message"]) for note in notes] == [("waiver-expired", True)]


@pytest.mark.parametrize("comment", ["# iaccheck:ignore COV001", "// iaccheck:ignore COV001 until soon: because"])
def test_a_broken_comment_is_refused(comment: str, tmp_path: Path) -> None:
    tmp_path.joinpath("main.tf").write_text(CONFIGURATION.format(comment=comment))

    result = run(str(tmp_path))

    assert (result.status, result.out) == (2, "")
    assert "main.tf:6" in result.err


# --- saved plans ---------------------------------------------------------------------------------------------------

TERRAFORM = shutil.which("terraform")


@pytest.mark.skipif(TERRAFORM is None, reason="there is no terraform on PATH")
def test_a_saved_plan_is_shown_by_terraform(tmp_path: Path) -> None:
    """`terraform_data` is built in: it plans and shows without any provider, and causes no events."""
    assert TERRAFORM is not None
    tmp_path.joinpath("main.tf").write_text('resource "terraform_data" "x" { input = "CANARY-x" }\n')
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1"}
    for command in (["init"], ["plan", "-out=tfplan"]):
        done = subprocess.run(
            [TERRAFORM, *command, "-input=false"], cwd=tmp_path, capture_output=True, env=environment, check=False
        )
        assert done.returncode == 0, done.stderr.decode()

    for name in ("tfplan", ""):
        result = run(str(tmp_path / name), "-f", "json")
        assert result.status == 0, result.err
        assert json.loads(result.out)["inputs"][0]["kind"] == "plan"


def test_without_terraform_the_command_to_run_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    result = run(str(FIXTURES / "hosted-none" / "create" / "tfplan"))

    assert (result.status, result.out) == (2, "")
    assert "no terraform or tofu on PATH" in result.err
    assert "terraform show -json tfplan > plan.json" in result.err


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"readme.txt": b"hello"}, "no saved plan"),
        ({"tfplan": b"x", "../outside": b"x"}, "leads out of it"),
        ({"tfplan": b"x", "/etc/passwd": b"x"}, "leads out of it"),
        ({"tfplan": b"x", "virus.exe": b"x"}, "members that no saved plan has"),
        ({"tfplan": b"\0" * 50_000_000}, "unpacks to more"),
    ],
)
def test_zips_that_are_no_plan_are_refused(members: dict[str, bytes], reason: str, tmp_path: Path) -> None:
    result = run(str(archive(tmp_path / "tfplan", members)))

    assert (result.status, result.out) == (2, "")
    assert reason in result.err


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "tfplan"
    file.write_bytes((FIXTURES / "hosted-none" / "create" / "tfplan").read_bytes()[:900])

    result = run(str(file))

    assert (result.status, result.out) == (2, "")
    assert "damaged" in result.err


def test_a_stream_of_terragrunt_is_several_plans(tmp_path: Path) -> None:
    plans = [
        (FIXTURES / name / "create" / "plan.json").read_bytes().strip() for name in ("hosted-none", "routing-covered")
    ]
    file = tmp_path / "plans.json"
    file.write_bytes(b"\n".join(plans) + b"\n")

    report = json.loads(run(str(file), "-f", "json").out)

    assert [item["name"] for item in report["inputs"]] == [f"{file}:1", f"{file}:2"]
    assert {at["location"]: at["after"] for at in report["locations"]} == {"us-south": "covered", "global": "covered"}
