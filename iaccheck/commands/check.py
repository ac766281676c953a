"""check: what the plan causes, and whether a tracker receives it."""

import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from iaccheck import pipeline
from iaccheck.errors import InputError, UsageError
from iaccheck.model import Document, Report, Severity
from iaccheck.render import formats, renderer
from iaccheck.render._style import Style

EXAMPLES = """\b
Examples:
  terraform show -json tfplan | iaccheck -
  iaccheck plan.json -f markdown=report.md -f json=report.json
  iaccheck plan.json --as-of 2023-04-18
"""


class Day(click.ParamType[date]):
    """A date as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date: write it as YYYY-MM-DD, such as 2026-07-02", param, ctx)


@click.command(epilog=EXAMPLES)
@click.argument("plans", nargs=-1, required=True, metavar="PLAN...")
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
    type=click.Choice([*(severity.value for severity in Severity), pipeline.NEVER]),
    default=Severity.ERROR.value,
    show_default=True,
    help="Exit with 1 for findings of this severity and above.",
)
@click.option("--as-of", type=Day(), metavar="DATE", help="Judge by the facts of this day (from 2023-04-18 on).")
@click.option("--refresh/--no-refresh", default=True, help="Whether the plan was made with a refresh (the default).")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
@click.option("-v", "--verbose", is_flag=True, help="Also list the events of each resource.")
@click.option("-q", "--quiet", is_flag=True, help="Print the verdict alone.")
def command(
    plans: tuple[str, ...],
    outputs: tuple[str, ...],
    output: str | None,
    fail_on: str,
    as_of: date | None,
    refresh: bool,
    color: str,
    verbose: bool,
    quiet: bool,
) -> None:
    """Check each PLAN, the output of `terraform show -json` (`-` is standard input).

    Exit status: 0 no finding at or above --fail-on, 1 findings, 2 bad input or usage, 3 a bug in iaccheck.
    """
    chosen = _chosen(outputs, output)
    documents = [_document(name) for name in plans]
    options = pipeline.Options(as_of=as_of, refresh=refresh, fail_on=fail_on, environment=os.environ)
    report = pipeline.check(documents, options)
    style = _style(color, -1 if quiet else int(verbose))
    for name, file in chosen:
        _write(renderer(name)(report, style if file is None else Style(detail=style.detail)), file)
    sys.exit(_status(report))


def _status(report: Report) -> int:
    return 1 if report.verdict == "fail" else 0


def _chosen(outputs: tuple[str, ...], output: str | None) -> list[tuple[str, str | None]]:
    """(format, file) of every report; None is standard output, which takes only one."""
    chosen: list[tuple[str, str | None]] = []
    for text in outputs or ("terminal",):
        name, equals, file = text.partition("=")
        renderer(name)
        if equals and not file:
            raise UsageError(f"-f {text}: there is no file after the =", f"write -f {name}=report.{name}")
        chosen.append((name, file or None))
    if output is not None:
        if output in formats():
            raise UsageError(f"-o {output}: that is the name of a format", f"did you mean -f {output}?")
        first = next((index for index, (_, file) in enumerate(chosen) if file is None), None)
        if first is None:
            raise UsageError("-o: every format has a file of its own already", "leave out -o")
        chosen[first] = (chosen[first][0], output)
    if sum(file is None for _, file in chosen) > 1:
        raise UsageError("two formats for one standard output", "give all but one a file: -f NAME=FILE")
    return chosen


def _document(name: str) -> Document:
    if name == "-":
        return Document("<stdin>", sys.stdin.buffer.read())
    try:
        return Document(name, Path(name).read_bytes())
    except IsADirectoryError:
        raise InputError(
            f"{name}: this is a directory, not a plan", "terraform show -json tfplan > plan.json"
        ) from None
    except OSError as error:
        raise InputError(f"{name}: {error.strerror or 'cannot be read'}", "check the path of the plan") from None


def _style(color: str, detail: int) -> Style:
    tty = sys.stdout.isatty()
    width = 80
    if tty:
        import shutil

        width = shutil.get_terminal_size((80, 24)).columns
    wanted = color == "always" or (color == "auto" and tty and not os.environ.get("NO_COLOR"))
    return Style(width=width, color=wanted, detail=detail)


def _write(text: str, file: str | None) -> None:
    data = text.encode("utf-8", "backslashreplace")
    if file is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        Path(file).write_bytes(data)
    except OSError as error:
        raise UsageError(
            f"{file}: the report cannot be written there ({error.strerror})", "choose another file"
        ) from None
