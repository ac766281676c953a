"""baseline: the findings of an earlier run, kept in a file -> which of today's are new and which of then are fixed."""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from iaccheck.errors import ConfigError
from iaccheck.model import Finding

SCHEMA: Literal["iaccheck/baseline/1"] = "iaccheck/baseline/1"
MOST_BYTES = 64 * 1024 * 1024
_HINT = "make it again: iaccheck baseline plan.json -o FILE"


class Entry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A finding that was there: the fingerprint tells it, the rest is for readers."""

    fingerprint: str
    policy: str
    address: str | None
    location: str | None


class Baseline(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    schema: Literal["iaccheck/baseline/1"] = SCHEMA
    findings: list[Entry] = []


def make(findings: Iterable[Finding]) -> bytes:
    """The file: one finding a line, sorted, so that a change of it reads well in a review."""
    entries = {
        finding.fingerprint: Entry(
            fingerprint=finding.fingerprint,
            policy=finding.policy,
            address=finding.address,
            location=finding.location,
        )
        for finding in findings
    }
    ordered = sorted(entries.values(), key=lambda e: (e.policy, e.location or "", e.address or "", e.fingerprint))
    lines = ",\n    ".join(msgspec.json.encode(entry).decode() for entry in ordered)
    body = f"\n    {lines}\n  " if lines else ""
    return f'{{\n  "schema": "{SCHEMA}",\n  "findings": [{body}]\n}}\n'.encode("utf-8", "surrogatepass")


def load(name: str, data: bytes) -> Baseline:
    """A baseline file. Raises ConfigError for anything else."""
    try:
        return msgspec.json.decode(data, type=Baseline)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise ConfigError(f"{name}: this is no baseline ({str(error)[:200]})", _HINT) from None


def compare(
    findings: Sequence[Finding], baseline: Baseline, policies: Iterable[str]
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """The findings, those of the baseline marked, and what is fixed: only what the policies at hand look at can be."""
    known = {entry.fingerprint for entry in baseline.findings}
    now = {finding.fingerprint for finding in findings}
    marked = tuple(
        msgspec.structs.replace(finding, baselined=True) if finding.fingerprint in known else finding
        for finding in findings
    )
    judged = set(policies)
    fixed = [entry for entry in baseline.findings if entry.fingerprint not in now and entry.policy in judged]
    return marked, tuple(sorted({_named(entry) for entry in fixed}))


def _named(entry: Entry) -> str:
    place = " in ".join(part for part in (entry.address, entry.location) if part)
    return f"{entry.policy} {place}".rstrip()
