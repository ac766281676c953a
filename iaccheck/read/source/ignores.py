"""ignores: the waiver comments of a module's files -> each with the block that it is on.

A waiver is on a block when it stands on one of the block's lines, or above it with nothing but comments between.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from iaccheck.read.source.forms import literal
from iaccheck.read.source.module import FileWaivers, Located

_WAIVABLE = ("resource", "data", "module", "provider")


class Target(Struct, frozen=True, kw_only=True):
    """The block that a waiver is on. `paths`: every path of module calls that leads to the file.

    `kind` is `resource`, `data`, `module` or `provider`; only resources and data sources have `mode` and `type`, only
    providers an `alias`.
    """

    kind: str
    mode: str = ""
    type: str = ""
    name: str
    alias: str = ""
    paths: tuple[tuple[str, ...], ...] = ((),)


class Ignore(Struct, frozen=True):
    """An inline waiver as it is written, from `iaccheck:` on; `target` None: it is on no block that can be waived."""

    file: str
    line: int
    text: str
    target: Target | None = None


def ignores(files: Sequence[FileWaivers], paths: tuple[tuple[str, ...], ...]) -> Iterator[Ignore]:
    """The waivers of one module's files."""
    for file, waivers, blocks in files:
        lines = file.text.split("\n")
        for waiver in waivers:
            block = _block(waiver.line, lines, blocks)
            yield Ignore(file.name, waiver.line, waiver.text, _target(block, paths) if block is not None else None)


def _block(line: int, lines: list[str], blocks: Sequence[Located]) -> Located | None:
    following = next((block for block in blocks if block.end_line >= line), None)
    if following is None or following.line <= line:
        return following
    between = lines[line : following.line - 1]
    return following if all(text.lstrip().startswith(("#", "//")) for text in between) else None


def _target(block: Located, paths: tuple[tuple[str, ...], ...]) -> Target | None:
    if block.type not in _WAIVABLE or not block.labels:
        return None
    if block.type in ("resource", "data") and len(block.labels) == 2:
        mode = "data" if block.type == "data" else "managed"
        return Target(kind=block.type, mode=mode, type=block.labels[0], name=block.labels[1], paths=paths)
    if block.type == "provider":
        alias = str(literal(block.body.expression("alias")) or "")
        return Target(kind="provider", name=block.labels[0], alias=alias, paths=paths)
    return Target(kind=block.type, name=block.labels[0], paths=paths) if block.type == "module" else None
