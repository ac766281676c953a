"""blocks: where everything stands: modules, calls and blocks of the configuration, and the objects made from them."""

import msgspec
from msgspec import Raw

from iaccheck.address import Key, ModulePath, module_path, without_keys
from iaccheck.model import (
    Change,
    Configuration,
    ModuleCall,
    ModuleConfiguration,
    Plan,
    ResourceConfiguration,
    StateObject,
)

ModuleNames = tuple[str, ...]


class Blocks:
    """An index of one plan. Modules and calls are named by the calls that lead to them, without instance keys."""

    def __init__(self, plan: Plan) -> None:
        self.modules: dict[ModuleNames, ModuleConfiguration] = {(): plan.configuration.root}
        self.calls: dict[ModuleNames, ModuleCall] = {}
        self.resources: dict[tuple[ModuleNames, str], ResourceConfiguration] = {}
        # (module address, block name) -> addresses of its objects by key
        self.objects: dict[tuple[str, str], dict[Key, str]] = {}
        # (path of the caller, call) -> keys of the module instances that hold an object
        self.module_keys: dict[tuple[ModulePath, str], set[Key]] = {}
        # all instance keys: they are part of addresses, so no secrets
        self.keys: set[Key] = set()
        self._paths: dict[str, ModulePath] = {}
        self._expressions: dict[int, dict[str, Raw]] = {}
        self._add_configuration(plan.configuration)
        self._add_objects((*plan.prior, *plan.changes))

    def _add_configuration(self, configuration: Configuration) -> None:
        pending: list[tuple[ModuleNames, ModuleConfiguration]] = [((), configuration.root)]
        while pending:
            path, module = pending.pop()
            self.modules[path] = module
            for resource in module.resources:
                self.resources[path, block_name(resource.mode, resource.type, resource.name)] = resource
            for name, call in module.calls.items():
                self.calls[(*path, name)] = call
                pending.append(((*path, name), call.module))

    def _add_objects(self, objects: tuple[StateObject | Change, ...]) -> None:
        for object_ in objects:
            block = block_name(object_.mode, object_.type, object_.name)
            self.objects.setdefault((object_.module, block), {})[object_.key] = object_.address
            self.keys.add(object_.key)
        for module, _ in self.objects:
            path = self.path(module)
            for depth, (name, key) in enumerate(path):
                self.keys.add(key)
                self.module_keys.setdefault((path[:depth], name), set()).add(key)

    def path(self, module: str) -> ModulePath:
        """The parsed path of a module address; each is parsed once."""
        path = self._paths.get(module)
        if path is None:
            path = self._paths[module] = module_path(module)
        return path

    def expressions(self, block: ResourceConfiguration) -> dict[str, Raw]:
        """The expressions of a block by attribute, each still raw; decoded once."""
        known = self._expressions.get(id(block))
        if known is None:
            known = self._expressions[id(block)] = expressions(block)
        return known

    def configured(self, block: ResourceConfiguration) -> frozenset[str]:
        """Names of the attributes that a block sets."""
        return frozenset(self.expressions(block))

    def block(self, object_: StateObject | Change) -> ResourceConfiguration | None:
        """The block that an object was made from; None where the configuration no longer has it."""
        name = block_name(object_.mode, object_.type, object_.name)
        return self.resources.get((without_keys(self.path(object_.module)), name))


def block_name(mode: str, type_name: str, name: str) -> str:
    return f"data.{type_name}.{name}" if mode == "data" else f"{type_name}.{name}"


def expressions(block: ResourceConfiguration) -> dict[str, Raw]:
    """The expressions of a block by attribute, each still raw; none where a broken plan holds something else."""
    if bytes(block.expressions)[:1] != b"{":
        return {}
    return msgspec.json.decode(block.expressions, type=dict[str, Raw])
