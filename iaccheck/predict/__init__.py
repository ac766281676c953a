"""predict: operations and the tables -> the events they cause, as of a day.

The way goes over calls: type x verb x changed attributes -> calls of the provider -> actions in force on the day.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec import UNSET, Struct

from iaccheck.facts import Call, Facts, Failure, Table
from iaccheck.model import Event, Note, Operation, Verb
from iaccheck.predict.conditions import holds

_NO_NAMES: frozenset[str] = frozenset()
# Attributes that say where an object is; no condition asks for them.
_IDENTITY = frozenset({"id", "instance_id", "region"})


class Prediction(Struct, frozen=True):
    events: tuple[Event, ...]
    notes: tuple[Note, ...]


class _Count(NamedTuple):
    """How often an action happens: `most` None is without a bound."""

    action: str
    formerly: str | None
    least: int
    most: int | None
    why: str


class _Forecast(NamedTuple):
    counts: tuple[_Count, ...]
    failure: str


def predict(operations: Iterable[Operation], facts: Facts, repeated: frozenset[str] = frozenset()) -> Prediction:
    """The events of all operations, sorted; equal address, action, phase and location are one event, added up.

    `repeated`: addresses that stand for one or more resources, as nobody knows yet how many.
    """
    actions = _actions_by_call(facts)
    forecasts: dict[object, _Forecast] = {}
    events: dict[tuple[str, ...], Event] = {}
    notes: list[Note] = []
    for operation in operations:
        forecast = _forecast_of(operation, facts, actions, forecasts)
        if forecast.failure:
            notes.append(Note("apply-fails", operation.address, forecast.failure))
        for event in _events(operation, forecast, unbounded=operation.address in repeated):
            key = (event.input or "", event.address, event.action, event.phase, event.location or "")
            known = events.get(key)
            events[key] = event if known is None else _added(known, event)
    return Prediction(tuple(events[key] for key in sorted(events)), tuple(notes))


def _actions_by_call(facts: Facts) -> dict[str, tuple[str, str | None]]:
    """Which action a call is on the day, and its older name. A call that no page lists has no documented event."""
    return {
        call: (name, action.formerly)
        for catalog in (facts.catalog, facts.platform)
        for name, action in catalog.on(facts.as_of).items()
        for call in action.calls
    }


def _forecast_of(
    operation: Operation, facts: Facts, actions: dict[str, tuple[str, str | None]], forecasts: dict[object, _Forecast]
) -> _Forecast:
    known = facts.type(operation.type)
    table = known.table(operation.mode) if known else None
    if table is None:
        return _Forecast((), "")
    key = _key(operation, table)
    forecast = forecasts.get(key)
    if forecast is None:
        forecast = forecasts[key] = _forecast(operation, table, actions)
    return forecast


def _key(operation: Operation, table: Table) -> object:
    """Operations with an equal key have an equal forecast: all that a condition can ask for is in it."""
    asked: object = None
    names = [name for name in table.values if name not in _IDENTITY]
    if names or table.presence:
        asked = tuple(
            (tuple(repr(state.values.get(name, UNSET)) for name in names), state.present) if state is not None else None
            for state in (operation.before, operation.after)
        )
    if operation.verb is not Verb.UPDATE and asked is None:
        return (operation.type, operation.mode, operation.verb, operation.vanished)
    changed = operation.changed if operation.verb is Verb.UPDATE else _NO_NAMES
    return (
        operation.type,
        operation.mode,
        operation.verb,
        operation.vanished,
        changed,
        operation.unknown,
        operation.configured,
        asked,
    )


def _forecast(operation: Operation, table: Table, actions: dict[str, tuple[str, str | None]]) -> _Forecast:
    calls, failure = _made(operation, table)
    counts: dict[str, _Count] = {}
    for call in calls:
        if call.name not in actions:
            continue
        action, formerly = actions[call.name]
        before = counts.get(action, _Count(action, formerly, 0, 0, ""))
        most = None if call.most is None or before.most is None else before.most + call.most
        counts[action] = _Count(action, formerly, before.least + call.least, most, before.why or call.why)
    return _Forecast(tuple(counts.values()), failure)


def calls_of(operation: Operation, facts: Facts) -> tuple["MadeCall", ...]:
    """The calls behind a prediction, in the order in which the provider makes them, each with its action of the day."""
    known = facts.type(operation.type)
    table = known.table(operation.mode) if known else None
    if table is None:
        return ()
    actions = _actions_by_call(facts)
    calls, _ = _made(operation, table)
    return tuple(call._replace(action=actions.get(call.name, (None, None))[0]) for call in calls)


class MadeCall(NamedTuple):
    """A call that is made `least` to `most` times; `action` None: no page lists an event for it on the day."""

    name: str
    least: int
    most: int | None
    why: str
    action: str | None = None


def _made(operation: Operation, table: Table) -> tuple[list[MadeCall], str]:
    """The calls of an operation whose condition may hold, and why the provider may refuse it."""
    changed, perhaps = _changed(operation)
    failure, surely = _failure(operation, table, changed)
    chosen: Iterable[tuple[Call, bool]]
    if failure is not None and surely:
        chosen = ((call, True) for call in failure.calls)
    else:
        chosen = _calls(operation, table, changed, perhaps)
    if operation.vanished:
        # The first call of the read answers 404; the provider makes no other.
        chosen = list(chosen)[:1]
    made = []
    for call, sure in chosen:
        answer = True if call.when is None else holds(call.when, operation, changed)
        if answer is not False:
            least = call.min if answer and sure and surely else 0
            made.append(MadeCall(call.call, least, call.max, call.why))
    return made, failure.why if failure is not None else ""


def _changed(operation: Operation) -> tuple[frozenset[str], frozenset[str]]:
    """Attributes that changed, and those of which that can't be said.

    What is unknown after an update and not set in the configuration is computed: the provider sends nothing for it.
    """
    if operation.configured is None:
        return operation.changed, operation.unknown
    return operation.changed | (operation.unknown & operation.configured), _NO_NAMES


def _failure(operation: Operation, table: Table, changed: frozenset[str]) -> tuple[Failure | None, bool]:
    """A refusal of the provider that the plan doesn't show, and whether it is sure to come."""
    for failure in table.fails:
        if operation.verb in failure.during:
            answer = holds(failure.when, operation, changed)
            if answer is not False:
                return (failure, True) if answer else (None, False)
    return None, True


def _calls(
    operation: Operation, table: Table, changed: frozenset[str], perhaps: frozenset[str]
) -> Iterator[tuple[Call, bool]]:
    """The calls of a verb, each with whether it is sure to be its turn."""
    if operation.verb is not Verb.UPDATE:
        calls = {Verb.CREATE: table.create, Verb.READ: table.read, Verb.DELETE: table.delete}[operation.verb]
        yield from ((call, True) for call in calls)
        return
    for step in table.update:
        if not changed.isdisjoint(step.unless_changed):
            continue
        if step.changed is None or not changed.isdisjoint(step.changed):
            sure = perhaps.isdisjoint(step.unless_changed)
        elif not perhaps.isdisjoint(step.changed):
            sure = False
        else:
            continue
        yield from ((call, sure) for call in step.calls)


def _events(operation: Operation, forecast: _Forecast, *, unbounded: bool) -> Iterator[Event]:
    for action, formerly, least, most, why in forecast.counts:
        yield Event(
            action=action,
            formerly=formerly,
            address=operation.address,
            verb=operation.verb,
            phase=operation.phase,
            location=operation.location,
            instance=operation.instance,
            min=least if operation.sure else 0,
            max=None if unbounded else most,
            reason=operation.reason if not why else f"{operation.reason}; {why}",
            input=operation.input,
        )


def _added(one: Event, other: Event) -> Event:
    return Event(
        action=one.action,
        formerly=one.formerly,
        address=one.address,
        verb=one.verb,
        phase=one.phase,
        location=one.location,
        instance=one.instance if one.instance == other.instance else None,
        min=one.min + other.min,
        max=None if one.max is None or other.max is None else one.max + other.max,
        reason=one.reason if one.reason == other.reason else f"{one.reason}; {other.reason}",
        input=one.input,
    )
