"""stored: the text of a JSON report -> the Report that it was rendered from.

Strict: what the contract doesn't know, leaves out or contradicts is an InputError; a report is evidence, and nothing of
it may get lost or change on the way.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec
from msgspec import Struct, structs

from iaccheck.errors import InputError
from iaccheck.model import (
    Coverage,
    Event,
    Finding,
    Input,
    LocationCoverage,
    Note,
    Report,
    Source,
    Tracker,
    View,
    Waiver,
)
from iaccheck.render import json
from iaccheck.render._contract import (
    Part,
    StoredEvent,
    StoredFinding,
    StoredLocation,
    StoredReport,
    StoredTracker,
)
from iaccheck.render._view import SEVERITIES, let_through

T = TypeVar("T")


class _Header(Struct, frozen=True):
    """All that is asked of a document before it is read whole."""

    schema: str = ""
    version: str = ""


def read_back(data: bytes, name: str) -> Report:
    """The report of a stored JSON report. Raises InputError for anything else."""
    header = _decoded(data, _Header, name)
    if header.schema != json.SCHEMA:
        said = f"its schema is {header.schema!r}" if header.schema else "it names no schema"
        raise InputError(
            f"{name}: not a report of the form {json.SCHEMA!r}: {said}", "iaccheck plan.json -f json=report.json"
        )
    stored = _decoded(data, StoredReport, name)
    report = _report(stored)
    if _summary(report) != msgspec.to_builtins(stored.summary):
        raise InputError(
            f"{name}: the summary contradicts the events, locations or findings", "the file was changed: make it anew"
        )
    if report.verdict == "pass" and _fails(report) and not let_through(report):
        raise InputError(f"{name}: the verdict contradicts the findings", "the file was changed: make it anew")
    return report


def _fails(report: Report) -> bool:
    severities = [severity.value for severity in SEVERITIES]
    failing = severities[: severities.index(report.fail_on) + 1] if report.fail_on in severities else []
    return any(finding.counts and finding.severity in failing for finding in report.findings)


def _decoded(data: bytes, type_: type[T], name: str) -> T:
    """Messages of msgspec name paths and types, never values, except for those of an enumeration."""
    try:
        return msgspec.json.decode(data, type=type_)
    except msgspec.ValidationError as error:
        said = str(error).split(" - at ")
        problem = "a value that the contract doesn't have" if "Invalid enum value" in said[0] else said[0]
        where = f" at {said[-1]}" if len(said) > 1 else ""
        raise InputError(
            f"{name}: no report that this version reads: {problem}{where}", "iaccheck schema report shows the contract"
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InputError(f"{name}: this is no JSON", "iaccheck plan.json -f json=report.json") from None


def _summary(report: Report) -> object:
    return msgspec.to_builtins(json.summary(report))


def _report(stored: StoredReport) -> Report:
    return Report(
        version=stored.version,
        as_of=stored.as_of,
        inputs=_same(stored.inputs, Input),
        verdict=stored.verdict,
        fail_on=stored.fail_on,
        locations=tuple(_location(at) for at in stored.locations),
        trackers=tuple(_tracker(tracker) for tracker in stored.trackers),
        coverage=tuple(_coverage(event) for event in stored.events),
        findings=tuple(_finding(finding) for finding in stored.findings),
        notes=tuple(Note(note.code, note.address, note.message) for note in stored.notes),
        sources=_sources(stored),
        fixed=stored.fixed,
        views=_same(stored.views, View),
    )


def _same(parts: Iterable[Part], make: Callable[..., T]) -> tuple[T, ...]:
    """Parts whose fields are those of the model."""
    return tuple(make(**structs.asdict(part)) for part in parts)


def _location(at: StoredLocation) -> LocationCoverage:
    return LocationCoverage(
        location=at.location,
        before=at.before,
        after=at.after,
        trackers=at.trackers,
        instances=at.instances,
        lost=at.lost,
        reason=at.reason,
        ways=tuple((way.route, way.tracker) for way in at.ways),
    )


def _tracker(tracker: StoredTracker) -> Tracker:
    return Tracker(
        address=tracker.address,
        id=tracker.id,
        kind=tracker.kind,
        location=tracker.location,
        origin=tracker.origin,
        why_not=tracker.reason,
        destination=tracker.destination,
    )


def _coverage(stored: StoredEvent) -> Coverage:
    event = Event(
        action=stored.action,
        formerly=stored.formerly,
        address=stored.address,
        verb=stored.verb,
        phase=stored.phase,
        location=stored.location,
        instance=stored.instance,
        min=stored.min,
        max=stored.max,
        reason=stored.why,
        input=stored.input,
    )
    return Coverage(
        event=event,
        status=stored.status,
        timing=stored.timing,
        ordered=stored.ordered,
        trackers=stored.trackers,
        reason=stored.reason,
    )


def _finding(stored: StoredFinding) -> Finding:
    waiver = stored.waiver
    return Finding(
        policy=stored.policy,
        severity=stored.severity,
        title=stored.title,
        address=stored.address,
        location=stored.location,
        message=stored.message,
        help=stored.help,
        fingerprint=stored.fingerprint,
        input=stored.input,
        waiver=Waiver(**structs.asdict(waiver)) if waiver else None,
        baselined=stored.baselined,
    )


def _sources(stored: StoredReport) -> dict[str, Source]:
    parts: tuple[StoredEvent | StoredFinding, ...] = (*stored.events, *stored.findings)
    return {
        part.address: Source(**structs.asdict(part.source))
        for part in parts
        if part.address is not None and part.source
    }
