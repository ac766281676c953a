"""schema: the JSON Schemas that ship with iaccheck."""

import click

from iaccheck import resources
from iaccheck.errors import UsageError


@click.command(epilog="\b\nExample:\n  iaccheck schema report > report.schema.json\n")
@click.argument("name", default="report")
def command(name: str) -> None:
    """Print the JSON Schema NAME (without it: the one of the JSON report)."""
    known = resources.stems("schemas", ending=".json")
    if name not in known:
        raise UsageError(f"there is no schema {name!r}", f"use one of: {', '.join(known)}")
    with open(resources.data("schemas", f"{name}.json"), encoding="utf-8") as file:
        click.echo(file.read(), nl=False)
