"""help: the remedy of a finding -> its paragraphs and snippets, so that each format can set them in its own way."""

from collections.abc import Iterator
from typing import NamedTuple


class Part(NamedTuple):
    """A paragraph on one line, to be set to any width; or a snippet, its lines as they were written."""

    text: str
    snippet: bool


def parts(text: str) -> Iterator[Part]:
    """Indented lines are a snippet, blank lines end a paragraph, a line with a dash begins one."""
    snippet: list[str] = []
    paragraph: list[str] = []
    for line in [*text.split("\n"), "\0"]:
        indented = line.startswith("  ") or (bool(snippet) and not line.strip(" \r"))
        if paragraph and (indented or not line.strip() or line == "\0" or line.startswith("- ")):
            yield Part(" ".join(paragraph), False)
            paragraph = []
        if snippet and not indented:
            yield Part("\n".join(snippet).rstrip(), True)
            snippet = []
        if indented:
            snippet.append(line[2:])
        elif line.strip() and line != "\0":
            paragraph.append(line.strip())
