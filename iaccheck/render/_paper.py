"""paper: lines for a terminal, wrapped to its width and coloured where it wants that."""

import io
import re
import textwrap
from functools import cache

from rich.console import Console, RenderableType
from rich.style import Style as Colour

from iaccheck.render._escape import inert, visible
from iaccheck.render._style import Style

_NARROWEST = 60
_PADDING = re.compile(r"(?: |\x1b\[[\d;]*m)+$")


class Paper:
    """What is written on it is plain text; only colours that are asked for become escape codes."""

    def __init__(self, style: Style) -> None:
        self.width = max(style.width, _NARROWEST)
        self.color = style.color
        self._lines: list[str] = []

    def add(self, text: str = "", colour: str = "", *, lead: str = "", indent: int = 0, hang: int = 0) -> None:
        """A paragraph, wrapped. `lead` stands before it in its colour, and the text then has none."""
        inside, outside = (colour, "") if lead else ("", colour)
        wrapped = textwrap.wrap(
            lead + text,
            self.width,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hang),
            break_on_hyphens=False,
        )
        for number, line in enumerate(wrapped or [""]):
            start = " " * indent + lead.rstrip()
            if number == 0 and inside and line.startswith(start):
                line = " " * indent + self.coloured(lead.rstrip(), inside) + line[len(start) :]
            self._lines.append(self.coloured(inert(line.rstrip()), outside))

    def verbatim(self, text: str, indent: int) -> None:
        """A snippet: its lines as they are, to be copied."""
        self._lines += [f"{' ' * indent}{visible(line, 400)}".rstrip() for line in text.split("\n")]

    def drawn(self, thing: RenderableType) -> None:
        """What rich draws, without the blanks that pad it."""
        out = io.StringIO()
        Console(
            file=out,
            width=self.width,
            force_terminal=self.color,
            color_system="standard" if self.color else None,
            markup=False,
            highlight=False,
            emoji=False,
            legacy_windows=False,
        ).print(thing)
        self._lines += [_PADDING.sub(_codes_of, line) for line in out.getvalue().rstrip("\n").split("\n")]

    def coloured(self, text: str, colour: str) -> str:
        return _codes(colour).render(text) if self.color and colour else text

    def text(self) -> str:
        return "\n".join(map(inert, self._lines)) + "\n"


@cache
def _codes(colour: str) -> Colour:
    return Colour.parse(colour)


def _codes_of(padding: re.Match[str]) -> str:
    return padding[0].replace(" ", "")
