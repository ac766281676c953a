"""surroundings: plans and evidence -> authorizations, destinations, stores, exposed secrets, Vault devices.

None of it decides where events go; it decides whether a tracker works and whether a secret stays one.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET

from iaccheck.facts import Facts
from iaccheck.model import (
    AuditDevice,
    Authorization,
    Change,
    Destination,
    Exposure,
    Note,
    Object,
    Plan,
    StateObject,
    Store,
    Surroundings,
    qualified,
)
from iaccheck.resolve.blocks import Blocks, expressions
from iaccheck.resolve.instances import guid_of, location_of_crn, text_of
from iaccheck.resolve.references import References
from iaccheck.resolve.traces import NOTHING, Scope, Trace

_ROLES = frozenset({"authorization", "target", "service_instance", "audit_device"})
_INSTANCE = frozenset({"service_instance"})
_NARROWING = "target_resource_instance_id"
_SECRETS_MANAGER = "secrets-manager"
_HOST = ".secrets-manager.appdomain.cloud"


class Shown(NamedTuple):
    """A file that was read, and what follows its references."""

    plan: Plan
    label: str | None
    blocks: Blocks
    references: References
    evidence: bool


def undecided(around: Surroundings) -> Iterator[Note]:
    """What could be wrong and cannot be told."""
    for device in around.devices:
        if device.audits == "unknown":
            why = (
                "whether this Vault audit device is pointed at Secrets Manager, which has none, the plan does not show"
            )
            yield Note("undecided-audit-device", device.address, why)


class _Thing(NamedTuple):
    """An object as one file shows it, before and after."""

    shown: Shown
    object: Change | StateObject
    before: Object | None
    after: Object | None

    @property
    def name(self) -> str:
        return qualified(self.shown.label, self.object.address)


def surroundings(files: Sequence[Shown], facts: Facts, environment: Mapping[str, str]) -> Surroundings:
    """All of it, from all files."""
    of_role: dict[str, list[_Thing]] = {}
    for shown in files:
        for role, thing in _things(shown, facts):
            of_role.setdefault(role, []).append(thing)
    return Surroundings(
        authorizations=tuple(
            one for thing in of_role.get("authorization", ()) if (one := _authorization(thing, facts)) is not None
        ),
        destinations=tuple(_destination(t, facts) for t in of_role.get("target", ()) if t.after is not None),
        stores=tuple(_store(t, facts) for t in of_role.get("service_instance", ()) if t.after is not None),
        exposures=tuple(_exposures(files)),
        devices=tuple(_device(t, environment) for t in of_role.get("audit_device", ()) if t.after is not None),
    )


def _things(shown: Shown, facts: Facts) -> Iterator[tuple[str, _Thing]]:
    """Managed objects once each: a change, or what the state holds and no change is about."""
    changed: set[str] = set()
    for change in shown.plan.changes:
        known = facts.type(change.type)
        if known is not None and known.role in _ROLES and change.mode == "managed" and change.deposed is None:
            changed.add(change.address)
            forgotten = change.actions == ("forget",)
            yield known.role, _Thing(shown, change, change.before, change.before if forgotten else change.after)
    for object_ in shown.plan.prior:
        known = facts.type(object_.type)
        if known is None or known.role not in _ROLES or object_.mode != "managed" or object_.deposed is not None:
            continue
        if object_.address not in changed:
            yield known.role, _Thing(shown, object_, object_.object, object_.object)


def _expression(thing: _Thing, attribute: str) -> Any:
    block = thing.shown.blocks.block(thing.object)
    return expressions(block).get(attribute) if block is not None else None


def _trace(thing: _Thing, expression: Any) -> Trace:
    """The service instances that an expression of an object's block leads to."""
    block = thing.shown.blocks.block(thing.object)
    if block is None or expression is None:
        return NOTHING
    scope = Scope(thing.shown.blocks.path(thing.object.module), thing.object.key, block.for_each_expression)
    return thing.shown.references.expression(expression, scope, (), _INSTANCE)


def _names(thing: _Thing, trace: Trace) -> frozenset[str]:
    return frozenset(qualified(thing.shown.label, address) for address in trace.objects)


# --- authorizations ------------------------------------------------------------------------------------------------


def _authorization(thing: _Thing, facts: Facts) -> Authorization | None:
    """An authorization of Event Routing; None for those of other services."""
    state = thing.after or thing.before
    if state is None or _said(state, "source_service_name", "subject_attributes", "serviceName") != (
        facts.authorizations.source_service
    ):
        return None
    instance = _said(state, _NARROWING, "resource_attributes", "serviceInstance")
    trace = NOTHING if instance else _trace(thing, _expression(thing, _NARROWING))
    literals = {guid for text in trace.literals if (guid := guid_of(text))}
    return Authorization(
        address=thing.name,
        service=str(_said(state, "target_service_name", "resource_attributes", "serviceName") or ""),
        before=thing.before is not None,
        after=thing.after is not None,
        narrowed=bool(instance) or _NARROWING in state.unknown or _NARROWING in getattr(thing.object, "unknown", ()),
        guid=guid_of(instance) or (literals.pop() if len(literals) == 1 else None),
        instances=_names(thing, trace),
    )


def _said(state: Object, attribute: str, block: str, name: str) -> Any:
    """An attribute of an authorization, in either of the two forms that the provider takes."""
    if state.values.get(attribute):
        return state.values[attribute]
    listed = state.values.get(block)
    return next(
        (one.get("value") for one in _blocks(listed) if one.get("name") == name),
        None,
    )


def _blocks(value: Any) -> list[dict[str, Any]]:
    """Nested blocks; none for what a broken plan may hold in their place."""
    return [block for block in value if isinstance(block, dict)] if isinstance(value, list) else []


# --- targets and service instances ---------------------------------------------------------------------------------


def _destination(thing: _Thing, facts: Facts) -> Destination:
    assert thing.after is not None
    known = facts.type(thing.object.type)
    table = known.table("managed") if known is not None else None
    for name, attribute in (table.destinations if table is not None else {}).items():
        endpoint = _first(thing.after.values.get(name))
        if endpoint is None:
            continue
        crn = endpoint.get(attribute)
        raw = _expression(thing, name)
        written = _first(msgspec.json.decode(raw)) or {} if raw is not None else {}
        return Destination(
            tracker=thing.name,
            keyless=_keyless(endpoint, _first(thing.after.unknown.get(name)) or {}, facts),
            location=location_of_crn(crn),
            guid=guid_of(crn),
            instances=_names(thing, _trace(thing, written.get(attribute))) if not crn else frozenset(),
        )
    return Destination(tracker=thing.name, keyless=None)


def _keyless(endpoint: dict[str, Any], unknown: dict[str, Any], facts: Facts) -> bool | None:
    flags = {one.keyless for one in facts.authorizations.targets.values() if one.keyless}
    if any(unknown.get(name) is True for name in flags):
        return None
    return any(bool(endpoint.get(name)) for name in flags)


def _store(thing: _Thing, facts: Facts) -> Store:
    assert thing.after is not None
    known = {name: value for name, value in thing.after.values.items() if value is not None}
    values = {**(thing.before.values if thing.before else {}), **known}
    present = thing.after.present
    settings = None if any(name.endswith(".*") for name in present) else frozenset(n.partition(".")[2] for n in present)
    crn = text_of(values.get("crn")) or text_of(values.get("id"))
    return Store(
        address=thing.name,
        service=str(values.get("service") or ""),
        location=text_of(values.get("location")) or location_of_crn(crn),
        guid=guid_of(values.get("guid")) or guid_of(crn),
        settings=settings,
    )


def _first(value: Any) -> dict[str, Any] | None:
    """The one block of a list of one."""
    one = value[0] if isinstance(value, list) and value else value
    return one if isinstance(one, dict) else None


# --- secrets and Vault ---------------------------------------------------------------------------------------------


def _exposures(files: Sequence[Shown]) -> Iterator[Exposure]:
    for shown in files:
        if shown.evidence:
            continue
        for change in shown.plan.changes:
            if change.exposed and change.mode == "managed":
                yield Exposure(qualified(shown.label, change.address), change.type, tuple(sorted(change.exposed)))


def _device(thing: _Thing, environment: Mapping[str, str]) -> AuditDevice:
    return AuditDevice(thing.name, thing.object.type, _audits(thing, environment))


def _audits(thing: _Thing, environment: Mapping[str, str]) -> str:
    """What the Vault provider of a device is pointed at: its address, or VAULT_ADDR of this run."""
    block = thing.shown.blocks.block(thing.object)
    expression = _provider_address(thing, block.provider_config_key) if block is not None else None
    if expression is None:
        address = environment.get("VAULT_ADDR", "")
        return "unknown" if not address else _SECRETS_MANAGER if _HOST in address else "elsewhere"
    trace = thing.shown.references.expression(expression, Scope(()), (), _INSTANCE)
    if trace.objects or any(_HOST in text for text in trace.literals):
        return _SECRETS_MANAGER
    return "unknown" if trace.gaps or not trace.literals else "elsewhere"


def _provider_address(thing: _Thing, key: str) -> Any:
    providers = thing.shown.plan.configuration.providers
    provider = providers.get(key) or providers.get(key.rpartition(":")[2])
    raw = provider.expressions.get("address", UNSET) if provider is not None else UNSET
    return None if raw is UNSET else raw
