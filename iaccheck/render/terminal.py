"""terminal: for a person at a prompt: the verdict first, then locations, then findings with what to do."""

import io
from collections.abc import Iterator

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from iaccheck.model import Coverage, LocationCoverage, Phase, Report, Severity, Status
from iaccheck.render._escape import visible
from iaccheck.render._style import PLAIN, Style
from iaccheck.render._view import Group, amount, counted, coverage_by_location, grouped, looked_at, verdict_sentence

_STATUS = {
    Status.COVERED: "green",
    Status.DEFAULTED: "green",
    Status.DISCARDED: "red",
    Status.UNCOVERED: "red",
    Status.UNKNOWN: "yellow",
}
_SEVERITY = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}
_BAR = 10
_SHOWN = 5


def render(report: Report, style: Style = PLAIN) -> str:
    out = io.StringIO()
    console = Console(
        file=out,
        width=max(style.width, 60),
        force_terminal=style.color,
        color_system="standard" if style.color else None,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    failed = report.verdict == "fail"
    console.print(
        Text.assemble(
            (" FAIL " if failed else " PASS ", "bold white on red" if failed else "bold white on green"), "  "
        )
        + Text(visible(verdict_sentence(report), 400), style="bold")
    )
    if style.detail < 0:
        return _trimmed(out.getvalue())
    if report.locations:
        console.print()
        console.print(_locations(report))
    for group in grouped(finding for finding in report.findings if finding.counts):
        console.print()
        _group(console, group, report)
    _set_aside(console, report)
    if style.detail > 0:
        _events(console, report)
    console.print()
    for note in report.notes:
        where = f"{visible(note.address)}: " if note.address else ""
        console.print(Text(f"note: {where}{visible(note.message, 600)}", style="cyan"))
    console.print(Text(f"Looked at: {visible('; '.join(looked_at(report)), 2000)}", style="dim"))
    return _trimmed(out.getvalue())


def _trimmed(text: str) -> str:
    """Lines without the blanks that a table pads them with."""
    return "\n".join(line.rstrip() for line in text.split("\n"))


# --- locations -----------------------------------------------------------------------------------------------------


def _locations(report: Report) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold", pad_edge=False)
    table.add_column("Location", no_wrap=True)
    table.add_column("Now", no_wrap=True)
    table.add_column("After", no_wrap=True)
    table.add_column("Events", no_wrap=True)
    table.add_column("Received by", overflow="fold")
    events = coverage_by_location(report)
    most = max((amount(items).least for items in events.values()), default=0)
    for at in report.locations:
        items = events.get(at.location, [])
        table.add_row(
            visible(at.location or "unknown", 24),
            Text(at.before.value, style=_STATUS[at.before]),
            Text(at.after.value, style=_STATUS[at.after]),
            _bar(items, most),
            _received_by(at),
        )
    return table


def _bar(items: list[Coverage], most: int) -> str:
    parts = [
        f"{amount(chosen)} {phase.value}"
        for phase in Phase
        if (chosen := [item for item in items if item.event.phase is phase])
    ]
    if not parts:
        return "none"
    length = max(1, round(_BAR * amount(items).least / most)) if most else 0
    return f"{'█' * length}{' ' if length else ''}{', '.join(parts)}"


def _received_by(at: LocationCoverage) -> str:
    if at.trackers:
        more = f" and {len(at.trackers) - 2} more" if len(at.trackers) > 2 else ""
        return ", ".join(visible(tracker, 80) for tracker in at.trackers[:2]) + more
    return "unknown" if at.after is Status.UNKNOWN else "nothing"


# --- findings ------------------------------------------------------------------------------------------------------


def _group(console: Console, group: Group, report: Report) -> None:
    place = f" · {visible(group.location, 40)}" if group.location else ""
    console.print(
        Text.assemble((f"{group.severity.value} {group.policy}", _SEVERITY[group.severity]), f"  {group.title}{place}")
    )
    first = group.findings[0]
    for line in _addresses(group, report):
        console.print(Padding(Text(line, style="bold"), (0, 0, 0, 2)))
    more = len(group.findings) - 1
    also = f" (and {counted(more, 'more')[:-1] if more > 1 else '1 more'})" if more else ""
    console.print(Padding(Text(visible(first.message, 900) + also.replace("mores", "more")), (0, 0, 0, 2)))
    help_ = Text(group.help)
    console.print(Padding(Text("→ ", style="green") + help_, (0, 0, 0, 2)))


def _addresses(group: Group, report: Report) -> Iterator[str]:
    addresses = [finding.address for finding in group.findings if finding.address]
    for address in addresses[:_SHOWN]:
        source = report.sources.get(address)
        yield visible(address, 200) + (f"  {visible(source.file)}:{source.line}" if source else "")
    if len(addresses) > _SHOWN:
        yield f"and {len(addresses) - _SHOWN} more"


def _set_aside(console: Console, report: Report) -> None:
    waived = [finding for finding in report.findings if finding.waiver is not None]
    if waived:
        console.print()
        console.print(Text(f"Waived: {len(waived)}", style="bold"))
        for finding in waived:
            waiver = finding.waiver
            assert waiver is not None
            place = f" in {visible(finding.location, 40)}" if finding.location else ""
            console.print(
                Padding(
                    Text(
                        f"{finding.policy} {visible(finding.address or '')}{place}: {visible(waiver.reason)} "
                        f"(until {waiver.expires.isoformat()}, {visible(waiver.owner or 'no owner')}, "
                        f"{visible(waiver.origin)})"
                    ),
                    (0, 0, 0, 2),
                )
            )
    known = sum(finding.baselined for finding in report.findings)
    if known:
        console.print()
        console.print(Text(f"Known from the baseline: {known}", style="bold"))
    for text in report.fixed:
        console.print(Text(f"Fixed since the baseline: {visible(text)}", style="green"))


def _events(console: Console, report: Report) -> None:
    console.print()
    console.print(Text("Events by resource", style="bold"))
    address = None
    for item in report.coverage:
        event = item.event
        if event.address != address:
            address = event.address
            console.print(Padding(Text(visible(address, 200), style="bold"), (0, 0, 0, 2)))
        formerly = f" (formerly {event.formerly.split('.', 1)[1]})" if event.formerly else ""
        many = (
            str(event.min) if event.max == event.min else f"{event.min}..{event.max if event.max is not None else ''}"
        )
        line = Text(f"{many:>4} {event.action.split('.', 1)[1]}{formerly}  {event.phase.value}  ")
        line.append(visible(event.location or "unknown", 40) + " ")
        line.append(item.status.value, style=_STATUS[item.status])
        if item.timing.value != "steady":
            line.append(f" {item.timing.value}")
        console.print(Padding(line, (0, 0, 0, 4)))
