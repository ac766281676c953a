"""routes: routes and settings of Event Routing, with the targets that their rules name."""

from typing import Any

import msgspec

from iaccheck.address import unkeyed
from iaccheck.model import Object, Route, Rule
from iaccheck.resolve.blocks import expressions
from iaccheck.resolve.holdings import Holding
from iaccheck.resolve.instances import guid_of
from iaccheck.resolve.traces import NOTHING, Scope, Trace, grouped

_TARGET = frozenset({"target"})


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
    locations: tuple[str, ...] | None = tuple(str(name) for name in _list(rule.get("locations")) if name is not None)
    if _any_unknown(unknown.get("locations")):
        locations = None
        reasons.append(f"the locations of a rule of {holding.name} are known only after the apply")
    elif global_events and locations is not None and not {"*", "global"} & set(locations):
        locations = (*locations, "global")
    targets, surely, candidates, reason = _targets(
        holding, rule.get("target_ids"), unknown.get("target_ids"), expression, keys
    )
    if reason:
        reasons.append(reason)
    return Rule(locations=locations, targets=targets, surely=surely, candidates=candidates, reason="; ".join(reasons))


def _list(value: Any) -> list[Any]:
    """A list; nothing for what a broken plan may hold in its place."""
    return value if isinstance(value, list) else []


def _any_unknown(unknown: Any) -> bool:
    return any(map(_any_unknown, unknown)) if isinstance(unknown, list) else unknown is True


def _targets(
    holding: Holding, ids: Any, unknown: Any, expression: Any, keys: dict[str, str]
) -> tuple[tuple[str, ...] | None, tuple[str, ...], tuple[str, ...], str]:
    """Targets of a rule: all of them, or None with those it surely has, those it can have, and why that isn't known.

    `[null]` with `after_unknown` is a target whose id isn't known yet, and a list that is absent is unknown as a whole.
    """
    known = tuple(str(id_) for id_ in _list(ids) if id_ is not None)
    if not _any_unknown(unknown):
        return known, (), (), ""
    trace = _trace(holding, expression, "target_ids")
    found = _found(trace, keys)
    if found and not trace.gaps:
        candidates = tuple(sorted({*known, *found}))
        if _listed_as_written(expression, "target_ids") or len(candidates) == len(
            unknown if isinstance(unknown, list) else ()
        ):
            return candidates, (), (), ""
        why = f"which of {', '.join(candidates)} a rule of {holding.name} has is known only after the apply"
        return None, known, candidates, why
    named = {unkeyed(address) for address, attribute in holding.relevant if attribute in ("id", "")}
    relevant = {key for address, key in keys.items() if unkeyed(address) in named}
    gaps = ", ".join(sorted(trace.gaps)) or "an expression that the plan does not show"
    why = f"the targets of a rule of {holding.name} come from {gaps}; the source would settle it (--source DIR)"
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


def default_targets(
    holding: Holding, state: Object, keys: dict[str, str], *, after: bool
) -> tuple[tuple[str, ...] | None, str]:
    """Keys of the default targets of the settings; None and why where they aren't known."""
    ids = state.values.get("default_targets")
    unknown = state.unknown.get("default_targets")
    known = tuple(str(id_) for id_ in _list(ids) if id_ is not None)
    if not (after and _any_unknown(unknown)):
        return known, ""
    if holding.references is None or holding.block is None:
        return None, f"the default targets of {holding.name} are known only after the apply"
    trace = holding.references.attribute(
        holding.block, holding.module, holding.instance_key, "default_targets", _TARGET
    )
    traced = _found(trace, keys)
    if trace.gaps or not traced:
        gaps = ", ".join(sorted(trace.gaps)) or "an expression that the plan does not show"
        return (
            None,
            f"the default targets of {holding.name} come from {gaps}; the source would settle it (--source DIR)",
        )
    return tuple(sorted({*known, *traced})), ""


def _found(trace: Trace, keys: dict[str, str]) -> set[str]:
    """Keys of the targets that a trace ends at: those of the same file, and ids written as they are."""
    return {keys[a] for a in trace.objects if a in keys} | {text for text in trace.literals if guid_of(text) == text}
