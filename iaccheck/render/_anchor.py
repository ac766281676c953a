"""anchor: a finding -> the file and line where code hosts show it.

The block of its address where the source is at hand. Else a file of the root module: GitHub refuses a whole upload when
one result has no location (https://github.com/github/codeql-action/issues/1738), GitLab asks for a path; and the plan
file, which no diff shows, is never one.
"""

import posixpath
import re
from typing import NamedTuple

from iaccheck.model import Finding, Report, Source
from iaccheck.render._escape import visible
from iaccheck.render._view import source_of

_DRIVE = re.compile(r"[A-Za-z]:|[A-Za-z][A-Za-z0-9+.-]*:/")
_FALLBACK = "main.tf"


class Anchor(NamedTuple):
    """`assumed`: no block is known, it only has to be somewhere."""

    file: str
    line: int
    end_line: int
    assumed: bool


def anchor(report: Report, finding: Finding) -> Anchor:
    source = source_of(report, finding)
    if source is None:
        return Anchor(_root_file(report), 1, 1, True)
    line = max(source.line, 1)
    return Anchor(relative(source.file), line, max(source.end_line or line, line), False)


def relative(file: str) -> str:
    """A path below the root of the repository: hosts refuse absolute ones, those that leave it, and backslashes."""
    path = posixpath.normpath(visible(file.replace("\\", "/"), 500) or ".")
    path = _DRIVE.sub("", path).lstrip("/")
    while path.startswith("../"):
        path = path[3:]
    return path if path not in ("", ".", "..") else _FALLBACK


def _root_file(report: Report) -> str:
    """The file of the root module that the first source by address leads to."""
    for _, source in sorted(report.sources.items()):
        return relative(_outermost(source))
    return _FALLBACK


def _outermost(source: Source) -> str:
    """The file of the outermost module call: `main.tf` of `main.tf:12`."""
    return source.chain[0].rpartition(":")[0] or source.chain[0] if source.chain else source.file
