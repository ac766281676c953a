"""json: the contract `iaccheck/report/1`. Additions are minor; anything else is a new number."""

from typing import Any

import msgspec

from iaccheck.model import Coverage, Finding, LocationCoverage, Phase, Report, Source, Tracker
from iaccheck.render._escape import masked
from iaccheck.render._style import PLAIN, Style
from iaccheck.render._view import SEVERITIES, coverage_by_location, events_by_phase, severity_counts

SCHEMA = "iaccheck/report/1"


def render(report: Report, style: Style = PLAIN) -> str:
    document = {
        "schema": SCHEMA,
        "version": report.version,
        "as_of": report.as_of,
        "inputs": [_input(item) for item in report.inputs],
        "verdict": report.verdict,
        "fail_on": report.fail_on,
        "summary": _summary(report),
        "locations": _locations(report),
        "trackers": [_tracker(tracker) for tracker in report.trackers],
        "events": [_event(item, report) for item in report.coverage],
        "findings": [_finding(finding, report) for finding in report.findings],
        "fixed": list(report.fixed),
        "notes": [{"code": note.code, "address": note.address, "message": note.message} for note in report.notes],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def _input(item: Any) -> dict[str, Any]:
    return {
        "name": item.name,
        "label": item.label,
        "kind": item.kind,
        "format_version": item.format_version,
        "terraform_version": item.terraform_version,
        "sha256": item.sha256,
    }


def _summary(report: Report) -> dict[str, Any]:
    counts = severity_counts(report)
    locations: dict[str, int] = {}
    for at in report.locations:
        locations[at.after.value] = locations.get(at.after.value, 0) + 1
    return {
        "events": events_by_phase(report),
        "locations": locations,
        "findings": {severity.value: counts.get(severity.value, 0) for severity in SEVERITIES},
        "waived": sum(finding.waiver is not None for finding in report.findings),
    }


def _locations(report: Report) -> list[dict[str, Any]]:
    events = coverage_by_location(report)
    return [_location(at, events.get(at.location, [])) for at in report.locations]


def _location(at: LocationCoverage, events: list[Coverage]) -> dict[str, Any]:
    counts = {phase.value: 0 for phase in Phase}
    for item in events:
        counts[item.event.phase.value] += item.event.min
    return {
        "location": at.location,
        "before": at.before,
        "after": at.after,
        "trackers": list(at.trackers),
        "instances": list(at.instances),
        "reason": at.reason,
        "events": counts,
    }


def _tracker(tracker: Tracker) -> dict[str, Any]:
    return {
        "address": tracker.address,
        "id": masked(tracker.id) if tracker.id else None,
        "kind": tracker.kind,
        "location": tracker.location,
        "origin": tracker.origin,
        "receives": tracker.why_not is None,
        "reason": tracker.why_not,
    }


def _event(item: Coverage, report: Report) -> dict[str, Any]:
    event = item.event
    return {
        "action": event.action,
        "formerly": event.formerly,
        "address": event.address,
        "input": event.input,
        "verb": event.verb,
        "phase": event.phase,
        "location": event.location,
        "instance": event.instance,
        "min": event.min,
        "max": event.max,
        "status": item.status,
        "timing": item.timing,
        "ordered": item.ordered,
        "trackers": list(item.trackers),
        "reason": item.reason,
        "source": _source(report.sources.get(event.address)),
    }


def _finding(finding: Finding, report: Report) -> dict[str, Any]:
    waiver = finding.waiver
    return {
        "policy": finding.policy,
        "severity": finding.severity,
        "title": finding.title,
        "address": finding.address,
        "input": finding.input,
        "location": finding.location,
        "message": finding.message,
        "help": finding.help,
        "source": _source(report.sources.get(finding.address or "")),
        "fingerprint": finding.fingerprint,
        "baselined": finding.baselined,
        "waiver": {
            "reason": waiver.reason,
            "owner": waiver.owner,
            "expires": waiver.expires,
            "ticket": waiver.ticket,
            "origin": waiver.origin,
        }
        if waiver is not None
        else None,
    }


def _source(source: Source | None) -> dict[str, Any] | None:
    if source is None:
        return None
    return {"file": source.file, "line": source.line, "end_line": source.end_line, "chain": list(source.chain)}
