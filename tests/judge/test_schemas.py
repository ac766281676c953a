"""The schemas for editors say what the types that read the files say."""

import json
from pathlib import Path

import pytest
import yaml
from cases import SECRET, secret
from cli import run
from jsonschema import Draft202012Validator
from plans import create, plan, report
from schemas import FOLDER, text

from iaccheck import resources
from iaccheck.judge import baseline


@pytest.mark.parametrize("name", ["config", "policy", "waivers", "baseline"])
def test_a_schema_is_in_step_and_is_printed(name: str) -> None:
    Draft202012Validator.check_schema(json.loads(text(name)))

    assert (FOLDER / f"{name}.json").read_text() == text(name)
    assert run("schema", name).out == text(name)


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(text(name)))


@pytest.mark.parametrize("path", sorted(resources.policies().rglob("*.yaml")), ids=lambda path: path.stem)
def test_each_shipped_policy_fits_its_schema(path: Path) -> None:
    document = yaml.load(path.read_text(), yaml.BaseLoader)  # dates stay text, as an editor sees them
    document |= {key: document[key] == "true" for key in ("enabled", "waivable", "undecided") if key in document}
    document |= {"parameters": {k: int(v) for k, v in document.get("parameters", {}).items()}}

    assert list(validator("policy").iter_errors(document)) == []


def test_a_baseline_fits_its_schema() -> None:
    data = baseline.make(report(plan([create(SECRET, secret())])).findings)

    assert list(validator("baseline").iter_errors(json.loads(data))) == []


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("config", {"fail_om": "x"}),
        ("config", {"waivers": [{"policy": "COV001"}]}),
        ("config", {"max_waiver_days": 0}),
        ("policy", {"title": "t"}),
        ("waivers", {"waivers": [{"policy": "x", "reason": "r", "owner": "o"}]}),
        ("baseline", {"schema": "iaccheck/baseline/2"}),
    ],
)
def test_what_is_broken_does_not_fit(name: str, document: object) -> None:
    assert list(validator(name).iter_errors(document))


def test_a_configuration_fits() -> None:
    document = {
        "fail_on": ["error", "unknown"],
        "policy": {"TRK016": {"enabled": True}, "SMG003": {"parameters": {"threshold": 3}}},
        "waivers": [
            "more.yaml",
            {"policy": "x", "reason": "r", "owner": "o", "expires": "2026-07-31", "location": "*"},
        ],
        "trackers": [{"location": "us-south", "owner": "o", "reason": "r", "expires": "2026-07-31"}],
    }

    assert list(validator("config").iter_errors(document)) == []
