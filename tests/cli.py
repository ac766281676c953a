"""The command line, run inside the test's process: what it printed and how it ended."""

import contextlib
import io
import sys
from typing import NamedTuple
from unittest import mock


class Result(NamedTuple):
    status: int
    out: str
    err: str


def run(*arguments: str, stdin: bytes = b"") -> Result:
    """Run `iaccheck ARGUMENTS`."""
    from iaccheck.__main__ import main

    out, err = io.BytesIO(), io.StringIO()
    stdout = io.TextIOWrapper(out, encoding="utf-8", write_through=True)
    streams = (
        mock.patch.object(sys, "argv", ["iaccheck", *arguments]),
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin))),
        contextlib.redirect_stdout(stdout),
        contextlib.redirect_stderr(err),
    )
    with contextlib.ExitStack() as stack:
        for stream in streams:
            stack.enter_context(stream)
        try:
            main()
            status = 0
        except SystemExit as exit_:
            status = int(exit_.code or 0)
    stdout.flush()
    return Result(status, out.getvalue().decode(), err.getvalue())
