"""markdown: for a pull request: verdict, locations, findings with what to do; details folded; never above the limit.

GitHub refuses comments of more than 65,536 characters. Whole sections fall away, in this order, until the rest fits:
events by resource, the drawing, where to look, notes, what is set aside, findings. The verdict and the locations stay.
"""

from collections.abc import Iterator

from iaccheck.model import Coverage, Finding, LocationCoverage, Phase, Report, Severity, Status
from iaccheck.render._markdown import code, folded, plain, remedy
from iaccheck.render._markdown_details import drawing, events_by_resource, views
from iaccheck.render._style import PLAIN, Style
from iaccheck.render._view import (
    Group,
    amount,
    command_line,
    counted,
    coverage_by_location,
    grouped,
    let_through,
    looked_at,
    same_remedy,
    source_of,
    verdict_sentence,
)

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
_ADDRESSES, _ROWS = 20, 100
_LOCATIONS = 25_000
_SAID = 700


def render(report: Report, style: Style = PLAIN) -> str:
    mark = "❌" if report.verdict == "fail" else "⚠️" if let_through(report) else "✅"
    head = [TAG, f"### {mark} {plain(verdict_sentence(report), 600)}", ""]
    if style.detail < 0:
        return "\n".join(head)
    head += _locations(report)
    foot = _footer(report)
    sections = {
        "findings": _findings(report),
        "what is set aside": _set_aside(report),
        "notes": _notes(report),
        "where to look afterwards": views(report),
        "the drawing": drawing(report),
        "events by resource": events_by_resource(report),
    }
    room = LIMIT - len("\n".join([*head, *foot])) - _SAID
    kept, cut = _fitting(sections, room)
    return "\n".join([*head, *kept, *cut, *foot]) + "\n"


def _fitting(sections: dict[str, list[str]], room: int) -> tuple[list[str], list[str]]:
    """The lines that stay, in the order of the sections, and what is said of those that don't."""
    kept: list[str] = []
    cut: list[str] = []
    for name, blocks in sections.items():
        size = sum(len(block) + 1 for block in blocks)
        if not cut and size <= room:
            kept += blocks
            room -= size
        elif name == "findings":
            some = _as_much(blocks, room)
            kept += some
            cut.append(f"{len(blocks) - len(some)} of {len(blocks)} groups of findings")
            room = 0
        elif blocks:
            cut.append(name)
    said = f"> Left out to stay below {LIMIT:,} characters: {', '.join(cut)}. `iaccheck -f html` has everything."
    return kept, [said, ""] if cut else []


def _as_much(blocks: list[str], room: int) -> list[str]:
    """The first blocks that fit; none is cut inside."""
    for position, block in enumerate(blocks):
        room -= len(block) + 1
        if room < 0:
            return blocks[:position]
    return blocks


# --- locations -----------------------------------------------------------------------------------------------------


def _locations(report: Report) -> list[str]:
    """All of them; of thousands those without a receiver first, and how many more there are of each status."""
    if not report.locations:
        return []
    events = coverage_by_location(report)
    origins = {tracker.address: tracker.origin for tracker in report.trackers}
    urgent = report.locations
    if len(urgent) > _ROWS:
        urgent = tuple(sorted(urgent, key=lambda at: at.after.received))
    rows = _as_much([_row(at, events.get(at.location, []), origins) for at in urgent], _LOCATIONS)
    left = urgent[len(rows) :]
    more = []
    if left:
        counts = [f"{sum(at.after is s for at in left)} {s.value}" for s in Status if any(at.after is s for at in left)]
        more = ["", f"and {counted(len(left), 'more location')}: {', '.join(counts)}"]
    return [
        "| Location | Before | After the apply | Events | Received by | How that is known |",
        "| --- | --- | --- | --- | --- | --- |",
        *rows,
        *more,
        "",
    ]


def _row(at: LocationCoverage, items: list[Coverage], origins: dict[str, str]) -> str:
    name = code(at.location, 40) if at.location is not None else "*unknown*"
    counts = ", ".join(
        f"{amount(chosen)} {phase.value}" for phase in Phase if (chosen := [i for i in items if i.event.phase is phase])
    )
    by = ", ".join(code(tracker, 100) for tracker in at.trackers[:3])
    by += f" and {len(at.trackers) - 3} more" if len(at.trackers) > 3 else ""
    nothing = "unknown" if at.after is Status.UNKNOWN else "nothing"
    found = sorted({origins[tracker] for tracker in at.trackers if tracker in origins})
    seen = f" (seen in: {', '.join(plain(origin, 40) for origin in found)})" if found else ""
    cells = [name, _STATUS[at.before], _STATUS[at.after], counts or "none", by or nothing, plain(at.reason, 240) + seen]
    return f"| {' | '.join(cells)} |"


# --- findings ------------------------------------------------------------------------------------------------------


def _findings(report: Report) -> list[str]:
    return [_group(group, report) for group in grouped(f for f in report.findings if f.counts)]


def _group(group: Group, report: Report) -> str:
    place = f" · {code(group.location, 40)}" if group.location is not None else ""
    more = f" (and {len(group.findings) - 1} more like it)" if len(group.findings) > 1 else ""
    lines = [f"#### {_MARK[group.severity]} {plain(group.title, 200)}{place} · {group.policy}", ""]
    lines += [plain(group.findings[0].message) + more, ""]
    shown = [_address(finding, report) for finding in group.findings[:_ADDRESSES] if finding.address]
    named = sum(bool(finding.address) for finding in group.findings)
    listed = [f"- {item}" for item in shown] + [f"- and {named - len(shown)} more"] * (named > len(shown))
    if named > 3:
        listed = [f"<details><summary>{counted(named, 'resource')}</summary>", "", *listed, "", "</details>"]
    lines += [*listed, ""] if listed else []
    if same := same_remedy(group):
        lines += [f"**What to do:** {plain(same)}", ""]
    elif group.help:
        lines += ["**What to do:**", "", *remedy(group.help)]
    return "\n".join(lines)


def _address(finding: Finding, report: Report) -> str:
    source = source_of(report, finding)
    where = f" at {code(f'{source.file}:{source.line}')}" if source else ""
    return code(finding.address or "") + where


def _set_aside(report: Report) -> list[str]:
    waived = [f for f in report.findings if f.waiver is not None]
    known = sum(f.baselined for f in report.findings)
    blocks = []
    if waived:
        table = [
            "| Policy | Address | Location | Reason | Until | Owner | Granted in |",
            "| --- | --- | --- | --- | --- | --- | --- |",
            *[_waived(finding) for finding in waived[:_ROWS]],
            *([f"\nand {len(waived) - _ROWS} more"] if len(waived) > _ROWS else []),
        ]
        blocks.append(folded(f"Waived: {counted(len(waived), 'finding')}", table))
    if known:
        blocks.append(f"{counted(known, 'finding')} known from the baseline.\n")
    if report.fixed:
        fixed = [f"- {plain(text, 300)}" for text in report.fixed[:_ROWS]]
        blocks.append(folded(f"Fixed since the baseline: {len(report.fixed)}", fixed))
    return blocks


def _waived(finding: Finding) -> str:
    waiver = finding.waiver
    assert waiver is not None
    ticket = f" ({plain(waiver.ticket, 80)})" if waiver.ticket else ""
    cells = [
        finding.policy,
        code(finding.address or "-"),
        code(finding.location or "-", 40),
        plain(waiver.reason, 300) + ticket,
        waiver.expires.isoformat(),
        plain(waiver.owner or "", 80),
        code(waiver.origin, 120),
    ]
    return f"| {' | '.join(cells)} |"


# --- the rest ------------------------------------------------------------------------------------------------------


def _notes(report: Report) -> list[str]:
    if not report.notes:
        return []
    lines = [
        f"- {code(note.address) + ': ' if note.address else ''}{plain(note.message, 600)}"
        for note in report.notes[:_ROWS]
    ]
    lines += [f"- and {len(report.notes) - _ROWS} more"] if len(report.notes) > _ROWS else []
    return ["\n".join(["#### Notes", "", *lines, ""])]


def _footer(report: Report) -> list[str]:
    return [folded("What was looked at", _looked_at(report)), f"<sub>iaccheck {plain(report.version, 40)}</sub>"]


def _looked_at(report: Report) -> Iterator[str]:
    lines = looked_at(report)
    for line in lines[:_ADDRESSES]:
        yield f"- {plain(line, 300)}"
    if len(lines) > _ADDRESSES:
        yield f"- and {len(lines) - _ADDRESSES} more"
    yield ""
    yield f"Run it yourself: {code(command_line(report), 1000)}"
