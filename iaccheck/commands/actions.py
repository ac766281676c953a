"""actions: the catalog of a day, and what causes each action."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import click

from iaccheck.commands._day import Day
from iaccheck.facts import Action, Call, Catalog, Facts, Table
from iaccheck.model import Verb

EXAMPLES = """\b
Examples:
  iaccheck actions
  iaccheck actions --as-of 2023-04-18
  iaccheck actions --type ibm_sm_kv_secret --verb update
"""


@click.command(epilog=EXAMPLES)
@click.option("--as-of", type=Day(), metavar="DATE", help="The actions in force on this day (from 2023-04-18 on).")
@click.option("--type", "type_name", metavar="TYPE", help="Only what this resource type or data source causes.")
@click.option("--verb", type=click.Choice([verb.value for verb in Verb]), help="Only what this verb causes.")
@click.option("-f", "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(as_of: date | None, type_name: str | None, verb: str | None, form: str) -> None:
    """Print the actions that Secrets Manager has an event for, and the resources that cause each."""
    facts = Facts(as_of)
    causes = _causes(facts)
    entries = [
        entry
        for catalog in (facts.catalog, facts.platform)
        for name, action in catalog.on(facts.as_of).items()
        if (entry := _entry(name, action, catalog, causes, type_name, verb)) is not None
    ]
    if form == "json":
        _print_json(facts, entries)
    else:
        _print_text(facts, entries)


def _entry(
    name: str,
    action: Action,
    catalog: Catalog,
    causes: dict[str, list[dict[str, str]]],
    type_name: str | None,
    verb: str | None,
) -> dict[str, Any] | None:
    found = [
        cause
        for call in action.calls
        for cause in causes.get(call, ())
        if type_name in (None, cause["type"]) and verb in (None, cause["verb"])
    ]
    if (type_name or verb) and not found:
        return None
    return {
        "action": name,
        "formerly": action.formerly,
        "meaning": action.meaning,
        "table": action.table,
        "since": action.since,
        "platform": catalog.platform,
        "confidence": action.confidence,
        "calls": action.calls,
        "page": catalog.page,
        "source": action.source,
        "caused_by": _once(found),
    }


def _once(causes: list[dict[str, str]]) -> list[dict[str, str]]:
    return [dict(items) for items in sorted({tuple(cause.items()) for cause in causes})]


def _causes(facts: Facts) -> dict[str, list[dict[str, str]]]:
    """Which type and verb makes which call."""
    found: dict[str, list[dict[str, str]]] = {}
    for name in facts.type_files:
        known = facts.type(name)
        if known is None:
            continue
        for mode, table in (("managed", known.resource), ("data", known.data)):
            for verb, call in _calls(table):
                found.setdefault(call.call, []).append({"type": name, "mode": mode, "verb": verb})
    return found


def _calls(table: Table | None) -> Iterator[tuple[str, Call]]:
    if table is None:
        return
    for verb, calls in (("create", table.create), ("read", table.read), ("delete", table.delete)):
        yield from ((verb, call) for call in calls)
    for step in table.update:
        yield from (("update", call) for call in step.calls)


def _print_json(facts: Facts, entries: list[dict[str, Any]]) -> None:
    import msgspec

    document = {"schema": "iaccheck/actions/1", "as_of": facts.as_of, "actions": entries}
    click.echo(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())


def _print_text(facts: Facts, entries: list[dict[str, Any]]) -> None:
    own = sum(not entry["platform"] for entry in entries)
    click.echo(f"As of {facts.as_of}: {own} actions of Secrets Manager, {len(entries) - own} of the platform\n")
    for entry in entries:
        formerly = f" (formerly {entry['formerly']})" if entry["formerly"] else ""
        platform = " [platform, location global]" if entry["platform"] else ""
        click.echo(f"{entry['action']}{formerly}{platform}")
        click.echo(f"    {entry['meaning']}")
        by_verb: dict[str, list[str]] = {}
        for cause in entry["caused_by"]:
            name = f"data.{cause['type']}" if cause["mode"] == "data" else cause["type"]
            by_verb.setdefault(cause["verb"], []).append(name)
        for verb, names in sorted(by_verb.items()):
            click.echo(f"    {verb}: {', '.join(names)}")
        if not by_verb:
            click.echo("    never caused by Terraform")
