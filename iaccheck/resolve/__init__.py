"""resolve: plans and evidence -> operations with their instance and location, service instances, and the estate."""

from collections.abc import Iterator, Mapping, Sequence

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
)
from iaccheck.resolve.blocks import Blocks
from iaccheck.resolve.estate import Holding, estate, holdings
from iaccheck.resolve.instances import ServiceInstance, guid_of, service_instances
from iaccheck.resolve.operations import Operations
from iaccheck.resolve.order import order
from iaccheck.resolve.places import Places
from iaccheck.resolve.references import References


def resolve(
    plans: Sequence[Plan], facts: Facts, *, refresh: bool = True, environment: Mapping[str, str] | None = None
) -> Resolution:
    """What the plans do, where, and what receives it.

    `refresh` false: managed objects were not read while planning. `environment`: where the provider may take its region
    from.
    """
    shown = [tuple(service_instances(plan, facts)) for plan in plans]
    everything = tuple(instance for part in shown for instance in part)
    operations: list[Operation] = []
    regions: list[RegionFinding] = []
    found: list[Holding] = []
    later: dict[str, frozenset[str]] = {}
    earlier: dict[str, frozenset[str]] = {}
    changed = _changed_estate(plans, facts)
    for plan, own in zip(plans, shown, strict=True):
        blocks = Blocks(plan)
        references = References(plan, blocks, facts)
        of_service = tuple(i for i in _own_first(own, everything) if _is_ours(i, facts))
        places = Places(plan, of_service, blocks, references, facts, environment or {})
        work = Operations(plan, facts, places, blocks, refresh)
        own_operations = tuple(work.all())
        operations.extend(own_operations)
        regions.extend(work.regions)
        found.extend(holdings(plan, facts, blocks, references, "plan"))
        if changed and any(operation.phase is Phase.APPLY for operation in own_operations):
            assured = order(plan, blocks, changed, own_operations, None)
            later |= assured.later
            earlier |= assured.earlier
    return Resolution(
        operations=tuple(operations),
        instances=_instances(everything, operations, plans, facts),
        estate=estate(found, _without_copies(everything), facts),
        regions=tuple(_once(regions)),
        unmapped=tuple(_unmapped(plans, facts)),
        notes=tuple(_notes(plans)),
        order=Order(later, earlier),
        changed=changed,
    )


def _changed_estate(plans: Sequence[Plan], facts: Facts) -> frozenset[str]:
    """Addresses of the trackers, routes and settings that the plans make, change or remove."""
    return frozenset(
        change.address
        for plan in plans
        for change in plan.changes
        if change.mode == "managed" and set(change.actions) & {"create", "update", "delete"} and _receives(change, facts)
    )


def _receives(change: Change, facts: Facts) -> bool:
    """Whether an object is part of how events are received: a hosted instance, a target, a route, the settings."""
    known = facts.type(change.type)
    if known is None or known.role not in ("service_instance", "target", "route", "settings"):
        return False
    state = change.after or change.before
    kinds = [kind for kind in facts.trackers.values() if kind.role == known.role]
    return known.role in ("route", "settings") or any(
        state is not None and all(state.values.get(name) == value for name, value in kind.where.items()) for kind in kinds
    )


def _own_first(
    own: tuple[ServiceInstance, ...], everything: tuple[ServiceInstance, ...]
) -> tuple[ServiceInstance, ...]:
    """The instances that a plan may mean: by address only its own, by GUID all."""
    return (*own, *(instance for instance in everything if instance.guid and instance not in own))


def _is_ours(instance: ServiceInstance, facts: Facts) -> bool:
    known = facts.type("ibm_resource_instance")
    return known is not None and instance.service == known.where["service"]


def _without_copies(instances: tuple[ServiceInstance, ...]) -> list[ServiceInstance]:
    """A data source's copy of a managed instance says nothing of its own: not that it exists after a delete either."""
    managed = {instance.guid for instance in instances if instance.managed and instance.guid}
    return [i for i in instances if i.managed or i.guid not in managed]


def _instances(
    everything: tuple[ServiceInstance, ...], operations: list[Operation], plans: Sequence[Plan], facts: Facts
) -> tuple[Instance, ...]:
    """Instances of the service, from whatever names one: resources, data sources, ids and `instance_id` of objects."""
    known: dict[str, Instance] = {}
    for instance in _without_copies(tuple(i for i in everything if _is_ours(i, facts))):
        if not (instance.before or instance.after):
            continue
        key = instance.guid or f"{instance.address} (new)"
        if key not in known:
            known[key] = Instance(
                label=instance.address,
                guid=instance.guid,
                location=instance.location,
                before=instance.before,
                after=instance.after,
            )
    located = {guid_of(o.instance): o.location for o in operations if o.instance and o.location}
    for guid, region in _mentioned(plans, facts):
        if guid not in known:
            location = located.get(guid) or region
            known[guid] = Instance(label=guid, guid=guid, location=location, before=True, after=True)
    return tuple(sorted(known.values(), key=lambda i: (i.location or "", i.label, i.guid or "")))


def _mentioned(plans: Sequence[Plan], facts: Facts) -> Iterator[tuple[str, str | None]]:
    """(GUID, region) of every instance that an object of the service names."""
    for plan in plans:
        states = [(o.type, o.object) for o in plan.prior]
        states += [(c.type, s) for c in plan.changes for s in (c.before, c.after) if s is not None]
        for type_name, state in states:
            known = facts.type(type_name)
            if known is None or known.role != "object":
                continue
            parts = str(state.values.get("id") or "").split("/")
            guid = guid_of(parts[1]) if len(parts) > 1 else None
            if guid:
                yield guid, parts[0] or None
            elif guid := guid_of(state.values.get("instance_id")):
                yield guid, state.values.get("region")


def _unmapped(plans: Sequence[Plan], facts: Facts) -> Iterator[Unmapped]:
    seen: set[str] = set()
    for plan in plans:
        objects: tuple[Change | StateObject, ...] = (*plan.changes, *plan.prior)
        for object_ in objects:
            known = facts.type(object_.type)
            strange = known is None or (known.role == "object" and known.table(object_.mode) is None)
            if strange and object_.address not in seen:
                seen.add(object_.address)
                yield Unmapped(object_.address, object_.type)


def _notes(plans: Sequence[Plan]) -> Iterator[Note]:
    for plan in plans:
        name = plan.input.label or plan.input.name
        if plan.errored:
            yield Note(
                "errored-plan", None, f"{name}: planning ended with an error, so this is only part of the change"
            )
        elif plan.complete is False:
            yield Note(
                "incomplete-plan",
                None,
                f"{name}: the plan says that it is not the whole change (-target or deferred parts)",
            )


def _once(regions: list[RegionFinding]) -> list[RegionFinding]:
    return sorted(set(regions), key=lambda r: (r.address, r.kind, r.region))
