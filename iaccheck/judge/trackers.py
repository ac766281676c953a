"""trackers: the estate and what stands around it -> trackers as subjects."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from iaccheck.facts import Facts
from iaccheck.judge.subjects import Subject
from iaccheck.model import Authorization, Destination, LocationCoverage, Resolution, Surroundings, Tracker, World


def of_trackers(resolution: Resolution, locations: Sequence[LocationCoverage], facts: Facts) -> Iterator[Subject]:
    """Trackers before and after. `second`: another hosted instance has the location already."""
    before, after = resolution.estate.before, resolution.estate.after
    was = {(t.address, t.id) for t in (*before.hosted, *before.targets.values())}
    serves = _serves(locations)
    taken: set[str | None] = set()
    hosted = sorted(after.hosted, key=lambda t: ((t.address, t.id) not in was, t.address))
    for tracker in hosted:
        fields = _fields(tracker, existed=(tracker.address, tracker.id) in was, exists=True)
        fields |= {"second": tracker.location in taken, **_jurisdictions([tracker.location], serves, tracker, facts)}
        taken.add(tracker.location)
        yield Subject("tracker", tracker.address, tracker.location, fields)
    destinations = {one.tracker: one for one in resolution.surroundings.destinations}
    for key, tracker in after.targets.items():
        fields = _fields(tracker, existed=(tracker.address, tracker.id) in was, exists=True)
        destination = destinations.get(tracker.address)
        fields |= {"referenced": _referenced(key, after), **_authorization(tracker, destination, resolution, facts)}
        places = [tracker.location, destination.location if destination else None]
        fields |= _jurisdictions(places, serves, tracker, facts)
        yield Subject("tracker", tracker.address, tracker.location, fields)
    yield from _going(before, after)


def _going(before: World, after: World) -> Iterator[Subject]:
    """Trackers of before that are no more after, with what still refers to them when the plan deletes them."""
    stays = {(t.address, t.id) for t in (*after.hosted, *after.targets.values())}
    for key, tracker in [(None, one) for one in before.hosted] + [*before.targets.items()]:
        if (tracker.address, tracker.id) in stays and not tracker.removed:
            continue
        fields = _fields(tracker, existed=True, exists=False)
        fields["referrers"] = tuple(sorted(_referrers(key, before, after))) if key and tracker.removed else ()
        fields["torn"] = bool(fields["referrers"])
        yield Subject("tracker", tracker.address, tracker.location, fields)


def _fields(tracker: Tracker, *, existed: bool, exists: bool) -> dict[str, Any]:
    return {
        "kind": "tracker",
        "tracker": tracker.kind,
        "plan": tracker.plan,
        "location": tracker.location,
        "origin": tracker.origin,
        "managed": tracker.managed,
        "receives": tracker.why_not is None,
        "existed": existed,
        "exists": exists,
        "reason": tracker.why_not or "",
    }


# --- who refers to a target ----------------------------------------------------------------------------------------


def _referenced(key: str, world: World) -> bool | None:
    """Whether a route or the settings refer to a target; None where that depends on what isn't known."""
    unsure = world.defaults is None
    if world.defaults is not None and key in world.defaults:
        return True
    for route in world.routes:
        if route.rules is None:
            unsure = True
            continue
        for rule in route.rules:
            if key in (rule.targets if rule.targets is not None else rule.surely):
                return True
            unsure = unsure or (rule.targets is None and (not rule.candidates or key in rule.candidates))
    return None if unsure else False


def _referrers(key: str, before: World, after: World) -> Iterator[str]:
    """What refers to a target that the plan deletes: still after the apply, or before it and is only changed later.

    Event Routing refuses to delete a target that is in use (github.com/ibm-cloud-docs/atracker, target_v2_*.md), and
    Terraform deletes what it replaces before it changes what refers to it.
    """
    replaced = any(tracker.address == before.targets[key].address for tracker in after.targets.values())
    surviving = {route.address for route in after.routes}
    for route in before.routes if replaced else after.routes:
        if route.address in surviving and any(key in _named(rule.targets, rule.surely) for rule in route.rules or ()):
            yield route.address
    world = before if replaced else after
    if world.settings and after.settings and key in (world.defaults or ()):
        yield world.settings


def _named(targets: tuple[str, ...] | None, surely: tuple[str, ...]) -> tuple[str, ...]:
    return targets if targets is not None else surely


# --- whether it may be written to ----------------------------------------------------------------------------------


def _authorization(
    tracker: Tracker, destination: Destination | None, resolution: Resolution, facts: Facts
) -> dict[str, Any]:
    """https://cloud.ibm.com/docs/atracker?topic=atracker-iam-service-auth"""
    needed = facts.authorizations.targets.get(tracker.kind)
    if needed is None or (needed.keyless is not None and destination is not None and destination.keyless is False):
        return {"authorization": "unneeded"}
    if destination is None or (needed.keyless is not None and destination.keyless is None):
        return {"authorization": "unknown"}
    ours = [one for one in resolution.surroundings.authorizations if one.service in needed.services]
    if any(one.after and _serves_instance(one, destination, resolution.surroundings) is not False for one in ours):
        return {"authorization": "seen"}
    removed = [
        one.address
        for one in ours
        if one.before and not one.after and _serves_instance(one, destination, resolution.surroundings)
    ]
    return {"authorization": "removed" if removed else "missing", "authorizations": tuple(sorted(removed))}


def _serves_instance(one: Authorization, destination: Destination, around: Surroundings) -> bool | None:
    """Whether an authorization is for the instance that a target writes to; None where that isn't known."""
    if not one.narrowed and not one.guid and not one.instances:
        return True
    guids = {store.address: store.guid for store in around.stores}
    there = {destination.guid, *(guids.get(name) for name in destination.instances)} - {None}
    allowed = {one.guid, *(guids.get(name) for name in one.instances)} - {None}
    if one.instances & destination.instances or there & allowed:
        return True
    return False if (there and allowed) or (one.instances and destination.instances) else None


# --- where it keeps what it receives -------------------------------------------------------------------------------


def _serves(locations: Sequence[LocationCoverage]) -> Mapping[str, tuple[str, ...]]:
    """The locations whose events each tracker receives after the apply."""
    found: dict[str, list[str]] = {}
    for at in locations:
        for address in at.trackers:
            if at.location is not None:
                found.setdefault(address, []).append(at.location)
    return {address: tuple(served) for address, served in found.items()}


def _jurisdictions(
    places: Sequence[str | None], serves: Mapping[str, tuple[str, ...]], tracker: Tracker, facts: Facts
) -> dict[str, Any]:
    """The jurisdiction of a target is the one of its region and of its destination: events pass through both."""
    known = [one for place in places if (one := facts.locations.jurisdiction(place)) is not None]
    served = serves.get(tracker.address, ())
    lawful = {one for place in served if (one := facts.locations.jurisdiction(place)) is not None}
    return {
        "jurisdiction": "other" if "other" in known else known[0] if known else None,
        "serves": served,
        "serves_jurisdictions": tuple(sorted(lawful)),
    }
