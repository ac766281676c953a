"""convert: a stored JSON report, rendered again in other formats."""

import sys
from pathlib import Path

import click

from iaccheck.commands._output import chosen, style, write
from iaccheck.errors import InputError
from iaccheck.render import formats
from iaccheck.render._stored import read_back

EXAMPLES = """\b
Examples:
  iaccheck convert report.json -f html=report.html
  iaccheck convert report.json -f markdown -f sarif=report.sarif
"""


@click.command(epilog=EXAMPLES)
@click.argument("report", metavar="REPORT")
@click.option(
    "-f",
    "--format",
    "outputs",
    multiple=True,
    metavar="NAME[=FILE]",
    help=f"Format, and where to; may be given several times. One of: {', '.join(formats())}.",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="File of the report (default: standard output).")
@click.option("--sarif-waived", is_flag=True, help="Keep waived findings in SARIF, as suppressed ones.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
@click.option("-v", "--verbose", is_flag=True, help="Also list the events of each resource.")
@click.option("-q", "--quiet", is_flag=True, help="Print the verdict alone.")
def command(
    report: str,
    outputs: tuple[str, ...],
    output: str | None,
    color: str,
    verbose: bool,
    quiet: bool,
    sarif_waived: bool,
) -> None:
    """Render REPORT, a stored JSON report (`-` is standard input), in other formats.

    It says what the check said when it was made; nothing is judged anew. Exit status: 0, or 2 for bad input or usage.
    """
    wanted = chosen(outputs, output)
    name = "<stdin>" if report == "-" else report
    write(read_back(_data(report), name), wanted, style(color, -1 if quiet else int(verbose), waived=sarif_waived))


def _data(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise InputError(f"{name}: {error.strerror or 'cannot be read'}", "check the path of the report") from None
