"""tree: a folder -> Source: its modules, and where each block of them stands.

Modules are followed where they are local or in `.terraform/modules/modules.json`, and lie within the folder.
Everything is found by the path of module calls that leads to it, without instance keys: `("app", "secrets")`.
"""

import os
from pathlib import Path

import msgspec
from msgspec import Struct, field

from iaccheck.read.source.files import Root
from iaccheck.read.source.forms import Form, body_form, literal, local_form, plan_form
from iaccheck.read.source.ignores import Ignore, ignores
from iaccheck.read.source.module import Located, Module

ModuleNames = tuple[str, ...]

_MANIFEST = os.path.join(".terraform", "modules", "modules.json")
# A tree whose modules call each other often and deeply grows without bound.
MOST_MODULES = 10_000


class Place(Struct, frozen=True):
    """Where a block stands. `chain`: the module calls that lead there, from the root: `("main.tf:12",)`."""

    file: str
    line: int
    end_line: int
    chain: tuple[str, ...] = ()


class _Entry(Struct):
    key: str = field(default="", name="Key")
    dir: str = field(default="", name="Dir")


class _Manifest(Struct):
    modules: list[_Entry] = field(default=[], name="Modules")


def read_source(root: Path) -> "Source":
    """The module tree of a folder. Never raises for what is in it; `notes` say what could not be read."""
    return Source(str(root))


class Source:
    """The module tree. Locations are known at once; expressions are parsed when they are asked for."""

    def __init__(self, root: str) -> None:
        self._root = Root(root)
        self._modules: dict[str, Module] = {}
        self._paths: dict[ModuleNames, Module] = {}
        self._chains: dict[ModuleNames, tuple[str, ...]] = {(): ()}
        self._installed = self._read_manifest()
        self._walk()

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be read, and why."""
        return tuple(self._root.notes)

    @property
    def digests(self) -> dict[str, bytes]:
        """The SHA-256 of every file that was read, by its name."""
        return self._root.digests

    @property
    def paths(self) -> tuple[ModuleNames, ...]:
        """The paths of all modules at hand, the root first."""
        return tuple(self._paths)

    @property
    def empty(self) -> bool:
        """Whether the folder itself configures nothing."""
        return self._paths[()].empty

    def module(self, path: ModuleNames) -> Module | None:
        """What the module at a path configures; None where it isn't at hand."""
        return self._paths.get(path)

    # --- where things stand ------------------------------------------------------------------------------------

    def locate(self, path: ModuleNames, mode: str, type_name: str, name: str) -> Place | None:
        """Where a resource or data source stands."""
        module = self._paths.get(path)
        return self._place(path, module.resource(mode, type_name, name) if module else None)

    def locate_module(self, path: ModuleNames) -> Place | None:
        """Where the last module call of a path stands; it need not be followed itself."""
        module = self._paths.get(path[:-1]) if path else None
        return self._place(path[:-1], module.calls.get(path[-1]) if module else None)

    def locate_provider(self, path: ModuleNames, name: str, alias: str = "") -> Place | None:
        """Where a provider block stands: of the module itself, not one that it inherits."""
        module = self._paths.get(path)
        return self._place(path, module.providers.get((name, alias)) if module else None)

    def _place(self, path: ModuleNames, block: Located | None) -> Place | None:
        return Place(block.file, block.line, block.end_line, self._chains[path]) if block else None

    # --- what stands there -------------------------------------------------------------------------------------

    def local(self, path: ModuleNames, name: str) -> Form | None:
        """What a local of a module is, in the form that `forms` describes; None where it isn't at hand."""
        module = self._paths.get(path)
        tree = module.local(name) if module else None
        return local_form(tree) if tree is not None else None

    def expression_of(
        self, path: ModuleNames, mode: str, type_name: str, name: str, attribute: str
    ) -> Form | list[Form] | None:
        """An attribute of a resource as a plan has it, a list for nested blocks; None where it isn't set or at hand."""
        module = self._paths.get(path)
        block = module.resource(mode, type_name, name) if module else None
        if block is None:
            return None
        tree = block.body.expression(attribute)
        if tree is not None:
            return plan_form(tree)
        nested = [body_form(b.body, leave_out=frozenset()) for b in block.body.blocks if b.name == attribute]
        return nested or None

    def ignores(self) -> tuple[Ignore, ...]:
        """The inline waivers, sorted by file and line, each with the block that it is on."""
        paths: dict[str, list[ModuleNames]] = {}
        for path, module in self._paths.items():
            paths.setdefault(module.folder, []).append(path)
        found = (
            ignore
            for folder, module in self._modules.items()
            if folder in paths
            for ignore in ignores(module.waivers, tuple(paths[folder]))
        )
        return tuple(sorted(found, key=lambda ignore: (ignore.file, ignore.line)))

    # --- the tree ----------------------------------------------------------------------------------------------

    def _read_manifest(self) -> dict[str, str]:
        """Folders of the modules that `init` has put there, by their path of calls."""
        path = os.path.join(self._root.path, _MANIFEST)
        text = self._root.read(path) if os.path.lexists(path) else None
        try:
            manifest = msgspec.json.decode(text, type=_Manifest) if text is not None else _Manifest()
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            self._root.note(f"{self._root.relative(path)}: not a list of modules; not read")
            return {}
        return {entry.key: entry.dir for entry in manifest.modules}

    def _walk(self) -> None:
        pending: list[tuple[ModuleNames, str, frozenset[str]]] = [((), self._root.path, frozenset())]
        while pending:
            path, folder, above = pending.pop()
            if len(self._paths) >= MOST_MODULES:
                self._root.note(f"more than {MOST_MODULES} modules; the rest isn't read")
                return
            module = self._paths[path] = self._read(folder)
            for name, call in reversed(module.calls.items()):
                inner = self._folder((*path, name), module, call)
                if inner is None:
                    continue
                if inner == folder or inner in above:
                    self._root.note(f"{call.at}: module {name} calls itself; not followed")
                    continue
                self._chains[*path, name] = (*self._chains[path], call.at)
                pending.append(((*path, name), inner, above | {folder}))

    def _read(self, folder: str) -> Module:
        module = self._modules.get(folder)
        if module is None:
            module = self._modules[folder] = Module(self._root, folder)
        return module

    def _folder(self, path: ModuleNames, module: Module, call: Located) -> str | None:
        """The folder of a called module; None, with a note, where it isn't at hand."""
        source = literal(call.body.expression("source"))
        if not isinstance(source, str):
            self._root.note(f"{call.at}: the source of module {path[-1]} isn't a plain string; not followed")
            return None
        local = source.startswith(("./", "../", ".\\", "..\\"))
        place = source.replace("\\", "/") if local else self._installed.get(".".join(path))
        if place is None:
            self._root.note(f"{call.at}: module {path[-1]} isn't in the folder; `terraform init` puts it there")
            return None
        folder = self._root.real(module.folder if local else self._root.path, place)
        if folder is None:
            self._root.note(f"{call.at}: module {path[-1]} leads out of the folder; not followed")
        elif not os.path.isdir(folder):
            self._root.note(f"{call.at}: the folder of module {path[-1]} doesn't exist")
            folder = None
        return folder
