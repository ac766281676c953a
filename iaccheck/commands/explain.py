"""explain: the whole chain behind one line of the report."""

from typing import Any

import click

from iaccheck import pipeline
from iaccheck.commands._configured import Configured
from iaccheck.commands._documents import documents, evidence
from iaccheck.commands._options import looking, reading
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
@reading
def command(plan: str, subject: str, **told: Any) -> None:
    """Show why: changed attributes, calls, actions, instance, location, each rule tried, status and timing."""
    looked = looking(click.get_current_context(), **told)
    analysis = pipeline.analyse(documents([plan], **told), looked, evidence(told["shown"]))
    for line in explain(analysis, subject):
        click.echo(visible(line, 4000))
