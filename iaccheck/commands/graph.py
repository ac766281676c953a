"""graph: what matters as a picture: resource → action → location → route → target."""

import os
from datetime import date

import click

from iaccheck import pipeline
from iaccheck.commands._documents import Place, documents, evidence
from iaccheck.commands.check import Day


@click.command(epilog="\b\nExamples:\n  iaccheck graph plan.json\n  iaccheck graph plan.json -f dot | dot -Tsvg\n")
@click.argument("plans", nargs=-1, required=True, metavar="PLAN...")
@click.option("-f", "--format", "form", type=click.Choice(["mermaid", "dot"]), default="mermaid", show_default=True)
@click.option("--lost", is_flag=True, help="Only what nothing receives.")
@click.option(
    "--evidence", "shown", multiple=True, metavar="FILE", help="A plan, state or snapshot to look at as well."
)
@click.option("--as-of", type=Day(), metavar="DATE", help="Judge by the facts of this day (from 2023-04-18 on).")
@click.option("--refresh/--no-refresh", default=True, help="Whether the plan was made with a refresh (the default).")
@click.option("--source", type=click.Path(file_okay=False, exists=True), help="Folder of the configuration.")
@click.option(
    "--var-file",
    "variable_files",
    multiple=True,
    type=click.Path(dir_okay=False),
    help="A file of variables, for a folder without a plan.",
)
@click.option("--terraform", metavar="PATH", envvar="IACCHECK_TERRAFORM", help="The program that shows a saved plan.")
def command(
    plans: tuple[str, ...],
    form: str,
    lost: bool,
    shown: tuple[str, ...],
    as_of: date | None,
    refresh: bool,
    source: str | None,
    terraform: str | None,
    variable_files: tuple[str, ...],
) -> None:
    """Draw which resources cause which events, and what receives them; without a receiver in red."""
    from iaccheck.render._graph import dot, graph, mermaid

    options = pipeline.Options(as_of=as_of, refresh=refresh, environment=os.environ)
    report = pipeline.check(
        documents(plans, (), Place(source, terraform, tuple(variable_files))), options, evidence(shown)
    )
    drawn = graph(report, lost_only=lost)
    for line in (mermaid if form == "mermaid" else dot)(drawn):
        click.echo(line)
