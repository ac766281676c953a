"""Evidence: states and snapshots show what a plan doesn't, and only that."""

import json
from pathlib import Path

import jsonschema
import msgspec
import pytest
from cli import run
from recordings import FIXTURES, STEPS

from iaccheck import resources
from iaccheck.facts import Facts
from iaccheck.model import Document
from iaccheck.read import read_evidence
from iaccheck.read.snapshot import snapshot_of

PLAN = str(FIXTURES / "hosted-none" / "create" / "plan.json")
STATE = FIXTURES / "routing-covered" / "create" / "state.json"


def locations_of(*arguments: str) -> dict[str, str]:
    result = run(*arguments, "-f", "json")
    assert result.status in (0, 1), result.err
    return {at["location"]: at["after"] for at in json.loads(result.out)["locations"]}


def raw_state(state: Path) -> dict[str, object]:
    """terraform.tfstate, as Terraform keeps what `terraform show -json` prints of it."""
    shown = json.loads(state.read_text())
    resources_ = [
        {
            "mode": resource["mode"],
            "type": resource["type"],
            "name": resource["name"],
            "provider": 'provider["registry.terraform.io/ibm-cloud/ibm"]',
            "instances": [{"schema_version": 0, "attributes": resource["values"], "dependencies": []}],
        }
        for resource in shown["values"]["root_module"]["resources"]
    ]
    return {
        "version": 4,
        "terraform_version": "1.11.4",
        "serial": 3,
        "lineage": "x",
        "outputs": {},
        "resources": resources_,
    }


def test_without_evidence_nothing_receives() -> None:
    assert locations_of(PLAN) == {"us-south": "uncovered", "global": "uncovered"}


def test_a_state_shows_its_trackers() -> None:
    assert locations_of(PLAN, "--evidence", str(STATE)) == {"us-south": "covered", "global": "covered"}


def test_a_state_as_terraform_keeps_it_shows_the_same(tmp_path: Path) -> None:
    file = tmp_path / "terraform.tfstate"
    file.write_text(json.dumps(raw_state(STATE)))

    assert locations_of(PLAN, "--evidence", str(file)) == {"us-south": "covered", "global": "covered"}


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_a_snapshot_of_a_state_shows_the_same(form: str, tmp_path: Path) -> None:
    file = tmp_path / "account"
    file.write_text(run("snapshot", str(STATE), "-f", form).out)

    assert locations_of(PLAN, "--evidence", str(file)) == {"us-south": "covered", "global": "covered"}


@pytest.mark.parametrize(
    "step", [s for s in STEPS if (s.folder / "state.json").exists()][::4], ids=lambda step: step.name
)
def test_snapshots_are_of_their_schema_and_hold_no_secret(step: object) -> None:
    schema = json.loads(Path(resources.data("schemas", "snapshot.json")).read_text())
    folder: Path = step.folder  # type: ignore[attr-defined]
    facts = Facts()

    text = msgspec.json.encode(
        snapshot_of(read_evidence(Document("s", (folder / "state.json").read_bytes()), facts), facts)
    )

    jsonschema.validate(json.loads(text), schema, jsonschema.Draft202012Validator)
    assert b"CANARY" not in text


@pytest.mark.parametrize(
    ("text", "reason"),
    {
        "another number": ("schema: iaccheck/snapshot/2\n", "no snapshot of schema"),
        "an unknown key": ("schema: iaccheck/snapshot/1\ntarget: []\n", "target"),
        "a wrong type": ("schema: iaccheck/snapshot/1\nroutes: [{id: 1, rules: []}]\n", "id"),
        "an old state": ('{"version": 3, "serial": 1, "lineage": "x", "modules": []}', "state format 3"),
    }.items(),
)
def test_what_is_no_evidence_is_refused(text: str, reason: tuple[str, str], tmp_path: Path) -> None:
    content, why = reason
    file = tmp_path / "evidence"
    file.write_text(content)

    result = run(PLAN, "--evidence", str(file))

    assert (result.status, result.out) == (2, "")
    assert why in result.err
    assert "evidence" in result.err
