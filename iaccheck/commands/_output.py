"""output: a report -> standard output and files, in the formats that were asked for."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from iaccheck.errors import UsageError
from iaccheck.model import Report
from iaccheck.render import formats, renderer
from iaccheck.render._style import Style

_LARGE = 20_000_000


def chosen(outputs: tuple[str, ...], output: str | None) -> list[tuple[str, str | None]]:
    """(format, file) of every report; None is standard output, which takes only one."""
    reports: list[tuple[str, str | None]] = []
    for text in outputs or ("terminal",):
        name, equals, file = text.partition("=")
        renderer(name)
        if equals and not file:
            raise UsageError(f"-f {text}: there is no file after the =", f"write -f {name}=report.{name}")
        reports.append((name, file or None))
    if output is not None:
        if output in formats():
            raise UsageError(f"-o {output}: that is the name of a format", f"did you mean -f {output}?")
        first = next((index for index, (_, file) in enumerate(reports) if file is None), None)
        if first is None:
            raise UsageError("-o: every format has a file of its own already", "leave out -o")
        reports[first] = (reports[first][0], output)
    if sum(file is None for _, file in reports) > 1:
        raise UsageError("two formats for one standard output", "give all but one a file: -f NAME=FILE")
    return reports


def write(report: Report, reports: list[tuple[str, str | None]], shown: Style) -> None:
    """Every report that was asked for. GitHub's annotations bring the Markdown report into the summary of the step."""
    for name, file in reports:
        _written(renderer(name)(report, shown if file is None else Style(detail=shown.detail)), file)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary and any(name == "github" for name, _ in reports):
        _appended(renderer("markdown")(report, Style()), summary)


def style(color: str, detail: int, *, waived: bool = False) -> Style:
    """How the report on standard output is to look: https://no-color.org."""
    tty = sys.stdout.isatty()
    width = 80
    if tty:
        import shutil

        width = shutil.get_terminal_size((80, 24)).columns
    wanted = color == "always" or (color == "auto" and tty and not os.environ.get("NO_COLOR"))
    return Style(width=width, color=wanted, detail=detail, waived=waived)


@contextmanager
def progress(size: int) -> Iterator[None]:
    """For large inputs, something that moves on standard error, if a person looks there."""
    if size < _LARGE or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("checking {task.fields[megabytes]} MB"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        bar.add_task("", total=None, megabytes=round(size / 1e6))
        yield


def _written(text: str, file: str | None) -> None:
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


def _appended(text: str, file: str) -> None:
    """https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions#adding-a-job-summary"""
    try:
        with open(file, "ab") as summary:
            summary.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UsageError(
            f"GITHUB_STEP_SUMMARY: the summary cannot be written there ({error.strerror})", "unset GITHUB_STEP_SUMMARY"
        ) from None
