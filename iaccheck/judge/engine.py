"""engine: policies and subjects -> which subjects break which policy.

Subjects that are alike but for their address share one map of fields, and are judged once. What a policy asks of
addresses is turned round: first which addresses each glob takes, then which policies each address has.
"""

import bisect
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from iaccheck.errors import ConfigError
from iaccheck.judge import expressions
from iaccheck.judge.fields import FIELDS, OWN
from iaccheck.judge.matching import compiled, glob, passes
from iaccheck.judge.policies import Policy
from iaccheck.judge.problems import NAME
from iaccheck.judge.subjects import Subject

Broken = list[tuple[Policy, list[Subject]]]


class Judged:
    """A policy whose tests are compiled, those of what is each subject's own apart."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        parameters = policy.parameters
        self.select = compiled(_without(policy.select, OWN), parameters)
        self.own_select = compiled(_only(policy.select, OWN), parameters)
        wanted = [policy.require] if policy.require is not None else policy.forbidden
        self.wanted = [compiled(one, parameters) for one in wanted]
        self.requires = policy.require is not None
        self.expression = _expression(policy)
        self.names = _asked_by(policy)
        decided_by = {name for one in wanted for name in one} | (self.expression.names if self.expression else set())
        self.own = bool(self.own_select) or bool(decided_by & OWN)

    @property
    def patterns(self) -> list[str] | None:
        """Globs of the addresses that it selects; None where that is not all that it asks of them."""
        asked = self.policy.select.get("address")
        asked = [asked] if isinstance(asked, str) else asked
        return asked if isinstance(asked, list) and all(isinstance(one, str) for one in asked) else None

    def breaks(self, fields: Mapping[str, Any]) -> bool:
        """Whether a subject with these fields breaks it, `select` included."""
        if not passes(self.select, fields) or not passes(self.own_select, fields):
            return False
        if self.wanted and any(passes(tests, fields) for tests in self.wanted) is self.requires:
            return False
        return self.expression is None or self._holds(self.expression, fields)

    def may_break(self, fields: Mapping[str, Any]) -> bool:
        """Whether it is left to the address: all that doesn't ask for it holds."""
        if not passes(self.select, fields):
            return False
        return self.expression is None or bool(self.expression.names & OWN) or self._holds(self.expression, fields)

    def _holds(self, expression: expressions.Expression, fields: Mapping[str, Any]) -> bool:
        every = dict.fromkeys(FIELDS[fields["kind"]]) | self.policy.parameters | dict(fields)
        try:
            return expression.holds(every)
        except expressions.Problem as problem:
            raise ConfigError(
                f"{self.policy.file}: when: {problem} (over {fields['kind']})",
                "a field can be null; test it first, as in `location != null && …`",
            ) from None


def judged(policies: Iterable[Policy]) -> dict[str, list[Judged]]:
    """The policies over each kind, compiled."""
    by_kind: dict[str, list[Judged]] = {}
    for policy in policies:
        one = Judged(policy)
        for kind in policy.kinds:
            by_kind.setdefault(kind, []).append(one)
    return by_kind


def asked(policies: Iterable[Judged]) -> frozenset[str]:
    """The names of all fields that policies test or print."""
    return frozenset().union(*(one.names for one in policies))


def broken(subjects: Sequence[Subject], policies: Mapping[str, list[Judged]]) -> Broken:
    """Policies with the subjects that break them, those of equal kind, address and location together."""
    found: dict[tuple[str | None, ...], tuple[Policy, list[Subject]]] = {}
    by_address = {kind: _Addresses(kind, subjects, ones) for kind, ones in policies.items()}
    verdicts: dict[int, tuple[list[Policy], frozenset[int]]] = {}
    for subject in subjects:
        ones = policies.get(subject.kind)
        if ones is None:
            continue
        verdict = verdicts.get(id(subject.fields))
        if verdict is None:
            verdict = verdicts[id(subject.fields)] = _verdict(ones, subject.fields)
        breaking, open_ = verdict
        if open_:
            breaking = [*breaking, *_settled(subject, open_, by_address[subject.kind].of(subject.address))]
        for policy in breaking:
            key = (policy.id, subject.kind, subject.address, subject.location, subject.input)
            found.setdefault(key, (policy, []))[1].append(subject)
    return list(found.values())


def _verdict(ones: list[Judged], fields: Mapping[str, Any]) -> tuple[list[Policy], frozenset[int]]:
    """The policies that fields break whatever the address, and those that it takes the address to judge."""
    breaking = [one.policy for one in ones if not one.own and one.breaks(fields)]
    return breaking, frozenset(id(one) for one in ones if one.own and one.may_break(fields))


def _settled(subject: Subject, open_: frozenset[int], ones: Iterable[Judged]) -> list[Policy]:
    fields = {**subject.fields, "address": subject.address}
    return [one.policy for one in ones if id(one) in open_ and one.breaks(fields)]


class _Addresses:
    """Which policies, of those that ask for the address, each address has."""

    def __init__(self, kind: str, subjects: Sequence[Subject], ones: Sequence[Judged]) -> None:
        asking = [one for one in ones if one.own]
        self._always = [one for one in asking if one.patterns is None]
        self._chosen: dict[str, list[Judged]] = {}
        if len(self._always) == len(asking):
            return
        addresses = sorted({subject.address for subject in subjects if subject.kind == kind and subject.address})
        for one in asking:
            chosen = {address for pattern in one.patterns or () for address in _taken(pattern, addresses)}
            for address in chosen:
                self._chosen.setdefault(address, []).append(one)

    def of(self, address: str | None) -> Iterable[Judged]:
        chosen = self._chosen.get(address) if address else None
        return [*self._always, *chosen] if chosen else self._always


def _taken(pattern: str, addresses: list[str]) -> Iterable[str]:
    """The addresses that a glob takes: only those that begin as it does are looked at, and hold its longest part."""
    parts = pattern.replace("?", "*").split("*")
    start = bisect.bisect_left(addresses, parts[0])
    end = bisect.bisect_right(addresses, parts[0] + "\U0010ffff")
    longest = max(parts, key=len)
    match = glob(pattern)
    return (address for address in addresses[start:end] if longest in address and match(address))


def _only(wanted: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in wanted.items() if name in names}


def _without(wanted: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in wanted.items() if name not in names}


def _expression(policy: Policy) -> expressions.Expression | None:
    if policy.when is None:
        return None
    known = {name for kind in policy.kinds for name in FIELDS[kind]}
    return expressions.compiled(policy.when, [*known, *policy.parameters, "kind"])


def _asked_by(policy: Policy) -> frozenset[str]:
    tested = [policy.select, policy.require or {}, *policy.forbidden]
    texts = [policy.help, *([policy.message] if isinstance(policy.message, str) else policy.message.values())]
    names = {name for one in tested for name in one} | {name for text in texts for name in NAME.findall(text)}
    if policy.when is not None:
        names |= {name for kind in policy.kinds for name in FIELDS[kind] if name in policy.when}
    return frozenset(names)
