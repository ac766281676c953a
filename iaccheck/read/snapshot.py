"""snapshot: what an account holds, as a person or a script wrote it down -> Plan without changes, and back."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from iaccheck import userfile
from iaccheck.errors import InputError
from iaccheck.facts import Facts
from iaccheck.model import Document, Object, Plan, StateObject
from iaccheck.read.document import input_of

_HINT = "make one: iaccheck snapshot STATE"
SNAPSHOT = "iaccheck/snapshot/1"


class SnapshotTarget(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    target_type: str
    region: str | None = None
    address: str | None = None


class SnapshotRule(Struct, frozen=True, forbid_unknown_fields=True):
    locations: list[str]
    target_ids: list[str]


class SnapshotRoute(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    rules: list[SnapshotRule]
    address: str | None = None


class SnapshotSettings(Struct, frozen=True, forbid_unknown_fields=True):
    default_targets: list[str] = []


class SnapshotInstance(Struct, frozen=True, forbid_unknown_fields=True):
    """A service instance: one of Secrets Manager, or a hosted Activity Tracker (`logdnaat`)."""

    guid: str
    service: str
    location: str
    address: str | None = None


class Snapshot(Struct, frozen=True, forbid_unknown_fields=True):
    """What an account holds, as far as it matters here. `iaccheck snapshot` writes it from a state."""

    schema: str
    targets: list[SnapshotTarget] = []
    routes: list[SnapshotRoute] = []
    settings: SnapshotSettings | None = None
    instances: list[SnapshotInstance] = []


def is_snapshot(data: bytes) -> bool:
    """A snapshot, YAML or JSON, names its schema near its beginning; nothing else does."""
    return SNAPSHOT.rsplit("/", 1)[0].encode() in data[:2000]


def read_snapshot(document: Document, facts: Facts) -> Plan:
    """A snapshot as the state of managed objects. Raises ConfigError or InputError for what isn't of its schema."""
    snapshot = userfile.load(document.name, document.data, Snapshot, _HINT)
    if snapshot.schema != SNAPSHOT:
        raise InputError(f"{document.name}: this is no snapshot of schema {SNAPSHOT}", _HINT)
    return Plan(
        input=input_of(document, "snapshot", None, snapshot.schema),
        prior=tuple(_snapshot_objects(snapshot, facts)),
    )


def _snapshot_objects(snapshot: Snapshot, facts: Facts) -> Iterator[StateObject]:
    for number, target in enumerate(snapshot.targets, 1):
        yield _made_up(facts, "target", number, target.address, _plain(target))
    for number, route in enumerate(snapshot.routes, 1):
        yield _made_up(facts, "route", number, route.address, _plain(route))
    for number, instance in enumerate(snapshot.instances, 1):
        yield _made_up(facts, "service_instance", number, instance.address, _plain(instance))
    if snapshot.settings is not None:
        yield _made_up(facts, "settings", 1, None, _plain(snapshot.settings))


def _plain(value: Any) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(value)
    return {name: item for name, item in plain.items() if name != "address" and item is not None}


def _made_up(facts: Facts, role: str, number: int, address: str | None, values: dict[str, Any]) -> StateObject:
    type_name = facts.type_of_role(role)
    return StateObject(
        address=address or f"{type_name}.snapshot_{number}",
        module="",
        mode="managed",
        type=type_name,
        name=f"snapshot_{number}",
        key=None,
        object=Object(values),
    )


def snapshot_of(plan: Plan, facts: Facts) -> Snapshot:
    """What a state holds of trackers, routes, settings and instances."""
    by_role: dict[str, list[StateObject]] = {}
    for object_ in plan.prior:
        known = facts.type(object_.type)
        if known is not None and object_.mode == "managed":
            by_role.setdefault(known.role, []).append(object_)
    settings = by_role.get("settings", [])
    return Snapshot(
        schema=SNAPSHOT,
        targets=[
            SnapshotTarget(str(v["id"]), str(v.get("target_type")), v.get("region"), o.address)
            for o in by_role.get("target", [])
            if (v := o.object.values).get("id")
        ],
        routes=[
            SnapshotRoute(str(v["id"]), _rules(v.get("rules")), o.address)
            for o in by_role.get("route", [])
            if (v := o.object.values).get("id")
        ],
        settings=SnapshotSettings(_strings(settings[0].object.values.get("default_targets"))) if settings else None,
        instances=[
            SnapshotInstance(str(v["guid"]), str(v.get("service")), str(v.get("location")), o.address)
            for o in by_role.get("service_instance", [])
            if (v := o.object.values).get("guid")
        ],
    )


def _rules(rules: Any) -> list[SnapshotRule]:
    return [
        SnapshotRule(
            [str(name) for name in rule.get("locations") or []], [str(i) for i in rule.get("target_ids") or []]
        )
        for rule in rules or []
        if isinstance(rule, dict)
    ]


def _strings(values: Any) -> list[str]:
    return [str(value) for value in values or []]


def merged(snapshots: list[Snapshot]) -> Snapshot:
    """Several states in one snapshot: each id once, the settings of the first that has them."""
    return Snapshot(
        schema=SNAPSHOT,
        targets=list({target.id: target for one in snapshots for target in one.targets}.values()),
        routes=list({route.id: route for one in snapshots for route in one.routes}.values()),
        settings=next((one.settings for one in snapshots if one.settings is not None), None),
        instances=list({instance.guid: instance for one in snapshots for instance in one.instances}.values()),
    )
