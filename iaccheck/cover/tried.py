"""tried: every route and rule that was asked for a location, and what it does, for who doesn't believe the report."""

from collections.abc import Iterator

from iaccheck.cover.receivers import rule_matches
from iaccheck.facts import Facts
from iaccheck.locations import in_force, region_of
from iaccheck.model import Rule, World

_ANSWERS = {True: "matches", False: "does not match", None: "may match"}


def tried(world: World, location: str, facts: Facts) -> Iterator[str]:
    """One line for each step of the decision, in its order."""
    region = region_of(facts.locations, location)
    hosted = region is not None and in_force(region.hosted, facts.as_of)
    routing = region is not None and in_force(region.routing, facts.as_of)
    yield f"as of {facts.as_of} hosted trackers are {_force(hosted)} in {location}, Event Routing is {_force(routing)}"
    for tracker in world.hosted:
        yield f"hosted instance {tracker.address} in {tracker.location}: {tracker.why_not or 'receives its location'}"
    for route in world.routes:
        if route.rules is None:
            yield f"{route.address}: {route.reason}"
            continue
        for number, rule in enumerate(route.rules, 1):
            answer = _ANSWERS[rule_matches(rule, location, facts)]
            yield f"{route.address}, rule {number} ({_locations(rule)} → {_targets(rule, world)}): {answer}"
            if answer == "matches":
                break
    yield f"default targets: {_names(world.defaults, world) if world.defaults is not None else world.defaults_reason}"


def _force(yes: bool) -> str:
    return "in force" if yes else "not in force"


def _locations(rule: Rule) -> str:
    return ", ".join([*rule.locations, "locations not known yet"] if rule.locations_open else rule.locations)


def _targets(rule: Rule, world: World) -> str:
    if rule.targets is None:
        return f"not known yet, can be {_names(rule.candidates, world)}" if rule.candidates else rule.reason
    return _names(rule.targets, world) if rule.targets else "no targets, so it discards"


def _names(keys: tuple[str, ...], world: World) -> str:
    return ", ".join(_name(key, world) for key in keys) or "none"


def _name(key: str, world: World) -> str:
    tracker = world.targets.get(key)
    if tracker is None:
        return f"{key}, which is deleted" if key in world.gone else f"{key}, which nothing shows"
    return f"{tracker.address} ({tracker.kind}{', receives nothing' if tracker.why_not else ''})"
