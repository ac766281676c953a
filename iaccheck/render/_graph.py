"""graph: a Report -> resource → action → location → route → target, readable for a thousand resources too.

Resources of one type, module and outcome are one node; where those are too many, all of one type and outcome. Drawn as
Mermaid (https://mermaid.js.org/syntax/flowchart.html) or as DOT (https://graphviz.org/doc/info/lang.html).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from iaccheck.address import unkeyed
from iaccheck.model import Coverage, Report, Status
from iaccheck.render._escape import visible

_LOST = {Status.UNCOVERED: "nothing receives", Status.DISCARDED: "discarded", Status.UNKNOWN: "unknown"}
_ACTIONS = 4
_NODES = 60
_MANY = 24
_LONGEST = 90


class GraphNode(NamedTuple):
    """`kind` is resource, action, location, route or target; `status` gives its colour, empty for none."""

    kind: str
    label: str
    status: str = ""


class Graph(NamedTuple):
    """`left_out`: how many resource nodes are not drawn; those without a receiver are drawn first."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[tuple[int, int], ...]
    left_out: int


def graph(report: Report, *, lost_only: bool = False) -> Graph:
    """What matters of a report as a graph; `lost_only`: only what has no receiver."""
    nodes: dict[GraphNode, int] = {}
    edges: dict[tuple[int, int], None] = {}

    def connect(*path: GraphNode) -> None:
        numbers = [nodes.setdefault(node, len(nodes)) for node in path]
        edges.update(dict.fromkeys(pairwise(numbers)))

    chosen = [item for item in report.coverage if not (lost_only and item.status.received)]
    groups = _groups(chosen, _in_module)
    if len(groups) > _MANY:
        groups = _groups(chosen, _of_type)
    for group in groups[:_NODES]:
        at = GraphNode("location", group.location or "unknown location", group.status.value)
        connect(GraphNode("resource", group.label), GraphNode("action", group.actions, group.status.value), at)
    for place in report.locations:
        if lost_only and place.after.received:
            continue
        at = GraphNode("location", place.location or "unknown location", place.after.value)
        if at not in nodes and (report.coverage and len(groups) > _NODES):
            continue
        for route, tracker in place.ways:
            middle = [GraphNode("route", route)] if route else []
            connect(at, *middle, GraphNode("target", tracker, "covered"))
        if place.after in _LOST:
            connect(at, GraphNode("target", _LOST[place.after], place.after.value))
    return Graph(tuple(nodes), tuple(edges), max(0, len(groups) - _NODES))


class _Group(NamedTuple):
    location: str | None
    status: Status
    label: str
    actions: str


def _groups(coverage: Iterable[Coverage], kind_of: Callable[[str], str]) -> list[_Group]:
    """Events by location, outcome and kind of resource; those without a receiver first."""
    found: dict[tuple[str | None, Status, str], tuple[set[str], Counter[str]]] = {}
    for item in coverage:
        event = item.event
        key = (event.location, item.status, kind_of(event.address))
        addresses, actions = found.setdefault(key, (set(), Counter()))
        addresses.add(event.address)
        actions[event.action.split(".", 1)[-1]] += event.min
    groups = [
        _Group(location, status, _resources(kind, addresses), _actions(actions))
        for (location, status, kind), (addresses, actions) in found.items()
    ]
    return sorted(groups, key=lambda group: (group.status.received, group.location or "", group.label))


def _of_type(address: str) -> str:
    return _in_module(address).rpartition(".")[2]


def _in_module(address: str) -> str:
    """An address without keys and name: `module.a["x"].ibm_sm_kv_secret.b[0]` -> `module.a.ibm_sm_kv_secret`."""
    return unkeyed(address).rpartition(".")[0] or address


def _resources(kind: str, addresses: set[str]) -> str:
    return next(iter(addresses)) if len(addresses) == 1 else f"{kind} ×{len(addresses)}"


def _actions(counts: Counter[str]) -> str:
    names = sorted(counts)
    more = f" and {len(names) - _ACTIONS} more" if len(names) > _ACTIONS else ""
    return ", ".join(f"{name} ×{counts[name]}" if counts[name] != 1 else name for name in names[:_ACTIONS]) + more


# --- drawn ---------------------------------------------------------------------------------------------------------

_SHAPES = {
    "resource": ('["', '"]'),
    "action": ('("', '")'),
    "location": ('{{"', '"}}'),
    "route": ('[/"', '"/]'),
    "target": ('[("', '")]'),
}
_COLOURS = {
    "covered": ("#dcfce7", "#15803d"),
    "defaulted": ("#dcfce7", "#15803d"),
    "uncovered": ("#fee2e2", "#b91c1c"),
    "discarded": ("#fee2e2", "#b91c1c"),
    "unknown": ("#fef9c3", "#a16207"),
}


def mermaid(drawn: Graph) -> Iterator[str]:
    """Lines of a Mermaid flowchart. Labels are entities throughout: nothing in a name is syntax."""
    yield "flowchart LR"
    for number, node in enumerate(drawn.nodes):
        left, right = _SHAPES[node.kind]
        style = f":::{node.status}" if node.status else ""
        yield f"  n{number}{left}{_mermaid_text(node.label)}{right}{style}"
    for start, end in drawn.edges:
        yield f"  n{start} --> n{end}"
    for status in sorted({node.status for node in drawn.nodes if node.status}):
        fill, stroke = _COLOURS[status]
        yield f"  classDef {status} fill:{fill},stroke:{stroke},color:#111827"
    if drawn.left_out:
        yield f"  %% {drawn.left_out} more groups of resources are not drawn"


def _mermaid_text(text: str) -> str:
    shown = visible(text, _LONGEST)
    return "".join(c if c.isalnum() or c in " ._-,×…" else f"#{ord(c)};" for c in shown)


def dot(drawn: Graph) -> Iterator[str]:
    """Lines of a DOT graph."""
    yield "digraph iaccheck {"
    yield "  rankdir=LR; node [shape=box, style=filled, fillcolor=white, fontname=sans];"
    for number, node in enumerate(drawn.nodes):
        colour = f', fillcolor="{_COLOURS[node.status][0]}", color="{_COLOURS[node.status][1]}"' if node.status else ""
        yield f'  n{number} [label="{_dot_text(node.label)}"{colour}];'
    for start, end in drawn.edges:
        yield f"  n{start} -> n{end};"
    if drawn.left_out:
        yield f"  // {drawn.left_out} more groups of resources are not drawn"
    yield "}"


def _dot_text(text: str) -> str:
    return visible(text, _LONGEST).replace("\\", "\\\\").replace('"', '\\"')
