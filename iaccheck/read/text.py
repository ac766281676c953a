"""text: the bytes of a file -> the bytes of its JSON object, or the error that says what the file is instead."""

import codecs
import re

from iaccheck.errors import InputError

TO_JSON = "terraform show -json tfplan > plan.json"
MAKE_PLAN = f"terraform plan -out=tfplan && {TO_JSON}"

_BLANK = b" \t\r\n"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# A JSON object that begins a line: what a CI wrapper prints before it is its own.
_OBJECT_LINE = re.compile(rb"^[ \t]*\{", re.MULTILINE)


def is_zip(data: bytes) -> bool:
    """Whether a file is one that `terraform plan -out` could have saved."""
    return data[:4] == b"PK\x03\x04"


def json_of(name: str, data: bytes) -> bytes:
    """UTF-8 JSON of a file: byte order marks, UTF-16 (PowerShell's `>`) and lines before the object are taken off.

    Raises InputError for what cannot hold a plan or state: nothing, a binary plan, HTML, other text.
    """
    if data[:1] == b"{" and data[1:2] != b"\0":
        return data
    if is_zip(data):
        raise InputError(f"{name}: this is a binary plan, not its JSON", f"turn it into JSON: {TO_JSON}")
    text = _decoded(name, data)
    start = _skip_blank(text)
    if start == len(text):
        raise InputError(
            f"{name}: the file is empty", f"write the plan into it again: {TO_JSON} (did that command fail?)"
        )
    if text[start : start + 1] == b"{":
        return text[start:] if start else text
    if text[start : start + 1] == b"<":
        raise InputError(
            f"{name}: this is HTML or XML, not a plan; a download may have returned its sign-in page",
            f"download the file again, or make it: {MAKE_PLAN}",
        )
    match = _OBJECT_LINE.search(text, start)
    if match is None:
        raise InputError(f"{name}: there is no JSON object in this file", f"hand over the plan as JSON: {TO_JSON}")
    return text[match.end() - 1 :]


def _decoded(name: str, data: bytes) -> bytes:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _recoded(name, data[len(mark) :], encoding)
    if data[1:2] == b"\0" and data[:1] != b"\0":
        return _recoded(name, data, "utf-16-le")
    if data[:1] == b"\0" and data[1:2] != b"\0":
        return _recoded(name, data, "utf-16-be")
    return data


def _recoded(name: str, data: bytes, encoding: str) -> bytes:
    if encoding == "utf-8":
        return data
    try:
        return data.decode(encoding).encode()
    except UnicodeError as error:
        raise InputError(
            f"{name}: the text is not valid {encoding.upper()}", f"write the file again, as UTF-8: {TO_JSON}"
        ) from error


def _skip_blank(text: bytes) -> int:
    return len(text) - len(text.lstrip(_BLANK))
