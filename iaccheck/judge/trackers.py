"""trackers: the estate before and after -> trackers as subjects."""

from collections.abc import Iterator

from iaccheck.judge.subjects import Subject
from iaccheck.model import Resolution, Tracker


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
