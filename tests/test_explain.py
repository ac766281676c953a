"""Explanations: every step of the chain, from the changed attribute to the verdict."""

import pytest
from cli import run
from recordings import FIXTURES, STEPS

PLAN = str(FIXTURES / "routing-narrowed-or-deleted" / "route-deleted-and-secret-updated" / "plan.json")


def test_an_address_is_followed_from_its_changes_to_its_verdict() -> None:
    lines = run("explain", PLAN, "ibm_sm_arbitrary_secret.s").out.splitlines()

    start = lines.index("ibm_sm_arbitrary_secret.s: update by the apply")
    assert lines[start : start + 7] == [
        "ibm_sm_arbitrary_secret.s: update by the apply",
        "  seen in    resource_changes of the plan",
        "  changed    labels",
        "  calls      as in ibm/service/secretsmanager/resource_ibm_sm_arbitrary_secret.go",
        "             1× UpdateSecretMetadata → secrets-manager.secret-metadata.update",
        "             1× GetSecret → secrets-manager.secret.read",
        "             1× GetSecretVersionMetadata → secrets-manager.secret-version-metadata.read",
    ]
    rule = "ibm_atracker_route.r[0], rule 1 (us-south, global → ibm_atracker_target.logs (cloud_logs)): matches"
    assert f"             {rule}" in lines
    assert "  verdict    uncovered, ending, the order is not assured" in lines


def test_a_location_shows_every_rule_that_was_tried() -> None:
    plan = str(FIXTURES / "routing-drop-rule-shadows" / "create" / "plan.json")

    out = run("explain", plan, "us-south").out

    assert "us-south: uncovered before the apply, discarded after it" in out
    assert "ibm_atracker_route.r, rule 1 (us-south → no targets, so it discards): matches" in out
    assert "rule 2" not in out


def test_an_action_shows_who_causes_it() -> None:
    out = run("explain", PLAN, "secret-metadata.update").out

    assert out.startswith("secrets-manager.secret-metadata.update: update secret metadata\n")
    assert "1..1 by ibm_sm_arbitrary_secret.s (update) in us-south: uncovered, ending" in out


def test_what_the_plan_does_not_have_is_refused() -> None:
    result = run("explain", PLAN, "ibm_sm_arbitrary_secret.other")

    assert (result.status, result.out) == (2, "")
    assert "this plan has no event of such an address" in result.err


@pytest.mark.parametrize("step", STEPS[::9], ids=lambda step: step.name)
def test_every_address_of_a_recording_can_be_explained(step: object) -> None:
    from datetime import date

    folder = step.folder  # type: ignore[attr-defined]
    for address in {item.event.address for item in step.report(date(2026, 7, 2)).coverage}:  # type: ignore[attr-defined]
        result = run("explain", str(folder / "plan.json"), address)
        assert result.status == 0
        assert "CANARY" not in result.out
