"""documents: what the command line names -> the files it stands for."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from iaccheck.errors import InputError, UsageError
from iaccheck.model import Document
from iaccheck.read.text import is_zip

CONFIGURATION = (".tf", ".tofu", ".tf.json", ".tofu.json")
# What a plan is called in a folder, the first that is there: JSON needs no Terraform.
_JSON_PLANS = ("plan.json", "tfplan.json")
_SAVED_PLANS = ("tfplan", "plan.tfplan", "plan.out")


class Place(Struct, frozen=True, kw_only=True):
    """Where plans and their sources are found: `source` for all of them, else the folder of each.

    `variable_files`: for a folder without a plan, which is read as source.
    """

    source: str | None = None
    terraform: str | None = None
    variable_files: tuple[str, ...] = ()


def labelled(text: str) -> tuple[str | None, str]:
    """`dev=plans/dev.json` -> its label and its path; a path that exists is a path."""
    label, equals, path = text.partition("=")
    if equals and label and path and not Path(text).exists():
        return label, path
    return None, text


def documents(
    plans: Iterable[str],
    names: Iterable[str] = (),
    *,
    source: str | None = None,
    terraform: str | None = None,
    variable_files: Iterable[str] = (),
    **_: Any,
) -> list[Document]:
    """The plans, those with a label first as they were given. It takes what it needs of what a command was told."""
    at = Place(source=source, terraform=terraform, variable_files=tuple(variable_files))
    found: list[Document] = []
    for text in names:
        label, path = labelled(text)
        if label is None:
            raise UsageError(f"--name {text}: there is no label", f"write --name LABEL={text}")
        found += _plans(path, label, at)
    for path in plans:
        found += _plans(path, None, at)
    if not found:
        raise UsageError("there is no plan to check", "iaccheck plan.json (made with: terraform show -json tfplan)")
    return found


def evidence(files: Iterable[str]) -> list[Document]:
    """Files that are only looked at."""
    return [Document(path, _bytes(path), label) for label, path in map(labelled, files)]


def _plans(path: str, label: str | None, at: Place) -> Iterator[Document]:
    file = path
    if os.path.isdir(path):
        found = _plan_in(path)
        if found is None:
            yield Document(path, b"", label, path, at.variable_files)
            return
        file = found
    data = _bytes(file)
    source = at.source or _configuration_beside(file)
    if is_zip(data):
        from iaccheck.read.binary import show

        data = show(Path(file), data, at.terraform, os.environ)
    parts = _stream(data)
    name = "<stdin>" if file == "-" else file
    if len(parts) == 1:
        yield Document(name, data, label, source)
        return
    for number, part in enumerate(parts, 1):
        yield Document(f"{name}:{number}", part, f"{label} {number}" if label else None, source)


def _stream(data: bytes) -> list[bytes]:
    """The plans of `terragrunt show --all -json`, one a line; any other file as it is."""
    if data[:1] != b"{" or b'\n{"format_version"' not in data:
        return [data]
    lines = [line for line in data.splitlines() if line.strip()]
    return lines if all(line.startswith(b'{"format_version"') for line in lines) else [data]


def _plan_in(folder: str) -> str | None:
    """The plan in a folder: its JSON, or a saved one; None where there is only configuration, to be read as source."""
    names = sorted(os.listdir(folder))
    for chosen in (
        [name for name in _JSON_PLANS if name in names],
        [name for name in names if name in _SAVED_PLANS or name.endswith(".tfplan")],
    ):
        if len(chosen) == 1:
            return os.path.join(folder, chosen[0])
        if chosen:
            several = f"there are several plans in it: {', '.join(chosen)}"
            raise InputError(f"{folder}: {several}", f"name one: iaccheck {os.path.join(folder, chosen[0])}")
    if any(name.endswith(CONFIGURATION) for name in names):
        return None
    raise InputError(
        f"{folder}: there is no plan and no configuration in this folder", "make one in it: terraform plan -out=tfplan"
    )


def _configuration_beside(path: str) -> str | None:
    """The folder of a plan, where configuration lies in it."""
    folder = os.path.dirname(path) or "." if path != "-" else "."
    try:
        there = any(name.endswith(CONFIGURATION) for name in os.listdir(folder))
    except OSError:
        return None
    return folder if there else None


def _bytes(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except IsADirectoryError:
        raise InputError(f"{path}: this is a directory", "name a file") from None
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or 'cannot be read'}", "check the path of the file") from None
    except ValueError:
        raise InputError(f"{path}: this is no path", "check the path of the file") from None
