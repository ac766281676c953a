"""gitlab: a Code Quality report. Waived findings are left out.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

import hashlib

import msgspec

from iaccheck.model import Finding, Report, Severity
from iaccheck.render._anchor import anchor
from iaccheck.render._escape import visible
from iaccheck.render._style import PLAIN, Style
from iaccheck.render._view import subject_of

_SEVERITY = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.NOTE: "info"}


def render(report: Report, style: Style = PLAIN) -> str:
    seen: dict[str, int] = {}
    entries = [_entry(finding, report, seen) for finding in report.findings if finding.counts]
    return msgspec.json.format(msgspec.json.encode(entries), indent=1).decode() + "\n"


def _entry(finding: Finding, report: Report, seen: dict[str, int]) -> dict[str, object]:
    at = anchor(report, finding)
    return {
        "description": f"{subject_of(finding)}{visible(finding.message or finding.title, 1000)}",
        "check_name": f"iaccheck/{finding.policy}",
        "fingerprint": _fingerprint(finding, seen),
        "severity": _SEVERITY[finding.severity],
        "location": {"path": at.file, "lines": {"begin": at.line, "end": at.end_line}},
    }


def _fingerprint(finding: Finding, seen: dict[str, int]) -> str:
    """GitLab drops entries of equal fingerprint: address, location and plan are in it, and equal ones are numbered."""
    parts = (finding.policy, finding.fingerprint, finding.address or "", finding.location or "", finding.input or "")
    text = "\0".join(parts)
    seen[text] = seen.get(text, 0) + 1
    return hashlib.sha256(f"{text}\0{seen[text]}".encode("utf-8", "surrogatepass")).hexdigest()
