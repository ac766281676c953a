"""github: workflow commands that annotate a change: at most 9, and a last one that counts the rest.

Of more than 10 of a kind in a step, GitHub silently drops those that follow.
https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions#setting-an-error-message
"""

from collections import Counter
from collections.abc import Sequence

from iaccheck.model import Finding, Report, Severity
from iaccheck.render._anchor import anchor
from iaccheck.render._escape import visible
from iaccheck.render._style import PLAIN, Style
from iaccheck.render._view import SEVERITIES, counted, source_of, subject_of, verdict_sentence

_COMMAND = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_MOST, _LINES = 9, 20


def render(report: Report, style: Style = PLAIN) -> str:
    counting = (finding for finding in report.findings if finding.counts)
    # Those that show in a diff first, of each severity.
    findings = sorted(counting, key=lambda f: (SEVERITIES.index(f.severity), source_of(report, f) is None))
    lines = [_annotation(finding, report) for finding in findings[:_MOST]]
    last = _last(report, findings)
    return "\n".join([*lines, last]) + "\n"


def _annotation(finding: Finding, report: Report) -> str:
    at = anchor(report, finding)
    place = "" if at.assumed else f"file={_property(at.file)},line={at.line},endLine={at.end_line},"
    remedy = "\n".join(visible(line) for line in finding.help.split("\n")[:_LINES])
    text = f"{subject_of(finding)}{visible(finding.message, 1000)}" + (f"\n\n{remedy}" if remedy else "")
    return (
        f"::{_COMMAND[finding.severity]} {place}title={_property(f'{finding.policy} {finding.title}')}::{_data(text)}"
    )


def _last(report: Report, findings: Sequence[Finding]) -> str:
    """The verdict, and what is not among the annotations."""
    left = findings[_MOST:]
    command = "error" if report.verdict == "fail" else "notice"
    text = verdict_sentence(report)
    if left:
        numbers = Counter(finding.severity for finding in left)
        kinds = ", ".join(counted(numbers[severity], severity.value) for severity in SEVERITIES if numbers[severity])
        text += f" {len(left)} more without an annotation: {kinds}. The job summary has them all."
    return f"::{command} title=iaccheck::{_data(visible(text, 1000))}"


def _data(text: str) -> str:
    """What the runner undoes again: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts"""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text, 500)).replace(":", "%3A").replace(",", "%2C")
