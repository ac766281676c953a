"""judge: coverage and policies -> findings, one for each policy, address and location that breaks it."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from iaccheck.judge.matching import matches
from iaccheck.judge.policies import Policy
from iaccheck.judge.subjects import Subject, of_events, of_instances, of_locations, of_resources, of_trackers
from iaccheck.model import Coverage, Finding, LocationCoverage, Resolution, Severity

_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
_ACTIONS_SHOWN = 4


def judge(
    coverage: Iterable[Coverage],
    locations: Sequence[LocationCoverage],
    unlisted: Sequence[LocationCoverage],
    resolution: Resolution,
    policies: Iterable[Policy],
    as_of: date,
) -> tuple[Finding, ...]:
    """The findings, sorted by severity, policy, location and address.

    `unlisted`: locations without events or instances that policies still look at.
    """
    outcomes = {at.location: at for at in locations}
    stays = any(instance.after for instance in resolution.instances)
    subjects = [
        *of_events(coverage, outcomes),
        *of_instances(resolution.instances, outcomes),
        *of_locations([*locations, *unlisted], stays),
        *of_trackers(resolution),
        *of_resources(resolution),
    ]
    in_force = [policy for policy in policies if policy.enabled and policy.in_force(as_of)]
    broken = _broken(subjects, in_force)
    findings = [_finding(policy, together) for policy, together in broken]
    return tuple(sorted(findings, key=lambda f: (_RANK[f.severity], f.policy, f.location or "~", f.address or "")))


def _broken(subjects: Iterable[Subject], policies: Sequence[Policy]) -> list[tuple[Policy, list[Subject]]]:
    """Policies with the subjects that break them, those of equal address and location together."""
    by_kind: dict[str, list[Policy]] = {}
    for policy in policies:
        for kind in policy.kinds:
            by_kind.setdefault(kind, []).append(policy)
    judged: dict[int, list[Policy]] = {}
    found: dict[tuple[str, str, str | None, str | None], tuple[Policy, list[Subject]]] = {}
    for subject in subjects:
        # Subjects with the same fields object have the same verdict: judge it once.
        verdict = judged.get(id(subject.fields))
        if verdict is None:
            verdict = judged[id(subject.fields)] = [
                p for p in by_kind.get(subject.kind, ()) if _breaks(p, subject.fields)
            ]
        for policy in verdict:
            key = (policy.id, subject.kind, subject.address, subject.location)
            found.setdefault(key, (policy, []))[1].append(subject)
    return list(found.values())


def _breaks(policy: Policy, fields: dict[str, Any]) -> bool:
    if not matches(policy.select, fields):
        return False
    if policy.require is not None:
        return not matches(policy.require, fields)
    forbidden = policy.forbid if isinstance(policy.forbid, list) else [policy.forbid or {}]
    return any(matches(one, fields) for one in forbidden)


def _finding(policy: Policy, together: list[Subject]) -> Finding:
    subject = together[0]
    names = _names(together)
    return Finding(
        policy=policy.id,
        severity=policy.severity,
        title=policy.title,
        address=subject.address,
        location=subject.location,
        message=_filled(policy.message_for(subject.kind), names),
        help=_filled(policy.help, names).strip(),
        fingerprint=_fingerprint(policy.id, subject),
    )


def _names(together: list[Subject]) -> dict[str, str]:
    subject = together[0]
    actions = sorted({str(s.fields["action"]) for s in together if "action" in s.fields})
    shown = ", ".join(action.split(".", 1)[-1] for action in actions[:_ACTIONS_SHOWN])
    more = len(actions) - _ACTIONS_SHOWN
    names = {name: str(value) for name, value in subject.fields.items() if value is not None}
    names["address"] = subject.address or ""
    names["location"] = subject.location or "a location that is not known"
    names["actions"] = f"{shown} and {more} more" if more > 0 else shown
    ordered = {s.fields.get("ordered") for s in together}
    names["order"] = (
        "The dependency graph puts the tracker first."
        if ordered == {True}
        else "Nothing in the dependency graph puts the tracker first."
    )
    return names


def _filled(template: str, names: dict[str, str]) -> str:
    """Plain `{name}` replacement. What a value holds is never read as a template again."""
    parts = template.split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        name, brace, rest = part.partition("}")
        filled.append(names[name] + rest if brace and name in names else "{" + part)
    return "".join(filled)


def _fingerprint(policy: str, subject: Subject) -> str:
    """What stays the same when lines move, other findings come and go, or the order changes."""
    text = "\0".join((policy, subject.kind, subject.address or "", subject.location or ""))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
