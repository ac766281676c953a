"""junit: JUnit XML: a suite for each location, a test case for each finding and for each resource without one.

A finding at or above --fail-on is a failure, one that is waived or known from the baseline is skipped, any other passes
and says what it is. Names are stable: a policy as class, an address as name, never a message.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from iaccheck.model import Finding, Report
from iaccheck.render._escape import visible
from iaccheck.render._style import PLAIN, Style
from iaccheck.render._view import SEVERITIES, source_of

_ELSEWHERE = "no location"
_RECEIVED = "events"


class _Case(NamedTuple):
    """`outcome`: failure, skipped or nothing."""

    classname: str
    name: str
    outcome: str = ""
    message: str = ""
    text: str = ""


def render(report: Report, style: Style = PLAIN) -> str:
    suites = {name: list(_numbered(cases)) for name, cases in _suites(report).items()}
    everything = [case for cases in suites.values() for case in cases]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="iaccheck" tests="{len(everything)}" failures="{_count(everything, "failure")}" errors="0">',
    ]
    for name, cases in suites.items():
        counts = f'tests="{len(cases)}" failures="{_count(cases, "failure")}" skipped="{_count(cases, "skipped")}"'
        lines.append(f'  <testsuite name={_attribute(name)} {counts} errors="0">')
        lines += [_element(case) for case in cases]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _suites(report: Report) -> dict[str, list[_Case]]:
    """By location in the order of the report; what has none comes last."""
    suites: dict[str, list[_Case]] = {
        f"audit events in {at.location or 'a location that is not known'}": [] for at in report.locations
    }
    names = {at.location: name for at, name in zip(report.locations, suites, strict=False)}
    accused = set()
    for finding in report.findings:
        name = names.get(finding.location) if finding.location is not None else None
        suites.setdefault(name or _ELSEWHERE, []).append(_case(finding, report))
        accused.add((finding.address, finding.location))
    fine = dict.fromkeys(
        (item.event.address, item.event.location)
        for item in report.coverage
        if (item.event.address, item.event.location) not in accused
    )
    for address, location in fine:
        suites.setdefault(names.get(location, _ELSEWHERE), []).append(_Case(_RECEIVED, visible(address)))
    return suites


def _case(finding: Finding, report: Report) -> _Case:
    name = visible(finding.address or finding.location or finding.title)
    where = source_of(report, finding)
    place = f"{visible(where.file)}:{where.line}\n" if where else ""
    message = visible(finding.message, 1000)
    remedy = "\n".join(visible(line, 1000) for line in finding.help.split("\n"))
    text = f"{finding.severity.value}: {message}\n{place}\n{remedy}".rstrip("\n")
    if finding.waiver is not None:
        until = finding.waiver.expires.isoformat()
        return _Case(finding.policy, name, "skipped", visible(f"waived until {until}: {finding.waiver.reason}", 1000))
    if finding.baselined:
        return _Case(finding.policy, name, "skipped", "known from the baseline")
    return _Case(finding.policy, name, "failure" if _failing(finding, report) else "", message, text)


def _failing(finding: Finding, report: Report) -> bool:
    order = [severity.value for severity in SEVERITIES]
    return report.fail_on in order and order.index(finding.severity) <= order.index(report.fail_on)


def _numbered(cases: Iterable[_Case]) -> Iterator[_Case]:
    """Readers merge cases of equal name: the second is named so."""
    seen: dict[tuple[str, str], int] = {}
    for case in cases:
        key = (case.classname, case.name)
        seen[key] = seen.get(key, 0) + 1
        yield case if seen[key] == 1 else case._replace(name=f"{case.name} ({seen[key]})")


def _count(cases: Iterable[_Case], outcome: str) -> int:
    return sum(case.outcome == outcome for case in cases)


def _element(case: _Case) -> str:
    head = f"    <testcase classname={_attribute(case.classname)} name={_attribute(case.name)}"
    if case.outcome == "failure":
        return (
            f"{head}><failure message={_attribute(case.message)} type={_attribute(case.classname)}>"
            f"{escape(case.text)}</failure></testcase>"
        )
    if case.outcome == "skipped":
        return f"{head}><skipped message={_attribute(case.message)}/></testcase>"
    return f"{head}><system-out>{escape(case.text)}</system-out></testcase>" if case.text else f"{head}/>"


def _attribute(text: str) -> str:
    return quoteattr(visible(text, 1100))
