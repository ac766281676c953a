"""estate: hosted instances, targets, routes and default targets, before the apply and after it.

Of every object a plan or state shows one state before and one after; where several files show the same id, the one that
manages it is believed.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from iaccheck.facts import Facts, TrackerKind
from iaccheck.model import Estate, Object, Tracker, World, qualified
from iaccheck.resolve.holdings import Holding, Rank
from iaccheck.resolve.instances import ServiceInstance, text_of
from iaccheck.resolve.routes import default_targets, route

_UNKNOWN_KIND = "unknown"
_ACCOUNT = re.compile(r":a/[^:]*:")


def estate(found: Sequence[Holding], hosted: Iterable[ServiceInstance], facts: Facts) -> Estate:
    """The world before and the world after, from all files at once."""
    hosted = tuple(hosted)
    kept = _once(found)
    before = _world(kept, hosted, facts, after=False, gone=frozenset())
    removed = frozenset(before.targets) - {
        h.key(after=True) for h in kept if h.role == "target" and h.after is not None
    }
    return Estate(before, _world(kept, hosted, facts, after=True, gone=removed))


def _once(found: Sequence[Holding]) -> list[Holding]:
    """Every object once, as the file shows it that knows best; the settings are one object an account."""
    best: dict[tuple[str, str], Rank] = {}
    for holding in found:
        key = _identity(holding)
        if key is not None:
            best[key] = min(best.get(key, holding.rank), holding.rank)
    kept: dict[object, Holding] = {}
    for holding in found:
        key = _identity(holding)
        if key is None or best[key] is holding.rank:
            kept.setdefault((key, holding.replaced, holding.name) if key is None else (key, holding.name), holding)
    return list(kept.values())


def _identity(holding: Holding) -> tuple[str, str] | None:
    if holding.role == "settings":
        return ("settings", "")
    return (holding.role, holding.id) if holding.id else None


def _world(
    found: list[Holding], hosted: tuple[ServiceInstance, ...], facts: Facts, *, after: bool, gone: frozenset[str]
) -> World:
    states = [
        (holding, state) for holding in found if (state := holding.after if after else holding.before) is not None
    ]
    targets = {h.key(after=after): _tracker(h, state, facts) for h, state in states if h.role == "target"}
    keys: dict[str | None, dict[str, str]] = {}
    for holding, _ in states:
        if holding.role == "target" and holding.managed:
            keys.setdefault(holding.label, {})[holding.address] = holding.key(after=after)
    routes = [route(h, state, keys.get(h.label, {}), after=after) for h, state in states if h.role == "route"]
    settings = [
        default_targets(h, state, keys.get(h.label, {}), after=after) for h, state in states if h.role == "settings"
    ]
    defaults, candidates, reason = _agreed(settings)
    return World(
        hosted=tuple(_hosted(hosted, facts, after=after)),
        targets=targets,
        routes=tuple(sorted(routes, key=lambda one: one.address)),
        defaults=defaults,
        default_candidates=candidates,
        defaults_reason=reason,
        gone=gone,
        settings=next((h.name for h, _ in states if h.role == "settings" and h.managed), None),
    )


_Defaults = tuple[tuple[str, ...] | None, tuple[str, ...], str]


def _agreed(settings: list[_Defaults]) -> _Defaults:
    """The settings are one object an account: several files that disagree leave the default targets open."""
    if len({defaults for defaults, _, _ in settings}) > 1:
        return None, (), "several files say different default targets"
    return settings[0] if settings else ((), (), "")


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
        address=holding.name,
        id=holding.id,
        kind=kind,
        location=text_of(state.values.get("region")) or holding.region,
        origin=holding.origin,
        why_not=why_not(spec, facts) if spec else None,
        destination=_destination(spec, state) if spec else None,
        managed=holding.managed,
        removed=holding.removed,
    )


def _destination(kind: TrackerKind, state: Object) -> str | None:
    """Where a target delivers to, as far as the plan shows it: a CRN without its account, or that and a bucket."""
    found = []
    for path in kind.destination:
        block, _, attribute = path.partition(".")
        listed = state.values.get(block)
        first = listed[0] if isinstance(listed, list) and listed else listed
        value = first.get(attribute) if isinstance(first, dict) else None
        if isinstance(value, str) and value:
            found.append(_ACCOUNT.sub(":a/…:", value))
    return " of ".join(found) or None


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
                address=qualified(instance.label, instance.address),
                id=instance.guid,
                kind=kind,
                location=instance.location,
                origin=instance.origin,
                why_not=why_not(spec, facts),
                plan=instance.plan,
                managed=instance.managed,
            )
