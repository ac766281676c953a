"""baseline: the findings that are there now, kept so that only new ones fail."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from iaccheck import pipeline
from iaccheck.commands._configured import Configured, judging, options
from iaccheck.commands._day import Day
from iaccheck.commands._documents import Place, documents, evidence
from iaccheck.errors import UsageError
from iaccheck.judge import baseline

EXAMPLES = """\b
Examples:
  iaccheck baseline plan.json -o baseline.json
  iaccheck check plan.json --baseline baseline.json
"""


@click.command(cls=Configured, epilog=EXAMPLES)
@click.argument("plans", nargs=-1, metavar="PLAN...")
@click.option("--name", "names", multiple=True, metavar="LABEL=PLAN", help="A plan, with its label.")
@click.option(
    "--evidence", "shown", multiple=True, metavar="FILE", help="A plan, state or snapshot to look at as well."
)
@click.option("-o", "file", metavar="FILE", help="File of the baseline (default: standard output).")
@click.option("--source", type=click.Path(file_okay=False, exists=True), help="Folder of the configuration.")
@click.option(
    "--var-file", "variable_files", multiple=True, type=click.Path(dir_okay=False), help="A file of variables."
)
@click.option("--terraform", metavar="PATH", envvar="IACCHECK_TERRAFORM", help="The program that shows a saved plan.")
@judging
@click.option("--as-of", type=Day(), metavar="DATE", help="Judge by the facts of this day (from 2023-04-18 on).")
@click.option("--refresh/--no-refresh", default=True, help="Whether the plan was made with a refresh (the default).")
def command(
    plans: tuple[str, ...],
    names: tuple[str, ...],
    shown: tuple[str, ...],
    file: str | None,
    as_of: date | None,
    refresh: bool,
    source: str | None,
    terraform: str | None,
    variable_files: tuple[str, ...],
    **told: Any,
) -> None:
    """Write the findings of each PLAN to a baseline: `iaccheck --baseline FILE` then fails for new ones alone.

    Waived findings are left out: they come back when their waiver ends.
    """
    judged = options(click.get_current_context(), as_of=as_of, refresh=refresh, **told)
    report = pipeline.check(documents(plans, names, Place(source, terraform, variable_files)), judged, evidence(shown))
    data = baseline.make(finding for finding in report.findings if finding.waiver is None)
    if file is None:
        sys.stdout.buffer.write(data)
        return
    try:
        Path(file).write_bytes(data)
    except OSError as error:
        problem = f"{file}: the baseline cannot be written there ({error.strerror})"
        raise UsageError(problem, "choose another file") from None
