"""subjects: what policies look over, each with the fields of `fields.py`: events, instances, locations, the plan."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from msgspec import Struct

from iaccheck.address import unkeyed
from iaccheck.facts import Facts
from iaccheck.model import GLOBAL, Coverage, Instance, LocationCoverage, Resolution, Status, Timing, Verb

Fields = Mapping[str, Any]

_IN_ADDRESSES = frozenset('["')


class Subject(Struct, frozen=True):
    """One thing to judge. `fields` decide, shared by all that are alike; `address` and `location` say where it is."""

    kind: str
    address: str | None
    location: str | None
    fields: Fields
    input: str | None = None


def apart(subject: Subject) -> Subject:
    """A subject whose address tells its file too (`dev: module.a.t.n`), with the two apart as in events."""
    if subject.input is not None or not subject.address or ": " not in subject.address:
        return subject
    label, _, address = subject.address.partition(": ")
    if not _IN_ADDRESSES.isdisjoint(label):
        return subject
    return Subject(subject.kind, address, subject.location, subject.fields, label)


def of_events(
    coverage: Iterable[Coverage], outcomes: Mapping[str | None, LocationCoverage], asked: frozenset[str]
) -> Iterator[Subject]:
    """Events; those with equal fields share them. `asked`: what policies want to know, for what costs to find out."""
    shared: dict[tuple[object, ...], dict[str, Any]] = {}
    for item in coverage:
        event = item.event
        type_name = _type(event.address) if "type" in asked else None
        instance = event.instance if "instance" in asked else None
        key = (
            event.action,
            event.verb,
            event.phase,
            event.location,
            item.status,
            item.timing,
            item.ordered,
            item.reason,
            type_name,
            instance,
        )
        fields = shared.get(key)
        if fields is None:
            at = outcomes[event.location]
            fields = shared[key] = {
                "kind": "event",
                "type": type_name,
                "instance": instance,
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
        yield Subject("event", event.address, event.location, fields, event.input)


@cache
def _type(address: str) -> str:
    """The type in an address: `ibm_sm_kv_secret` of `module.a["x.y"].ibm_sm_kv_secret.b[0]`."""
    return unkeyed(address).split(".")[-2] if "." in address else address


def of_instances(instances: Iterable[Instance], outcomes: Mapping[str | None, LocationCoverage]) -> Iterator[Subject]:
    """Service instances, each with the outcome of its location; of one that the plan deletes nothing is asked there."""
    shared: dict[tuple[object, ...], dict[str, Any]] = {}
    for instance in instances:
        at = outcomes.get(instance.location) if instance.after else None
        key = (instance.location, instance.before, instance.after)
        fields = shared.get(key)
        if fields is None:
            fields = shared[key] = {
                "kind": "instance",
                "location": instance.location,
                "status": at.after.value if at else None,
                "timing": timing_of(at).value if at else None,
                "before": at.before.value if at else None,
                "after": at.after.value if at else None,
                "created": not instance.before,
                "deleted": not instance.after,
                "reason": at.reason if at else "",
            }
        yield Subject("instance", instance.label, instance.location, fields)


def of_locations(locations: Sequence[LocationCoverage], resolution: Resolution) -> Iterator[Subject]:
    """Locations, and what a lost receiver un-audits there."""
    anywhere = any(instance.after for instance in resolution.instances)
    defaults = _defaults(resolution)
    for at in locations:
        yield Subject(
            "location",
            at.lost[0] if at.lost else None,
            at.location,
            {
                "kind": "location",
                "location": at.location,
                "before": at.before.value,
                "after": at.after.value,
                "timing": timing_of(at).value,
                "stays": anywhere if at.location == GLOBAL else bool(at.instances),
                "instances": at.instances,
                "lost": at.lost,
                "defaults": defaults,
                "reason": at.reason,
            },
        )


def _defaults(resolution: Resolution) -> str:
    """What becomes of the default targets that there are before the apply."""
    before, after = resolution.estate.before, resolution.estate.after
    if not before.defaults:
        return "none"
    return "lost" if after.defaults is not None and set(before.defaults) - set(after.defaults) else "kept"


def timing_of(at: LocationCoverage) -> Timing:
    """Whether the receiver of a location starts or ends with the plan."""
    if Status.UNKNOWN in (at.before, at.after) or at.before.received == at.after.received:
        return Timing.STEADY
    return Timing.STARTING if at.after.received else Timing.ENDING


def of_plan(resolution: Resolution) -> Iterator[Subject]:
    """The change as a whole: how many objects of the service it makes, changes and deletes."""
    done: dict[Verb, set[tuple[str | None, str]]] = {}
    for operation in resolution.operations:
        if operation.mode == "managed" and operation.verb is not Verb.READ:
            done.setdefault(operation.verb, set()).add((operation.input, operation.address))
    counts = {verb: len(objects) for verb, objects in done.items()}
    fields = {
        "kind": "plan",
        "creates": counts.get(Verb.CREATE, 0),
        "updates": counts.get(Verb.UPDATE, 0),
        "deletes": counts.get(Verb.DELETE, 0),
    }
    yield Subject("plan", None, None, fields)


def of_resources(resolution: Resolution, facts: Facts) -> Iterator[Subject]:
    """Resources of which something is to be said that is no event: unmapped types, regions, secrets, stores."""
    for unmapped in resolution.unmapped:
        unknown = {"kind": "resource", "type": unmapped.type, "mapped": False}
        yield Subject("resource", unmapped.address, None, unknown, unmapped.input)
    for region in resolution.regions:
        about = {"kind": "resource", "region": region.kind, "named": region.region, "location": region.location}
        yield Subject("resource", region.address, region.location, about, region.input)
    for exposure in resolution.surroundings.exposures:
        fields: Fields = {"kind": "resource", "type": exposure.type, "exposed": exposure.attributes, "exposes": True}
        yield Subject("resource", exposure.address, None, fields)
    for device in resolution.surroundings.devices:
        yield Subject(
            "resource", device.address, None, {"kind": "resource", "type": device.type, "audits": device.audits}
        )
    yield from _stores(resolution, facts)


def _stores(resolution: Resolution, facts: Facts) -> Iterator[Subject]:
    """Service instances that a target writes to, and whether they have a bucket for their data."""
    bucket = facts.data_bucket if resolution.surroundings.stores else None
    for store in resolution.surroundings.stores:
        if bucket is None or store.service != bucket.service:
            continue
        used_by = sorted(
            one.tracker
            for one in resolution.surroundings.destinations
            if (one.guid is not None and one.guid == store.guid) or store.address in one.instances
        )
        if used_by:
            fields = {
                "kind": "resource",
                "location": store.location,
                "data_bucket": None if store.settings is None else bucket.parameter in store.settings,
                "used_by": tuple(used_by),
            }
            yield Subject("resource", store.address, store.location, fields)
