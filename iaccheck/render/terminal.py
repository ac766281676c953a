"""terminal: for a person at a prompt: the verdict first, then locations, then findings with what to do."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from iaccheck.model import Coverage, Finding, LocationCoverage, Phase, Report, Severity, Status
from iaccheck.render._escape import visible
from iaccheck.render._help import parts
from iaccheck.render._paper import Paper
from iaccheck.render._style import PLAIN, Style
from iaccheck.render._view import (
    Group,
    amount,
    counted,
    coverage_by_location,
    grouped,
    let_through,
    looked_at,
    same_remedy,
    source_of,
    verdict_sentence,
)

_STATUS = {
    Status.COVERED: "green",
    Status.DEFAULTED: "green",
    Status.DISCARDED: "red",
    Status.UNCOVERED: "red",
    Status.UNKNOWN: "yellow",
}
_SEVERITY = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_BAR = 10
_ADDRESSES, _LOCATIONS, _GROUPS, _LISTED = 5, 40, 40, 20


def render(report: Report, style: Style = PLAIN) -> str:
    paper = Paper(style)
    _verdict(paper, report)
    if style.detail >= 0:
        _locations(paper, report)
        _findings(paper, report)
        _set_aside(paper, report)
        _views(paper, report, queries=style.detail > 0)
        if style.detail > 0 and report.coverage:
            _events(paper, report)
        _notes(paper, report)
    return paper.text()


def _verdict(paper: Paper, report: Report) -> None:
    word, colour = ("FAIL", "bold white on red") if report.verdict == "fail" else ("PASS", "bold white on green")
    if let_through(report):
        word, colour = "PASS", "bold black on yellow"
    paper.add(visible(verdict_sentence(report), 600), colour, lead=f"{word}  ", hang=6)


# --- locations -----------------------------------------------------------------------------------------------------


def _locations(paper: Paper, report: Report) -> None:
    if not report.locations:
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
    for name in ("Location", "Before", "After", "Events"):
        table.add_column(name, no_wrap=True)
    table.add_column("Received by", overflow="fold")
    events = coverage_by_location(report)
    most = max((amount(items).least for items in events.values()), default=0)
    urgent = sorted(report.locations, key=lambda at: at.after.received) if _many(report) else report.locations
    for at in urgent[:_LOCATIONS]:
        table.add_row(
            visible(at.location, 24) if at.location is not None else "unknown",
            Text(at.before.value, style=_STATUS[at.before]),
            Text(at.after.value, style=_STATUS[at.after]),
            _bar(events.get(at.location, []), most),
            _received_by(at),
        )
    paper.add()
    paper.drawn(table)
    if _many(report):
        paper.add(f"and {len(report.locations) - _LOCATIONS} more locations (-f html or -f json has them all)")


def _many(report: Report) -> bool:
    return len(report.locations) > _LOCATIONS


def _bar(items: list[Coverage], most: int) -> str:
    counts = [
        f"{amount(chosen)} {phase.value}"
        for phase in Phase
        if (chosen := [item for item in items if item.event.phase is phase])
    ]
    if not counts:
        return "none"
    length = max(1, round(_BAR * amount(items).least / most)) if most else 0
    return f"{'█' * length}{' ' if length else ''}{', '.join(counts)}"


def _received_by(at: LocationCoverage) -> str:
    if at.trackers:
        more = f" and {len(at.trackers) - 2} more" if len(at.trackers) > 2 else ""
        return ", ".join(visible(tracker, 80) for tracker in at.trackers[:2]) + more
    return "unknown" if at.after is Status.UNKNOWN else "nothing"


# --- findings ------------------------------------------------------------------------------------------------------


def _findings(paper: Paper, report: Report) -> None:
    groups = grouped(finding for finding in report.findings if finding.counts)
    for group in groups[:_GROUPS]:
        _group(paper, group, report)
    left = [finding for group in groups[_GROUPS:] for finding in group.findings]
    if left:
        paper.add()
        paper.add(f"and {counted(len(left), 'more finding')} (-f html or -f json has them all)")


def _group(paper: Paper, group: Group, report: Report) -> None:
    place = f" · {visible(group.location, 40)}" if group.location is not None else ""
    paper.add()
    paper.add(
        f"{visible(group.title)}{place}", _SEVERITY[group.severity], lead=f"{group.severity.value} {group.policy}  "
    )
    named = [finding for finding in group.findings if finding.address]
    for finding in named[:_ADDRESSES]:
        paper.add(_address(finding, report), "bold", indent=2, hang=2)
    if len(named) > _ADDRESSES:
        paper.add(f"and {len(named) - _ADDRESSES} more", indent=2)
    more = f" (and {len(group.findings) - 1} more like it)" if len(group.findings) > 1 else ""
    paper.add(visible(group.findings[0].message, 900) + more, indent=2)
    _help(paper, group)


def _address(finding: Finding, report: Report) -> str:
    source = source_of(report, finding)
    return visible(finding.address or "") + (f"  {visible(source.file)}:{source.line}" if source else "")


def _help(paper: Paper, group: Group) -> None:
    if same := same_remedy(group):
        paper.add(same, "green", lead="→ ", indent=2, hang=2)
        return
    lead = "→ "
    snippet_before = False
    for part in parts(group.help):
        if part.snippet or snippet_before:
            paper.add()
        if part.snippet:
            paper.verbatim(part.text, 6)
        else:
            paper.add(visible(part.text, 900), "green", lead=lead, indent=4 - len(lead), hang=len(lead))
            lead = ""
        snippet_before = part.snippet


def _set_aside(paper: Paper, report: Report) -> None:
    waived = [finding for finding in report.findings if finding.waiver is not None]
    if waived:
        paper.add()
        paper.add(f"Waived: {len(waived)}", "bold")
    for finding in waived[:_LISTED]:
        waiver = finding.waiver
        assert waiver is not None
        place = f" in {visible(finding.location, 40)}" if finding.location else ""
        ticket = f", {visible(waiver.ticket, 80)}" if waiver.ticket else ""
        signed = f"(until {waiver.expires.isoformat()}, {visible(waiver.owner or 'no owner', 80)}{ticket})"
        subject = f"{finding.policy} {visible(finding.address or '')}{place}"
        paper.add(f"{subject}: {visible(waiver.reason)} {signed} {visible(waiver.origin)}", indent=2, hang=2)
    if len(waived) > _LISTED:
        paper.add(f"and {len(waived) - _LISTED} more", indent=2)
    known = sum(finding.baselined for finding in report.findings)
    if known:
        paper.add()
        paper.add(f"Known from the baseline: {known}", "bold")
    if report.fixed:
        paper.add()
    for text in report.fixed[:_LISTED]:
        paper.add(f"Fixed since the baseline: {visible(text)}", "green", hang=2)


# --- the rest ------------------------------------------------------------------------------------------------------


def _views(paper: Paper, report: Report, *, queries: bool) -> None:
    if not report.views:
        return
    paper.add()
    paper.add("Where to look afterwards" + ("" if queries else " (-v has the queries)"), "bold")
    for view in report.views[:_LISTED]:
        paper.add(visible(view.place, 500), lead=f"{visible(view.location, 40)}: ", indent=2, hang=2)
        if queries:
            paper.verbatim(visible(view.query, 6000), 6)
    if len(report.views) > _LISTED:
        paper.add(f"and {len(report.views) - _LISTED} more", indent=2)


def _events(paper: Paper, report: Report) -> None:
    paper.add()
    paper.add("Events by resource", "bold")
    address = None
    for item in report.coverage:
        event = item.event
        if event.address != address:
            address = event.address
            paper.add(visible(address), "bold", indent=2, hang=2)
        paper.add(_event(item), _STATUS[item.status], lead=f"{item.status.value:<9} ", indent=4, hang=10)


def _event(item: Coverage) -> str:
    event = item.event
    open_ = f"{event.min}.." + (str(event.max) if event.max is not None else "")
    many = str(event.min) if event.max == event.min else open_
    formerly = f" (formerly {visible(event.formerly.split('.', 1)[-1], 100)})" if event.formerly else ""
    timing = "" if item.timing.value == "steady" else f", {item.timing.value}"
    location = visible(event.location, 40) if event.location is not None else "unknown"
    action = visible(event.action.split(".", 1)[-1], 100)
    return f"{many} {action}{formerly}, {event.phase.value}, {location}{timing}"


def _notes(paper: Paper, report: Report) -> None:
    paper.add()
    for note in report.notes[:_LISTED]:
        where = f"{visible(note.address)}: " if note.address else ""
        paper.add(f"{where}{visible(note.message, 600)}", "cyan", lead="note: ", hang=2)
    if len(report.notes) > _LISTED:
        paper.add(f"and {len(report.notes) - _LISTED} more notes (-f json has them all)")
    paper.add(f"Looked at: {_joined(looked_at(report))}", "dim")


def _joined(lines: Iterable[str]) -> str:
    listed = list(lines)
    more = [f"and {len(listed) - _LISTED} more"] if len(listed) > _LISTED else []
    return visible("; ".join([*listed[:_LISTED], *more]), 4000)
