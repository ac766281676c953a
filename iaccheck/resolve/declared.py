"""declared: trackers that a person vouches for -> the estate with them, and notes on those that have expired."""

from collections.abc import Sequence
from datetime import date

import msgspec

from iaccheck.errors import ConfigError
from iaccheck.facts import Facts
from iaccheck.model import GLOBAL, Declared, Estate, Note, Resolution, Tracker
from iaccheck.userfile import shown, similar

KIND = "declared"
EXPIRED = "tracker-expired"


def declare(resolution: Resolution, trackers: Sequence[Declared], today: date, facts: Facts) -> Resolution:
    """The resolution with the declared trackers of the day in both worlds. A declaration ends with the day it names."""
    if not trackers:
        return resolution
    known = [*facts.locations.regions, GLOBAL]
    for tracker in trackers:
        if tracker.location not in known:
            problem = f"location: {shown(tracker.location)} is no location{similar(tracker.location, known)}"
            raise ConfigError(f"{tracker.origin}: {problem}", f"use one of: {', '.join(known)}")
    alive = tuple(_tracker(tracker) for tracker in trackers if tracker.expires >= today)
    ended = tuple(_ended(tracker) for tracker in trackers if tracker.expires < today)
    before, after = (
        msgspec.structs.replace(world, declared=(*world.declared, *alive))
        for world in (resolution.estate.before, resolution.estate.after)
    )
    return msgspec.structs.replace(resolution, estate=Estate(before, after), notes=(*resolution.notes, *ended))


def _tracker(tracker: Declared) -> Tracker:
    name = f"declared in {tracker.location} by {tracker.owner}"
    return Tracker(address=name, id=None, kind=KIND, location=tracker.location, origin=KIND)


def _ended(tracker: Declared) -> Note:
    message = (
        f"{tracker.origin}: the tracker declared in {tracker.location} by {tracker.owner} ended on {tracker.expires}"
    )
    return Note(EXPIRED, None, message)
