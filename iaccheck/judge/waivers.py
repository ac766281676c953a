"""waivers: exceptions and findings -> findings that show their waiver, and notes on what doesn't hold (any more)."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta

import msgspec
from msgspec import Struct

from iaccheck.address import unkeyed
from iaccheck.errors import ConfigError
from iaccheck.judge.matching import glob
from iaccheck.judge.policies import Policy
from iaccheck.model import Finding, Note, Waiver
from iaccheck.userfile import shown, similar

MOST_DAYS = 90
EXPIRED = "waiver-expired"
UNUSED = "waiver-unused"
REFUSED = "waiver-refused"

_MARK = "iaccheck:ignore"
_INLINE = re.compile(r"iaccheck:ignore\s+([A-Z0-9*?]{1,60})\s+until\s+(\S{1,40}?)\s*:\s*(.*\S)", re.DOTALL)
_UNKNOWN = "unknown"


class WaiverRule(Struct, frozen=True, kw_only=True):
    """A signed and expiring exception. `policy`, `location` and `address` are globs.

    The location `unknown` is the one of findings whose location isn't known. `origin` is the file and line. `blocks`:
    what a comment in the source stands beside, as addresses without instance keys.
    """

    policy: str
    reason: str
    owner: str | None = None
    expires: date
    location: str | None = None
    address: str | None = None
    ticket: str | None = None
    origin: str = ""
    blocks: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        """What it is about, as a note names it."""
        places = [place for place in (*self.blocks, self.address, self.location) if place]
        return f"{self.policy} at {', '.join(places)}"


def inline(text: str, blocks: tuple[str, ...], origin: str) -> WaiverRule | None:
    """The waiver in a comment beside a block: `iaccheck:ignore COV001 until 2026-12-31: why`; None where there is none.

    `blocks`: addresses of the resource or module without instance keys, one for each path that leads to it. `origin` is
    the file and line of the comment. Raises ConfigError for a waiver that is broken.
    """
    start = text.find(_MARK)
    if start < 0:
        return None
    match = _INLINE.fullmatch(text[start:].strip())
    form = f"write it as {_MARK} COV001 until 2026-12-31: why"
    if match is None:
        raise ConfigError(f"{origin}: this waiver lacks a policy, its last day or a reason", form)
    policy, until, reason = match.groups()
    try:
        expires = date.fromisoformat(until)
    except ValueError:
        raise ConfigError(f"{origin}: {shown(until)} is no day of the calendar", form) from None
    return WaiverRule(policy=policy, expires=expires, reason=reason, blocks=blocks, origin=origin)


def check_waivers(
    rules: Iterable[WaiverRule], policies: Iterable[Policy], today: date, most_days: int = MOST_DAYS
) -> None:
    """Raises ConfigError for a waiver that is no valid exception, with the file and line that grant it."""
    known = [policy.id for policy in policies]
    for rule in rules:
        hint = "a waiver has policy, location or address, reason, owner and expires"
        if not any(map(glob(rule.policy), known)):
            problem = f"policy: there is no policy {shown(rule.policy)}{similar(rule.policy, known)}"
            raise ConfigError(f"{rule.origin}: {problem}", "iaccheck policy list")
        if rule.owner is None and not rule.blocks:
            raise ConfigError(f"{rule.origin}: owner: a waiver says who answers for it", hint)
        if not (rule.location or rule.address or rule.blocks):
            raise ConfigError(f"{rule.origin}: a waiver names a location or an address, or both", hint)
        if not rule.reason.strip():
            raise ConfigError(f"{rule.origin}: reason: it is empty", hint)
        if rule.expires > today + timedelta(days=most_days):
            raise ConfigError(
                f"{rule.origin}: expires: {rule.expires} is more than {most_days} days after {today}",
                "choose an earlier day, or set max_waiver_days in the configuration",
            )


def waive(
    findings: Sequence[Finding], rules: Sequence[WaiverRule], policies: Iterable[Policy], today: date
) -> tuple[tuple[Finding, ...], tuple[Note, ...]]:
    """The findings, with the waiver of each that has one. A waiver holds until the end of the day that it names."""
    if not rules:
        return tuple(findings), ()
    policies = tuple(policies)
    waivable = {policy.id: policy.waivable for policy in policies}
    judged = [policy.id for policy in policies if policy.enabled]
    tests = [_test(rule) for rule in rules]
    notes: list[Note] = []
    shown_by: dict[int, WaiverRule] = {}
    for rule, applies in zip(rules, tests, strict=True):
        matched = [index for index, finding in enumerate(findings) if applies(finding)]
        refused = sorted(
            {findings[index].policy for index in matched if not waivable.get(findings[index].policy, True)}
        )
        if rule.expires < today:
            notes.append(_expired(rule, len(matched)))
        elif not matched and any(map(glob(rule.policy), judged)):
            notes.append(Note(UNUSED, rule.address, f"{rule.origin}: the waiver of {rule.target} matches no finding"))
        else:
            for index in matched:
                if findings[index].policy not in refused:
                    shown_by.setdefault(index, rule)
        if refused:
            message = f"{rule.origin}: {', '.join(refused)} cannot be waived"
            notes.append(Note(REFUSED, rule.address, message))
    waived = tuple(
        msgspec.structs.replace(finding, waiver=_shown(shown_by[index])) if index in shown_by else finding
        for index, finding in enumerate(findings)
    )
    return waived, tuple(notes)


def _test(rule: WaiverRule) -> Callable[[Finding], bool]:
    policy, location, address = (glob(pattern or "*") for pattern in (rule.policy, rule.location, rule.address))

    def applies(finding: Finding) -> bool:
        if not policy(finding.policy):
            return False
        if rule.location and not location(finding.location or _UNKNOWN):
            return False
        if rule.blocks and not _within(finding.address, rule.blocks):
            return False
        return not rule.address or (finding.address is not None and address(finding.address))

    return applies


def _within(address: str | None, blocks: tuple[str, ...]) -> bool:
    """Whether an address is one of the blocks, or in one of the modules."""
    bare = unkeyed(address or "")
    return any(bare == block or bare.startswith(f"{block}.") for block in blocks)


def _expired(rule: WaiverRule, matched: int) -> Note:
    now = "it matches no finding any more: remove it" if not matched else f"{matched} findings count again"
    now = "1 finding counts again" if matched == 1 else now
    return Note(EXPIRED, rule.address, f"{rule.origin}: the waiver of {rule.target} ended on {rule.expires}; {now}")


def _shown(rule: WaiverRule) -> Waiver:
    return Waiver(
        reason=rule.reason.strip(),
        owner=rule.owner,
        expires=rule.expires,
        ticket=rule.ticket,
        origin=rule.origin,
    )
