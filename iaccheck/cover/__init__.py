"""cover: events and the estate -> who receives each event, and how sure that is while the plan is applied."""

from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from msgspec import Struct

from iaccheck.cover.receivers import Outcome, receivers
from iaccheck.facts import Facts
from iaccheck.model import (
    GLOBAL,
    Coverage,
    Event,
    Instance,
    LocationCoverage,
    Phase,
    Resolution,
    Status,
    Timing,
    Verb,
    node,
    qualified,
)


class Covered(Struct, frozen=True):
    """`unlisted`: `global`, where it has no events of its own: losing it matters to the instances all the same."""

    events: tuple[Coverage, ...]
    locations: tuple[LocationCoverage, ...]
    unlisted: tuple[LocationCoverage, ...]


class _Location(NamedTuple):
    before: Outcome
    after: Outcome


def cover(events: Iterable[Event], resolution: Resolution, facts: Facts) -> Covered:
    """Each event against the estate before and after; each location that has events or keeps an instance."""
    events = tuple(events)
    staying = [instance for instance in resolution.instances if instance.after]
    names = {event.location for event in events} | {instance.location for instance in staying}
    estate = resolution.estate
    outcomes = {
        name: _Location(receivers(estate.before, name, facts), receivers(estate.after, name, facts))
        for name in names | {GLOBAL}
    }
    assured = partial(_ordered, resolution=resolution)
    covered = tuple(_cover(event, outcomes[event.location], assured) for event in events)
    # `global` last, a location that isn't known before it.
    ordered = sorted(outcomes, key=lambda name: (name == GLOBAL, name is None, name or ""))
    rows = {name: _location(name, outcomes[name], staying, resolution.changed) for name in ordered}
    listed = tuple(row for name, row in rows.items() if name in names)
    return Covered(covered, listed, tuple(row for name, row in rows.items() if name not in names))


def _cover(event: Event, location: _Location, assured: "partial[bool | None]") -> Coverage:
    before, after = location
    status, timing, outcome = (_past if event.phase is Phase.PLAN else _coming)(before, after)
    return Coverage(
        event=event,
        status=status,
        timing=timing,
        ordered=assured(event, location, timing),
        trackers=outcome.trackers,
        reason=_reason(event, outcome, timing),
    )


def _coming(before: Outcome, after: Outcome) -> tuple[Status, Timing, Outcome]:
    """An event of the apply (design, section 4): judged by the world after."""
    if after.status is Status.UNKNOWN or before.status is Status.UNKNOWN:
        starting = after.status.received
        return after.status, Timing.STARTING if starting else Timing.STEADY, after
    if before.status.received == after.status.received:
        return after.status, Timing.STEADY, after
    return after.status, Timing.STARTING if after.status.received else Timing.ENDING, after


def _past(before: Outcome, after: Outcome) -> tuple[Status, Timing, Outcome]:
    """A read that is past: judged by the world before."""
    if Status.UNKNOWN in (before.status, after.status) or before.status.received == after.status.received:
        return before.status, Timing.STEADY, before
    return before.status, Timing.STARTING if after.status.received else Timing.ENDING, before


def _reason(event: Event, outcome: Outcome, timing: Timing) -> str:
    return f"{event.reason}; {outcome.reason}" if event.location is None else outcome.reason


def _ordered(event: Event, location: _Location, timing: Timing, *, resolution: Resolution) -> bool | None:
    """Whether the dependency graph assures that a tracker is there when the event happens; None where nobody asks.

    It takes a way that is whole by then, and that what else decides (a rule that discards) has changed by then too, or
    not yet.
    """
    if event.phase is Phase.PLAN or timing is Timing.STEADY:
        return None
    own = node(qualified(event.input, event.address), destroyed=event.verb is Verb.DELETE)
    starting = timing is Timing.STARTING
    before, after = location
    ways, others = (after.ways, before.deciders) if starting else (before.ways, after.deciders)
    assured = partial(_made_before if starting else _changed_after, own=own, resolution=resolution)
    return any(all(map(assured, way)) for way in ways) and all(map(assured, others))


def _made_before(address: str, *, own: str, resolution: Resolution) -> bool:
    """Whether an object of the estate is as it will be before the event happens."""
    if address not in resolution.changed:
        return True
    return own in resolution.order.later.get(node(address, destroyed=False), ())


def _changed_after(address: str, *, own: str, resolution: Resolution) -> bool:
    """Whether an object of the estate keeps as it was until the event has happened."""
    if address not in resolution.changed:
        return True
    earlier = resolution.order.earlier
    ends = [name for name in (node(address, destroyed=True), node(address, destroyed=False)) if name in earlier]
    return bool(ends) and all(own in earlier[name] for name in ends)


def _location(
    name: str | None, outcome: _Location, staying: list[Instance], changed: frozenset[str]
) -> LocationCoverage:
    before, after = outcome
    lost: frozenset[str] = frozenset()
    if before.status.received and not after.status.received:
        delivered = frozenset(address for way in before.ways for address in way)
        lost = (delivered & changed) or (after.deciders & changed) or delivered
    return LocationCoverage(
        location=name,
        before=before.status,
        after=after.status,
        trackers=after.trackers,
        instances=tuple(sorted({instance.label for instance in staying if instance.location == name})),
        lost=tuple(sorted(lost)),
        reason=after.reason,
        ways=_ways(after),
    )


def _ways(outcome: Outcome) -> tuple[tuple[str | None, str], ...]:
    """(route, tracker) of each way; default targets, hosted and declared trackers need no route."""
    found = {
        (next(iter(sorted(way - {tracker})), None), tracker)
        for way in outcome.ways
        for tracker in way
        if tracker in outcome.trackers
    }
    return tuple(sorted(found, key=lambda way: (way[0] or "", way[1])))
