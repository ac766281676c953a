"""Random module trees: where an instance id leads through modules, keys, variables and outputs, computed twice."""

from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from recordings import check, plan_document

REGIONS = ("us-south", "eu-de", "jp-tok", "au-syd")
KEYS = ("a", "b.c", "d/e", 'f"g]', "h i")


class Tree(NamedTuple):
    """Instances by key, somewhere down a chain of modules, and how a chain of other modules refers to one of them."""

    regions: dict[str, str]
    repeated: str  # which block of the instances repeats: the outermost module call, or the resource
    depth: int
    consumer_depth: int
    reference: str
    provider: str | None
    region: str


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True))
    return Tree(
        regions={key: draw(st.sampled_from(REGIONS)) for key in keys},
        repeated=draw(st.sampled_from(("module", "resource"))),
        depth=draw(st.integers(1, 3)),
        consumer_depth=draw(st.integers(0, 3)),
        reference=draw(st.sampled_from(("each.key", "each.value", "constant", "any", "local"))),
        provider=draw(st.sampled_from((None, *REGIONS))),
        region=draw(st.sampled_from(("unset", "instance", "known"))),
    )


def expected(tree: Tree, key: str) -> tuple[str | None, str | None]:
    """(location, key of the instance) that a reader with pen and paper arrives at; None is unknown."""
    named = tree.regions[key if tree.reference in ("each.key", "each.value") else next(iter(tree.regions))]
    certain = tree.reference in ("each.key", "each.value", "constant") or (
        tree.reference == "any" and len(tree.regions) == 1
    )
    if certain:
        return named, key if tree.reference in ("each.key", "each.value") else next(iter(tree.regions))
    if tree.region == "known":
        return tree.regions[key], None
    together = set(tree.regions.values())
    if tree.reference == "any" and len(together) == 1 and tree.region == "instance":
        return named, None
    if tree.region == "unset" and tree.provider is not None and not (tree.reference == "any" and len(together) == 1):
        # The events are those of the instance: where none that it can be is in that region, it isn't the answer.
        return (tree.provider if tree.reference != "any" or tree.provider in together else None), None
    if tree.reference == "any" and len(together) == 1:
        return named, None
    return None, None


@given(trees())
@settings(max_examples=400, deadline=None)
def test_locations_are_those_of_a_second_computation(tree: Tree) -> None:
    report = check(plan_document(plan_of(tree)))

    for key in tree.regions:
        address = consumer_address(tree, key)
        found = {item.event.location for item in report.coverage if item.event.address == address}
        location, instance = expected(tree, key)
        # Where the instance isn't certain but all that it can be agree, the provider's region may say the same.
        assert found == {location}, (address, location)
        if instance is not None:
            assert {i.event.instance for i in report.coverage if i.event.address == address} == {
                instance_address(tree, instance)
            }


# --- as a plan -----------------------------------------------------------------------------------------------------


def quoted(key: str) -> str:
    return '["' + key.replace("\\", "\\\\").replace('"', '\\"') + '"]'


def instance_module(tree: Tree, key: str) -> str:
    first = "module.m0" + (quoted(key) if tree.repeated == "module" else "")
    return ".".join([first, *(f"module.m{n}" for n in range(1, tree.depth))])


def instance_address(tree: Tree, key: str) -> str:
    own = quoted(key) if tree.repeated == "resource" else ""
    return f"{instance_module(tree, key)}.ibm_resource_instance.sm{own}"


def consumer_module(tree: Tree, key: str) -> str:
    if tree.consumer_depth == 0:
        return ""
    return ".".join([f"module.c0{quoted(key)}", *(f"module.c{n}" for n in range(1, tree.consumer_depth))])


def consumer_address(tree: Tree, key: str) -> str:
    module = consumer_module(tree, key)
    return f"{module}.ibm_sm_secret_group.g" if module else f"ibm_sm_secret_group.g{quoted(key)}"


def plan_of(tree: Tree) -> dict[str, Any]:
    root: dict[str, Any] = {"resources": [], "module_calls": {"m0": producer(tree)}}
    reference = refers(tree)
    region = {"unset": {}, "instance": {"region": reference_to(tree, "region")}}.get(tree.region, {})
    for_each = {"references": ["local.everywhere"]}
    if tree.reference == "each.value":
        for_each = {"constant_value": {key: key for key in tree.regions}}
    if tree.consumer_depth == 0:
        expressions = {"instance_id": reference, **region}
        root["resources"].append(block("ibm_sm_secret_group", "g", expressions, for_each))
    else:
        root["module_calls"]["c0"] = consumer(tree, reference, region, for_each)
    changes = []
    for key, name in tree.regions.items():
        values = {"service": "secrets-manager", "location": name}
        changes.append(
            change(instance_module(tree, key), "ibm_resource_instance", "sm", instance_address(tree, key), values)
        )
        known = {"region": name} if tree.region == "known" else {}
        changes.append(
            change(consumer_module(tree, key), "ibm_sm_secret_group", "g", consumer_address(tree, key), known)
        )
    provider = {"constant_value": tree.provider} if tree.provider else {"references": ["local.home"]}
    return {
        "format_version": "1.2",
        "complete": True,
        "planned_values": {},
        "resource_changes": changes,
        "configuration": {
            "provider_config": {"ibm": {"name": "ibm", "expressions": {"region": provider}}},
            "root_module": root,
        },
    }


def refers(tree: Tree) -> dict[str, Any]:
    if tree.reference == "local":
        return {"references": ["local.guid"]}
    return reference_to(tree, "guid")


def reference_to(tree: Tree, output: str) -> dict[str, Any]:
    """What Terraform writes for a reference to one of the instances: a dynamic key takes the rest of it away."""
    first = quoted(next(iter(tree.regions)))
    if tree.reference == "local":
        return {"references": ["local.other"]}
    if tree.repeated == "module":
        dynamic = {
            "each.key": ["module.m0", "each.key"],
            "each.value": ["module.m0", "each.value"],
            "constant": [f"module.m0{first}.{output}", f"module.m0{first}", "module.m0"],
            "any": ["module.m0"],
        }
    else:
        whole = f"module.m0.{output}"
        dynamic = {
            "each.key": [whole, "module.m0", "each.key"],
            "each.value": [whole, "module.m0", "each.value"],
            "constant": [f"{whole}{first}", whole, "module.m0"],
            "any": [whole, "module.m0"],
        }
    return {"references": dynamic[tree.reference]}


def producer(tree: Tree) -> dict[str, Any]:
    """The chain of modules down to the instances; every module passes its child's outputs on."""
    repetition = {"for_each_expression": {"references": ["local.everywhere"]}} if tree.repeated == "module" else {}
    own = {"references": ["local.everywhere"]} if tree.repeated == "resource" else None
    resource = block("ibm_resource_instance", "sm", {"service": {"constant_value": "secrets-manager"}}, own)
    names = {"guid": "guid", "region": "location"}
    outputs = {
        output: {"expression": {"references": ["ibm_resource_instance.sm"]}}
        if tree.repeated == "resource"
        else {"expression": {"references": [f"ibm_resource_instance.sm.{attribute}", "ibm_resource_instance.sm"]}}
        for output, attribute in names.items()
    }
    module: dict[str, Any] = {"resources": [resource], "outputs": outputs}
    for number in range(tree.depth - 1, 0, -1):
        passed = {
            name: {"expression": {"references": [f"module.m{number}.{name}", f"module.m{number}"]}} for name in names
        }
        module = {"module_calls": {f"m{number}": {"module": module}}, "outputs": passed}
    return {"module": module, **repetition}


def consumer(tree: Tree, reference: Any, region: dict[str, Any], for_each: Any) -> dict[str, Any]:
    variables = {"instance_id": {"references": ["var.id"]}}
    if region:
        variables["region"] = {"references": ["var.region"]}
    module: dict[str, Any] = {"resources": [block("ibm_sm_secret_group", "g", variables, None)]}
    inner = {"id": {"references": ["var.id"]}, **({"region": {"references": ["var.region"]}} if region else {})}
    for number in range(tree.consumer_depth - 1, 0, -1):
        module = {"module_calls": {f"c{number}": {"expressions": inner, "module": module}}}
    return {"expressions": {"id": reference, **region}, "for_each_expression": for_each, "module": module}


def block(type_name: str, name: str, expressions: dict[str, Any], for_each: Any) -> dict[str, Any]:
    repetition = {"for_each_expression": for_each} if for_each is not None else {}
    return {
        "address": f"{type_name}.{name}",
        "mode": "managed",
        "type": type_name,
        "name": name,
        "provider_config_key": "ibm",
        "expressions": expressions,
        **repetition,
    }


def change(module: str, type_name: str, name: str, address: str, values: dict[str, Any]) -> dict[str, Any]:
    own = address.removeprefix(f"{module}.").removeprefix(f"{type_name}.{name}")
    key = {"index": own[2:-2].replace('\\"', '"').replace("\\\\", "\\")} if own else {}
    unknown = {"id": True, "guid": True} if "service" in values else {"id": True, "instance_id": True}
    if type_name == "ibm_sm_secret_group" and "region" not in values:
        unknown["region"] = True
    return {
        "address": address,
        **({"module_address": module} if module else {}),
        "mode": "managed",
        "type": type_name,
        "name": name,
        **key,
        "change": {"actions": ["create"], "before": None, "after": values, "after_unknown": unknown},
    }
