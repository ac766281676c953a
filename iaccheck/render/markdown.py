"""markdown: for a pull request: verdict, locations, findings with what to do; details folded; never above the limit.

GitHub refuses comments of more than 65,536 characters. Sections fall away whole, the last ones first, until the rest
fits; the verdict and the locations never do.
"""

from collections.abc import Iterable, Iterator

from iaccheck.model import Coverage, Finding, LocationCoverage, Phase, Report, Severity, Status
from iaccheck.render._escape import visible
from iaccheck.render._markdown import code, plain
from iaccheck.render._style import PLAIN, Style
from iaccheck.render._view import Group, amount, counted, coverage_by_location, grouped, looked_at, verdict_sentence

LIMIT = 65_000
TAG = "<!-- iaccheck-report -->"

_MARK = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.NOTE: "ℹ️"}
_STATUS = {
    Status.COVERED: "✅ covered",
    Status.DEFAULTED: "✅ defaulted",
    Status.DISCARDED: "❌ discarded",
    Status.UNCOVERED: "❌ uncovered",
    Status.UNKNOWN: "❔ unknown",
}
_ADDRESSES = 20
_ROWS = 200


def render(report: Report, style: Style = PLAIN) -> str:
    head = [TAG, f"### {'❌' if report.verdict == 'fail' else '✅'} {plain(verdict_sentence(report), 400)}"]
    head += _locations(report)
    foot = _footer(report)
    # In the order in which they are read; what doesn't fit falls away from the end.
    sections = [
        ("findings", _findings(report)),
        ("waived findings", _waived(report)),
        ("notes", _notes(report)),
        ("events by resource", _events(report)),
    ]
    return _fitted(head, sections, foot)


def _fitted(head: list[str], sections: list[tuple[str, list[str]]], foot: list[str]) -> str:
    kept: list[str] = []
    cut: list[str] = []
    room = LIMIT - len("\n".join([*head, *foot])) - 600
    for name, lines in sections:
        text, left = _as_much(lines, room)
        kept += text
        room -= sum(len(line) + 1 for line in text)
        if left:
            cut.append(f"{name} ({counted(left, 'part')} of {len(lines)})")
    said = (
        [f"> Cut to fit {LIMIT:,} characters: {'; '.join(cut)}. The whole report: `iaccheck -f json`.", ""]
        if cut
        else []
    )
    return "\n".join([*head, *kept, *said, *foot]) + "\n"


def _as_much(parts: list[str], room: int) -> tuple[list[str], int]:
    """The first parts that fit, and how many don't. A part is never cut inside."""
    used = 0
    for position, part in enumerate(parts):
        used += len(part) + 1
        if used > room:
            return parts[:position], len(parts) - position
    return parts, 0


# --- locations -----------------------------------------------------------------------------------------------------


def _locations(report: Report) -> list[str]:
    if not report.locations:
        return [""]
    events = coverage_by_location(report)
    rows = [_row(at, events.get(at.location, [])) for at in report.locations[:_ROWS]]
    left = len(report.locations) - len(rows)
    more = ["", f"and {counted(left, 'more location')}"] if left else []
    return [
        "",
        "| Location | Now | After the apply | Events | Received by |",
        "| --- | --- | --- | --- | --- |",
        *rows,
        *more,
        "",
    ]


def _row(at: LocationCoverage, items: list[Coverage]) -> str:
    name = code(at.location, 40) if at.location else "*unknown*"
    counts = ", ".join(
        f"{amount(chosen)} {phase.value}" for phase in Phase if (chosen := [i for i in items if i.event.phase is phase])
    )
    by = ", ".join(code(tracker, 100) for tracker in at.trackers[:3])
    by += f" and {len(at.trackers) - 3} more" if len(at.trackers) > 3 else ""
    return (
        f"| {name} | {_STATUS[at.before]} | {_STATUS[at.after]} | {counts or 'none'} | {by or plain(at.reason, 240)} |"
    )


# --- findings ------------------------------------------------------------------------------------------------------


def _findings(report: Report) -> list[str]:
    return [_group(group, report) for group in grouped(f for f in report.findings if f.counts)]


def _group(group: Group, report: Report) -> str:
    place = f" · {code(group.location, 40)}" if group.location else ""
    lines = [f"#### {_MARK[group.severity]} {group.policy} {group.title}{place}", ""]
    lines += [plain(group.findings[0].message), ""]
    shown = [_address(finding, report) for finding in group.findings if finding.address]
    if len(shown) == 1:
        lines += [f"- {shown[0]}", ""]
    elif shown:
        listed = [f"- {item}" for item in shown[:_ADDRESSES]]
        left = len(shown) - len(listed)
        listed += [f"- and {left} more"] if left else []
        lines += [f"<details><summary>{counted(len(shown), 'resource')}</summary>", "", *listed, "", "</details>", ""]
    lines += ["**What to do**", "", *_help(group.help), ""]
    return "\n".join(lines)


def _address(finding: Finding, report: Report) -> str:
    source = report.sources.get(finding.address or "")
    where = f" at {code(f'{source.file}:{source.line}')}" if source else ""
    return code(finding.address or "") + where


def _help(text: str) -> Iterator[str]:
    """Paragraphs as text, indented lines as HCL."""
    fenced = False
    for line in text.splitlines():
        indented = line.startswith("  ") or (fenced and not line.strip())
        if indented is not fenced and (indented or fenced):
            yield "```hcl" if indented else "```"
            fenced = indented
        yield visible(line[2:] if indented else line, 400).replace("```", "'''") if indented else plain(line)
    if fenced:
        yield "```"


def _waived(report: Report) -> list[str]:
    waived = [f for f in report.findings if f.waiver is not None]
    known = sum(f.baselined for f in report.findings)
    parts = []
    if waived:
        rows = [
            f"| {f.policy} | {code(f.address or '-')} | {code(f.location or '-', 40)} | {plain(f.waiver.reason)} "
            f"| {f.waiver.expires.isoformat()} | {plain(f.waiver.owner or '')} |"
            for f in waived[:_ROWS]
            if f.waiver is not None
        ]
        table = [
            "| Policy | Address | Location | Reason | Until | Owner |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
        ]
        parts.append("\n".join(_folded(f"Waived: {counted(len(waived), 'finding')}", table)))
    if known:
        parts.append(f"{counted(known, 'finding')} known from the baseline.\n")
    parts += [f"- fixed since the baseline: {plain(text)}" for text in report.fixed[:_ROWS]]
    return parts


def _notes(report: Report) -> list[str]:
    if not report.notes:
        return []
    lines = [
        f"- {code(note.address) + ': ' if note.address else ''}{plain(note.message)}" for note in report.notes[:_ROWS]
    ]
    return ["\n".join(["#### Notes", "", *lines, ""])]


# --- details -------------------------------------------------------------------------------------------------------


def _events(report: Report) -> list[str]:
    """One folded table a hundred resources, so that cutting keeps whole tables."""
    by_address: dict[str, list[Coverage]] = {}
    for item in report.coverage:
        by_address.setdefault(item.event.address, []).append(item)
    addresses = sorted(by_address)
    return [
        "\n".join(_events_table(addresses[start : start + 100], by_address, start, len(addresses)))
        for start in range(0, len(addresses), 100)
    ]


def _events_table(addresses: list[str], by_address: dict[str, list[Coverage]], start: int, total: int) -> list[str]:
    rows = [row for address in addresses for row in _event_rows(address, by_address[address])]
    which = f", {start + 1} to {start + len(addresses)}" if total > 100 else ""
    head = ["| Resource | Phase | Actions | Location | Status |", "| --- | --- | --- | --- | --- |"]
    return _folded(f"Events of {counted(total, 'resource')}{which}", [*head, *rows])


def _event_rows(address: str, items: list[Coverage]) -> Iterator[str]:
    groups: dict[tuple[str, str | None, str, str], list[Coverage]] = {}
    for item in items:
        event = item.event
        groups.setdefault((event.phase.value, event.location, item.status.value, item.timing.value), []).append(item)
    for (phase, location, status, timing), members in sorted(groups.items(), key=lambda group: repr(group[0])):
        said = status if timing == "steady" else f"{status}, {timing}"
        yield f"| {code(address)} | {phase} | {_actions(members)} | {code(location or 'unknown', 40)} | {said} |"


def _actions(members: Iterable[Coverage]) -> str:
    parts = []
    for item in members:
        event = item.event
        times = "" if event.max == event.min == 1 else f" ×{amount([item])}"
        formerly = f" (formerly `{event.formerly.split('.', 1)[1]}`)" if event.formerly else ""
        parts.append(f"`{event.action.split('.', 1)[1]}`{formerly}{times}")
    return ", ".join(parts)


def _folded(summary: str, lines: list[str]) -> list[str]:
    return [f"<details><summary>{summary}</summary>", "", *lines, "", "</details>", ""]


def _footer(report: Report) -> list[str]:
    lines = [f"- {plain(line, 300)}" for line in looked_at(report)[:30]]
    name = report.inputs[0].name if report.inputs else "plan.json"
    run = f"Run it yourself: {code(f'iaccheck {visible(name, 80)}')}"
    return [*_folded("What was looked at", [*lines, "", run]), f"<sub>iaccheck {report.version}</sub>"]
