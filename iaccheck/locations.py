"""locations: whether the location of a rule takes in the location of an event, as of a day.

Since 2026-01-27 a rule matches down the tree, before exactly (ibm-cloud-docs/atracker, releasenotes.md, route_v2.md).
"""

from datetime import date

from iaccheck.facts import Locations, Period, Region
from iaccheck.model import GLOBAL

EVERYWHERE = "*"


def region_of(locations: Locations, name: str) -> Region | None:
    """The facts about a location, `global` included; None for a name that exists nowhere."""
    return locations.global_ if name == GLOBAL else locations.regions.get(name)


def in_force(period: Period | None, day: date) -> bool:
    return period is not None and period.holds(day)


def matches(locations: Locations, day: date, rule_location: str, location: str) -> bool | None:
    """True or False; None where the rule names a group of which no page says what it holds."""
    if rule_location in (EVERYWHERE, location):
        return True
    if location == GLOBAL or rule_location == GLOBAL or day < locations.tree_since:
        return False
    if rule_location in locations.groups:
        return (
            location in locations.groups[rule_location]
            or _zone_of(locations, location) in locations.groups[rule_location]
        )
    if rule_location in locations.undocumented_groups:
        held = locations.undocumented_groups[rule_location]
        return None if location in held or _zone_of(locations, location) in held else False
    return rule_location in locations.regions and _zone_of(locations, location) == rule_location


def exists(locations: Locations, name: str) -> bool:
    """Whether a rule may name it: a region, a zone, a group, `*` or `global`."""
    return (
        name in (EVERYWHERE, GLOBAL)
        or name in locations.regions
        or name in locations.groups
        or name in locations.undocumented_groups
        or _zone_of(locations, name) is not None
    )


def within(locations: Locations, day: date, rule_location: str, inner: str) -> bool:
    """Whether a rule's location surely takes all that another rule's location takes."""
    if inner == EVERYWHERE:
        return rule_location == EVERYWHERE
    members = locations.groups.get(inner)
    if members is not None and rule_location not in (EVERYWHERE, inner):
        return False
    return matches(locations, day, rule_location, inner) is True


def _zone_of(locations: Locations, name: str) -> str | None:
    """The region of a zone: `us-south` of `us-south-1`."""
    region, _, number = name.rpartition("-")
    known = region in locations.regions and number.isdigit() and 1 <= int(number) <= locations.zones
    return region if known else None
