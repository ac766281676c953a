"""instances: which service instances a plan or state knows, by GUID, and which of them exist after the apply.

A managed instance that is being created has only its address. A data source's copy of a managed instance that the plan
deletes doesn't keep it alive.
"""

import re
from collections.abc import Iterator

from msgspec import Struct, structs

from iaccheck.facts import Facts
from iaccheck.model import Change, Object, Plan

_GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


class ServiceInstance(Struct, frozen=True, kw_only=True):
    """One state of one service instance of a service, as one plan or state shows it."""

    address: str
    service: str
    guid: str | None
    location: str | None
    before: bool
    after: bool
    managed: bool
    label: str | None = None
    origin: str = "plan"
    plan: str | None = None


def text_of(value: object) -> str | None:
    """A value that is text and not empty; None for everything else that a broken plan may hold in its place."""
    return value if isinstance(value, str) and value else None


def guid_of(value: object) -> str | None:
    """The GUID in a GUID, a CRN or the id of an object (`region/guid/…`); None where there is none."""
    match = _GUID.search(text_of(value) or "")
    return match[0].lower() if match else None


def location_of_crn(value: object) -> str | None:
    """The location segment of a CRN: crn:v1:bluemix:public:<service>:<location>:a/<account>:<guid>:: ."""
    return _segment(text_of(value), 5)


def service_of_crn(value: object) -> str | None:
    """The service segment of a CRN."""
    return _segment(text_of(value), 4)


def _segment(text: str | None, index: int) -> str | None:
    parts = (text or "").split(":")
    return parts[index] or None if len(parts) > 7 and parts[0] == "crn" else None


def service_instances(plan: Plan, facts: Facts, label: str | None, *, evidence: bool) -> Iterator[ServiceInstance]:
    """All service instances of a plan or state, managed ones first; a replaced one is two.

    `evidence`: the file is only looked at. What it shows is a copy as a data source's is, but what it plans counts.
    """
    for instance, planned in _shown(plan, facts):
        origin = "evidence" if evidence else "plan" if instance.managed else "state"
        managed = instance.managed and (planned or not evidence)
        yield structs.replace(instance, label=label, origin=origin, managed=managed)


def _shown(plan: Plan, facts: Facts) -> Iterator[tuple[ServiceInstance, bool]]:
    """Each instance, with whether a change of the plan shows it."""
    changed: set[str] = set()
    for change in plan.changes:
        known = facts.type(change.type)
        if known is None or known.role != "service_instance":
            continue
        if change.mode == "data":
            if change.after is not None:
                yield _instance(change.address, change.after, before=False, after=False, managed=False), True
            continue
        if change.deposed is None:
            # A state can still call a moved object by its older address.
            changed |= {change.address, change.previous_address or change.address}
        yield from ((instance, True) for instance in _changed(change))
    for object_ in plan.prior:
        known = facts.type(object_.type)
        if known is None or known.role != "service_instance" or object_.address in changed:
            continue
        managed = object_.mode == "managed"
        yield _instance(object_.address, object_.object, before=True, after=True, managed=managed), False


def _changed(change: Change) -> Iterator[ServiceInstance]:
    actions = set(change.actions)
    if "delete" in actions and change.before is not None:
        yield _instance(change.address, change.before, before=True, after=False, managed=True)
    elif "forget" in actions and change.before is not None:
        # What is forgotten stays as it was.
        yield _instance(change.address, change.before, before=True, after=True, managed=True)
    if "create" in actions and change.after is not None:
        yield _instance(change.address, change.after, before=False, after=True, managed=True)
    elif not actions & {"delete", "forget", "create"} and change.after is not None:
        yield _instance(change.address, _known_of(change), before=True, after=True, managed=True)


def _known_of(change: Change) -> Object:
    """After an update what identifies an instance is still what it was, even where the plan calls it unknown."""
    assert change.after is not None
    if change.before is None:
        return change.after
    return Object({**change.before.values, **{k: v for k, v in change.after.values.items() if v is not None}})


def _instance(address: str, object_: Object, *, before: bool, after: bool, managed: bool) -> ServiceInstance:
    values = object_.values
    crn = text_of(values.get("crn")) or text_of(values.get("id"))
    return ServiceInstance(
        address=address,
        service=str(values.get("service") or _segment(crn, 4) or ""),
        guid=guid_of(values.get("guid")) or guid_of(crn),
        location=text_of(values.get("location")) or location_of_crn(crn),
        before=before,
        after=after,
        managed=managed,
        plan=text_of(values.get("plan")),
    )
