"""graph: what matters as a picture: resource → action → location → route → target."""

from typing import Any

import click

from iaccheck import pipeline
from iaccheck.commands._configured import Configured
from iaccheck.commands._documents import documents, evidence
from iaccheck.commands._options import looking, reading

EXAMPLES = """\b
Examples:
  iaccheck graph plan.json
  iaccheck graph plan.json -f dot | dot -Tsvg
"""


@click.command(cls=Configured, own=("format",), epilog=EXAMPLES)
@click.argument("plans", nargs=-1, required=True, metavar="PLAN...")
@click.option("-f", "--format", "form", type=click.Choice(["mermaid", "dot"]), default="mermaid", show_default=True)
@click.option("--lost", is_flag=True, help="Only what nothing receives.")
@reading
def command(plans: tuple[str, ...], form: str, lost: bool, **told: Any) -> None:
    """Draw which resources cause which events, and what receives them; without a receiver in red."""
    from iaccheck.render._graph import dot, graph, mermaid

    looked = looking(click.get_current_context(), **told)
    report = pipeline.check(documents(plans, **told), looked, evidence(told["shown"]))
    drawn = graph(report, lost_only=lost)
    for line in (mermaid if form == "mermaid" else dot)(drawn):
        click.echo(line)
