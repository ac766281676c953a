"""gate: findings and what a run is told to fail on -> whether it fails, and why."""

from collections.abc import Collection, Sequence

from iaccheck.errors import UsageError
from iaccheck.judge.waivers import EXPIRED
from iaccheck.model import Finding, Note, Severity
from iaccheck.userfile import shown, similar

NEVER = "never"
UNKNOWN = "unknown"
EXPIRED_WAIVER = "expired-waiver"
LEVELS = (Severity.ERROR.value, Severity.WARNING.value, Severity.NOTE.value)
WORDS = (*LEVELS, NEVER, UNKNOWN, EXPIRED_WAIVER)


def words(fail_on: str) -> tuple[str, ...]:
    """`error,unknown` -> its words. Raises UsageError for one that is none."""
    found = tuple(word.strip() for word in fail_on.split(","))
    for word in found:
        if word not in WORDS:
            raise UsageError(f"--fail-on: there is no {shown(word)}{similar(word, WORDS)}", f"use {', '.join(WORDS)}")
    if NEVER in found and len(found) > 1:
        raise UsageError(f"--fail-on: {NEVER} stands alone", f"use one of {', '.join(WORDS)}, or several with commas")
    return found


def level(fail_on: str) -> str:
    """The lowest severity that fails the run; `never` where none does."""
    return next((word for word in reversed(LEVELS) if word in words(fail_on)), NEVER)


def reasons(
    findings: Sequence[Finding], notes: Sequence[Note], undecided: Collection[str], fail_on: str
) -> tuple[str, ...]:
    """Why the run fails; nothing where it passes. `undecided`: policies whose breach is not known to be one."""
    asked, lowest = words(fail_on), level(fail_on)
    counting = [finding for finding in findings if finding.counts]
    found: list[str] = []
    if lowest != NEVER:
        failing = LEVELS[: LEVELS.index(lowest) + 1]
        number = sum(finding.severity in failing for finding in counting)
        found += [f"{number} at or above {lowest}"] if number else []
    if UNKNOWN in asked:
        number = sum(finding.policy in undecided for finding in counting)
        found += [f"{number} undecided"] if number else []
    if EXPIRED_WAIVER in asked:
        number = sum(note.code == EXPIRED for note in notes)
        found += [f"{number} expired waiver{'s' if number > 1 else ''}"] if number else []
    return tuple(found)
