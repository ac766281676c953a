"""files: a folder -> the texts of its configuration files; a path never leaves the root.

Symbolic links are followed only to what lies within the root. What can't be read is a note: the file, and why.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from typing import NamedTuple

LARGEST = 8 * 1024 * 1024
_ENDINGS = (".tofu.json", ".tf.json", ".tofu", ".tf")


class SourceFile(NamedTuple):
    """`name` is relative to the root, with slashes; `override` files are merged into the blocks of the others."""

    name: str
    text: str
    json: bool
    override: bool


class Root:
    """The folder that nothing leaves. Notes name files, never what is in them."""

    def __init__(self, path: str) -> None:
        self.path = os.path.realpath(path)
        self.notes: dict[str, None] = {}
        self.digests: dict[str, bytes] = {}

    def note(self, text: str) -> None:
        self.notes[text] = None

    def relative(self, path: str) -> str:
        """A path within the root as notes and places show it."""
        return os.path.relpath(path, self.path).replace(os.sep, "/")

    def holds(self, path: str) -> bool:
        """Whether a real path lies within the root."""
        try:
            return os.path.commonpath((self.path, path)) == self.path
        except ValueError:
            return False

    def real(self, *parts: str) -> str | None:
        """The real path of something within the root; None where it lies outside, or has no path at all."""
        try:
            path = os.path.realpath(os.path.join(*parts))
        except (OSError, ValueError):
            return None
        return path if self.holds(path) else None

    def read(self, path: str) -> str | None:
        """The text of a file; None, with a note, where it can't be read as UTF-8 or lies outside of the root."""
        name = self.relative(path)
        real = self.real(path)
        if real is None:
            self.note(f"{name}: leads out of the folder; not read")
            return None
        try:
            if not stat.S_ISREG(os.stat(real).st_mode):
                self.note(f"{name}: not a file; not read")
                return None
            with open(real, "rb") as file:
                data = file.read(LARGEST + 1)
        except OSError as error:
            self.note(f"{name}: can't be read ({type(error).__name__})")
            return None
        if len(data) > LARGEST:
            self.note(f"{name}: larger than {LARGEST // 1024 // 1024} MB; not read")
            return None
        self.digests[name] = hashlib.sha256(data).digest()
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            self.note(f"{name}: not UTF-8; not read")
            return None


def names(root: Root, folder: str) -> list[str]:
    """Names in a folder, sorted; none, with a note, where it can't be listed."""
    try:
        return sorted(os.listdir(folder))
    except OSError as error:
        root.note(f"{root.relative(folder)}: can't be listed ({type(error).__name__})")
        return []


def source_files(root: Root, folder: str) -> Iterator[SourceFile]:
    """The configuration files of one folder, those that override others last.

    https://developer.hashicorp.com/terraform/language/files and, where `.tofu` beats `.tf`,
    https://opentofu.org/docs/language/files/
    """
    found = [parts for name in names(root, folder) if (parts := _parts(name)) is not None]
    present = {stem + ending for stem, ending in found}
    kept = [(s, e) for s, e in found if not e.startswith(".tf") or s + e.replace(".tf", ".tofu") not in present]
    for stem, ending in sorted(kept, key=lambda parts: (_overrides(parts[0]), parts)):
        path = os.path.join(folder, stem + ending)
        text = root.read(path)
        if text is not None:
            yield SourceFile(root.relative(path), text, ending.endswith(".json"), _overrides(stem))


def _parts(name: str) -> tuple[str, str] | None:
    """Stem and ending of a configuration file; None for every other, hidden files and those of editors included."""
    ending = next((ending for ending in _ENDINGS if name.endswith(ending)), None)
    if ending is None or name.startswith((".", "#")):
        return None
    return name[: -len(ending)], ending


def _overrides(stem: str) -> bool:
    return stem == "override" or stem.endswith("_override")
