"""render: a Report -> text. A file of this folder is a format, and its stem the format's name."""

import importlib
import os
from collections.abc import Callable

from iaccheck.errors import UsageError
from iaccheck.model import Report
from iaccheck.render._style import Style

Renderer = Callable[[Report, Style], str]


def formats() -> tuple[str, ...]:
    """Names of all formats, sorted. Files that begin with an underscore are shared by formats."""
    here = os.path.dirname(os.path.abspath(__file__))
    return tuple(sorted(name[:-3] for name in os.listdir(here) if name.endswith(".py") and not name.startswith("_")))


def renderer(name: str) -> Renderer:
    """The renderer of a format; only this format's module is imported. Raises UsageError for a name that isn't one."""
    if name not in formats():
        raise UsageError(f"there is no format {name!r}", f"use one of: {', '.join(formats())}")
    found: Renderer = importlib.import_module(f"iaccheck.render.{name}").render
    return found
