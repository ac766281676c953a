"""receivers: who receives the events of a location in one world. The rules are IBM Cloud's, not ours:

https://cloud.ibm.com/docs/atracker?topic=atracker-route_v2 (Event Routing, 2026-06-30)
https://cloud.ibm.com/docs/activity-tracker?topic=activity-tracker-monitor_events (hosted instances, 2025-04-28)
"""

from enum import Enum
from typing import NamedTuple

from iaccheck.facts import Facts
from iaccheck.locations import in_force, matches, region_of
from iaccheck.model import GLOBAL, Route, Rule, Status, Tracker, World


class Outcome(NamedTuple):
    """Who receives. `ways`: each the addresses that it takes for one receiver to receive.

    `deciders`: the routes that make it so where nobody receives; all routes where it is that none matches.
    """

    status: Status
    trackers: tuple[str, ...]
    reason: str
    ways: tuple[frozenset[str], ...] = ()
    deciders: frozenset[str] = frozenset()


class _Fate(Enum):
    """What one route can do with an event."""

    RECEIVED = "received"
    DISCARDED = "discarded"
    LOST = "lost"
    UNMATCHED = "unmatched"


class _Choice(NamedTuple):
    """One fate that a route can bring, and why. `maybe`: it depends on what the plan doesn't know."""

    fate: _Fate
    reason: str
    trackers: tuple[str, ...] = ()
    unknown: bool = False


def receivers(world: World, location: str | None, facts: Facts) -> Outcome:
    """The outcome for one location. Total: what can't be decided is `unknown`, with the value that it depends on."""
    if location is None:
        return Outcome(Status.UNKNOWN, (), "the location is not known")
    declared = [t for t in world.declared if t.location == location]
    if declared:
        names = tuple(sorted(t.address for t in declared))
        return Outcome(Status.COVERED, names, "a declared tracker, not proven", tuple(frozenset({n}) for n in names))
    region = region_of(facts.locations, location)
    routing = region is not None and in_force(region.routing, facts.as_of)
    hosted = region is not None and in_force(region.hosted, facts.as_of)
    if routing and (world.routes or not hosted):
        return _routed(world, location, facts)
    if hosted:
        return _hosted(world, location, facts)
    if region is None:
        return Outcome(Status.UNCOVERED, (), f"{location} is no location that IBM Cloud has")
    return Outcome(Status.UNCOVERED, (), f"as of {facts.as_of} nothing can receive events of {location}")


# --- hosted instances ----------------------------------------------------------------------------------------------


def _hosted(world: World, location: str, facts: Facts) -> Outcome:
    """The one instance of the same location; global events are collected by that of one region alone."""
    at = facts.locations.global_.hosted_at if location == GLOBAL else location
    working = [tracker for tracker in world.hosted if tracker.why_not is None]
    there = [tracker for tracker in working if tracker.location == at]
    if there:
        names = tuple(sorted(tracker.address for tracker in there))
        return Outcome(Status.COVERED, names, f"the hosted instance in {at}", tuple(frozenset({n}) for n in names))
    somewhere = sorted(tracker.address for tracker in working if tracker.location is None)
    if somewhere:
        return Outcome(Status.UNKNOWN, (), f"the location of the hosted instance {somewhere[0]} is not known")
    return Outcome(Status.UNCOVERED, (), f"no hosted Activity Tracker instance in {at}")


# --- Event Routing -------------------------------------------------------------------------------------------------


def _routed(world: World, location: str, facts: Facts) -> Outcome:
    """Every route is asked, in each the first rule that matches; default targets serve what nothing matched."""
    asked = [(route, _choices(route, world, location, facts)) for route in world.routes]
    sure = [
        (route, choice)
        for route, choices in asked
        if all(choice.fate is _Fate.RECEIVED for choice in choices)
        for choice in choices
    ]
    if sure:
        trackers = tuple(sorted({tracker for _, choice in sure for tracker in choice.trackers}))
        ways = tuple(frozenset({route.address, tracker}) for route, choice in sure for tracker in choice.trackers)
        reasons = dict.fromkeys(choice.reason for _, choice in sure)
        return Outcome(Status.COVERED, trackers, "; ".join(reasons), ways)
    matched = {r.address for r, choices in asked if any(c.fate is not _Fate.UNMATCHED for c in choices)}
    deciders = frozenset(matched or (route.address for route in world.routes))
    return _combined([choices for _, choices in asked], world, location)._replace(deciders=deciders)


def _combined(asked: list[list[_Choice]], world: World, location: str) -> Outcome:
    """No route surely delivers: all that the routes can do together. One possible status is the status."""
    possible: set[Status] = set()
    if any(choice.fate is _Fate.RECEIVED for choices in asked for choice in choices):
        possible.add(Status.COVERED)
    ends = {(False, False)}
    for choices in asked:
        fates = {choice.fate for choice in choices} - {_Fate.RECEIVED}
        ends = {
            (discarded or fate is _Fate.DISCARDED, lost or fate is _Fate.LOST)
            for discarded, lost in ends
            for fate in fates or {_Fate.UNMATCHED}
        }
    default = _default(world, location)
    for discarded, lost in ends:
        possible.add(Status.UNCOVERED if lost else Status.DISCARDED if discarded else default.status)
    reasons = [choice.reason for choices in asked for choice in choices if choice.fate is not _Fate.UNMATCHED]
    if len(possible) > 1 or Status.UNKNOWN in possible:
        unsure = [choice.reason for choices in asked for choice in choices if choice.unknown]
        return Outcome(Status.UNKNOWN, (), "; ".join(dict.fromkeys(unsure or [default.reason])))
    status = possible.pop()
    if (False, False) in ends and status is default.status:
        return default if not reasons else default._replace(reason="; ".join(dict.fromkeys([*reasons, default.reason])))
    return Outcome(status, (), "; ".join(dict.fromkeys(reasons)))


def _choices(route: Route, world: World, location: str, facts: Facts) -> list[_Choice]:
    """All that a route can do with events of a location; more than one where something isn't known."""
    if route.rules is None:
        return [_Choice(fate, f"{route.address}: {route.reason}", unknown=True) for fate in _Fate]
    choices: list[_Choice] = []
    for number, rule in enumerate(route.rules, 1):
        match = rule_matches(rule, location, facts)
        if match is False:
            continue
        where = f"rule {number} of {route.address}"
        choices += _delivers(rule, world, where, location, unsure=match is None)
        if match:
            return choices
    unsure = bool(choices)
    return [*choices, _Choice(_Fate.UNMATCHED, f"no rule of {route.address} matches {location}", unknown=unsure)]


def rule_matches(rule: Rule, location: str, facts: Facts) -> bool | None:
    """Whether a rule matches a location; None where that isn't documented, or not known before the apply."""
    answers = {matches(facts.locations, facts.as_of, name, location) for name in rule.locations}
    return True if True in answers else None if None in answers or rule.locations_open else False


def _delivers(rule: Rule, world: World, where: str, location: str, *, unsure: bool) -> list[_Choice]:
    """What a rule that matches does. `unsure`: whether it matches isn't known either."""
    if rule.targets == ():
        return [_Choice(_Fate.DISCARDED, f"{where} has no targets: it discards {location}", unknown=unsure)]
    received, unknown, dead = _sorted_out(rule.targets if rule.targets is not None else rule.surely, world)
    why = f"{where} matches {location}"
    if unsure and not rule.locations_open:
        why = f"whether {where} matches {location} is not documented (it names {', '.join(rule.locations)})"
    elif unsure:
        why = rule.reason
    if received:
        return [_Choice(_Fate.RECEIVED, why, received, unknown=unsure)]
    if rule.targets is None:
        received, unknown, dead = _sorted_out(rule.candidates, world)
        if received and not unknown and not dead:
            return [_Choice(_Fate.RECEIVED, f"{why}; each target that it can have receives", received, unknown=unsure)]
        if not rule.candidates or received or unknown:
            both = (_Fate.RECEIVED, _Fate.LOST)
            return [_Choice(fate, rule.reason, unknown=True) for fate in both]
    if unknown:
        reason = f"{where} names {_names(unknown)}, which nothing that was looked at shows"
        return [_Choice(fate, reason, unknown=True) for fate in (_Fate.RECEIVED, _Fate.LOST)]
    return [_Choice(_Fate.LOST, f"{where} matches {location}, but {'; '.join(dead)}", unknown=unsure)]


def _default(world: World, location: str) -> Outcome:
    received, unknown, dead = _sorted_out(world.defaults or world.default_candidates, world)
    if world.defaults is None and (unknown or dead or not received):
        return Outcome(Status.UNKNOWN, (), world.defaults_reason)
    if received:
        return Outcome(
            Status.DEFAULTED,
            received,
            f"no rule matches {location}; the default targets receive",
            tuple(frozenset({tracker, *([world.settings] if world.settings else [])}) for tracker in received),
        )
    if unknown:
        return Outcome(
            Status.UNKNOWN, (), f"the default target {_names(unknown)} is shown by nothing that was looked at"
        )
    missing = "there is no route" if not world.routes else f"no rule matches {location}"
    nothing = f"and {'; '.join(dead)}" if dead else "and there are no default targets"
    idle = ""
    if not world.routes and world.targets:
        idle = "; a target that no route or default refers to receives nothing"
    ended = sorted({t.why_not for t in world.hosted if t.why_not and t.location in (location, None)})
    return Outcome(Status.UNCOVERED, (), "; ".join([f"{missing} {nothing}{idle}", *ended]))


def _sorted_out(keys: tuple[str, ...], world: World) -> tuple[tuple[str, ...], list[str], list[str]]:
    """Keys of targets -> addresses of those that receive, ids of those that nothing shows, why the others don't."""
    received: set[str] = set()
    unknown: list[str] = []
    dead: list[str] = []
    for key in keys:
        tracker: Tracker | None = world.targets.get(key)
        if tracker is not None and tracker.kind == "unknown":
            unknown.append(f"{tracker.address}, whose type is not known,")
        elif tracker is not None and tracker.why_not is None:
            received.add(tracker.address)
        elif tracker is not None:
            dead.append(f"{tracker.address} receives nothing: {tracker.why_not}")
        elif key in world.gone:
            dead.append(f"its target {key} is deleted")
        else:
            unknown.append(f"target {key}")
    return tuple(sorted(received)), unknown, dead


def _names(items: list[str]) -> str:
    return ", ".join(items[:3]) + (f" and {len(items) - 3} more" if len(items) > 3 else "")
