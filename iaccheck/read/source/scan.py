"""scan: HCL text and a position -> where a bracket or a value ends, without parsing what lies between.

Strings, templates, heredocs and comments are followed as in HCL's native syntax
(https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md); all else is skipped. Linear, and never recursive.
"""

import re
from typing import NamedTuple

# A whole string without templates is skipped at once; what else can change the nesting stops the search.
_CODE = re.compile(r'"[^"\\$%\n]*(?:\\.[^"\\$%\n]*)*"|["#(){}\[\]]|//|/\*|<<')
_VALUE = re.compile(_CODE.pattern + r"|\n")
# Signs are looked at as a whole run, or a long one would be walked again from each of its signs.
_TEMPLATE = r"(?<!\$)\$+\{|(?<!%)%+\{"
_QUOTED = re.compile(r'["\\\n]|' + _TEMPLATE)
_HEREDOC = re.compile(r"\n[ \t]*([^\W\d][\w-]*)[ \t]*\r?(?=\n|\Z)|" + _TEMPLATE)
_HEREDOC_START = re.compile(r"<<-?([^\W\d][\w-]*)[ \t]*\r?\n")
_BLANK = re.compile(r"\s*(#|//|/\*)?")

_CLOSERS = {"{": "}", "[": "]", "(": ")"}
LINE = "\n"


class UnclosedError(Exception):
    """Something has no end, or ends in something else; `position` is where that was seen."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


class Mark(NamedTuple):
    """A comment, or an outermost heredoc with its marker, between two positions."""

    start: int
    end: int
    heredoc: str = ""


class Skipped(NamedTuple):
    """The position after what was skipped, and how deeply it was nested."""

    end: int
    depth: int


def skip(text: str, position: int, end: int, closer: str, marks: list[Mark]) -> Skipped:
    """From within a bracket to after its `closer`; with LINE, from the start of a value to the end of its last line.

    Adds the comments and outermost heredocs on the way to `marks`. Raises UnclosedError.
    """
    # What is open: closing brackets, a quote for a string, `<` and the marker for a heredoc.
    stack = [closer]
    heredocs: list[int] = []
    depth = 1
    while stack:
        mode = stack[-1]
        if mode == '"':
            position = _string(text, position, end, stack)
        elif mode[0] == "<":
            match = _search(_HEREDOC, text, position, end)
            position = match.end()
            if match[1] is None:
                _open_template(match[0], stack)
            elif match[1] == mode[1:]:
                stack.pop()
                start = heredocs.pop()
                if not heredocs:
                    marks.append(Mark(start, match.end(1), mode[1:]))
        else:
            position = _code(text, position, end, stack, heredocs, marks)
        depth = max(depth, len(stack))
    return Skipped(position, depth)


def _search(pattern: re.Pattern[str], text: str, position: int, end: int) -> re.Match[str]:
    match = pattern.search(text, position, end)
    if match is None:
        raise UnclosedError(position)
    return match


def _string(text: str, position: int, end: int, stack: list[str]) -> int:
    """One step inside a quoted string: its end, an escape, or a template that opens."""
    match = _search(_QUOTED, text, position, end)
    if match[0] == '"':
        stack.pop()
    elif match[0] == "\\":
        return match.end() + 1
    elif match[0] == "\n":
        raise UnclosedError(match.start())
    else:
        _open_template(match[0], stack)
    return match.end()


def _open_template(found: str, stack: list[str]) -> None:
    """`${` opens a template, `$${` is text: signs before a brace go in pairs."""
    if len(found) % 2 == 0:
        stack.append("}")


def _code(text: str, position: int, end: int, stack: list[str], heredocs: list[int], marks: list[Mark]) -> int:
    """One step outside of text: over the next string, comment, bracket or start of a heredoc."""
    match = (_VALUE if stack[-1] == LINE else _CODE).search(text, position, end)
    if match is None:
        if stack.pop() == LINE:
            return end
        raise UnclosedError(position)
    found = match[0]
    if found in _CLOSERS:
        stack.append(_CLOSERS[found])
    elif found in ("}", "]", ")", "\n"):
        if found != stack.pop():
            raise UnclosedError(match.start())
        return match.start() if found == LINE else match.end()
    elif found == '"':
        stack.append(found)
    elif found in ("#", "//", "/*"):
        after = comment_end(text, match.start(), end)
        if not heredocs:
            marks.append(Mark(match.start(), after))
        return after
    elif found == "<<":
        begin = _HEREDOC_START.match(text, match.start(), end)
        if begin is not None:
            stack.append("<" + begin[1])
            heredocs.append(begin.start())
            # The end of this line is also the start of the next, which may be the marker.
            return begin.end() - 1
    return match.end()


def comment_end(text: str, start: int, end: int) -> int:
    """The end of the comment that begins at `start`; of a line's comment without the end of the line."""
    if text.startswith("/*", start):
        after = text.find("*/", start + 2, end)
        if after < 0:
            raise UnclosedError(start)
        return after + 2
    after = text.find("\n", start, end)
    return end if after < 0 else after


def blank(text: str, position: int, end: int, marks: list[Mark]) -> int:
    """The position after white space and comments. Raises UnclosedError."""
    while True:
        match = _BLANK.match(text, position, end)
        if match is None or match[1] is None:
            return match.end() if match else position
        position = comment_end(text, match.start(1), end)
        marks.append(Mark(match.start(1), position))
