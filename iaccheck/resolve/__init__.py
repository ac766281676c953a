"""resolve: plans and evidence -> operations with their instance and location, service instances, and the estate."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from iaccheck.facts import Facts
from iaccheck.model import (
    Change,
    Instance,
    Note,
    Operation,
    Order,
    Phase,
    Plan,
    RegionFinding,
    Resolution,
    StateObject,
    Unmapped,
    qualified,
)
from iaccheck.resolve.estate import estate
from iaccheck.resolve.files import File, opened
from iaccheck.resolve.holdings import holdings
from iaccheck.resolve.instances import ServiceInstance, guid_of, text_of
from iaccheck.resolve.operations import Operations
from iaccheck.resolve.order import order
from iaccheck.resolve.places import Places
from iaccheck.resolve.surroundings import Shown, surroundings, undecided
from iaccheck.resolve.traces import Locals


def resolve(
    plans: Sequence[Plan],
    facts: Facts,
    *,
    evidence: Sequence[Plan] = (),
    refresh: bool = True,
    environment: Mapping[str, str] | None = None,
    local_values: Sequence[Locals | None] = (),
) -> Resolution:
    """What the plans do, where, and what receives it.

    `evidence`: plans, states and snapshots that are only looked at. `refresh` false: managed objects were not read
    while planning. `environment`: where the provider may take its region from. `local_values`: the locals in the source
    of each plan, where it is at hand.
    """
    files = tuple(opened(plans, evidence, facts, local_values, environment or {}))
    everything = tuple(instance for file in files for instance in file.instances)
    changed = frozenset(qualified(file.label, a) for file in files for a in _changed_estate(file.plan, facts))
    found = [
        holding
        for file in files
        for holding in holdings(
            file.plan, facts, file.blocks, file.references, file.regions, file.label, evidence=file.evidence
        )
    ]
    by_id = _by_id(files, facts)
    work = [_work(file, everything, by_id, changed, facts, refresh) for file in files if not file.evidence]
    operations = tuple(operation for part in work for operation in part.operations)
    unmapped = tuple(_unmapped(files, facts))
    shown = [Shown(file.plan, file.label, file.blocks, file.references, file.evidence) for file in files]
    around = surroundings(shown, facts, environment or {})
    return Resolution(
        operations=operations,
        instances=_instances(everything, operations, files, facts),
        estate=estate(found, _without_copies(everything), facts),
        regions=tuple(region for part in work for region in part.regions),
        unmapped=unmapped,
        notes=(*_notes(files, unmapped), *undecided(around)),
        order=Order(
            {name: nodes for part in work for name, nodes in part.order.later.items()},
            {name: nodes for part in work for name, nodes in part.order.earlier.items()},
        ),
        changed=changed,
        surroundings=around,
    )


class _Work(NamedTuple):
    operations: tuple[Operation, ...]
    regions: tuple[RegionFinding, ...]
    order: Order


def _work(
    file: File,
    everything: tuple[ServiceInstance, ...],
    by_id: Sequence[ServiceInstance],
    changed: frozenset[str],
    facts: Facts,
    refresh: bool,
) -> _Work:
    """What one plan does. `by_id`: instances of which only the ids of their objects say where they are."""
    known = tuple(i for i in (*file.instances, *everything) if _is_ours(i, facts))
    places = Places(file.plan, (*known, *by_id), file.label, file.blocks, file.references, facts, file.regions)
    listed = Operations(file.plan, facts, places, file.blocks, file.label, refresh)
    operations = tuple(listed.all())
    regions = tuple(sorted(set(listed.regions), key=lambda r: (r.address, r.kind, r.region)))
    own = frozenset(a for a in _changed_estate(file.plan, facts) if qualified(file.label, a) in changed)
    if not own or not any(operation.phase is Phase.APPLY for operation in operations):
        return _Work(operations, regions, Order())
    return _Work(operations, regions, order(file.plan, file.blocks, own, operations, file.label, file.local_values))


def _changed_estate(plan: Plan, facts: Facts) -> frozenset[str]:
    """Addresses of the trackers, routes and settings that a plan makes, changes or removes."""
    return frozenset(
        change.address
        for change in plan.changes
        if change.mode == "managed"
        and set(change.actions) & {"create", "update", "delete"}
        and _receives(change, facts)
    )


def _receives(change: Change, facts: Facts) -> bool:
    """Whether an object is part of how events are received: a hosted instance, a target, a route, the settings."""
    known = facts.type(change.type)
    if known is None or known.role not in ("service_instance", "target", "route", "settings"):
        return False
    state = change.after or change.before
    kinds = [kind for kind in facts.trackers.values() if kind.role == known.role]
    return known.role in ("route", "settings") or any(
        state is not None and all(state.values.get(name) == value for name, value in kind.where.items())
        for kind in kinds
    )


def _is_ours(instance: ServiceInstance, facts: Facts) -> bool:
    return instance.service in facts.services


def _without_copies(instances: tuple[ServiceInstance, ...]) -> list[ServiceInstance]:
    """A data source's copy of a managed instance says nothing of its own: not that it exists after a delete either."""
    managed = {i.guid for i in instances if i.managed and i.guid}
    own = {i.guid for i in instances if i.managed and i.guid and i.origin != "evidence"}

    def copied(instance: ServiceInstance) -> bool:
        if not instance.managed:
            return instance.guid in managed
        return instance.origin == "evidence" and instance.guid in own

    return [instance for instance in instances if not copied(instance)]


def _instances(
    everything: tuple[ServiceInstance, ...], operations: Sequence[Operation], files: Sequence[File], facts: Facts
) -> tuple[Instance, ...]:
    """Instances of the service, from whatever names one: resources, data sources, ids and `instance_id` of objects."""
    known: dict[str, Instance] = {}
    for instance in _without_copies(tuple(i for i in everything if _is_ours(i, facts))):
        if not (instance.before or instance.after):
            continue
        key = instance.guid or f"{qualified(instance.label, instance.address)} (new)"
        if key not in known:
            known[key] = Instance(
                label=qualified(instance.label, instance.address),
                guid=instance.guid,
                location=instance.location,
                before=instance.before,
                after=instance.after,
            )
    located = {guid_of(o.instance): o.location for o in operations if o.instance and o.location}
    for guid, region in _mentioned(files, facts):
        if guid not in known:
            location = located.get(guid) or region
            known[guid] = Instance(label=guid, guid=guid, location=location, before=True, after=True)
    return tuple(sorted(known.values(), key=lambda i: (i.location or "", i.label, i.guid or "")))


def _by_id(files: Sequence[File], facts: Facts) -> list[ServiceInstance]:
    """Instances of which an object's id says the region: where the service has answered for them."""
    found: dict[str, str] = {}
    for file in files:
        for object_ in file.plan.prior:
            known = facts.type(object_.type)
            parts = str(object_.object.values.get("id") or "").split("/")
            guid = guid_of(parts[1]) if known is not None and known.role == "object" and len(parts) > 1 else None
            if guid:
                found.setdefault(guid, parts[0])
    return [
        ServiceInstance(address=guid, service="", guid=guid, location=region, before=True, after=True, managed=False)
        for guid, region in found.items()
    ]


def _mentioned(files: Sequence[File], facts: Facts) -> Iterator[tuple[str, str | None]]:
    """(GUID, region) of every instance that an object of the service names."""
    for file in files:
        states = [(o.type, o.object) for o in file.plan.prior]
        states += [(c.type, s) for c in file.plan.changes for s in (c.before, c.after) if s is not None]
        for type_name, state in states:
            known = facts.type(type_name)
            if known is None or known.role != "object":
                continue
            parts = str(state.values.get("id") or "").split("/")
            guid = guid_of(parts[1]) if len(parts) > 1 else None
            if guid:
                yield guid, parts[0] or None
            elif guid := guid_of(state.values.get("instance_id")):
                yield guid, text_of(state.values.get("region"))


def _unmapped(files: Sequence[File], facts: Facts) -> Iterator[Unmapped]:
    seen: set[str] = set()
    for file in files:
        if file.evidence:
            continue
        objects: tuple[Change | StateObject, ...] = (*file.plan.changes, *file.plan.prior)
        for object_ in objects:
            known = facts.type(object_.type)
            strange = known is None or (known.role == "object" and known.table(object_.mode) is None)
            if strange and qualified(file.label, object_.address) not in seen:
                seen.add(qualified(file.label, object_.address))
                yield Unmapped(object_.address, object_.type, file.label)


def _notes(files: Sequence[File], strange: Sequence[Unmapped]) -> Iterator[Note]:
    for file in files:
        name = file.plan.input.label or file.plan.input.name
        if file.plan.errored:
            yield Note(
                "errored-plan", None, f"{name}: planning ended with an error, so this is only part of the change"
            )
        elif file.plan.complete is False:
            why = "the plan says that it is not the whole change (-target or deferred parts)"
            yield Note("incomplete-plan", None, f"{name}: {why}")
    for unmapped in strange:
        why = f"the tables do not know {unmapped.type}; what it causes is unknown"
        yield Note("unmapped-type", qualified(unmapped.input, unmapped.address), why)
