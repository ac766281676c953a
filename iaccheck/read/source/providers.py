"""providers: the module tree -> the provider blocks of a plan, and which of them a resource belongs to."""

from collections.abc import Mapping as Mapped

import msgspec
from msgspec import Raw

from iaccheck.model import ProviderConfiguration
from iaccheck.read.source.known import Stand, known_form
from iaccheck.read.source.module import Located, Module
from iaccheck.read.source.syntax import Expression, Literal, Mapping, Reference

ModuleNames = tuple[str, ...]


def provider_of(path: ModuleNames, name: str, alias: str, block: Located, stands: list[Stand]) -> ProviderConfiguration:
    """A provider block: of its attributes the region, which is all that is asked for."""
    region = block.body.expression("region")
    form = Raw(msgspec.json.encode(known_form(region, stands)))
    return ProviderConfiguration(
        name=name,
        alias=alias,
        module_address=".".join(f"module.{call}" for call in path),
        expressions={"region": form} if region is not None else {},
    )


def key_of(modules: Mapped[ModuleNames, Module], path: ModuleNames, type_name: str, provider: Expression | None) -> str:
    """The key of the provider block that a resource belongs to, through the `providers` of module calls."""
    name, alias = _names(provider) or (type_name.split("_")[0], "")
    while path and (name, alias) not in modules[path].providers:
        call = modules[path[:-1]].calls[path[-1]]
        passed = _passed(call.body.expression("providers"), name, alias)
        if passed is None and alias:
            break
        name, alias = passed or (name, alias)
        path = path[:-1]
    return provider_key(path, name, alias)


def provider_key(path: ModuleNames, name: str, alias: str) -> str:
    """The key of a provider block in the configuration of a plan."""
    module = ".".join(f"module.{call}" for call in path)
    return (f"{module}:" if module else "") + (f"{name}.{alias}" if alias else name)


def _passed(providers: Expression | None, name: str, alias: str) -> tuple[str, str] | None:
    if not isinstance(providers, Mapping):
        return None
    return next((_names(value) for key, value in providers.items if _names(key) == (name, alias)), None)


def _names(tree: Expression | None) -> tuple[str, str] | None:
    """Name and alias of a provider: `ibm`, `ibm.eu`, and the same in quotes."""
    match tree:
        case Reference(root, steps):
            return root, str(steps[0].value) if steps else ""
        case Literal(str(text)):
            name, _, alias = text.partition(".")
            return name, alias
    return None
