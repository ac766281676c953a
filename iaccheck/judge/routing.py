"""routing: the estate after the apply -> routes, rules, settings and limits as subjects."""

import re
from collections.abc import Iterator
from typing import Any

from iaccheck.facts import Facts
from iaccheck.judge.subjects import Subject
from iaccheck.locations import exists, within
from iaccheck.model import GLOBAL, Resolution, Route, Rule, World


def of_routing(resolution: Resolution, facts: Facts) -> Iterator[Subject]:
    """What Event Routing holds after the apply."""
    world = resolution.estate.after
    for route in world.routes:
        count = None if route.rules is None else len(route.rules)
        fields = {"kind": "route", "origin": route.origin, "rules": count}
        yield Subject("route", route.address, None, fields)
        for index, rule in enumerate(route.rules or ()):
            yield Subject("rule", route.address, None, _rule(route, index, rule, facts))
    if world.settings is not None and world.defaults is not None:
        yield Subject("settings", world.settings, None, _settings(world, world.defaults))
    yield from _limits(world, facts)


# --- rules ---------------------------------------------------------------------------------------------------------


def _rule(route: Route, index: int, rule: Rule, facts: Facts) -> dict[str, Any]:
    locations = rule.locations
    nowhere = tuple(name for name in locations if not _exists(name, facts))
    earlier = _takers(route, index, rule, facts)
    return {
        "kind": "rule",
        "rule": index + 1,
        "locations": locations,
        "nowhere": nowhere,
        "suggestion": _suggestions(nowhere, facts),
        "matches_nothing": bool(nowhere) and len(nowhere) == len(locations),
        "misspelt": bool(nowhere),
        "shadowed": bool(earlier),
        "earlier": earlier,
        "targets": None if rule.targets is None else len(rule.targets),
        "discards": rule.targets == (),
    }


def _exists(name: str, facts: Facts) -> bool:
    known = facts.locations
    return exists(known, name) or bool(known.data_centres and re.fullmatch(known.data_centres, name))


def _suggestions(names: tuple[str, ...], facts: Facts) -> str:
    """`; did you mean us-south?` for `us_south`."""
    if not names:
        return ""
    import difflib

    known = [*facts.locations.regions, GLOBAL, *facts.locations.groups]
    close = [
        match[0]
        for name in names
        if (match := difflib.get_close_matches(name.lower().replace("_", "-")[:60], known, n=1, cutoff=0.7))
    ]
    return f"; did you mean {', '.join(dict.fromkeys(close))}?" if close else ""


def _takers(route: Route, index: int, rule: Rule, facts: Facts) -> tuple[int, ...]:
    """Numbers of the earlier rules of a route that surely take all that a rule names; none where something is left.

    A group is never surely taken by its members: the pages don't say what else it holds.
    """
    if not rule.locations or rule.locations_open:
        return ()
    taken: set[int] = set()
    earlier = [(number, one.locations) for number, one in enumerate((route.rules or ())[:index], 1) if one.locations]
    for name in rule.locations:
        takers = [
            number
            for number, locations in earlier
            if any(within(facts.locations, facts.as_of, location, name) for location in locations or ())
        ]
        if not takers:
            return ()
        taken.add(takers[0])
    return tuple(sorted(taken))


# --- settings ------------------------------------------------------------------------------------------------------


def _settings(world: World, defaults: tuple[str, ...]) -> dict[str, Any]:
    known = [world.targets[key] for key in defaults if key in world.targets]
    return {
        "kind": "settings",
        "defaults": len(defaults),
        "targets": tuple(tracker.address for tracker in known),
        "kinds": tuple(sorted({tracker.kind for tracker in known})),
    }


# --- limits --------------------------------------------------------------------------------------------------------


def _limits(world: World, facts: Facts) -> Iterator[Subject]:
    """https://cloud.ibm.com/docs/atracker?topic=atracker-config_limits"""
    yield from _limit("targets", len(world.targets), None, facts)
    yield from _limit("routes", len(world.routes), None, facts)
    for route in world.routes:
        yield from _limit("rules", len(route.rules or ()), route.address, facts)
        for rule in route.rules or ():
            yield from _limit("locations", len(rule.locations), route.address, facts)
            yield from _limit("rule_targets", len(rule.targets or rule.surely), route.address, facts)
    yield from _limit("defaults", len(world.defaults or ()), world.settings, facts)


def _limit(name: str, count: int, address: str | None, facts: Facts) -> Iterator[Subject]:
    if not count:
        return
    limit = facts.limits[name]
    above = "largest" if count > limit.largest else "smallest" if count > limit.smallest else "none"
    fields = {
        "kind": "limit",
        "what": limit.what,
        "count": count,
        "smallest": limit.smallest,
        "largest": limit.largest,
        "above": above,
        "excess": f"{count} {limit.what}, where {limit.largest if above == 'largest' else limit.smallest} fit",
    }
    yield Subject("limit", address, None, fields)
