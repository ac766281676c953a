"""estate: hosted instances, targets, routes and default targets, before the apply and after it.

Of every object a plan or state shows one state before and one after; a managed object overrides what a data source or
another file says of the same id.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from iaccheck.address import ModulePath, unkeyed
from iaccheck.facts import Facts, TrackerKind
from iaccheck.model import Estate, Object, Plan, ResourceConfiguration, Route, Rule, Tracker, World
from iaccheck.resolve.blocks import Blocks, expressions
from iaccheck.resolve.instances import ServiceInstance, guid_of
from iaccheck.resolve.references import NOTHING, References, Scope, Trace, grouped

_TARGET = frozenset({"target"})
_UNKNOWN_KIND = "unknown"


class Holding(Struct, frozen=True, kw_only=True):
    """One object of Event Routing as one file shows it: what it is before and what it is after."""

    role: str
    address: str
    origin: str
    before: Object | None
    after: Object | None
    managed: bool
    replaced: bool = False
    references: References | None = None
    block: ResourceConfiguration | None = None
    path: ModulePath = ()
    module: str = ""
    instance_key: str | int | None = None
    relevant: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str | None:
        """The id in the cloud, where the object is there already."""
        values = (self.before or self.after or Object({})).values
        return str(values["id"]) if values.get("id") else None

    def key(self, *, after: bool) -> str:
        """What rules call it by: its id, or its address while it has none yet."""
        return (
            self.address
            if after and (self.before is None or self.replaced) and not self._planned_id
            else self.id or self.address
        )

    @property
    def _planned_id(self) -> bool:
        return self.after is not None and bool(self.after.values.get("id")) and not self.replaced


def holdings(plan: Plan, facts: Facts, blocks: Blocks, references: References, origin: str) -> Iterator[Holding]:
    """All objects of Event Routing in a plan or state."""
    changed = set()
    for change in plan.changes:
        role = _role(facts, change.type)
        if role is None or change.mode == "data":
            continue
        if change.deposed is None:
            changed.add(change.address)
        actions = set(change.actions)
        gone = actions <= {"delete"}
        yield Holding(
            role=role,
            address=change.address,
            origin=origin,
            before=change.before,
            after=None if gone else change.before if actions == {"forget"} else change.after,
            managed=True,
            replaced={"delete", "create"} <= actions,
            references=references,
            block=blocks.block(change),
            path=blocks.path(change.module),
            module=change.module,
            instance_key=change.key,
            relevant=plan.relevant_attributes,
        )
    for object_ in plan.prior:
        role = _role(facts, object_.type)
        if role is None or (object_.mode == "managed" and object_.address in changed):
            continue
        managed = object_.mode == "managed"
        how = origin if origin == "evidence" else "state"
        for state in _elements(role, object_.object):
            yield Holding(
                role=role.removesuffix("s") if role in ("targets", "routes") else role,
                address=object_.address,
                origin=how,
                before=state,
                after=state,
                managed=managed,
            )


def _role(facts: Facts, type_name: str) -> str | None:
    known = facts.type(type_name)
    return (
        known.role if known is not None and known.role in ("target", "targets", "route", "routes", "settings") else None
    )


def _elements(role: str, object_: Object) -> Iterator[Object]:
    """A data source that lists all targets or routes holds one object an element."""
    if role not in ("targets", "routes"):
        yield object_
        return
    for element in object_.values.get(role) or ():
        if isinstance(element, dict):
            yield Object(element)


def estate(found: Sequence[Holding], hosted: Iterable[ServiceInstance], facts: Facts) -> Estate:
    """The world before and the world after, from all files at once."""
    hosted = tuple(hosted)
    owned = {(holding.role, holding.id) for holding in found if holding.managed and holding.id}
    kept = [h for h in found if h.managed or h.id is None or (h.role, h.id) not in owned]
    before = _world(kept, hosted, facts, after=False, gone=frozenset())
    removed = frozenset(before.targets) - {
        h.key(after=True) for h in kept if h.role == "target" and h.after is not None
    }
    return Estate(before, _world(kept, hosted, facts, after=True, gone=removed))


def _world(
    found: list[Holding], hosted: tuple[ServiceInstance, ...], facts: Facts, *, after: bool, gone: frozenset[str]
) -> World:
    states = [
        (holding, state) for holding in found if (state := holding.after if after else holding.before) is not None
    ]
    targets = {h.key(after=after): _tracker(h, state, facts) for h, state in states if h.role == "target"}
    keys = {h.address: h.key(after=after) for h, _ in states if h.role == "target" and h.managed}
    routes = [_route(h, state, keys, after) for h, state in states if h.role == "route"]
    settings = [_defaults(h, state, keys, after) for h, state in states if h.role == "settings"]
    defaults, reason = settings[-1] if settings else ((), "")
    return World(
        hosted=tuple(_hosted(hosted, facts, after=after)),
        targets=targets,
        routes=tuple(sorted(routes, key=lambda route: route.address)),
        defaults=defaults,
        defaults_reason=reason,
        gone=gone,
    )


# --- trackers ------------------------------------------------------------------------------------------------------


def _tracker(holding: Holding, state: Object, facts: Facts) -> Tracker:
    kind = next(
        (
            name
            for name, spec in facts.trackers.items()
            if spec.role == "target" and all(state.values.get(key) == value for key, value in spec.where.items())
        ),
        _UNKNOWN_KIND,
    )
    spec = facts.trackers.get(kind)
    return Tracker(
        address=holding.address,
        id=holding.id,
        kind=kind,
        location=state.values.get("region"),
        origin=holding.origin,
        why_not=why_not(spec, facts) if spec else None,
    )


def why_not(kind: TrackerKind, facts: Facts) -> str | None:
    """Why a kind of tracker receives nothing on the day; None where it does."""
    return None if kind.receives is not None and kind.receives.holds(facts.as_of) else kind.why_not or "not in force"


def _hosted(instances: tuple[ServiceInstance, ...], facts: Facts, *, after: bool) -> Iterator[Tracker]:
    for kind, spec in facts.trackers.items():
        if spec.role != "service_instance":
            continue
        seen: set[str] = set()
        for instance in sorted(instances, key=lambda i: (i.address, i.guid or "")):
            if instance.service != spec.where["service"] or not (instance.after if after else instance.before):
                continue
            if instance.guid and instance.guid in seen:
                continue
            seen.add(instance.guid or "")
            yield Tracker(
                address=instance.address,
                id=instance.guid,
                kind=kind,
                location=instance.location,
                origin="plan" if instance.managed else "state",
                why_not=why_not(spec, facts),
            )


# --- routes and settings -------------------------------------------------------------------------------------------


def _route(holding: Holding, state: Object, keys: dict[str, str], after: bool) -> Route:
    if after and "rules" in state.unknown and state.unknown["rules"] is True:
        return Route(
            address=holding.address,
            rules=None,
            origin=holding.origin,
            reason="its rules are known only after the apply",
        )
    listed = state.values.get("rules") or []
    unknown = state.unknown.get("rules") or []
    written = _rule_expressions(holding)
    rules = tuple(
        _rule(
            holding,
            rule if isinstance(rule, dict) else {},
            unknown[index]
            if isinstance(unknown, list) and index < len(unknown) and isinstance(unknown[index], dict)
            else {},
            written[index] if index < len(written) else written[-1] if len(written) == 1 else None,
            keys,
            bool(state.values.get("receive_global_events")),
        )
        for index, rule in enumerate(listed)
    )
    return Route(address=holding.address, rules=rules, origin=holding.origin)


def _rule_expressions(holding: Holding) -> list[Any]:
    if holding.block is None:
        return []
    rules = expressions(holding.block).get("rules")
    decoded = msgspec.json.decode(rules) if rules is not None else []
    return decoded if isinstance(decoded, list) else [decoded]


def _rule(
    holding: Holding,
    rule: dict[str, Any],
    unknown: dict[str, Any],
    expression: Any,
    keys: dict[str, str],
    global_events: bool,
) -> Rule:
    reasons = []
    locations: tuple[str, ...] | None = tuple(str(name) for name in rule.get("locations") or () if name is not None)
    if _any_unknown(unknown.get("locations")):
        locations = None
        reasons.append(f"the locations of a rule of {holding.address} are known only after the apply")
    elif global_events and locations is not None and not {"*", "global"} & set(locations):
        locations = (*locations, "global")
    targets, surely, candidates, reason = _targets(
        holding, rule.get("target_ids"), unknown.get("target_ids"), expression, keys
    )
    if reason:
        reasons.append(reason)
    return Rule(locations=locations, targets=targets, surely=surely, candidates=candidates, reason="; ".join(reasons))


def _any_unknown(unknown: Any) -> bool:
    return any(map(_any_unknown, unknown)) if isinstance(unknown, list) else unknown is True


def _targets(
    holding: Holding, ids: Any, unknown: Any, expression: Any, keys: dict[str, str]
) -> tuple[tuple[str, ...] | None, tuple[str, ...], tuple[str, ...], str]:
    """Targets of a rule: all of them, or None with those it surely has, those it can have, and why that isn't known.

    `[null]` with `after_unknown` is a target whose id isn't known yet, and a list that is absent is unknown as a whole.
    """
    known = tuple(str(id_) for id_ in ids or () if id_ is not None)
    if not _any_unknown(unknown):
        return known, (), (), ""
    trace = _trace(holding, expression, "target_ids")
    found = {keys[a] for a in trace.objects if a in keys} | {text for text in trace.literals if guid_of(text) == text}
    if found and not trace.gaps:
        candidates = tuple(sorted({*known, *found}))
        if _listed_as_written(expression, "target_ids") or len(candidates) == len(
            unknown if isinstance(unknown, list) else ()
        ):
            return candidates, (), (), ""
        why = f"which of {', '.join(candidates)} a rule of {holding.address} has is known only after the apply"
        return None, known, candidates, why
    named = {unkeyed(address) for address, attribute in holding.relevant if attribute in ("id", "")}
    relevant = {key for address, key in keys.items() if unkeyed(address) in named}
    gaps = ", ".join(sorted(trace.gaps)) or "an expression that the plan does not show"
    why = f"the targets of a rule of {holding.address} come from {gaps}; the source would settle it (--source DIR)"
    return None, known, tuple(sorted({*known, *found, *relevant})) if relevant else (), why


def _listed_as_written(expression: Any, attribute: str) -> bool:
    """Whether a list holds all that it refers to: `[a.id, b.id]`, but not `[var.x ? a.id : b.id]`."""
    inner = expression.get(attribute) if isinstance(expression, dict) else None
    if not isinstance(inner, dict) or "references" not in inner:
        return False
    return all(reference.head in ("resource", "data", "module") for reference in grouped(inner["references"]))


def _trace(holding: Holding, expression: Any, attribute: str) -> Trace:
    if holding.references is None or holding.block is None:
        return NOTHING
    scope = Scope(holding.path, holding.instance_key, holding.block.for_each_expression)
    inner = expression.get(attribute) if isinstance(expression, dict) else None
    if inner is None and isinstance(expression, dict) and "references" in expression:
        inner = expression
    return holding.references.expression(inner, scope, (), _TARGET) if inner is not None else NOTHING


def _defaults(holding: Holding, state: Object, keys: dict[str, str], after: bool) -> tuple[tuple[str, ...] | None, str]:
    ids = state.values.get("default_targets")
    unknown = state.unknown.get("default_targets")
    known = tuple(str(id_) for id_ in ids or () if id_ is not None)
    if not (after and _any_unknown(unknown)):
        return known, ""
    if holding.references is None or holding.block is None:
        return None, f"the default targets of {holding.address} are known only after the apply"
    trace = holding.references.attribute(
        holding.block, holding.module, holding.instance_key, "default_targets", _TARGET
    )
    traced = tuple(sorted(keys[a] for a in trace.objects if a in keys))
    if trace.gaps or not (traced or trace.literals):
        gaps = ", ".join(sorted(trace.gaps)) or "an expression that the plan does not show"
        return (
            None,
            f"the default targets of {holding.address} come from {gaps}; the source would settle it (--source DIR)",
        )
    return tuple(sorted({*known, *traced, *trace.literals})), ""
