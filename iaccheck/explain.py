"""explain: the whole chain behind what a report says of an address, a location or an action, step by step."""

from collections.abc import Iterator

from iaccheck.address import unkeyed
from iaccheck.cover.tried import tried
from iaccheck.errors import UsageError
from iaccheck.facts import Facts
from iaccheck.model import Coverage, LocationCoverage, Operation, Phase, Verb
from iaccheck.pipeline import Analysis
from iaccheck.predict import MadeCall, calls_of


def explain(analysis: Analysis, subject: str) -> Iterator[str]:
    """Lines about an address (with or without instance keys), a location or an action.

    Raises UsageError where the plan has nothing of that name.
    """
    operations = [o for o in analysis.resolution.operations if subject in (o.address, unkeyed(o.address))]
    locations = [at for at in analysis.covered.locations if at.location == subject]
    covered = [c for c in analysis.covered.events if subject in (c.event.action, c.event.action.split(".", 1)[-1])]
    if operations:
        for operation in operations:
            yield from _operation(operation, analysis)
    elif locations:
        yield from _location(locations[0], analysis)
    elif covered:
        yield from _action(covered, analysis)
    else:
        raise UsageError(
            f"{subject}: this plan has no event of such an address, location or action",
            "list what it has with: iaccheck PLAN -v",
        )


def _operation(operation: Operation, analysis: Analysis) -> Iterator[str]:
    facts = analysis.facts
    past = operation.phase is Phase.PLAN
    yield f"{operation.address}: {operation.verb.value}{' while planning' if past else ' by the apply'}"
    yield f"  seen in    {'prior_state' if past else 'resource_changes'} of the plan"
    if operation.verb is Verb.UPDATE:
        yield f"  changed    {', '.join(sorted(operation.changed)) or 'nothing that is known'}"
    if operation.unknown and operation.verb is Verb.UPDATE:
        yield f"  unknown    {', '.join(sorted(operation.unknown))}"
    calls = calls_of(operation, facts)
    known = facts.type(operation.type)
    table = known.table(operation.mode) if known else None
    yield f"  calls      as in {table.code if table else operation.type}"
    for call in calls:
        yield f"             {_times(call)} {call.name} → {call.action or 'no documented event'}{_because(call)}"
    yield f"  instance   {operation.instance or 'not known'}"
    yield f"  location   {operation.location or 'unknown'}: {operation.reason}"
    if not operation.sure:
        yield "  sure       no: it may not happen at all"
    own = [
        c
        for c in analysis.covered.events
        if (c.event.input, c.event.address, c.event.phase, c.event.location)
        == (operation.input, operation.address, operation.phase, operation.location)
    ]
    yield from _outcome(operation.location, own, analysis)
    yield ""


def _times(call: MadeCall) -> str:
    most = "n" if call.most is None else str(call.most)
    return f"{call.least}×" if str(call.least) == most else f"{call.least}..{most}×"


def _because(call: MadeCall) -> str:
    return f" ({call.why})" if call.why else ""


def _outcome(location: str | None, covered: list[Coverage], analysis: Analysis) -> Iterator[str]:
    at = next((at for at in analysis.covered.locations if at.location == location), None)
    if at is None:
        return
    yield from _worlds(at, analysis)
    for status, timing, ordered in sorted({(c.status.value, c.timing.value, str(c.ordered)) for c in covered}):
        assured = {"True": ", the order is assured", "False": ", the order is not assured"}.get(ordered, "")
        yield f"  verdict    {status}, {timing}{assured}"


def _worlds(at: LocationCoverage, analysis: Analysis) -> Iterator[str]:
    estate, facts = analysis.resolution.estate, analysis.facts
    for name, world, status in (("before", estate.before, at.before), ("after", estate.after, at.after)):
        yield f"  {name:<10} {status.value}"
        if at.location is not None:
            yield from (f"             {line}" for line in tried(world, at.location, facts))
    yield f"  because    {at.reason}"


def _location(at: LocationCoverage, analysis: Analysis) -> Iterator[str]:
    yield f"{at.location}: {at.before.value} before the apply, {at.after.value} after it"
    yield f"  instances  {', '.join(at.instances) or 'none after the apply'}"
    here = [c for c in analysis.covered.events if c.event.location == at.location]
    for phase in Phase:
        addresses = sorted({c.event.address for c in here if c.event.phase is phase})
        if addresses:
            named = ", ".join(addresses[:5]) + _more(addresses)
            yield f"  {phase.value:<10} events of {len(addresses)} resource{'s' * (len(addresses) != 1)}: {named}"
    yield from _worlds(at, analysis)


def _action(covered: list[Coverage], analysis: Analysis) -> Iterator[str]:
    name = covered[0].event.action
    facts: Facts = analysis.facts
    action = next(c.on(facts.as_of)[name] for c in (facts.catalog, facts.platform) if name in c.on(facts.as_of))
    yield f"{name}: {action.meaning}"
    yield f"  in force   since {action.since}{f', formerly {action.formerly}' if action.formerly else ''}"
    yield f"  calls      {', '.join(action.calls)}"
    yield f"  source     {action.source}"
    for item in covered:
        event = item.event
        most = "n" if event.max is None else event.max
        yield (
            f"  {event.phase.value:<10} {event.min}..{most} by {event.address} ({event.verb.value}) in "
            f"{event.location or 'unknown'}: {item.status.value}, {item.timing.value}"
        )


def _more(items: list[str]) -> str:
    return f" and {len(items) - 5} more" if len(items) > 5 else ""
