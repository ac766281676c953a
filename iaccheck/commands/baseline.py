"""baseline: the findings that are there now, kept so that only new ones fail."""

import sys
from pathlib import Path
from typing import Any

import click

from iaccheck import pipeline
from iaccheck.commands._configured import Configured
from iaccheck.commands._documents import documents, evidence
from iaccheck.commands._options import judging, options
from iaccheck.errors import UsageError
from iaccheck.judge import baseline

EXAMPLES = """\b
Examples:
  iaccheck baseline plan.json -o baseline.json
  iaccheck check plan.json --baseline baseline.json
"""


@click.command(cls=Configured, epilog=EXAMPLES)
@click.argument("plans", nargs=-1, metavar="PLAN...")
@click.option("-o", "file", metavar="FILE", help="File of the baseline (default: standard output).")
@judging
def command(plans: tuple[str, ...], file: str | None, **told: Any) -> None:
    """Write the findings of each PLAN to a baseline: `iaccheck --baseline FILE` then fails for new ones alone.

    Waived findings are left out: they come back when their waiver ends.
    """
    judged = options(click.get_current_context(), **told)
    report = pipeline.check(documents(plans, **told), judged, evidence(told["shown"]))
    data = baseline.make(finding for finding in report.findings if finding.waiver is None)
    if file is None:
        sys.stdout.buffer.write(data)
        return
    try:
        Path(file).write_bytes(data)
    except OSError as error:
        problem = f"{file}: the baseline cannot be written there ({error.strerror})"
        raise UsageError(problem, "choose another file") from None
