"""explain: the whole chain behind one line of the report."""

import os
from datetime import date

import click

from iaccheck import pipeline
from iaccheck.commands._configured import Configured, configuration_of, configured
from iaccheck.commands._day import Day
from iaccheck.commands._documents import Place, documents, evidence
from iaccheck.explain import explain
from iaccheck.render._escape import visible

EXAMPLES = """\b
Examples:
  iaccheck explain plan.json ibm_sm_arbitrary_secret.token
  iaccheck explain plan.json us-south
  iaccheck explain plan.json secret.create
"""


@click.command(cls=Configured, epilog=EXAMPLES)
@click.argument("plan")
@click.argument("subject", metavar="ADDRESS|LOCATION|ACTION")
@click.option(
    "--evidence", "shown", multiple=True, metavar="FILE", help="A plan, state or snapshot to look at as well."
)
@configured
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
    plan: str,
    subject: str,
    shown: tuple[str, ...],
    as_of: date | None,
    refresh: bool,
    source: str | None,
    terraform: str | None,
    variable_files: tuple[str, ...],
) -> None:
    """Show why: changed attributes, calls, actions, instance, location, each rule tried, status and timing."""
    declared = configuration_of(click.get_current_context()).trackers
    options = pipeline.Options(
        as_of=as_of, refresh=refresh, environment=os.environ, trackers=declared, today=date.today()
    )
    analysis = pipeline.analyse(
        documents([plan], (), Place(source, terraform, tuple(variable_files))), options, evidence(shown)
    )
    for line in explain(analysis, subject):
        click.echo(visible(line, 4000))
