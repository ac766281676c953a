"""sarif: SARIF 2.1.0 as GitHub code scanning takes it: one run for each plan; waived findings are left out.

GitHub ignores `suppressions`, so a waived result would be an open alert; `properties.waived` counts them instead. For
viewers that know better, `--sarif-waived` keeps them.
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

import hashlib
import urllib.parse
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from iaccheck.model import Finding, Report, Severity
from iaccheck.render._anchor import anchor, relative
from iaccheck.render._escape import visible
from iaccheck.render._style import PLAIN, Style
from iaccheck.render._view import source_of, subject_of

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
# GitHub: above 9.0 is critical, from 7.0 high, from 4.0 medium, from 0.1 low.
_SECURITY = {Severity.ERROR: "8.0", Severity.WARNING: "5.5", Severity.NOTE: "2.0"}
_MOST_RESULTS = 25_000
_MOST_RUNS = 20
_LONGEST = 1000
_BASE = "%SRCROOT%"


def render(report: Report, style: Style = PLAIN) -> str:
    by_input = _by_input(report, waived=style.waived)
    room = _MOST_RESULTS // len(by_input)
    document = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [_run(report, name, findings, room) for name, findings in by_input.items()],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n"


def _by_input(report: Report, *, waived: bool) -> dict[str | None, list[Finding]]:
    """Findings that count, by plan. A plan without any has a run too, so that its old alerts close."""
    plans = [item.label or item.name for item in report.inputs if item.kind == "plan"]
    found: dict[str | None, list[Finding]] = {name: [] for name in plans} if len(plans) > 1 else {}
    for finding in report.findings:
        if finding.counts or (waived and finding.waiver is not None):
            found.setdefault(finding.input, []).append(finding)
    if not found:
        return {None: []}
    runs = dict(list(found.items())[: _MOST_RUNS - 1])
    others = [finding for name, findings in found.items() if name not in runs for finding in findings]
    return {**runs, "others": others} if others else runs


def _run(report: Report, name: str | None, findings: Sequence[Finding], room: int) -> dict[str, Any]:
    shown = findings[:room]
    rules = _rules(shown)
    indices = {rule["id"]: index for index, rule in enumerate(rules)}
    seen: dict[str, int] = {}
    return {
        "tool": {
            "driver": {
                "name": "iaccheck",
                "semanticVersion": report.version,
                "rules": rules,
            }
        },
        "automationDetails": {"id": f"iaccheck/{_category(report, name)}"},
        "originalUriBaseIds": {_BASE: {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, report, indices, seen) for finding in shown],
        "properties": {
            "verdict": report.verdict,
            "asOf": report.as_of,
            "waived": sum(finding.waiver is not None for finding in report.findings),
            "cut": len(findings) - len(shown),
        },
    }


def _category(report: Report, name: str | None) -> str:
    """What GitHub tells analyses apart by; without it, the upload of one workspace closes the alerts of another."""
    if name is None:
        name = next((item.label for item in report.inputs if item.label), None)
    return f"{urllib.parse.quote(visible(name, 200), safe='')}/" if name else ""


def _rules(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """A rule for each policy. Its help is that of the first finding: policies fill in locations."""
    first: dict[str, Finding] = {}
    for finding in findings:
        first.setdefault(finding.policy, finding)
    return [_rule(first[policy]) for policy in sorted(first)]


def _rule(finding: Finding) -> dict[str, Any]:
    title = _text(finding.title)
    remedy = _lines(finding.help)
    place = f"For example in {_text(finding.location)}:\n\n" if finding.location else ""
    return {
        "id": finding.policy,
        "name": finding.policy,
        "shortDescription": {"text": title},
        "fullDescription": {"text": title},
        "help": {"text": f"{title}\n\n{place}{remedy}" if remedy else title},
        "defaultConfiguration": {"level": finding.severity},
        "properties": {
            "tags": ["audit", "security"],
            "precision": "high",
            "problem.severity": "recommendation" if finding.severity is Severity.NOTE else finding.severity,
            "security-severity": _SECURITY[finding.severity],
        },
    }


def _result(finding: Finding, report: Report, rules: dict[str, int], seen: dict[str, int]) -> dict[str, Any]:
    at = anchor(report, finding)
    remedy = _lines(finding.help)
    message = _text(subject_of(finding) + finding.message)
    location = {"physicalLocation": _physical(at.file, at.line, at.end_line)}
    if finding.address:
        location["logicalLocations"] = [{"fullyQualifiedName": _text(finding.address), "kind": "resource"}]  # type: ignore[assignment]
    result: dict[str, Any] = {
        "ruleId": finding.policy,
        "ruleIndex": rules[finding.policy],
        "level": finding.severity,
        "message": {"text": f"{message}\n\n{remedy}" if remedy else message},
        "locations": [location],
        "partialFingerprints": {"primaryLocationLineHash": _fingerprint(finding, seen)},
    }
    if finding.waiver is not None:
        until = f"until {finding.waiver.expires.isoformat()}: {finding.waiver.reason}"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": _text(until)}]
    source = source_of(report, finding)
    if source is not None and source.chain:
        result["relatedLocations"] = [_call(number, call) for number, call in enumerate(source.chain, 1)]
    return result


def _physical(file: str, line: int, end_line: int) -> dict[str, Any]:
    """The length of a line isn't known: the region ends behind the first character of the last one."""
    return {
        "artifactLocation": {"uri": urllib.parse.quote(file), "uriBaseId": _BASE},
        "region": {"startLine": line, "startColumn": 1, "endLine": end_line, "endColumn": 2},
    }


def _call(number: int, call: str) -> dict[str, Any]:
    file, _, line = call.rpartition(":")
    at = int(line) if file and line.isascii() and line.isdigit() and 0 < int(line) < 10**6 else 1
    return {
        "id": number,
        "physicalLocation": _physical(relative(file or call), at, at),
        "message": {"text": "the module call that leads to it"},
    }


def _fingerprint(finding: Finding, seen: dict[str, int]) -> str:
    """Of what it is about, not of lines: edits above it don't open it anew. Equal ones are numbered."""
    parts = (finding.policy, finding.fingerprint, finding.address or "", finding.location or "", finding.input or "")
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    seen[digest] = seen.get(digest, 0) + 1
    return f"{digest}:{seen[digest]}"


def _text(text: str) -> str:
    """Never empty, and without the links that a SARIF message can hold (3.11.6)."""
    return visible(text, _LONGEST).replace("](", "]\\x28") or "(nothing)"


def _lines(text: str) -> str:
    return "\n".join(visible(line, _LONGEST).replace("](", "]\\x28") for line in text.split("\n")).strip("\n")
