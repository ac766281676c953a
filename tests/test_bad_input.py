"""Everything that isn't a usable plan: exit 2, one clear message that names the file, nothing on stdout."""

import json
from pathlib import Path

import pytest
from cli import run
from recordings import FIXTURES

PLAN = FIXTURES / "hosted-none" / "create" / "plan.json"
TEXT = PLAN.read_bytes()
STATE = {"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {}}}
LOG = b'{"@level":"info","@message":"Terraform 1.11.4"}\n{"@level":"info","@message":"Plan: 1 to add"}\n'

BAD = {
    "empty": (b"", "the file is empty"),
    "blank": (b" \n\t", "the file is empty"),
    "state": (json.dumps(STATE).encode(), "a Terraform state, not a plan"),
    "raw state": (b'{"version": 4, "serial": 1, "lineage": "x", "resources": []}', "a Terraform state, not a plan"),
    "binary": ((PLAN.parent / "tfplan").read_bytes(), "a binary plan"),
    "log": (LOG, "the log that `terraform plan -json` prints"),
    "html": (b"<!DOCTYPE html><html><body>Sign in</body></html>", "this is HTML"),
    "truncated": (TEXT[: len(TEXT) // 2], "cut off"),
    "text": (b"Terraform will perform the following actions:", "no JSON object"),
    "not json": (b"{'a': 1}", "not valid JSON"),
    "array": (b"[1, 2]", "no JSON object"),
    "new major": (
        TEXT.replace(b'"format_version":"1.2"', b'"format_version":"2.0"', 1),
        "plan format '2.0' is not known",
    ),
    "no version": (b'{"resource_changes": []}', "no format_version"),
    "redacted": (b'{"plan_format_version": "1.1", "resource_changes": []}', "redacted plan"),
    "schemas": (b'{"format_version": "1.0", "provider_schemas": {}}', "provider schemas"),
    "neither": (b'{"format_version": "1.0"}', "neither a plan nor a state"),
    "deep": (b'{"format_version":"1.2","planned_values":{},"configuration":' + b'{"a":' * 200_000, "JSON"),
    "wrong form": (b'{"format_version": "1.2", "resource_changes": "none"}', "does not have the form of a plan"),
    "two plans": (TEXT.strip() + b" " + TEXT, "several JSON documents"),
    "surrogate": (b'{"format_version":"1.2","planned_values":{},"terraform_version":"\\ud800 x"}', "Unicode"),
    "not utf-8": (b'{"format_version":"1.2","planned_values":{},"terraform_version":"\xff"}', "Unicode"),
}


@pytest.mark.parametrize("kind", BAD)
def test_it_is_refused_with_a_reason_and_what_to_type(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    data, reason = BAD[kind]
    file = tmp_path / "change.json"
    file.write_bytes(data)

    result = run(str(file))

    assert result.status == 2
    assert result.out == ""
    assert reason in result.err
    assert "change.json" in result.err
    assert " hint: " in result.err
    assert "Traceback" not in result.err


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    result = run(str(tmp_path / "none.json"))

    assert (result.status, result.out) == (2, "")
    assert "none.json" in result.err


@pytest.mark.parametrize(
    ("name", "data"),
    {
        "byte order mark": b"\xef\xbb\xbf" + TEXT,
        "utf-16": "\ufeff".encode("utf-16-le") + TEXT.decode().encode("utf-16-le"),
        "utf-16 without a mark": TEXT.decode().encode("utf-16-le"),
        "utf-16 big end first": "\ufeff".encode("utf-16-be") + TEXT.decode().encode("utf-16-be"),
        "wrapper": b"[command]/usr/bin/terraform show -json tfplan\n" + TEXT.strip() + b"\n::set-output name=x::0\n",
        "blank lines": b"\r\n\r\n" + TEXT,
    }.items(),
)
def test_what_shells_and_wrappers_add_is_taken_off(name: str, data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(data)
    plain = tmp_path / "plain" / "plan.json"
    plain.parent.mkdir()
    plain.write_bytes(TEXT)

    assert run(str(file), "-q").out == run(str(plain), "-q").out
