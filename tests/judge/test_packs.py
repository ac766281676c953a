"""Each shipped policy finds exactly what breaks it."""

import pytest
from cases import CASES, Case
from plans import found, report

from iaccheck.judge.policies import Adjustment, Selection, load

POLICIES = load()


def options(case: Case) -> dict[str, object]:
    given = dict(case.options)
    changes = {id_: Adjustment(enabled=True) for id_ in given.pop("adjust", {})}  # type: ignore[attr-defined]
    return {**given, "policies": Selection(adjustments=changes)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.policy} {case.name}")
def test_a_policy_finds_exactly_what_breaks_it(case: Case) -> None:
    assert found(case.data, case.policy, **options(case)) == case.expected


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.id)
def test_every_policy_has_a_case_that_breaks_it_and_one_that_does_not(policy: object) -> None:
    cases = [case for case in CASES if case.policy == policy.id]  # type: ignore[attr-defined]

    assert any(case.expected for case in cases)
    assert any(not case.expected for case in cases)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.policy} {case.name}")
def test_messages_are_filled_in_and_hold_no_secret(case: Case) -> None:
    for finding in report(case.data, **options(case)).findings:
        text = f"{finding.message} {finding.help}"
        assert "CANARY" not in text
        assert not any(f"{{{name}}}" in text for name in ("address", "location", "actions", "reason", "excess", "lost"))
        assert "  " not in finding.message


def test_controls_come_with_their_source() -> None:
    for policy in POLICIES:
        assert not policy.controls or any("github.com/ibm-cloud-docs" in text for text in policy.references), policy.id


def test_the_undecided_vault_is_said() -> None:
    case = next(case for case in CASES if case.policy == "VLT001" and case.name == "not known")

    assert [note.code for note in report(case.data).notes] == ["undecided-audit-device"]
