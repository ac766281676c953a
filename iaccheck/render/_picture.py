"""picture: a Report -> the nodes and edges of instance, location, route and target, placed for a drawing."""

from collections.abc import Iterable
from typing import NamedTuple

from iaccheck.model import LocationCoverage, Report, Status
from iaccheck.render._escape import visible

WIDTH, NODE, HEIGHT, GAP, TOP = 1040, 224, 34, 14, 34
_MOST = 12
_LABEL = 28
_COLUMNS = 4
_ENDS = {
    Status.UNCOVERED: "nothing receives",
    Status.DISCARDED: "discarded by a rule",
    Status.UNKNOWN: "not known yet",
}


class Node(NamedTuple):
    """`label` fits the node, `title` is the whole name; `status` gives the colour."""

    x: float
    y: float
    label: str
    title: str
    status: str


class Edge(NamedTuple):
    path: str
    status: str


class Picture(NamedTuple):
    height: float
    nodes: list[Node]
    edges: list[Edge]
    left: int


class _Placed(NamedTuple):
    """`hidden`: no node, but a way between others that needs room for itself."""

    column: int
    key: str
    hidden: bool = False


def picture(report: Report) -> Picture | None:
    """None where there is no location. Those without a receiver come first; what doesn't fit is counted."""
    urgent = sorted(report.locations, key=lambda at: at.after.received)
    shown = urgent[:_MOST]
    if not shown:
        return None
    status: dict[_Placed, str] = {}
    edges: dict[tuple[_Placed, _Placed], str] = {}
    for at in shown:
        _draw(at, _instances(report, at.location), status, edges)
    places = _places(status)
    return Picture(
        height=max(place[1] for place in places.values()) + HEIGHT + 8,
        nodes=[
            Node(*places[node], _short(node.key), visible(node.key, 200), colour)
            for node, colour in status.items()
            if not node.hidden
        ],
        edges=[
            *[Edge(_path(places[start], places[end]), colour) for (start, end), colour in edges.items()],
            *[Edge(_straight(places[node]), colour) for node, colour in status.items() if node.hidden],
        ],
        left=len(urgent) - len(shown),
    )


def _instances(report: Report, location: str | None) -> list[str]:
    """Instances of a location, and those that cause events there."""
    found: dict[str, None] = {}
    for at in report.locations:
        if at.location == location:
            found.update(dict.fromkeys(at.instances))
    for item in report.coverage:
        if item.event.location == location and len(found) < _MOST:
            found.setdefault(item.event.instance or "an instance that is not known")
    return list(found)[:_MOST]


def _draw(
    at: LocationCoverage,
    instances: Iterable[str],
    status: dict[_Placed, str],
    edges: dict[tuple[_Placed, _Placed], str],
) -> None:
    colour = at.after.value
    here = _Placed(1, at.location or "a location that is not known")
    status[here] = colour
    for instance in instances:
        start = _Placed(0, instance)
        status.setdefault(start, "plain")
        edges[start, here] = colour
    for route, tracker in at.ways[:_MOST]:
        end = _Placed(3, tracker)
        through = _Placed(2, route) if route is not None else _Placed(2, here.key, hidden=True)
        status.setdefault(end, "plain")
        status.setdefault(through, colour if route is None else "plain")
        edges[here, through] = edges[through, end] = colour
    if not at.ways and at.after in _ENDS:
        end, through = _Placed(3, _ENDS[at.after]), _Placed(2, here.key, hidden=True)
        status[end] = status[through] = edges[here, through] = edges[through, end] = colour


def _places(status: Iterable[_Placed]) -> dict[_Placed, tuple[float, float]]:
    """Left upper corners: columns from left to right, each column centred."""
    columns: list[list[_Placed]] = [[] for _ in range(_COLUMNS)]
    for node in status:
        columns[node.column].append(node)
    rows = max(len(column) for column in columns)
    step = (WIDTH - NODE) / (_COLUMNS - 1)
    return {
        node: (round(number * step, 1), TOP + (rows - len(column)) * (HEIGHT + GAP) / 2 + row * (HEIGHT + GAP))
        for number, column in enumerate(columns)
        for row, node in enumerate(column)
    }


def _path(start: tuple[float, float], end: tuple[float, float]) -> str:
    x1, y1, x2, y2 = start[0] + NODE, start[1] + HEIGHT / 2, end[0], end[1] + HEIGHT / 2
    bend = (x2 - x1) / 2
    return f"M{x1:g} {y1:g}C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}"


def _straight(place: tuple[float, float]) -> str:
    return f"M{place[0]:g} {place[1] + HEIGHT / 2:g}H{place[0] + NODE:g}"


def _short(text: str) -> str:
    """The end of an address says more than its beginning."""
    shown = visible(text, 200)
    return shown if len(shown) <= _LABEL else f"…{shown[-_LABEL + 1 :]}"
