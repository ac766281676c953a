"""markdown: text from a plan -> Markdown of GitHub's kind that stays text, in a table too."""

import re

from iaccheck.render._escape import visible

_SPACES = re.compile(r"( +)")
# What begins markup, a mention, a reference or a link. A word that holds one of these is shown as code.
_RISKY = re.compile(r"[`<>|@*~\[\]!&#\\^$={}]|://|www\.|__|\A[_-]|_\Z|\A\d+[.)]\Z|\A[+]\Z", re.IGNORECASE)
_TICKS = re.compile(r"`+")


def code(text: str, longest: int = 200) -> str:
    """A code span: nothing in it is markup, a mention or a link."""
    shown = visible(text, longest) or " "
    fence = "`" * (max((len(run) for run in _TICKS.findall(shown)), default=0) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") or shown.strip(" ") == "" else ""
    return f"{fence}{pad}{shown}{pad}{fence}".replace("|", "\\|")


def plain(text: str, longest: int = 900) -> str:
    """A sentence that may hold names of a plan: its words as they are, those that could be markup as code."""
    words = _SPACES.split(visible(text, longest))
    return "".join(code(word) if _RISKY.search(word) else word for word in words)
