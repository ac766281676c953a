"""subjects: what policies look over, each as flat fields with the names that a policy file uses."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from iaccheck.model import Coverage, Instance, LocationCoverage, Resolution, Status, Timing, Tracker


class Subject(Struct, frozen=True):
    """One thing to judge. `fields` decide; `address` and `location` say where a finding is."""

    kind: str
    address: str | None
    location: str | None
    fields: dict[str, Any]


def of_events(coverage: Iterable[Coverage], outcomes: dict[str | None, LocationCoverage]) -> Iterator[Subject]:
    """Events; those with equal fields share them, so that each combination is judged once."""
    shared: dict[tuple[object, ...], dict[str, Any]] = {}
    for item in coverage:
        event = item.event
        key = (event.action, event.verb, event.phase, event.location, item.status, item.timing, item.ordered)
        fields = shared.get(key)
        if fields is None:
            at = outcomes[event.location]
            fields = shared[key] = {
                "kind": "event",
                "action": event.action,
                "verb": event.verb.value,
                "phase": event.phase.value,
                "location": event.location,
                "status": item.status.value,
                "timing": item.timing.value,
                "ordered": item.ordered,
                "before": at.before.value,
                "after": at.after.value,
                "reason": item.reason,
            }
        yield Subject("event", event.address, event.location, fields)


def of_instances(instances: Iterable[Instance], outcomes: dict[str | None, LocationCoverage]) -> Iterator[Subject]:
    """Service instances that exist after the apply, each with the outcome of its location."""
    for instance in instances:
        if not instance.after:
            continue
        at = outcomes[instance.location]
        yield Subject(
            "instance",
            instance.label,
            instance.location,
            {
                "kind": "instance",
                "location": instance.location,
                "status": at.after.value,
                "timing": _timing(at).value,
                "before": at.before.value,
                "after": at.after.value,
                "created": not instance.before,
                "reason": at.reason,
            },
        )


def of_locations(locations: Sequence[LocationCoverage], stays: bool) -> Iterator[Subject]:
    """Locations, and what a lost receiver un-audits there. `stays`: whether any instance exists after the apply."""
    for at in locations:
        everywhere = at.location == "global"
        yield Subject(
            "location",
            at.lost[0] if at.lost else None,
            at.location,
            {
                "kind": "location",
                "location": at.location,
                "before": at.before.value,
                "after": at.after.value,
                "timing": _timing(at).value,
                "stays": stays if everywhere else bool(at.instances),
                "instances": ", ".join(at.instances),
                "lost": ", ".join(at.lost),
                "reason": at.reason,
            },
        )


def _timing(at: LocationCoverage) -> Timing:
    if Status.UNKNOWN in (at.before, at.after) or at.before.received == at.after.received:
        return Timing.STEADY
    return Timing.STARTING if at.after.received else Timing.ENDING


def of_trackers(resolution: Resolution) -> Iterator[Subject]:
    """Trackers before and after. `second`: another hosted instance has the location already."""
    before, after = resolution.estate.before, resolution.estate.after
    was = {(t.address, t.id) for t in (*before.hosted, *before.targets.values())}
    taken: set[str | None] = set()
    hosted = sorted(after.hosted, key=lambda t: ((t.address, t.id) not in was, t.address))
    for tracker in (*hosted, *after.targets.values()):
        second = tracker.kind == "hosted" and tracker.location in taken
        if tracker.kind == "hosted":
            taken.add(tracker.location)
        yield _tracker(tracker, existed=(tracker.address, tracker.id) in was, exists=True, second=second)
    stays = {(t.address, t.id) for t in (*after.hosted, *after.targets.values())}
    for tracker in (*before.hosted, *before.targets.values()):
        if (tracker.address, tracker.id) not in stays:
            yield _tracker(tracker, existed=True, exists=False, second=False)


def _tracker(tracker: Tracker, *, existed: bool, exists: bool, second: bool) -> Subject:
    return Subject(
        "tracker",
        tracker.address,
        tracker.location,
        {
            "kind": "tracker",
            "tracker": tracker.kind,
            "location": tracker.location,
            "origin": tracker.origin,
            "receives": tracker.why_not is None,
            "existed": existed,
            "exists": exists,
            "second": second,
            "reason": tracker.why_not or "",
        },
    )


def of_resources(resolution: Resolution) -> Iterator[Subject]:
    """Resources of which something is to be said that is no event: unmapped types, regions."""
    for unmapped in resolution.unmapped:
        yield Subject("resource", unmapped.address, None, {"kind": "resource", "type": unmapped.type, "mapped": False})
    for region in resolution.regions:
        yield Subject(
            "resource",
            region.address,
            region.location,
            {
                "kind": "resource",
                "region": region.kind,
                "named": region.region,
                "location": region.location,
            },
        )
