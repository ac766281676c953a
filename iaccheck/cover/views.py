"""views: coverage and tracker kinds -> where events can be looked at afterwards, and a query that finds them there."""

import re
from collections.abc import Iterable, Sequence

from msgspec import structs

from iaccheck.facts import Facts, Find
from iaccheck.model import GLOBAL, Coverage, Resolution, Tracker, View

# Only what has the form of a GUID goes into a query: whatever else a plan says there could be a part of its syntax.
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_MOST_INSTANCES = 20


def views(coverage: Iterable[Coverage], resolution: Resolution, facts: Facts) -> tuple[View, ...]:
    """One view for each location and tracker that receives events of it, sorted."""
    actions: dict[tuple[str, str], set[str]] = {}
    causes: dict[str, set[str | None]] = {}
    for item in coverage:
        location = item.event.location
        if location is None or not item.status.received:
            continue
        causes.setdefault(location, set()).add(item.event.instance)
        for address in item.trackers:
            actions.setdefault((location, address), set()).add(item.event.action)
    trackers = _trackers(resolution)
    guids = {instance.label: instance.guid for instance in resolution.instances}
    found = [
        _view(location, trackers[address], sorted(actions[location, address]), causes[location], guids, facts)
        for location, address in sorted(actions)
        if address in trackers
    ]
    return tuple(view for view in found if view is not None)


def _trackers(resolution: Resolution) -> dict[str, Tracker]:
    """Trackers by address. A data source that lists several has one address: then no destination is sure."""
    found: dict[str, Tracker] = {}
    for world in (resolution.estate.before, resolution.estate.after):
        for tracker in (*world.hosted, *world.targets.values(), *world.declared):
            other = found.get(tracker.address)
            if other is not None and other.id and other.id != tracker.id:
                tracker = structs.replace(tracker, destination=None)
            found[tracker.address] = tracker
    return found


def _view(
    location: str,
    tracker: Tracker,
    actions: Sequence[str],
    labels: set[str | None],
    guids: dict[str, str | None],
    facts: Facts,
) -> View | None:
    kind = facts.trackers.get(tracker.kind)
    find = next((one for one in kind.find if one.holds(facts.as_of)), None) if kind else None
    if find is None:
        return None
    known = [] if location == GLOBAL else _known(labels, guids)
    query = _filled(
        find.query,
        actions=find.any.join(_filled(find.action, action=action) for action in actions),
        instances=_instances(find, known),
    )
    destination = tracker.destination or f"of {tracker.address}"
    place = _filled(find.place, destination=destination, location=location)
    return View(location=location, tracker=tracker.address, place=place, query=query)


def _known(labels: set[str | None], guids: dict[str, str | None]) -> list[str]:
    """GUIDs of all instances; none where one has none yet: a query by the others alone would miss its events."""
    found = {guids.get(label or "") or label or "" for label in labels}
    proper = len(found) <= _MOST_INSTANCES and all(_GUID.fullmatch(guid) for guid in found)
    return sorted(found) if proper else []


def _instances(find: Find, guids: Sequence[str]) -> str:
    """Global events are asked for by action alone: which instance they name is not documented."""
    if not guids:
        return ""
    return _filled(find.with_instances, instances=find.any.join(_filled(find.instance, guid=guid) for guid in guids))


def _filled(template: str, **names: str) -> str:
    """Plain replacement in one pass: what a value holds is never read as a template again."""
    return re.sub(r"\{(\w+)\}", lambda match: names.get(match[1], match[0]), template)
