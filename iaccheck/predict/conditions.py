"""conditions: whether a call of a table is made: True, False, or None where only the run shows."""

import re
from collections.abc import Iterable

from msgspec import UNSET

from iaccheck.facts import Condition
from iaccheck.model import Object, Operation

Answer = bool | None

# RFC 3339, section 5.6: what the provider's date parser takes.
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


def holds(condition: Condition, operation: Operation, changed: frozenset[str]) -> Answer:
    """Kleene's three values: what isn't known decides nothing by itself."""
    if condition.all is not None:
        return _every(holds(part, operation, changed) for part in condition.all)
    if condition.any is not None:
        return _negated(_every(_negated(holds(part, operation, changed)) for part in condition.any))
    if condition.not_ is not None:
        return _negated(holds(condition.not_, operation, changed))
    if condition.changed is not None:
        return not changed.isdisjoint(condition.changed)
    state = condition.of == "state" or operation.after is None
    subject = operation.before if state else operation.after
    if subject is None:
        return None
    return _attribute_holds(condition, operation, subject, not state)


def _attribute_holds(condition: Condition, operation: Operation, subject: Object, planned: bool) -> Answer:
    name = condition.attribute
    if condition.was_set is not None and _set(operation.before, name) is not condition.was_set:
        return False
    unknown = planned and name in operation.unknown
    if condition.set is not None:
        if operation.mode == "data" and operation.configured is not None:
            # Reading fills in what was asked for otherwise: only the configuration tells by what it was asked.
            return (name in operation.configured) is condition.set
        return None if unknown else _set(subject, name) is condition.set
    if unknown:
        return None
    value = subject.values.get(name)
    if condition.valid_rfc3339 is not None:
        return value not in (None, "") and bool(_RFC3339.fullmatch(str(value))) is condition.valid_rfc3339
    return _compares(condition, value, name in subject.values)


def _compares(condition: Condition, value: object, known: bool) -> Answer:
    if not known:
        return None
    if condition.is_ is not UNSET:
        return bool(value == condition.is_)
    if condition.is_not is not UNSET:
        return bool(value != condition.is_not)
    if condition.in_ is not None:
        return value in condition.in_
    if condition.not_in is not None:
        return value not in condition.not_in
    return None


def _set(subject: Object | None, name: str) -> bool:
    return subject is not None and (name in subject.present or subject.values.get(name) not in (None, "", [], {}))


def _every(answers: Iterable[Answer]) -> Answer:
    result: Answer = True
    for answer in answers:
        if answer is False:
            return False
        if answer is None:
            result = None
    return result


def _negated(answer: Answer) -> Answer:
    return None if answer is None else not answer
