"""snapshot: what states hold of trackers, routes and instances, as a file to hand over as evidence."""

import click

from iaccheck.commands._documents import evidence
from iaccheck.facts import Facts
from iaccheck.read import read_evidence


@click.command(
    epilog="\b\nExample:\n  terraform show -json > state.json && iaccheck snapshot state.json > account.yaml\n"
)
@click.argument("states", nargs=-1, required=True, metavar="STATE...")
@click.option("-f", "--format", "form", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True)
def command(states: tuple[str, ...], form: str) -> None:
    """Print the targets, routes, settings and instances of each STATE, for `iaccheck --evidence`.

    It holds ids, kinds and locations, and nothing else of the state.
    """
    import msgspec

    from iaccheck.read.snapshot import merged, snapshot_of

    facts = Facts()
    snapshot = merged([snapshot_of(read_evidence(document, facts), facts) for document in evidence(states)])
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(snapshot), indent=2).decode())
    else:
        click.echo(msgspec.yaml.encode(snapshot).decode(), nl=False)
