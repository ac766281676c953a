"""A baseline keeps what was there; its fingerprints outlive edits that have nothing to do with them."""

import random
from pathlib import Path

import msgspec
import pytest
from cases import ALL, SECRET, secret
from cli import run
from plans import create, plan, report

from iaccheck.errors import ConfigError
from iaccheck.judge import baseline

OTHER = "ibm_sm_arbitrary_secret.other"


def kept(data: bytes) -> baseline.Baseline:
    return baseline.load("b.json", baseline.make(report(data).findings))


def test_only_new_findings_fail() -> None:
    before = plan([create(SECRET, secret())])
    after = plan([create(SECRET, secret()), create(OTHER, secret())])

    assert report(before, baseline=kept(before)).verdict == "pass"
    made = report(after, baseline=kept(before))

    assert made.verdict == "fail"
    assert {f.address for f in made.findings if not f.baselined} == {OTHER}


def test_what_is_fixed_is_named() -> None:
    before, after = plan([create(SECRET, secret())]), plan([*ALL, create(SECRET, secret())])

    fixed = report(after, baseline=kept(before)).fixed

    assert f"COV001 {SECRET} in us-south" in fixed
    assert report(before, baseline=kept(before)).fixed == ()


def test_a_fingerprint_is_stable_against_order_and_unrelated_edits() -> None:
    entries = [create(f"ibm_sm_arbitrary_secret.s{n}", secret()) for n in range(5)]
    shuffled = [{**entry, "change": {**entry["change"]}} for entry in entries]
    random.Random(7).shuffle(shuffled)
    for entry in shuffled:
        entry["change"]["after"] = {**entry["change"]["after"], "description": "new", "labels": ["x"]}

    first = {f.fingerprint for f in report(plan(entries)).findings}
    second = {f.fingerprint for f in report(plan([*shuffled, create(OTHER, secret())])).findings}

    assert first < second


def test_a_baseline_is_the_same_bytes_for_the_same_findings() -> None:
    findings = report(plan([create(SECRET, secret()), create(OTHER, secret())])).findings

    assert baseline.make(findings) == baseline.make(reversed(findings))
    assert msgspec.json.decode(baseline.make(()))["findings"] == []


@pytest.mark.parametrize("data", [b"", b"{}x", b"[]", b'{"schema": "iaccheck/baseline/2"}', b"\xff", b"[" * 100_000])
def test_another_file_is_an_error(data: bytes) -> None:
    with pytest.raises(ConfigError, match=r"b.json: this is no baseline"):
        baseline.load("b.json", data)


def test_the_command_writes_what_the_flag_reads(tmp_path: Path) -> None:
    file, kept_ = str(tmp_path / "plan.json"), str(tmp_path / "b.json")
    (tmp_path / "plan.json").write_bytes(plan([create(SECRET, secret())]))

    assert run("check", file).status == 1
    assert run("baseline", file, "-o", kept_).status == 0
    assert run("check", file, "--baseline", kept_).status == 0
    assert run("check", file, "--baseline", str(tmp_path / "none.json")).status == 2
