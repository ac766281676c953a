"""Random estates as plans, and a second, plain reading of the routing rules to judge them by."""

from typing import Any, NamedTuple

from hypothesis import strategies as st

GUID = "{:08x}-1111-4222-8333-444444444444"
RECEIVING = {"cloud_logs", "cloud_object_storage", "event_streams"}
REGIONS = ("us-south", "eu-de", "jp-tok", "jp-osa")
NAMES = ("us-south", "eu-de", "jp-tok", "jp", "*", "global", "us_south", "us-south-2", "eu-es")


class Target(NamedTuple):
    fate: str
    kind: str


Rules = tuple[tuple[tuple[str, ...], tuple[int, ...]], ...]


class Route(NamedTuple):
    """Rules are ((locations, numbers of targets), …)."""

    fate: str
    before: Rules
    after: Rules


class Instance(NamedTuple):
    """`secret`: what happens to the one secret in it."""

    fate: str
    location: str
    secret: str


class World(NamedTuple):
    targets: tuple[Target, ...]
    routes: tuple[Route, ...]
    settings: tuple[str, tuple[int, ...], tuple[int, ...]] | None
    instances: tuple[Instance, ...]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    targets = tuple(
        draw(
            st.lists(
                st.builds(
                    Target,
                    st.sampled_from(("kept", "made", "removed")),
                    st.sampled_from((*sorted(RECEIVING), "app_config")),
                ),
                max_size=4,
            )
        )
    )
    old = [n for n, target in enumerate(targets) if target.fate != "made"]
    new = list(range(len(targets)))
    routes = tuple(
        Route(draw(st.sampled_from(("kept", "changed", "made", "removed"))), _rules(draw, old), _rules(draw, new))
        for _ in range(draw(st.integers(0, 3)))
    )
    routes = tuple(route._replace(after=route.before) if route.fate == "kept" else route for route in routes)
    settings = None
    if draw(st.booleans()):
        fate = draw(st.sampled_from(("kept", "changed", "made", "removed")))
        before = tuple(draw(_some(old)))
        settings = (fate, before, before if fate == "kept" else tuple(draw(_some(new))))
    instances = tuple(
        draw(
            st.lists(
                st.builds(
                    Instance,
                    st.sampled_from(("kept", "made", "removed")),
                    st.sampled_from(REGIONS),
                    st.sampled_from(("no-op", "update")),
                ),
                max_size=3,
            )
        )
    )
    return World(targets, routes, settings, instances)


def _some(numbers: list[int]) -> st.SearchStrategy[list[int]]:
    return st.lists(st.sampled_from(numbers), max_size=2, unique=True) if numbers else st.just([])


def _rules(draw: st.DrawFn, numbers: list[int]) -> Rules:
    rule = st.tuples(
        st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True).map(tuple), _some(numbers).map(tuple)
    )
    return tuple(draw(st.lists(rule, min_size=1, max_size=3)))


# --- as a plan -----------------------------------------------------------------------------------------------------

_ACTIONS = {"kept": ["no-op"], "changed": ["update"], "made": ["create"], "removed": ["delete"]}


def plan_of(world: World) -> dict[str, Any]:
    """The plan JSON that Terraform would write of such a change."""
    plan = _Plan()
    for number, target in enumerate(world.targets):
        values = {"target_type": target.kind, "region": "us-south", "name": f"t{number}"}
        plan.add("ibm_atracker_target", f"t{number}", target.fate, values, values, _target_id(number))
    for number, route in enumerate(world.routes):
        before = {"rules": [_rule(rule, world, known=True)[0] for rule in route.before]}
        after_rules = [_rule(rule, world, known=False) for rule in route.after]
        after = {"rules": [rule for rule, _ in after_rules]}
        unknown = {"rules": [part for _, part in after_rules]}
        expressions = {"rules": [_expression(rule) for rule in route.after]}
        identifier = GUID.format(0x200 + number)
        plan.add("ibm_atracker_route", f"r{number}", route.fate, before, after, identifier, unknown, expressions)
    if world.settings is not None:
        fate, old, new = world.settings
        ids, parts = _ids(new, world)
        expressions = {"default_targets": _references(new)}
        after = {"default_targets": ids, "metadata_region_primary": "us-south"}
        before = {"default_targets": [_target_id(n) for n in old], "metadata_region_primary": "us-south"}
        plan.add("ibm_atracker_settings", "s", fate, before, after, "us-south", {"default_targets": parts}, expressions)
    for number, instance in enumerate(world.instances):
        _add_instance(plan, number, instance)
    return plan.json()


def _target_id(number: int) -> str:
    return GUID.format(0x100 + number)


def _ids(numbers: tuple[int, ...], world: World) -> tuple[list[str | None], list[bool]]:
    made = [world.targets[n].fate == "made" for n in numbers]
    return [None if new else _target_id(n) for n, new in zip(numbers, made, strict=True)], made


def _rule(rule: tuple[tuple[str, ...], tuple[int, ...]], world: World, *, known: bool) -> tuple[dict[str, Any], Any]:
    locations, numbers = rule
    ids, made = _ids(numbers, world)
    if known:
        return {"locations": list(locations), "target_ids": [_target_id(n) for n in numbers]}, {}
    return {"locations": list(locations), "target_ids": ids}, {"target_ids": made}


def _references(numbers: tuple[int, ...]) -> dict[str, Any]:
    if not numbers:
        return {"constant_value": []}
    return {
        "references": [text for n in numbers for text in (f"ibm_atracker_target.t{n}.id", f"ibm_atracker_target.t{n}")]
    }


def _expression(rule: tuple[tuple[str, ...], tuple[int, ...]]) -> dict[str, Any]:
    return {"locations": {"constant_value": list(rule[0])}, "target_ids": _references(rule[1])}


def _add_instance(plan: "_Plan", number: int, instance: Instance) -> None:
    guid = GUID.format(0x300 + number)
    crn = f"crn:v1:bluemix:public:secrets-manager:{instance.location}:a/0123456789abcdef:{guid}::"
    values = {"service": "secrets-manager", "plan": "standard", "location": instance.location, "name": "x"}
    known = {"guid": guid, "crn": crn}
    plan.add(
        "ibm_resource_instance",
        f"sm{number}",
        instance.fate,
        {**values, **known},
        {**values, **known} if instance.fate != "made" else values,
        crn,
        {"guid": True, "crn": True} if instance.fate == "made" else {},
    )
    fate = "changed" if instance.fate == "kept" and instance.secret == "update" else instance.fate
    secret = {"region": instance.location, "name": "s", "labels": ["a"]}
    old = {**secret, "instance_id": guid}
    new = {**old, "labels": ["b"]} if fate == "changed" else old if instance.fate != "made" else secret
    references = {"references": [f"ibm_resource_instance.sm{number}.guid", f"ibm_resource_instance.sm{number}"]}
    plan.add(
        "ibm_sm_arbitrary_secret",
        f"s{number}",
        fate,
        old,
        new,
        f"{instance.location}/{guid}/{GUID.format(0x400 + number)}",
        {"instance_id": True} if instance.fate == "made" else {},
        {"instance_id": references, "region": {"constant_value": instance.location}},
    )


class _Plan:
    def __init__(self) -> None:
        self.changes: list[dict[str, Any]] = []
        self.prior: list[dict[str, Any]] = []
        self.blocks: list[dict[str, Any]] = []

    def add(
        self,
        type_name: str,
        name: str,
        fate: str,
        before: dict[str, Any],
        after: dict[str, Any],
        identifier: str,
        unknown: dict[str, Any] | None = None,
        expressions: dict[str, Any] | None = None,
    ) -> None:
        known = {"address": f"{type_name}.{name}", "mode": "managed", "type": type_name, "name": name}
        old = {**before, "id": identifier}
        made, removed = fate == "made", fate == "removed"
        change = {
            "actions": _ACTIONS[fate],
            "before": None if made else old,
            "after": None if removed else after if made else {**after, "id": identifier},
            "after_unknown": {} if removed else {**(unknown or {}), **({"id": True} if made else {})},
        }
        self.changes.append({**known, "change": change})
        if not made:
            self.prior.append({**known, "values": old})
        if not removed:
            self.blocks.append({**known, "provider_config_key": "ibm", "expressions": expressions or {}})

    def json(self) -> dict[str, Any]:
        return {
            "format_version": "1.2",
            "terraform_version": "1.11.4",
            "complete": True,
            "planned_values": {},
            "resource_changes": self.changes,
            "prior_state": {"format_version": "1.0", "values": {"root_module": {"resources": self.prior}}},
            "configuration": {"provider_config": {"ibm": {"name": "ibm"}}, "root_module": {"resources": self.blocks}},
        }


# --- a second reading of the rules ---------------------------------------------------------------------------------


def status(world: World, location: str, *, after: bool) -> str:
    """What the rules say of a location, read slowly: https://cloud.ibm.com/docs/atracker?topic=atracker-route_v2"""
    here = {"kept", "changed", "made"} if after else {"kept", "changed", "removed"}
    receiving = {n for n, target in enumerate(world.targets) if target.fate in here and target.kind in RECEIVING}
    matched = []
    for route in world.routes:
        if route.fate not in here:
            continue
        for locations, numbers in route.after if after else route.before:
            if any(_holds(name, location) for name in locations):
                matched.append(set(numbers))
                break
    if any(numbers & receiving for numbers in matched):
        return "covered"
    if matched:
        return "uncovered" if any(matched) else "discarded"
    if world.settings is not None and world.settings[0] in here:
        defaults = set(world.settings[2] if after else world.settings[1])
        if defaults & receiving:
            return "defaulted"
    return "uncovered"


def _holds(name: str, location: str) -> bool:
    if name == "jp":
        return location in ("jp-tok", "jp-osa")
    return name in ("*", location)


def timing(before: str, after: str) -> str:
    received = ("covered", "defaulted")
    if (before in received) == (after in received):
        return "steady"
    return "starting" if after in received else "ending"
