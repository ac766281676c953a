"""configuration: the module tree and what its names mean -> the configuration of a plan.

Expressions have the form of a plan or of locals, so that references are followed alike.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Raw, UnsetType

from iaccheck.facts import Facts
from iaccheck.model import (
    Configuration,
    ModuleCall,
    ModuleConfiguration,
    OutputConfiguration,
    ResourceConfiguration,
    VariableConfiguration,
)
from iaccheck.read.objects import table_of
from iaccheck.read.source.dynamic import dynamic_forms
from iaccheck.read.source.evaluation import constant
from iaccheck.read.source.forms import META_ATTRIBUTES, Form, references
from iaccheck.read.source.known import Stand, attribute_form, known_form
from iaccheck.read.source.module import Located, Module
from iaccheck.read.source.parse import META_BLOCKS, Body
from iaccheck.read.source.providers import ModuleNames, key_of, provider_key, provider_of
from iaccheck.read.source.scopes import Scope
from iaccheck.read.source.syntax import Literal
from iaccheck.read.source.syntax import Sequence as Items
from iaccheck.read.source.values import UNKNOWN

_CALL_META = META_ATTRIBUTES | {"source", "version", "providers"}
# Where a block has more instances than this, not all of them are asked what an expression is worth.
_MOST_ASKED = 200


class ConfigurationReader:
    """Builds the configuration of a plan. `scopes` are all instances of all modules."""

    def __init__(self, scopes: Sequence[Scope], facts: Facts) -> None:
        self._facts = facts
        self._scopes: dict[ModuleNames, list[Scope]] = {}
        for scope in scopes:
            self._scopes.setdefault(scope.calls, []).append(scope)
        self._modules = {path: found[0].module for path, found in self._scopes.items()}

    def read(self) -> Configuration:
        """The whole configuration: of the modules that have an instance."""
        modules = {path: self._module(path, found[0].module) for path, found in self._scopes.items()}
        for path in sorted(modules, key=len, reverse=True):
            if path:
                block = self._scopes[path[:-1]][0].module.calls[path[-1]]
                modules[path[:-1]].calls[path[-1]] = self._call(path, block, modules[path])
        providers = {
            provider_key(path, name, alias): provider_of(path, name, alias, block, self._stands(path))
            for path, found in self._scopes.items()
            for (name, alias), block in found[0].module.providers.items()
        }
        return Configuration(providers=providers, root=modules.get((), ModuleConfiguration()))

    def local(self, path: ModuleNames, name: str) -> Form | None:
        """What a local is, as `forms` describes it, and constant where it is known by now."""
        stands = self._stands(path)
        tree = stands[0].scope.module.local(name) if stands else None
        return known_form(tree, stands) if tree is not None else None

    def _stands(self, path: ModuleNames) -> list[Stand]:
        return [Stand(scope) for scope in self._scopes.get(path, ())[:_MOST_ASKED]]

    def _instances(self, path: ModuleNames, block: Located) -> list[Stand]:
        """Where the attributes of a block stand: in each of its instances in each of its module's."""
        found: list[Stand] = []
        for scope in self._scopes.get(path, ())[:_MOST_ASKED]:
            found += [Stand(scope, instance.names) for instance in scope.instances(block)[:_MOST_ASKED]]
        return found[:_MOST_ASKED]

    # --- blocks ------------------------------------------------------------------------------------------------

    def _module(self, path: ModuleNames, module: Module) -> ModuleConfiguration:
        stands = self._stands(path)
        return ModuleConfiguration(
            resources=[
                self._resource(path, mode, type_name, name, block)
                for (mode, type_name, name), block in module.resources.items()
                if self._facts.relevant(type_name)
            ],
            calls={},
            outputs={
                name: OutputConfiguration(
                    expression=_raw(known_form(block.body.expression("value"), stands)),
                    depends_on=_depends_on(block.body),
                )
                for name, block in module.outputs.items()
            },
            variables={
                name: VariableConfiguration(default=_default(block)) for name, block in module.variables.items()
            },
        )

    def _resource(
        self, path: ModuleNames, mode: str, type_name: str, name: str, block: Located
    ) -> ResourceConfiguration:
        prefix = "data." if mode == "data" else ""
        stands = self._instances(path, block)
        for_each, count = _repetition(block.body, self._stands(path), guessed=self._guessed(path, block))
        return ResourceConfiguration(
            address=f"{prefix}{type_name}.{name}",
            mode=mode,
            type=type_name,
            name=name,
            provider_config_key=key_of(self._modules, path, type_name, block.body.expression("provider")),
            expressions=_raw(dict(self._expressions(mode, type_name, block.body, stands))),
            count_expression=count,
            for_each_expression=for_each,
            depends_on=_depends_on(block.body),
        )

    def _guessed(self, path: ModuleNames, block: Located) -> bool:
        return any(instance.guessed for scope in self._scopes.get(path, ()) for instance in scope.instances(block))

    def _expressions(self, mode: str, type_name: str, body: Body, stands: list[Stand]) -> Iterator[tuple[str, Any]]:
        """Attributes and nested blocks. Of what isn't on the type's allow-list no constant gets in, only references."""
        table = table_of(self._facts, type_name, mode)
        for name in body.attributes:
            tree = body.expression(name)
            if name in META_ATTRIBUTES or tree is None:
                continue
            if name in table.values:
                yield name, attribute_form(tree, stands)
            else:
                found = list(references(tree))
                yield name, {"references": found} if found else {}
        nested: dict[str, list[Any]] = {}
        for block in body.blocks:
            if block.name == "dynamic" and block.labels and block.labels[0] in table.values:
                name = block.labels[0]
                nested.setdefault(name, []).extend(dynamic_forms(name, block.body, table.within.get(name, ()), stands))
            elif block.name not in META_BLOCKS and block.name != "dynamic":
                inner = frozenset(table.within.get(block.name, ())) if block.name in table.values else frozenset()
                nested.setdefault(block.name, []).append(_nested(block.body, inner, stands))
        yield from nested.items()

    def _call(self, path: ModuleNames, block: Located, module: ModuleConfiguration) -> ModuleCall:
        outer, stands = self._stands(path[:-1]), self._instances(path[:-1], block)
        for_each, count = _repetition(block.body, outer, guessed=self._guessed(path[:-1], block))
        return ModuleCall(
            source="",
            expressions={
                name: _raw(known_form(block.body.expression(name), stands))
                for name in block.body.attributes
                if name not in _CALL_META
            },
            count_expression=count,
            for_each_expression=for_each,
            module=module,
            depends_on=_depends_on(block.body),
        )


# --- expressions -----------------------------------------------------------------------------------------------------


def _raw(form: Any) -> Raw:
    return Raw(msgspec.json.encode(form))


def _default(block: Located) -> Raw | UnsetType:
    tree = block.body.expression("default")
    value = constant(tree) if tree is not None else UNKNOWN
    return UNSET if value is UNKNOWN else _raw(value)


def _depends_on(body: Body) -> list[str]:
    tree = body.expression("depends_on")
    if not isinstance(tree, Items):
        return []
    texts = (item.value if isinstance(item, Literal) else next(references(item), None) for item in tree.items)
    return [text for text in texts if isinstance(text, str)]


def _repetition(body: Body, stands: list[Stand], *, guessed: bool) -> tuple[Raw | UnsetType, Raw | UnsetType]:
    """`for_each` and `count`; not a `for_each` of which one instance stands for all: it has no key to refer to."""
    found = [body.expression(name) for name in ("for_each", "count")]
    if guessed and found[0] is not None:
        return UNSET, UNSET
    for_each, count = (UNSET if tree is None else _raw(known_form(tree, stands)) for tree in found)
    return for_each, count


def _nested(body: Body, admitted: frozenset[str], stands: list[Stand]) -> dict[str, Any]:
    return {
        name: attribute_form(tree, stands) if name in admitted else {"references": list(references(tree))}
        for name in body.attributes
        if (tree := body.expression(name)) is not None
    }
