"""view: what several formats show of a report: counts, sentences, findings of one kind together."""

import shlex
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from iaccheck.model import Coverage, Finding, Phase, Report, Severity, Source, Status, Timing
from iaccheck.render._escape import visible

SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
_NAMED = 5
_SOURCE = "Read from source, which shows nothing of what exists, changes or is only read. "


class Group(NamedTuple):
    """Findings of one policy in one location, shown as one.

    `as_for`: the location of an earlier group whose remedy is the same but for the name of the location.
    """

    policy: str
    severity: Severity
    title: str
    location: str | None
    help: str
    findings: tuple[Finding, ...]
    as_for: str | None = None


class Amount(NamedTuple):
    """How many events: `least` for sure, `open` when there can be more."""

    least: int
    open: bool

    def __str__(self) -> str:
        return f"{self.least}+" if self.open else str(self.least)


def amount(items: Iterable[Coverage]) -> Amount:
    least, most_known, bounded = 0, 0, True
    for item in items:
        least += item.event.min
        most_known += item.event.max or 0
        bounded = bounded and item.event.max is not None
    return Amount(least, not bounded or most_known > least)


def grouped(findings: Iterable[Finding]) -> tuple[Group, ...]:
    """Findings by policy and location, in the order of the report."""
    groups: dict[tuple[str, str | None], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.policy, finding.location), []).append(finding)
    first: dict[str, Finding] = {}
    found = []
    for (policy, location), members in groups.items():
        model = first.setdefault(policy, members[0])
        head = members[0]
        as_for = model.location if model is not head and _alike(model, head) else None
        found.append(Group(policy, head.severity, head.title, location, head.help, tuple(members), as_for))
    return tuple(found)


def _alike(first: Finding, second: Finding) -> bool:
    if not first.location or not second.location or not first.help:
        return False
    return first.help.replace(first.location, second.location) == second.help


def same_remedy(group: Group) -> str:
    """Which earlier group has the same remedy; nothing where none has."""
    if group.as_for is None:
        return ""
    there, here = visible(group.as_for, 40), visible(group.location or "", 40)
    named = group.as_for in group.help or (group.location or "") in group.help
    return f"As for {there}, with {here} in its place." if named else f"As for {there}."


def source_of(report: Report, finding: Finding) -> Source | None:
    """Where the block of a finding stands, if that is at hand."""
    return None if finding.address is None else report.sources.get(finding.address)


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def severity_counts(report: Report) -> dict[str, int]:
    """Findings that count, by severity; severities without one are left out."""
    counts = Counter(finding.severity for finding in report.findings if finding.counts)
    return {severity.value: counts[severity] for severity in SEVERITIES if counts[severity]}


def let_through(report: Report) -> bool:
    """Whether it passes only because it was told not to fail."""
    return any(note.code == "would-fail" for note in report.notes)


def verdict_sentence(report: Report) -> str:
    """One sentence: may it be merged, and why not; before it, what a reading of source can't see."""
    return _SOURCE * any(read.kind == "source" for read in report.inputs) + _verdict_sentence(report)


def _verdict_sentence(report: Report) -> str:
    counts = [counted(number, severity) for severity, number in severity_counts(report).items()]
    waived = sum(finding.waiver is not None for finding in report.findings)
    found = ", ".join(counts + [f"{waived} waived"] * bool(waived)) or "nothing to report"
    if report.verdict == "fail":
        return f"Do not merge: {_first_reason(report)} ({found})."
    if let_through(report):
        return f"Passes only because of --no-fail: {_first_reason(report)} ({found})."
    if not report.coverage and not report.locations:
        return f"May be merged: this plan causes no Secrets Manager events ({found})."
    if _surely_received(report):
        return f"May be merged: a tracker receives every audit event ({found})."
    if report.fail_on not in {severity.value for severity in SEVERITIES}:
        return f"May be merged: no severity is told to fail it ({found})."
    return f"May be merged: no finding at or above {report.fail_on} ({found})."


def _surely_received(report: Report) -> bool:
    """Whether every event is received, whenever in the apply it happens."""
    events = all(item.status.received and item.timing is Timing.STEADY for item in report.coverage)
    return events and all(at.after.received for at in report.locations)


def _first_reason(report: Report) -> str:
    """Where events get lost, if that is it; else what the gravest finding is called."""
    lost = {at.location for at in report.locations if at.after in (Status.UNCOVERED, Status.DISCARDED)}
    named = [f.location for f in report.findings if f.counts and f.severity is Severity.ERROR and f.location in lost]
    names = sorted({name for name in named if name})
    if names:
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        return f"audit events would be lost in {', '.join(visible(name, 60) for name in names[:_NAMED])}{more}"
    told = next((note.message for note in report.notes if note.code == "fails"), "findings")
    gravest = next((f.title for f in report.findings if f.counts), told.removeprefix("this fails: "))
    return gravest[:1].lower() + gravest[1:]


def events_by_phase(report: Report) -> dict[str, int]:
    """Events that surely happen, by phase."""
    counts = {phase.value: 0 for phase in Phase}
    for item in report.coverage:
        counts[item.event.phase.value] += item.event.min
    return counts


def coverage_by_location(report: Report) -> dict[str | None, list[Coverage]]:
    by_location: dict[str | None, list[Coverage]] = {}
    for item in report.coverage:
        by_location.setdefault(item.event.location, []).append(item)
    return by_location


def looked_at(report: Report) -> tuple[str, ...]:
    """What the report rests on, a line each."""
    lines = []
    for item in report.inputs:
        label = f"{item.label}: " if item.label else ""
        made = ", ".join(
            [f"Terraform {item.terraform_version}"] * bool(item.terraform_version)
            + [f"format {item.format_version}"] * bool(item.format_version)
        )
        lines.append(f"{label}{item.kind} {item.name}" + (f" ({made})" if made else ""))
    lines.append(f"facts as of {report.as_of.isoformat()}")
    return tuple(lines)


def command_line(report: Report) -> str:
    """What to type to get the report again."""
    words = ["iaccheck"]
    for item in report.inputs[:_NAMED]:
        name = visible(item.name, 80)
        if item.kind != "plan":
            words += ["--evidence", name]
        else:
            words += ["--name", f"{visible(item.label, 80)}={name}"] if item.label else [name]
    if len(report.inputs) > _NAMED:
        words.append("…")
    if report.fail_on != Severity.ERROR.value:
        words += ["--fail-on", report.fail_on]
    words += ["--as-of", report.as_of.isoformat()]
    return " ".join(word if word == "…" else shlex.quote(word) for word in words)


def subject_of(finding: Finding) -> str:
    """The address, to be put before a message that doesn't name it."""
    named = finding.address is None or finding.address == "" or finding.address in finding.message
    return "" if named else f"{visible(finding.address or '')}: "
