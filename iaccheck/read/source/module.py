"""module: the files of one folder -> its blocks by name, with overrides merged in."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from iaccheck.read.source.blocks import Waiver, blocks
from iaccheck.read.source.files import Root, SourceFile, source_files
from iaccheck.read.source.forms import literal
from iaccheck.read.source.jsonfile import json_blocks
from iaccheck.read.source.parse import Body, JsonBody, MergedBody
from iaccheck.read.source.syntax import Expression

_LABELS = {"resource": 2, "data": 2, "module": 1, "provider": 1, "variable": 1, "output": 1, "locals": 0}

ResourceKey = tuple[str, str, str]


class Located(NamedTuple):
    """A block: where it stands, and what is in it."""

    type: str
    labels: tuple[str, ...]
    file: str
    line: int
    end_line: int
    body: Body

    @property
    def at(self) -> str:
        return f"{self.file}:{self.line}"


class FileWaivers(NamedTuple):
    """The waivers in a file, with its text and blocks to tell which block each is on."""

    file: SourceFile
    waivers: tuple[Waiver, ...]
    blocks: tuple[Located, ...]


class Module:
    """What one folder configures. A block's attributes are parsed when they are asked for."""

    def __init__(self, root: Root, folder: str) -> None:
        self.folder = folder
        self.waivers: list[FileWaivers] = []
        self._found: dict[str, dict[tuple[str, ...], Located]] = {kind: {} for kind in _LABELS}
        self._local_bodies: list[Body] = []
        for file in source_files(root, folder):
            found = tuple(_json(root, file) if file.json else self._native(root, file))
            self._add(found, override=file.override)

    def _native(self, root: Root, file: SourceFile) -> Iterable[Located]:
        cut = blocks(file.text)
        if cut.broken:
            root.note(f"{file.name}: {cut.broken}; what stands there isn't read")
        found = tuple(
            Located(block.type, block.labels, file.name, block.line, block.end_line, Body(file.text, *block.body))
            for block in cut.blocks
        )
        if cut.waivers:
            self.waivers.append(FileWaivers(file, cut.waivers, found))
        return found

    def _add(self, found: Iterable[Located], *, override: bool) -> None:
        for block in found:
            if len(block.labels) != _LABELS.get(block.type):
                continue
            if block.type == "locals":
                self._local_bodies.append(block.body)
                continue
            known = self._found[block.type]
            key = block.labels
            if block.type == "provider":
                key = (*key, str(literal(block.body.expression("alias")) or ""))
            if override and key in known:
                base = known[key]
                known[key] = base._replace(body=MergedBody(base.body, block.body))
            else:
                known.setdefault(key, block)

    @cached_property
    def resources(self) -> dict[ResourceKey, Located]:
        """Resources and data sources by mode, type and name."""
        managed = {("managed", *key): block for key, block in self._named("resource", 2)}
        return managed | {("data", *key): block for key, block in self._named("data", 2)}

    def _named(self, kind: str, count: int) -> Iterator[tuple[tuple[str, str], Located]]:
        return (((key[0], key[1]), block) for key, block in self._found[kind].items() if len(key) == count)

    def resource(self, mode: str, type_name: str, name: str) -> Located | None:
        return self._found["data" if mode == "data" else "resource"].get((type_name, name))

    @cached_property
    def calls(self) -> dict[str, Located]:
        return {key[0]: block for key, block in self._found["module"].items()}

    @cached_property
    def variables(self) -> dict[str, Located]:
        return {key[0]: block for key, block in self._found["variable"].items()}

    @cached_property
    def outputs(self) -> dict[str, Located]:
        return {key[0]: block for key, block in self._found["output"].items()}

    @cached_property
    def providers(self) -> dict[tuple[str, str], Located]:
        """Provider blocks by name and alias."""
        return {(key[0], key[1]): block for key, block in self._found["provider"].items()}

    @property
    def local_names(self) -> tuple[str, ...]:
        return tuple(self._locals)

    def local(self, name: str) -> Expression | None:
        body = self._locals.get(name)
        return body.expression(name) if body is not None else None

    @cached_property
    def _locals(self) -> dict[str, Body]:
        """Which block has a local. Those of override files come last, and hold."""
        return {name: body for body in self._local_bodies for name in body.attributes}

    @property
    def empty(self) -> bool:
        return not any(self._found.values()) and not self._local_bodies


def _json(root: Root, file: SourceFile) -> Iterator[Located]:
    found = json_blocks(file.text)
    if found is None:
        root.note(f"{file.name}: not valid JSON; not read")
        return
    for block in found:
        yield Located(block.type, block.labels, file.name, block.line, block.end_line, JsonBody(block.content))
