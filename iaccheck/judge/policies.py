"""policies: policy files -> Policies, each with what it looks over and what breaks it."""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from iaccheck import resources, userfile
from iaccheck.errors import ConfigError
from iaccheck.judge.matching import glob
from iaccheck.judge.problems import problems
from iaccheck.model import Severity

_ID = re.compile(r"[A-Z][A-Z0-9]{1,15}[0-9]{3}")
_ENDINGS = (".yaml", ".yml")
_MOST_FILES = 5000
_MOST_BYTES = 64 * 1024
_HINT = "compare it with `iaccheck schema policy`"

Match = dict[str, Any]


class Policy(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A rule, as its file says it. `select` chooses subjects; `forbid` says what they must not be, `require` what.

    `when` is an expression in CEL, beside forbid and require or in their place. `undecided`: what breaks it is not
    known to be wrong. `file` is the name of the file, for messages.
    """

    title: str
    severity: Severity
    over: str | list[str]
    message: str | dict[str, str]
    help: str
    id: str = ""
    file: str = ""
    select: Match = {}
    forbid: Match | list[Match] | None = None
    require: Match | None = None
    when: str | None = None
    parameters: dict[str, int] = {}
    since: date | None = None
    until: date | None = None
    references: list[str] = []
    controls: list[str] = []
    waivable: bool = True
    enabled: bool = True
    undecided: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        return (self.over,) if isinstance(self.over, str) else tuple(self.over)

    @property
    def forbidden(self) -> list[Match]:
        return self.forbid if isinstance(self.forbid, list) else [self.forbid] if self.forbid is not None else []

    def message_for(self, kind: str) -> str:
        return self.message if isinstance(self.message, str) else self.message[kind]

    def in_force(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Adjustment(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a configuration changes in a policy."""

    enabled: bool | None = None
    severity: Severity | None = None
    parameters: dict[str, int] = {}


class Selection(Struct, frozen=True, kw_only=True):
    """Which policies a run has: folders beside the shipped packs, globs of ids, and changes by id.

    `origins`: the file and line of each change.
    """

    folders: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    adjustments: Mapping[str, Adjustment] = {}
    origins: Mapping[str, str] = {}


def load(selection: Selection | None = None) -> tuple[Policy, ...]:
    """The shipped policies and those of the folders, sorted by id, as adjusted; those that aren't selected are off.

    Raises ConfigError with file, key, line and reason for a file that isn't a policy.
    """
    selection = selection or Selection()
    found: dict[str, Policy] = {}
    for root in (str(resources.policies()), *selection.folders):
        for path in _files(root):
            policy = _read(path, os.path.relpath(path, root))
            if policy.id in found:
                raise ConfigError(f"{policy.file}: there is another policy {policy.id}", "give it an id of its own")
            found[policy.id] = policy
    for id_ in selection.adjustments:
        if id_ not in found:
            problem = f"there is no policy {userfile.shown(id_)}{userfile.similar(id_, found)}"
            raise ConfigError(f"{selection.origins.get(id_, 'policy')}: {problem}", "iaccheck policy list")
    chosen = _selected(found, selection)
    return tuple(_adjusted(found[id_], selection, on=id_ in chosen) for id_ in sorted(found))


def _files(root: str) -> list[str]:
    files: list[str] = []
    for number, (folder, _, names) in enumerate(os.walk(root)):
        files += [os.path.join(folder, n) for n in names if n.endswith(_ENDINGS) and not n.startswith(".")]
        if max(number, len(files)) > _MOST_FILES:
            problem = f"{root}: there are more than {_MOST_FILES} files or folders in it"
            raise ConfigError(problem, "name a folder that holds only policies")
    if not os.path.isdir(root):
        raise ConfigError(f"{root}: there is no such folder of policies", "check --policies")
    if not files:
        raise ConfigError(f"{root}: there is no policy in this folder", "a policy is a file such as ACME001.yaml")
    return sorted(files)


def _read(path: str, name: str) -> Policy:
    """One policy file. The shipped ones are checked like any other: that costs less than a millisecond each."""
    stem = os.path.splitext(os.path.basename(path))[0]
    if not _ID.fullmatch(stem):
        example = "letters and digits that end in three digits, as in ACME001"
        raise ConfigError(f"{name}: {userfile.shown(stem)} is no policy id: {example}", "rename the file")
    data = userfile.read(path, name, _HINT, _MOST_BYTES)
    written = userfile.plain(name, data, _HINT)
    for key in ("id", "file"):
        if isinstance(written, dict) and key in written:
            raise ConfigError(f"{name}: {key}: there is no such key; the name of the file is the id", _HINT)
    policy = userfile.convert(name, written, Policy, _HINT, lambda: userfile.lines(data))
    for key_path, problem in problems(policy):
        line = userfile.line_of(userfile.lines(data), key_path)
        raise ConfigError(f"{userfile.at(name, line)}: {userfile.key_text(key_path)}{problem}", _HINT)
    return msgspec.structs.replace(policy, id=stem, file=name)


def _selected(found: dict[str, Policy], selection: Selection) -> set[str]:
    only, skip = _matching(found, selection.only, "--only"), _matching(found, selection.skip, "--skip")
    return {id_ for id_ in found if (not selection.only or id_ in only) and id_ not in skip}


def _matching(found: Iterable[str], patterns: Sequence[str], flag: str) -> set[str]:
    chosen: set[str] = set()
    for pattern in patterns:
        matched = {id_ for id_ in found if glob(pattern)(id_)}
        if not matched:
            close = userfile.similar(pattern, found)
            raise ConfigError(
                f"{flag} {userfile.shown(pattern)}: there is no such policy{close}", "iaccheck policy list"
            )
        chosen |= matched
    return chosen


def _adjusted(policy: Policy, selection: Selection, *, on: bool) -> Policy:
    change = selection.adjustments.get(policy.id)
    if change is None:
        return policy if on else msgspec.structs.replace(policy, enabled=False)
    for name in change.parameters:
        if name not in policy.parameters:
            close = userfile.similar(name, policy.parameters)
            raise ConfigError(
                f"{selection.origins.get(policy.id, 'policy')}: parameters: there is no {userfile.shown(name)}{close}",
                f"iaccheck policy show {policy.id}",
            )
    return msgspec.structs.replace(
        policy,
        enabled=on and (policy.enabled if change.enabled is None else change.enabled),
        severity=change.severity or policy.severity,
        parameters={**policy.parameters, **change.parameters},
    )
