"""userfile: a YAML file that a person wrote -> its typed value, or an error that names file, key and line.

Everything that makes YAML dangerous is left out: tags, anchors and aliases, and what grows without bound. Scalars are
those of YAML 1.2's core schema and dates (https://yaml.org/spec/1.2.2/#103-core-schema), so `no` is a word.
"""

import os
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, TypeVar

import msgspec
import yaml

from iaccheck.errors import ConfigError

T = TypeVar("T")
Path = tuple[str | int, ...]

MOST_BYTES = 256 * 1024
_MOST_VALUES = 50_000
_MOST_DEPTH = 24
_MOST_SHOWN = 60

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,17}\.[0-9]{1,17}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_PATH = re.compile(r" - at `\$([^`]*)`$")
_PATH_STEP = re.compile(r"\.([A-Za-z_0-9-]+)|\[(\d+)\]|\[\.\.\.\]")
_UNKNOWN_FIELD = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)

# The loader in C is in every wheel of PyYAML; a build without libyaml has only the slow one.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _BrokenFileError(Exception):
    """A file that is no YAML of ours: why, and the line where that shows."""

    def __init__(self, problem: str, line: int | None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line


def load(name: str, data: bytes, kind: type[T], hint: str) -> T:
    """The value of a YAML file, of the given type. Raises ConfigError with file, key, line and reason."""
    value = plain(name, data, hint)
    return convert(name, value, kind, hint, lambda: lines(data))


def read(path: str, name: str, hint: str, most: int = MOST_BYTES) -> bytes:
    """The bytes of a file: of a plain one, and never more than there may be. Raises ConfigError."""
    try:
        if not os.path.isfile(path):
            os.stat(path)
            raise ConfigError(f"{name}: this is no plain file", hint)
        with open(path, "rb") as file:
            data = file.read(most + 1)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{name}: {getattr(error, 'strerror', None) or 'this is no path'}", hint) from None
    if len(data) > most:
        raise ConfigError(f"{name}: the file is larger than {most // 1024} kB", hint)
    return data


def plain(name: str, data: bytes, hint: str) -> Any:
    """The untyped value of a YAML file: maps, lists, strings, numbers, booleans, dates and null."""
    if len(data) > MOST_BYTES:
        raise ConfigError(f"{name}: the file is larger than {MOST_BYTES // 1024} kB", hint)
    try:
        return _Builder(data, None).document()
    except _BrokenFileError as broken:
        raise ConfigError(f"{at(name, broken.line)}: {broken.problem}", hint) from None


def lines(data: bytes) -> dict[Path, int]:
    """The line of every key and item, by its path. It is asked for only where there is an error to place."""
    found: dict[Path, int] = {}
    _Builder(data, found).document()
    return found


def convert(name: str, value: Any, kind: type[T], hint: str, lines_of: Any) -> T:
    """An untyped value -> its type. `lines_of()` gives the lines by path, where there are any."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        path, problem = _problem(str(error), kind)
        line = line_of(lines_of() if lines_of is not None else {}, path)
        raise ConfigError(f"{at(name, line)}: {key_text(path)}{problem}", hint) from None


def at(name: str, line: int | None) -> str:
    return name if line is None else f"{name}:{line}"


def similar(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """` (did you mean …?)`, where something known is like it."""
    import difflib

    close = difflib.get_close_matches(word[:_MOST_SHOWN], list(known), n=1, cutoff=cutoff)
    return f"; did you mean {close[0]}?" if close else ""


def shown(text: str) -> str:
    """What a person wrote, short enough for a message."""
    return ascii(text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "…")


def key_text(path: Path) -> str:
    """A path as a person writes it: `waivers[1].policy: `."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step[:_MOST_SHOWN]}" for step in path)
    return f"{text.lstrip('.')}: " if text else ""


def line_of(found: dict[Path, int], path: Path) -> int | None:
    """The line of a path, or of what holds it."""
    while path:
        if path in found:
            return found[path]
        path = path[:-1]
    return 1 if found else None


# --- from YAML to values -------------------------------------------------------------------------------------------


class _Builder:
    """Builds values from the events of the parser, which are read one by one: what is too much is never held."""

    def __init__(self, data: bytes, found: dict[Path, int] | None) -> None:
        self._events = self._all(data)
        self._found = found
        self._values = 0

    @staticmethod
    def _all(data: bytes) -> Iterator[Any]:
        try:
            yield from yaml.parse(data, Loader=_LOADER)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or "the text is not valid YAML"
            raise _BrokenFileError(f"this is not valid YAML ({problem})", mark.line + 1 if mark else None) from None
        except UnicodeError:
            raise _BrokenFileError("the text is not valid UTF-8", None) from None

    def document(self) -> Any:
        value: Any = None
        seen = False
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if seen:
                    raise _BrokenFileError("there is a second document (---) in the file", _row(event))
                seen = True
                value = self._value(next(self._events), (), 0)
        return value

    def _value(self, event: Any, path: Path, depth: int) -> Any:
        line = _row(event)
        self._values += 1
        if self._values > _MOST_VALUES:
            raise _BrokenFileError("there are too many values", line)
        if depth > _MOST_DEPTH:
            raise _BrokenFileError("it is nested too deeply", line)
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise _BrokenFileError(
                "anchors (&) and aliases (*) are not allowed; put text that begins so in quotes", line
            )
        if event.tag is not None:
            raise _BrokenFileError("tags (!) are not allowed; put text that begins so in quotes", line)
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event.value, line) if event.implicit[0] else event.value
        return self._list(path, depth) if isinstance(event, yaml.SequenceStartEvent) else self._map(path, depth)

    def _list(self, path: Path, depth: int) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            inner = (*path, len(items))
            self._place(inner, event)
            items.append(self._value(event, inner, depth + 1))
        return items

    def _map(self, path: Path, depth: int) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise _BrokenFileError("a key is a plain word", _row(event))
            key = event.value
            if key in entries:
                raise _BrokenFileError(f"{shown(key)} is there twice", _row(event))
            inner = (*path, key)
            self._place(inner, event)
            entries[key] = self._value(next(self._events), inner, depth + 1)
        return entries

    def _place(self, path: Path, event: Any) -> None:
        if self._found is not None:
            self._found[path] = _row(event)


def _row(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _scalar(text: str, line: int) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise _BrokenFileError(f"{text} is no day of the calendar", line) from None
    return text


# --- from what msgspec says to file, key and line ------------------------------------------------------------------


def _problem(message: str, kind: Any) -> tuple[Path, str]:
    match = _PATH.search(message)
    path: Path = ()
    if match is not None:
        message = message[: match.start()]
        path = tuple(int(number) if number else name for name, number in _PATH_STEP.findall(match[1]) if name or number)
    unknown = _UNKNOWN_FIELD.fullmatch(message)
    if unknown is None:
        return path, message[:1].lower() + message[1:]
    key = unknown[1]
    return (*path, key), f"there is no such key{similar(key, _keys(kind))}"


def _keys(kind: Any) -> Iterator[str]:
    """The keys that a type and the types in it know."""
    from typing import get_args, get_type_hints

    pending, seen = [kind], set()
    while pending:
        kind = pending.pop()
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in seen:
            seen.add(kind)
            yield from (field.encode_name for field in msgspec.structs.fields(kind))
            pending.extend(get_type_hints(kind).values())
        else:
            pending.extend(get_args(kind))
