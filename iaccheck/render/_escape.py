"""escape: text from a plan -> text that no terminal, table or page acts on."""

import re
import unicodedata

# The bidirectional controls are among them (Cf): they can show text in another order than it is read (CVE-2021-42574).
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
# GitHub's runner obeys `##[command]` anywhere in a line (actions/runner, src/Runner.Common/ActionCommand.cs), Azure
# Pipelines `##vso[…]`, TeamCity `##teamcity[…]`.
_COMMAND = re.compile(r"(##\w*)\[")
_COLONS = re.compile(r"^(\s*):(?=:)")
_LONGEST = 300


def visible(text: str, longest: int = _LONGEST) -> str:
    """One line without control, format or bidirectional characters: each is written as its code instead.

    What is longer than `longest` characters is cut in its middle, and says so.
    """
    if len(text) > longest:
        head, tail = longest * 2 // 3, longest // 4
        text = f"{text[:head]}…({len(text) - head - tail} characters)…{text[-tail:]}"
    if "##" in text:
        text = _COMMAND.sub(r"\1\\x5b", text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character != " " and unicodedata.category(character) in _UNSEEN:
        return f"\\u{ord(character):04x}" if ord(character) > 0xFF else f"\\x{ord(character):02x}"
    return character


def inert(line: str) -> str:
    """GitHub's runner obeys lines that begin with two colons, and a name can come to stand at the beginning of one."""
    return _COLONS.sub(r"\1\\x3a", line)


def masked(text: str) -> str:
    """A CRN without its account: crn:v1:bluemix:public:logs:eu-de:a/…:<guid>:: ."""
    parts = text.split(":")
    if len(parts) > 6 and parts[0] == "crn" and parts[6].startswith("a/"):
        parts[6] = "a/…"
        return ":".join(parts)
    return text
