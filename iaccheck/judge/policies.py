"""policies: policy files -> Policies, each with what it looks over and what it forbids."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from iaccheck import resources
from iaccheck.errors import ConfigError
from iaccheck.model import Severity

KINDS = ("event", "instance", "location", "tracker", "route", "rule", "resource", "plan")
_ID = re.compile(r"[A-Z][A-Z0-9]{1,15}[0-9]{3}")
_NAME = re.compile(r"\{([^{}]*)\}")

# The names that a message or a help may use, beside the fields of its subject.
Match = dict[str, Any]


class Policy(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A rule, as its file says it. `select` chooses subjects; `forbid` says what they must not be, `require` what."""

    title: str
    severity: Severity
    over: str | list[str]
    message: str | dict[str, str]
    help: str
    id: str = ""
    select: Match = {}
    forbid: Match | list[Match] | None = None
    require: Match | None = None
    when: str | None = None
    since: date | None = None
    until: date | None = None
    references: list[str] = []
    controls: list[str] = []
    waivable: bool = True
    enabled: bool = True

    @property
    def kinds(self) -> tuple[str, ...]:
        return (self.over,) if isinstance(self.over, str) else tuple(self.over)

    def message_for(self, kind: str) -> str:
        return self.message if isinstance(self.message, str) else self.message[kind]

    def in_force(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


def load(folder: Path | None = None) -> tuple[Policy, ...]:
    """All policies of a folder of packs (the shipped ones without an argument), sorted by id.

    Raises ConfigError with file, key and reason for a file that isn't a policy.
    """
    root = folder or resources.policies()
    found = [_read(path) for path in sorted(root.rglob("*.yaml"))]
    return tuple(sorted(found, key=lambda policy: policy.id))


def _read(path: Path) -> Policy:
    name = f"{path.parent.name}/{path.name}"
    try:
        policy = msgspec.yaml.decode(path.read_bytes(), type=Policy)
    except msgspec.MsgspecError as error:
        raise ConfigError(f"{name}: {error}", "compare it with `iaccheck schema policy`") from None
    for problem in _problems(policy, path.stem):
        raise ConfigError(f"{name}: {problem}", "compare it with `iaccheck schema policy`")
    return msgspec.structs.replace(policy, id=path.stem)


def _problems(policy: Policy, stem: str) -> Iterator[str]:
    if not _ID.fullmatch(stem):
        yield f"{stem!r} is no policy id: letters and digits that end in three digits, as in COV001"
    for kind in policy.kinds:
        if kind not in KINDS:
            yield f"over: {kind!r} is none of {', '.join(KINDS)}"
        if isinstance(policy.message, dict) and kind not in policy.message:
            yield f"message: there is none for {kind!r}"
    if sum(part is not None for part in (policy.forbid, policy.require, policy.when)) != 1:
        yield "exactly one of forbid, require and when says what breaks the policy"
