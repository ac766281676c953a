"""markdown: text from a plan -> Markdown of GitHub's kind that stays text, in a table and in a Mermaid graph too."""

import re
from collections.abc import Iterable, Iterator

from iaccheck.render._escape import inert, visible
from iaccheck.render._help import parts

_PUNCTUATED = re.compile(r"(\(?)(.*?)([);,.]*(?:(?<!:):)?)", re.DOTALL)
_SPACES = re.compile(r"( +)")
# What begins markup, a mention, a reference, an emoji or a link. A word that holds one of these is shown as code.
_RISKY = re.compile(
    r"[`<>|@*~\[\]!&#\\^$={}]|://|www\.|__|::|:[\w+-]+:|\A[_-]|_\Z|\A\d+[.)]\Z|\A[+]\Z|\AGH-\d|\b[0-9a-f]{7,40}\b",
    re.IGNORECASE,
)
_TICKS = re.compile(r"`+")
_MERMAID = re.compile(r"[^A-Za-z0-9 _.,/()-]")


def code(text: str, longest: int = 200) -> str:
    """A code span: nothing in it is markup, a mention or a link; a pipe in it ends no cell."""
    shown = visible(text, longest) or " "
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") or shown.strip(" ") == "" else ""
    # Of a backslash before a pipe, the table would take the pipe for unescaped.
    return f"{fence}{pad}{shown}{pad}{fence}".replace("\\|", "\\x5c|").replace("|", "\\|")


def plain(text: str, longest: int = 900) -> str:
    """A sentence that may hold names of a plan: its words as they are, those that could be markup as code."""
    words = _SPACES.split(visible(text, longest).strip(" "))
    return "".join(_word(word, longest) if _RISKY.search(word) else word for word in words)


def _word(text: str, longest: int) -> str:
    """A word as code; the punctuation of the sentence around it stays outside, where it can mean nothing."""
    before, word, after = _PUNCTUATED.fullmatch(text).groups()  # type: ignore[union-attr]
    return f"{before}{code(word, longest)}{after}" if word else code(text, longest)


def remedy(text: str) -> Iterator[str]:
    """Paragraphs as text, snippets in fences that they cannot end."""
    for part in parts(text):
        if not part.snippet:
            yield from (plain(part.text), "")
            continue
        yield from fenced(part.text.split("\n"), "hcl")


def fenced(lines: Iterable[str], language: str, longest: int = 400) -> Iterator[str]:
    """Lines in a fence that none of them can end."""
    shown = [inert(visible(line, longest)) for line in lines]
    fence = "`" * max(_longest_run("\n".join(shown)) + 1, 3)
    yield from (f"{fence}{language}", *shown, fence, "")


def folded(summary: str, lines: Iterable[str]) -> str:
    """A block that opens on a click."""
    return "\n".join([f"<details><summary>{summary}</summary>", "", *lines, "", "</details>", ""])


def mermaid(text: str, longest: int = 60) -> str:
    """A label between quotes. Mermaid reads `#35;` as the character of that number, whatever else it means."""
    return _MERMAID.sub(lambda match: f"#{ord(match[0])};", visible(text, longest)) or "#32;"


def _longest_run(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)
