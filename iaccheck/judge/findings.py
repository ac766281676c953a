"""findings: policies with the subjects that break them -> findings: filled-in messages, fingerprints, order."""

import hashlib
from collections.abc import Iterable

from iaccheck.judge.policies import Policy
from iaccheck.judge.problems import NAME
from iaccheck.judge.subjects import Subject
from iaccheck.model import Finding, Severity

_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
_MOST_NAMED = 4
_UNKNOWN_LOCATION = "a location that is not known"


def findings(broken: Iterable[tuple[Policy, list[Subject]]]) -> tuple[Finding, ...]:
    """One finding for each policy, address and location; sorted by severity, policy, location and address."""
    said: dict[object, tuple[str, str]] = {}
    found = [_finding(policy, together, said) for policy, together in broken]
    return tuple(
        sorted(found, key=lambda f: (_RANK[f.severity], f.policy, f.location or "~", f.input or "", f.address or ""))
    )


def _finding(policy: Policy, together: list[Subject], said: dict[object, tuple[str, str]]) -> Finding:
    subject = together[0]
    message, help = _texts_of(policy, together, said)
    return Finding(
        policy=policy.id,
        severity=policy.severity,
        title=policy.title,
        address=subject.address,
        input=subject.input,
        location=subject.location,
        message=message,
        help=help,
        fingerprint=fingerprint(policy.id, subject),
    )


def _texts_of(policy: Policy, together: list[Subject], said: dict[object, tuple[str, str]]) -> tuple[str, str]:
    """Message and help; those of findings that differ in nothing but their address are filled in once."""
    message, help = policy.message_for(together[0].kind), policy.help
    key: object = None
    if "{address}" not in message and "{address}" not in help:
        key = (policy.id, together[0].kind, together[0].location, tuple(id(subject.fields) for subject in together))
        if key in said:
            return said[key]
    texts = _filled(message, policy, together), _filled(help, policy, together).strip()
    if key is not None:
        said[key] = texts
    return texts


def _filled(template: str, policy: Policy, together: list[Subject]) -> str:
    """Plain `{name}` replacement. What a value holds is never read as a template again."""
    if "{" not in template:
        return template
    return NAME.sub(lambda match: _value(match[1], policy, together), template)


def _value(name: str, policy: Policy, together: list[Subject]) -> str:
    subject = together[0]
    if name == "address":
        return subject.address or ""
    if name == "location":
        return subject.location or _UNKNOWN_LOCATION
    if name == "actions":
        actions = sorted({str(s.fields["action"]) for s in together})
        return _listed([action.split(".", 1)[-1] for action in actions])
    if name == "order":
        assured = {s.fields.get("ordered") for s in together} == {True}
        does = "keeps the tracker until then" if subject.fields.get("timing") == "ending" else "puts the tracker first"
        return f"{'The' if assured else 'Nothing in the'} dependency graph {does}."
    if name in policy.parameters:
        return str(policy.parameters[name])
    return _listed(list(dict.fromkeys(text for s in together for text in _texts(s.fields.get(name)))))


def _texts(value: object) -> list[str]:
    if value is None or value == "":
        return []
    return [str(item) for item in value] if isinstance(value, tuple) else [str(value)]


def _listed(texts: list[str]) -> str:
    more = len(texts) - _MOST_NAMED
    return ", ".join(texts[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def fingerprint(policy: str, subject: Subject) -> str:
    """What stays the same when lines move, other findings come and go, or the order changes."""
    text = "\0".join((policy, subject.kind, subject.address or "", subject.location or "", subject.input or ""))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
