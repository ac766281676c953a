"""contract: the parts of a JSON report, `iaccheck/report/1`, as it is read back (data/schemas/report.json)."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from iaccheck.model import Phase, Severity, Status, Timing, Verb

Count = Annotated[int, Meta(ge=0)]


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the contract: every field is there, and no other."""


class StoredInput(Part, frozen=True):
    name: str
    label: str | None
    kind: str
    format_version: str | None
    terraform_version: str | None
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class StoredCounts(Part, frozen=True):
    plan: Count
    apply: Count


class StoredSeverities(Part, frozen=True):
    error: Count
    warning: Count
    note: Count


class StoredSummary(Part, frozen=True):
    events: StoredCounts
    locations: dict[Status, Count]
    findings: StoredSeverities
    waived: Count


class StoredWay(Part, frozen=True):
    route: str | None
    tracker: str


class StoredLocation(Part, frozen=True):
    location: str | None
    before: Status
    after: Status
    trackers: tuple[str, ...]
    ways: tuple[StoredWay, ...]
    instances: tuple[str, ...]
    lost: tuple[str, ...]
    reason: str
    events: StoredCounts


class StoredTracker(Part, frozen=True):
    address: str
    id: str | None
    kind: str
    location: str | None
    origin: str
    destination: str | None
    receives: bool
    reason: str | None


class StoredSource(Part, frozen=True):
    file: str
    line: Annotated[int, Meta(ge=1)]
    end_line: int | None
    chain: tuple[str, ...]


class StoredEvent(Part, frozen=True):
    action: str
    formerly: str | None
    address: str
    input: str | None
    verb: Verb
    phase: Phase
    location: str | None
    instance: str | None
    min: Count
    max: Count | None
    status: Status
    timing: Timing
    ordered: bool | None
    trackers: tuple[str, ...]
    reason: str
    why: str
    source: StoredSource | None


class StoredWaiver(Part, frozen=True):
    reason: str
    owner: str | None
    expires: date
    ticket: str | None
    origin: str


class StoredFinding(Part, frozen=True):
    policy: str
    severity: Severity
    title: str
    address: str | None
    input: str | None
    location: str | None
    message: str
    help: str
    source: StoredSource | None
    fingerprint: str
    baselined: bool
    waiver: StoredWaiver | None


class StoredNote(Part, frozen=True):
    code: str
    address: str | None
    message: str


class StoredView(Part, frozen=True):
    location: str
    tracker: str
    place: str
    query: str


class StoredReport(Part, frozen=True):
    schema: Literal["iaccheck/report/1"]
    version: str
    as_of: date
    inputs: tuple[StoredInput, ...]
    verdict: Literal["pass", "fail"]
    fail_on: Literal["error", "warning", "note", "never"]
    summary: StoredSummary
    locations: tuple[StoredLocation, ...]
    trackers: tuple[StoredTracker, ...]
    events: tuple[StoredEvent, ...]
    findings: tuple[StoredFinding, ...]
    fixed: tuple[str, ...]
    views: tuple[StoredView, ...]
    notes: tuple[StoredNote, ...]
