"""Random estates before and after, through the whole pipeline, against a second reading of the routing rules."""

from estates import REGIONS, World, plan_of, status, timing, worlds
from hypothesis import given, settings
from recordings import check, plan_document

from iaccheck.judge.policies import Selection
from iaccheck.model import Report

EVERYWHERE = (*REGIONS, "global")


@given(worlds())
@settings(max_examples=400, deadline=None)
def test_locations_events_and_verdict_are_those_of_a_second_reading(world: World) -> None:
    before = {location: status(world, location, after=False) for location in EVERYWHERE}
    after = {location: status(world, location, after=True) for location in EVERYWHERE}

    # Other packs judge the trackers themselves; the verdict of this test is that of coverage.
    report = check(plan_document(plan_of(world)), policies=Selection(only=("COV*",)))

    assert {at.location for at in report.locations} == listed(world)
    for at in report.locations:
        assert at.location is not None
        assert (at.before.value, at.after.value) == (before[at.location], after[at.location])
    for item in report.coverage:
        assert item.event.location is not None
        at_before, at_after = before[item.event.location], after[item.event.location]
        past = item.event.phase.value == "plan"
        assert item.status.value == (at_before if past else at_after)
        assert item.timing.value == timing(at_before, at_after)
    assert report.verdict == verdict(world, before, after, report)


def listed(world: World) -> set[str]:
    """Locations with events, or with an instance that exists after the apply."""
    found = {instance.location for instance in world.instances}
    return found | ({"global"} if any(instance.fate != "kept" for instance in world.instances) else set())


def verdict(world: World, before: dict[str, str], after: dict[str, str], report: Report) -> str:
    """By the default policies of design.md, section 4."""
    lost = ("uncovered", "discarded")
    for item in report.coverage:
        location = item.event.location or ""
        if location != "global" and timing(before[location], after[location]) == "steady" and after[location] in lost:
            return "fail"
    staying = {instance.location for instance in world.instances if instance.fate != "removed"}
    return "fail" if any(after[location] in lost for location in staying) else "pass"
