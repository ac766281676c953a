"""order: what the dependency graph assures of the order of the apply. The only importer of networkx.

Terraform orders blocks, not their instances: what refers to a block waits for all of it, what is destroyed goes before
what it depended on (https://developer.hashicorp.com/terraform/internals/graph). A reference through a local that isn't
at hand is an edge less, so the answer errs towards «not assured».
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from iaccheck.address import unkeyed, without_keys
from iaccheck.model import Operation, Order, Plan, ResourceConfiguration, Verb, node, qualified
from iaccheck.resolve.blocks import Blocks, ModuleNames, block_name
from iaccheck.resolve.traces import Locals, grouped

if TYPE_CHECKING:
    from networkx import DiGraph

_Node = tuple[ModuleNames, str]


def order(
    plan: Plan,
    blocks: Blocks,
    changed: frozenset[str],
    operations: Sequence[Operation],
    label: str | None,
    local_values: Locals | None,
) -> Order:
    """For each object of the estate that changes, which operations surely come after it and which before."""
    import networkx

    graph = _graph(blocks, local_values)
    homes = {c.address: _home(c.module, c.mode, c.type, c.name, blocks) for c in plan.changes}
    by_home: dict[_Node, list[str]] = {}
    for operation in operations:
        if operation.verb is not Verb.DELETE and operation.address in homes:
            by_home.setdefault(homes[operation.address], []).append(qualified(label, operation.address))
    destroyed = _destroyed_dependents(plan, label)
    later: dict[str, frozenset[str]] = {}
    earlier: dict[str, frozenset[str]] = {}
    for change in plan.changes:
        if change.address not in changed:
            continue
        name, home = qualified(label, change.address), homes[change.address]
        after = networkx.descendants(graph, home) if home in graph else set()
        before = networkx.ancestors(graph, home) if home in graph else set()
        dependents = frozenset(a for place in after for a in by_home.get(place, ()))
        if set(change.actions) & {"create", "update"}:
            later[name] = dependents
            earlier[name] = frozenset(a for place in before for a in by_home.get(place, ()))
        if "delete" in change.actions:
            # Replaced create-first, the old object goes when everything that depends on it has been brought up to date.
            updated = dependents if change.actions[:1] == ("create",) else frozenset()
            earlier[node(name, destroyed=True)] = updated | destroyed.get(unkeyed(change.address), frozenset())
    return Order(later, earlier)


def _destroyed_dependents(plan: Plan, label: str | None) -> dict[str, frozenset[str]]:
    """Unkeyed address -> what depended on it when it was made and is destroyed now; the state lists the whole chain."""
    going = {change.address for change in plan.changes if "delete" in change.actions}
    found: dict[str, set[str]] = {}
    for object_ in plan.prior:
        if object_.address in going:
            name = node(qualified(label, object_.address), destroyed=True)
            for dependency in object_.depends_on:
                found.setdefault(dependency, set()).add(name)
    return {address: frozenset(names) for address, names in found.items()}


def _home(module: str, mode: str, type_name: str, name: str, blocks: Blocks) -> _Node:
    return without_keys(blocks.path(module)), block_name(mode, type_name, name)


# --- the graph of the configuration --------------------------------------------------------------------------------


def _graph(blocks: Blocks, local_values: Locals | None) -> "DiGraph[_Node]":
    """Blocks, variables, outputs and locals of all modules; an edge leads from what is waited for to what waits."""
    import networkx

    graph: DiGraph[_Node] = networkx.DiGraph()
    for path, module in blocks.modules.items():
        for name, output in module.outputs.items():
            here = (path, f"output.{name}")
            graph.add_edge(here, (path, "outputs"))
            _wait(graph, path, here, [*_references(output.expression), *output.depends_on], local_values)
    for (path, name), block in blocks.resources.items():
        here = (path, name)
        graph.add_edge(here, (path, "all"))
        if path:
            graph.add_edge((path, "call"), here)
        _wait(graph, path, here, [*_block_references(block), *block.depends_on], local_values)
        _wait_for_modules(graph, path, here, block.depends_on)
    for path, call in blocks.calls.items():
        outer, here = path[:-1], (path, "call")
        graph.add_edge((path, "all"), (outer, "all"))
        if outer:
            graph.add_edge((outer, "call"), here)
        repetition = [*_references(call.count_expression), *_references(call.for_each_expression)]
        _wait(graph, outer, here, [*repetition, *call.depends_on], local_values)
        _wait_for_modules(graph, outer, here, call.depends_on)
        for name, expression in call.expressions.items():
            _wait(graph, outer, (path, f"var.{name}"), _references(expression), local_values)
    return graph


def _wait_for_modules(graph: "DiGraph[_Node]", path: ModuleNames, here: _Node, depends_on: Sequence[str]) -> None:
    """`depends_on` a module waits for everything in it, not only for its outputs."""
    for reference in grouped(list(depends_on)):
        if reference.head == "module" and reference.rest:
            graph.add_edge(((*path, str(reference.rest[0].value)), "all"), here)


def _wait(
    graph: "DiGraph[_Node]",
    path: ModuleNames,
    here: _Node,
    references: Sequence[str] | Iterator[str],
    local_values: Locals | None,
) -> None:
    for reference in grouped(list(references)):
        names = [str(step.value) for step in reference.rest if not step.indexes]
        if reference.head == "module" and names:
            inner = (*path, names[0])
            graph.add_edge((inner, f"output.{names[1]}" if len(names) > 1 else "outputs"), here)
        elif reference.head == "var" and names:
            graph.add_edge((path, f"var.{names[0]}"), here)
        elif reference.head in ("resource", "data") and len(names) > 1:
            mode = "data" if reference.head == "data" else "managed"
            graph.add_edge((path, block_name(mode, names[0], names[1])), here)
        elif reference.head == "local" and names:
            there = (path, f"local.{names[0]}")
            known = there in graph
            graph.add_edge(there, here)
            if not known and local_values is not None:
                _wait(graph, path, there, list(_all_references(local_values(path, names[0]))), local_values)


def _block_references(block: ResourceConfiguration) -> Iterator[str]:
    yield from _references(block.expressions)
    yield from _references(block.count_expression)
    yield from _references(block.for_each_expression)


def _references(raw: Any) -> Iterator[str]:
    if raw is not msgspec.UNSET:
        yield from _all_references(msgspec.json.decode(raw))


def _all_references(expression: Any) -> Iterator[str]:
    """Everything that an expression refers to, in nested blocks too."""
    if isinstance(expression, list):
        for part in expression:
            yield from _all_references(part)
    elif isinstance(expression, dict):
        if isinstance(expression.get("references"), list):
            yield from (name for name in expression["references"] if isinstance(name, str))
        elif "constant_value" not in expression:
            for part in expression.values():
                yield from _all_references(part)
