"""markdown_details: the folded sections of the Markdown report: where to look, the drawing, events by resource."""

from collections.abc import Iterable, Iterator

from iaccheck.model import Coverage, Report, Status
from iaccheck.render._markdown import code, fenced, folded, mermaid, plain
from iaccheck.render._view import amount, counted

_SHOWN, _DRAWN = 20, 10
_ENDS = {Status.UNCOVERED: "nothing receives", Status.DISCARDED: "discarded", Status.UNKNOWN: "not known yet"}


def views(report: Report) -> list[str]:
    """Where the events that are received can be looked at, with the query."""
    if not report.views:
        return []
    lines: list[str] = []
    for view in report.views[:_SHOWN]:
        lines += [f"{code(view.location, 40)}: {plain(view.place, 500)}", "", *fenced([view.query], "text", 6000)]
    left = len(report.views) - _SHOWN
    return [folded("Where to look afterwards", lines + ([f"and {left} more"] if left > 0 else []))]


def drawing(report: Report) -> list[str]:
    """A Mermaid graph of what is not received, small enough to be read."""
    lost = [at for at in report.locations if not at.after.received]
    if not lost:
        return []
    instances = _instances(report)
    lines = ["```mermaid", "flowchart LR"]
    for number, at in enumerate(lost[:_DRAWN]):
        lines.append(f'  l{number}["{mermaid(at.location if at.location is not None else "unknown")}"]')
        lines.append(f'  l{number} -.-> e{number}(["{mermaid(_ENDS[at.after])}"]):::lost')
        for index, instance in enumerate(instances.get(at.location, [])[:_DRAWN]):
            lines.append(f'  i{number}_{index}["{mermaid(instance)}"] --> l{number}')
    lines += ["  classDef lost stroke:#b3141d,stroke-width:2px", "```"]
    left = [f"and {len(lost) - _DRAWN} more"] if len(lost) > _DRAWN else []
    return [folded("Drawing of what is not received", [*lines, *left])]


def _instances(report: Report) -> dict[str | None, list[str]]:
    """Instances of each location, and those that cause events there."""
    found: dict[str | None, dict[str, None]] = {at.location: dict.fromkeys(at.instances) for at in report.locations}
    for item in report.coverage:
        if item.event.instance is not None:
            found.setdefault(item.event.location, {})[item.event.instance] = None
    return {location: sorted(names) for location, names in found.items()}


def events_by_resource(report: Report) -> list[str]:
    """One folded table; nothing where there is no event."""
    by_address: dict[str, list[Coverage]] = {}
    for item in report.coverage:
        by_address.setdefault(item.event.address, []).append(item)
    if not by_address:
        return []
    rows = [row for address, items in sorted(by_address.items()) for row in _rows(address, items)]
    head = ["| Resource | Phase | Actions | Location | Status |", "| --- | --- | --- | --- | --- |"]
    return [folded(f"Events of {counted(len(by_address), 'resource')}", [*head, *rows])]


def _rows(address: str, items: list[Coverage]) -> Iterator[str]:
    groups: dict[tuple[str, str, str, str], list[Coverage]] = {}
    for item in items:
        event = item.event
        location = code(event.location, 40) if event.location is not None else "*unknown*"
        groups.setdefault((event.phase.value, location, item.status.value, item.timing.value), []).append(item)
    for (phase, location, status, timing), members in sorted(groups.items(), key=lambda group: group[0]):
        said = status if timing == "steady" else f"{status}, {timing}"
        yield f"| {code(address)} | {phase} | {_actions(members)} | {location} | {said} |"


def _actions(members: Iterable[Coverage]) -> str:
    parts = []
    for item in members:
        event = item.event
        times = "" if event.max == event.min == 1 else f" ×{amount([item])}"
        formerly = f" (formerly {code(event.formerly.split('.', 1)[-1], 100)})" if event.formerly else ""
        parts.append(f"{code(event.action.split('.', 1)[-1], 100)}{formerly}{times}")
    return ", ".join(parts)
