"""json: the contract `iaccheck/report/1`. Additions are minor; anything else is a new number."""

import re
from typing import Any

import msgspec

from iaccheck.model import Coverage, Finding, LocationCoverage, Phase, Report, Source, Tracker
from iaccheck.render._escape import masked
from iaccheck.render._style import PLAIN, Style
from iaccheck.render._view import SEVERITIES, coverage_by_location, events_by_phase, severity_counts, source_of

SCHEMA = "iaccheck/report/1"

# What a terminal or a CI log acts on, though JSON allows it as it is: controls, line separators, marks that change the
# direction of text, invisible characters; and the bracket of `##[command]`, which GitHub's runner looks for in a line.
_HARMFUL = re.compile(
    "[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_COMMAND = re.compile(r"(##\w*)\[")


def render(report: Report, style: Style = PLAIN) -> str:
    document = {
        "schema": SCHEMA,
        "version": report.version,
        "as_of": report.as_of,
        "inputs": [_input(item) for item in report.inputs],
        "verdict": report.verdict,
        "fail_on": report.fail_on,
        "summary": summary(report),
        "locations": _locations(report),
        "trackers": [_tracker(tracker) for tracker in report.trackers],
        "events": [_event(item, report) for item in report.coverage],
        "findings": [_finding(finding, report) for finding in report.findings],
        "fixed": list(report.fixed),
        "views": [
            {"location": view.location, "tracker": view.tracker, "place": view.place, "query": view.query}
            for view in report.views
        ],
        "notes": [{"code": note.code, "address": note.address, "message": note.message} for note in report.notes],
    }
    try:
        data = msgspec.json.encode(document)
    except UnicodeEncodeError:
        data = msgspec.json.encode(_encodable(document))
    text = msgspec.json.format(data, indent=2).decode() + "\n"
    return _COMMAND.sub(r"\1\\u005b", _HARMFUL.sub(_escaped, text))


def _encodable(part: Any) -> Any:
    """Names of files need not be UTF-8: Python shows their odd bytes as surrogates, which JSON cannot hold."""
    if isinstance(part, dict):
        return {key: _encodable(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_encodable(value) for value in part]
    return part.encode("utf-8", "backslashreplace").decode() if type(part) is str else part


def _escaped(match: re.Match[str]) -> str:
    """The character as JSON writes it in ASCII: the document means the same."""
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def _input(item: Any) -> dict[str, Any]:
    return {
        "name": item.name,
        "label": item.label,
        "kind": item.kind,
        "format_version": item.format_version,
        "terraform_version": item.terraform_version,
        "sha256": str(item.sha256),
    }


def summary(report: Report) -> dict[str, Any]:
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
        "ways": [{"route": route, "tracker": tracker} for route, tracker in at.ways],
        "instances": list(at.instances),
        "lost": list(at.lost),
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
        "destination": masked(tracker.destination) if tracker.destination else None,
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
        "why": event.reason,
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
        "source": _source(source_of(report, finding)),
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
