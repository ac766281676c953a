"""routes: routes and settings of Event Routing, with the targets that their rules name."""

from typing import Any, NamedTuple

import msgspec

from iaccheck.address import unkeyed
from iaccheck.model import Object, Route, Rule
from iaccheck.resolve.blocks import expressions
from iaccheck.resolve.holdings import Holding
from iaccheck.resolve.instances import guid_of
from iaccheck.resolve.traces import NOTHING, Trace, grouped

_TARGET = frozenset({"target"})
# type, name and attribute: a reference to one value of a resource, not to all of it
_WHOLE = 3


def route(holding: Holding, state: Object, keys: dict[str, str], *, after: bool) -> Route:
    """A route in one world. `keys`: how rules call the targets of the same file, by address."""
    if after and "rules" in state.unknown and state.unknown["rules"] is True:
        return Route(
            address=holding.name,
            rules=None,
            origin=holding.origin,
            reason="its rules are known only after the apply",
        )
    listed = _list(state.values.get("rules"))
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
    return Route(address=holding.name, rules=rules, origin=holding.origin)


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
    locations: tuple[str, ...] = tuple(str(name) for name in _list(rule.get("locations")) if name is not None)
    locations_open = _any_unknown(unknown.get("locations"))
    if locations_open:
        reasons.append(f"the locations of a rule of {holding.name} are known only after the apply")
    elif global_events and not {"*", "global"} & set(locations):
        locations = (*locations, "global")
    inner = expression.get("target_ids") if isinstance(expression, dict) and not _refers(expression) else expression
    what = f"a rule of {holding.name}"
    found = _targets(holding, rule.get("target_ids"), unknown.get("target_ids"), inner, keys, what)
    return Rule(
        locations=locations,
        locations_open=locations_open,
        targets=found.targets,
        surely=found.surely,
        candidates=found.candidates,
        reason="; ".join([*reasons, found.reason] if found.reason else reasons),
    )


def _list(value: Any) -> list[Any]:
    """A list; nothing for what a broken plan may hold in its place."""
    return value if isinstance(value, list) else []


def _any_unknown(unknown: Any) -> bool:
    return any(map(_any_unknown, unknown)) if isinstance(unknown, list) else unknown is True


class _Targets(NamedTuple):
    """Targets of a rule or of the settings: all of them, or None with those it surely has and those it can have."""

    targets: tuple[str, ...] | None
    surely: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    reason: str = ""


def _targets(holding: Holding, ids: Any, unknown: Any, expression: Any, keys: dict[str, str], what: str) -> _Targets:
    """`[null]` with `after_unknown` is a target whose id isn't known yet; a list that is absent is unknown as a whole.

    What an expression refers to is what a list holds only where every reference is one target: `[a.id, b.id]`, but not
    `[var.x ? a.id : b.id]`, nor `[for t in all : t.id if t.on]`.
    """
    known = tuple(str(id_) for id_ in _list(ids) if id_ is not None)
    if not _any_unknown(unknown):
        return _Targets(known)
    trace = _trace(holding, expression)
    found = _found(trace, keys)
    candidates = tuple(sorted({*known, *found}))
    if found and not trace.gaps:
        open_ = sum(map(_any_unknown, unknown)) if isinstance(unknown, list) else None
        as_many = open_ == len(found - {*known}) and _only_targets(expression)
        if as_many or (open_ is None and _as_written(holding, expression, keys, len(found))):
            return _Targets(candidates)
        why = f"which of {', '.join(candidates)} {what} has is known only after the apply"
        return _Targets(None, known, () if _may_be_empty(holding, expression, unknown) else candidates, why)
    named = {unkeyed(address) for address, attribute in holding.relevant if attribute in ("id", "")}
    relevant = {key for address, key in keys.items() if unkeyed(address) in named}
    gaps = ", ".join(sorted(trace.gaps)) or "an expression that the plan does not show"
    why = f"the targets of {what} come from {gaps}; the source would settle it (--source DIR)"
    return _Targets(None, known, tuple(sorted({*candidates, *relevant})) if relevant else (), why)


def _only_targets(expression: Any) -> bool:
    """Whether an expression refers to nothing that could be a condition: as many unknown ids as targets are those."""
    return _refers(expression) and all(
        r.head in ("resource", "module", "each", "count") for r in grouped(expression["references"])
    )


def _as_written(holding: Holding, expression: Any, keys: dict[str, str], found: int) -> bool:
    """Whether a list of unknown length holds all that it refers to."""
    references = list(grouped(expression["references"])) if _refers(expression) else []
    targets = [r for r in references if r.head not in ("each", "count")]
    if found == 1 and len(targets) == 1 and targets[0].head in ("resource", "module"):
        return True
    return bool(references) and all(
        r.head in ("resource", "module")
        and len([step for step in r.rest if not step.indexes]) >= (_WHOLE if r.head == "resource" else 2)
        and len(_found(_trace(holding, {"references": [r.text]}), keys)) == 1
        for r in references
    )


def _may_be_empty(holding: Holding, expression: Any, unknown: Any) -> bool:
    """Whether a list of unknown length can have no element: where it also refers to what is no target, and unknown."""
    if isinstance(unknown, list) or not _refers(expression):
        return False
    return any(
        r.head in ("resource", "data", "module") and not _trace(holding, {"references": [r.text]}).objects
        for r in grouped(expression["references"])
    )


def _refers(expression: Any) -> bool:
    return isinstance(expression, dict) and isinstance(expression.get("references"), list)


def _trace(holding: Holding, expression: Any) -> Trace:
    if holding.references is None or holding.block is None or expression is None:
        return NOTHING
    scope = holding.references.scope(holding.block, holding.module, holding.instance_key)
    return holding.references.expression(expression, scope, (), _TARGET)


def default_targets(
    holding: Holding, state: Object, keys: dict[str, str], *, after: bool
) -> tuple[tuple[str, ...] | None, tuple[str, ...], str]:
    """Keys of the default targets; where they aren't known None, the keys that they can be, and why."""
    unknown = state.unknown.get("default_targets") if after else None
    expression = None
    if holding.block is not None:
        raw = expressions(holding.block).get("default_targets")
        expression = msgspec.json.decode(raw) if raw is not None else None
    what = f"the default targets of {holding.name}"
    found = _targets(holding, state.values.get("default_targets"), unknown, expression, keys, what)
    return found.targets, found.candidates, found.reason


def _found(trace: Trace, keys: dict[str, str]) -> set[str]:
    """Keys of the targets that a trace ends at: those of the same file, and ids written as they are."""
    return {keys[a] for a in trace.objects if a in keys} | {text for text in trace.literals if guid_of(text) == text}
