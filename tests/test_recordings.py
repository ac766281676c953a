"""Predictions against what real Terraform with the real provider sent: every step, phase, location and action."""

from collections import Counter
from datetime import date

import pytest
from recordings import DATES, STEPS, Step, expected_counts

# Resource controller, not Secrets Manager: the recordings count only calls to the service.
PLATFORM = ("secrets-manager.instance.create", "secrets-manager.instance.update", "secrets-manager.instance.delete")
PLATFORM += ("secrets-manager.instance.schedule_reclaim", "secrets-manager.key.create", "secrets-manager.key.delete")

Key = tuple[str, str | None, str]

# Only here the number of calls is open: they poll, page, or depend on what the service finds.
OPEN = {
    "secrets-manager.configurations.list",
    "secrets-manager.secrets.list",
    "secrets-manager.secret.read",
    "secrets-manager.secret-version-data.delete",
    "secrets-manager.secret-credentials.delete",
}


def predicted(step: Step, as_of: date) -> tuple[Counter[Key], Counter[Key], set[Key]]:
    """Sums of min and of max by (phase, location, action), and what has no bound."""
    least: Counter[Key] = Counter()
    most: Counter[Key] = Counter()
    unbounded: set[Key] = set()
    for item in step.report(as_of).coverage:
        event = item.event
        if event.action in PLATFORM:
            continue
        key = (event.phase.value, event.location, event.action)
        least[key] += event.min
        most[key] += event.max or 0
        if event.max is None:
            unbounded.add(key)
    return least, most, unbounded


def test_there_are_recordings() -> None:
    """A wrong path would otherwise pass with no test at all."""
    assert len(STEPS) == 101


@pytest.mark.parametrize("as_of", DATES, ids=str)
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_recorded_counts_lie_between_min_and_max(step: Step, as_of: date) -> None:
    recorded = dict(expected_counts(step, as_of))
    phases = set(step.json("expected-events.json")[as_of.isoformat()])

    least, most, unbounded = predicted(step, as_of)

    keys = {key for key in least if key[0] in phases} | set(recorded)
    wrong = {
        key: (recorded.get(key, 0), least[key], most[key])
        for key in keys
        if not (least[key] <= recorded.get(key, 0) and (key in unbounded or recorded.get(key, 0) <= most[key]))
    }
    assert wrong == {}


@pytest.mark.parametrize("as_of", DATES, ids=str)
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_only_recorded_actions_are_predicted(step: Step, as_of: date) -> None:
    """A plan narrowed with -target doesn't say what else it read: only there an action may come from nothing."""
    narrowed = step.folder.name == "target"
    recorded = {key for key, _ in expected_counts(step, as_of)}
    phases = set(step.json("expected-events.json")[as_of.isoformat()])

    least, _, _ = predicted(step, as_of)

    assert {key for key in least if key[0] in phases and not (narrowed and least[key] == 0)} == recorded


@pytest.mark.parametrize("as_of", DATES, ids=str)
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_counts_are_exact_where_nothing_polls_or_pages(step: Step, as_of: date) -> None:
    narrowed = step.folder.name == "target"

    least, most, unbounded = predicted(step, as_of)

    inexact = {key for key in least if key in unbounded or least[key] != most[key]}
    assert {key[2] for key in inexact if not (narrowed and key[0] == "plan")} <= OPEN


JUDGED = [(step, date.fromisoformat(day)) for step in STEPS for day in step.json("expected-coverage.json")]


@pytest.mark.parametrize(("step", "as_of"), JUDGED, ids=lambda value: getattr(value, "name", str(value)))
def test_locations_and_exit_status_are_as_recorded(step: Step, as_of: date) -> None:
    expected = step.json("expected-coverage.json")[as_of.isoformat()]

    report = step.report(as_of)

    found = {at.location: {"before": at.before.value, "after": at.after.value} for at in report.locations}
    if isinstance(expected["locations"], str):
        assert expected["locations"] == "every location: uncovered before and after"
        assert {tuple(states.values()) for states in found.values()} == {("uncovered", "uncovered")}
    else:
        assert found == expected["locations"]
    if expected["exit"] != "any":
        assert (1 if report.verdict == "fail" else 0) == expected["exit"]
