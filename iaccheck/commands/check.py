"""check: what the plan causes, and whether a tracker receives it."""

import sys
from typing import Any

import click

from iaccheck import pipeline
from iaccheck.commands._configured import Configured
from iaccheck.commands._documents import documents, evidence
from iaccheck.commands._options import judging, options
from iaccheck.commands._output import chosen, progress, style, write
from iaccheck.model import Report, Severity
from iaccheck.render import formats

EXAMPLES = """\b
Examples:
  terraform show -json tfplan | iaccheck -
  iaccheck plan.json -f markdown=report.md -f json=report.json
  iaccheck --name dev=dev.json --name prod=prod.json --evidence logging.tfstate
  iaccheck plan.json --as-of 2023-04-18
"""


@click.command(cls=Configured, epilog=EXAMPLES)
@click.argument("plans", nargs=-1, metavar="PLAN...")
@click.option(
    "-f",
    "--format",
    "outputs",
    multiple=True,
    metavar="NAME[=FILE]",
    help=f"Format of the report, and where to; may be given several times. One of: {', '.join(formats())}.",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="File of the report (default: standard output).")
@click.option(
    "--fail-on",
    metavar="LIST",
    default=Severity.ERROR.value,
    show_default=True,
    help="Exit with 1 for findings of this severity and above (error, warning, note, never), for undecided ones "
    "(unknown) or for expired waivers (expired-waiver); several with commas.",
)
@click.option("--no-fail", is_flag=True, help="Exit with 0 all the same, and say what would have failed.")
@click.option("--baseline", metavar="FILE", help="Findings that were there before: only new ones fail.")
@judging
@click.option("--sarif-waived", is_flag=True, help="Keep waived findings in SARIF, as suppressed ones.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
@click.option("-v", "--verbose", is_flag=True, help="Also list the events of each resource.")
@click.option("-q", "--quiet", is_flag=True, help="Print the verdict alone.")
def command(
    plans: tuple[str, ...],
    outputs: tuple[str, ...],
    output: str | None,
    color: str,
    verbose: bool,
    quiet: bool,
    sarif_waived: bool,
    **told: Any,
) -> None:
    """Check each PLAN, the output of `terraform show -json` (`-` is standard input).

    Exit status: 0 no finding at or above --fail-on, 1 findings, 2 bad input or usage, 3 a bug in iaccheck.
    """
    wanted = chosen(outputs, output)
    checked = documents(plans, **told)
    judged = options(click.get_current_context(), **told)
    with progress(sum(len(document.data) for document in checked)):
        report = pipeline.check(checked, judged, evidence(told["shown"]))
    write(report, wanted, style(color, -1 if quiet else int(verbose), waived=sarif_waived))
    for note in report.notes:
        if note.code == "would-fail":
            click.echo(f"iaccheck: {note.message}", err=True)
    sys.exit(_status(report))


def _status(report: Report) -> int:
    return 1 if report.verdict == "fail" else 0
