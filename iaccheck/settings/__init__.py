"""settings: the folder of a plan -> the configuration that is in force there, from `.iaccheck.yaml` or pyproject.toml.

Everything that a flag can say, under the flag's name, and what only a file can: changes of policies, declared trackers,
waivers. Paths are relative to the file.
"""

import os
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from iaccheck import userfile
from iaccheck.errors import ConfigError
from iaccheck.judge.policies import Adjustment
from iaccheck.judge.waivers import WaiverRule
from iaccheck.model import Declared
from iaccheck.settings import project

NAME = ".iaccheck.yaml"
PROJECT = "pyproject.toml"
PREFIX = "IACCHECK_"

_HINT = "compare it with `iaccheck schema config`"
_MOST_LEVELS = 100
_MOST_BYTES = 1024 * 1024
_PATHS = ("policies", "waivers", "evidence", "baseline", "output", "source", "var_file")
_LABELLED = ("evidence", "name", "format")

Words = str | list[str]


class WrittenWaiver(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An exception, as a file says it. `policy`, `location` and `address` are globs; the last day is `expires`."""

    policy: str
    reason: str
    owner: str
    expires: date
    location: str | None = None
    address: str | None = None
    ticket: str | None = None


class WaiverFile(Struct, frozen=True, forbid_unknown_fields=True):
    waivers: list[WrittenWaiver]


class WrittenTracker(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A tracker that a person vouches for until `expires`."""

    location: str
    owner: str
    reason: str
    expires: date
    ticket: str | None = None


class Settings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A configuration, as a file says it."""

    as_of: date | None = None
    baseline: str | None = None
    color: Literal["auto", "always", "never"] | None = None
    evidence: Words | None = None
    fail_on: Words | None = None
    format: Words | None = None
    inline_waivers: bool | None = None
    max_waiver_days: Annotated[int, Meta(ge=1, le=3650)] | None = None
    name: Words | None = None
    no_fail: bool | None = None
    only: Words | None = None
    output: str | None = None
    policies: Words | None = None
    policy: dict[str, Adjustment] = {}
    quiet: bool | None = None
    refresh: bool | None = None
    sarif_waived: bool | None = None
    skip: Words | None = None
    source: Words | None = None
    today: date | None = None
    trackers: list[WrittenTracker] = []
    var_file: Words | None = None
    verbose: bool | None = None
    waivers: list[WrittenWaiver | str] = []


ONLY_IN_FILES = ("policy", "trackers", "waivers")


class Configuration(Struct, frozen=True, kw_only=True):
    """Settings, with the file that says them and the line of each key; without a file nothing is set."""

    file: str | None = None
    folder: str = "."
    settings: Settings = Settings()
    lines: Mapping[userfile.Path, int] = {}

    def origin(self, *path: str | int) -> str:
        """File and line of a key, for messages and reports."""
        return userfile.at(self.file or NAME, userfile.line_of(dict(self.lines), path))

    def values(self) -> dict[str, Any]:
        """What is set of what flags can say too, by name; paths as seen from where iaccheck runs."""
        found: dict[str, Any] = {}
        for name in Settings.__struct_fields__:
            value = getattr(self.settings, name)
            if name not in ONLY_IN_FILES and value is not None:
                found[name] = self._placed(name, value)
        if isinstance(found.get("fail_on"), list):
            found["fail_on"] = ",".join(found["fail_on"])
        return found

    def _placed(self, name: str, value: Any) -> Any:
        if isinstance(value, list):
            return [self._placed(name, item) for item in value]
        return self._path(name, value) if isinstance(value, str) else value

    def _path(self, name: str, text: str) -> str:
        if name in _LABELLED and "=" in text:
            label, _, path = text.partition("=")
            return f"{label}={self.path(path)}"
        return self.path(text) if name in _PATHS else text

    def path(self, text: str) -> str:
        """A path of the file, as seen from where iaccheck runs."""
        return os.path.normpath(os.path.join(self.folder, os.path.expanduser(text)))

    @property
    def waivers(self) -> tuple[WaiverRule, ...]:
        """The waivers that the file holds, and those of the files that it names."""
        found: list[WaiverRule] = []
        for index, waiver in enumerate(self.settings.waivers):
            if isinstance(waiver, str):
                found += waivers_of(self.path(waiver))
            else:
                found.append(_rule(waiver, self.origin("waivers", index)))
        return tuple(found)

    @property
    def trackers(self) -> tuple[Declared, ...]:
        return tuple(
            Declared(
                location=tracker.location,
                owner=tracker.owner,
                reason=tracker.reason,
                expires=tracker.expires,
                ticket=tracker.ticket,
                origin=self.origin("trackers", index),
            )
            for index, tracker in enumerate(self.settings.trackers)
        )


def waivers_of(file: str) -> list[WaiverRule]:
    """The waivers of a file of its own."""
    data = _bytes(file)
    name = shown_name(file)
    hint = "compare it with `iaccheck schema waivers`"
    written = userfile.load(name, data, WaiverFile, hint)
    lines = userfile.lines(data)
    return [_rule(one, userfile.at(name, lines.get(("waivers", i)))) for i, one in enumerate(written.waivers)]


def _rule(waiver: WrittenWaiver, origin: str) -> WaiverRule:
    return WaiverRule(
        policy=waiver.policy,
        reason=waiver.reason,
        owner=waiver.owner,
        expires=waiver.expires,
        location=waiver.location,
        address=waiver.address,
        ticket=waiver.ticket,
        origin=origin,
    )


# --- finding the file ----------------------------------------------------------------------------------------------


def find(start: str) -> Configuration:
    """The nearest configuration from a folder upwards, not above the root of its repository."""
    folder = os.path.abspath(start)
    for _ in range(_MOST_LEVELS):
        found = [file for name in (NAME, PROJECT) if (file := _in(folder, name)) is not None]
        if len(found) > 1:
            raise ConfigError(
                f"{shown_name(found[0])}: the {PROJECT} beside it has a [tool.iaccheck] too", "keep one of the two"
            )
        if found:
            return read(found[0])
        parent = os.path.dirname(folder)
        if parent == folder or os.path.exists(os.path.join(folder, ".git")):
            break
        folder = parent
    return Configuration()


def _in(folder: str, name: str) -> str | None:
    file = os.path.join(folder, name)
    if not os.path.isfile(file):
        return None
    return file if name == NAME or b"tool.iaccheck" in _bytes(file) else None


def read(file: str) -> Configuration:
    """The configuration in a file. Raises ConfigError for one that is broken, with file, key and line."""
    data, name = _bytes(file), shown_name(file)
    if os.path.basename(file).endswith(".toml"):
        value, lines = project.table(name, data), project.lines(data)
    else:
        value = userfile.plain(name, data, _HINT)
        lines = userfile.lines(data)
    settings = userfile.convert(name, {} if value is None else value, Settings, _HINT, lambda: lines)
    folder = os.path.relpath(os.path.dirname(os.path.abspath(file)))
    return Configuration(file=name, folder=folder, settings=settings, lines=lines)


def _bytes(file: str) -> bytes:
    return userfile.read(file, shown_name(file), "check its path, or what is in it", _MOST_BYTES)


def shown_name(file: str) -> str:
    """A file as reports name it: as seen from where iaccheck runs, and never an absolute path."""
    relative = os.path.relpath(file)
    return os.path.basename(file) if relative.startswith(os.path.join("..", "..", "..")) else relative


# --- the environment -----------------------------------------------------------------------------------------------


def check_environment(environment: Mapping[str, str], flags: Iterable[str]) -> None:
    """Raises ConfigError for a variable that is meant to be a setting and is none."""
    known = {flag.upper() for flag in flags}
    for name in sorted(environment):
        # Compared without the prefix, which would make any two of them alike.
        word = name.removeprefix(PREFIX)
        if not name.startswith(PREFIX) or word in known:
            continue
        if close := userfile.similar(word, known, 0.8):
            meant = close.replace("did you mean ", f"did you mean {PREFIX}")
            raise ConfigError(f"{name}: there is no such setting{meant}", "rename or unset the variable")
