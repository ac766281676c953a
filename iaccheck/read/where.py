"""where: addresses of a report -> the blocks in the source that they come from."""

from collections.abc import Iterable, Iterator, Sequence

from iaccheck.address import module_path, steps, without_keys
from iaccheck.model import Configuration, ModuleConfiguration
from iaccheck.model import Source as Block
from iaccheck.read.source import Source, Target


def where(addresses: Iterable[str], sources: Sequence[Source | None]) -> dict[str, Block]:
    """The block of each address that is found in exactly one source; never a made-up line."""
    at_hand = [source for source in sources if source is not None]
    found: dict[str, Block] = {}
    for address in addresses:
        blocks = {block for source in at_hand if (block := _block(address, source)) is not None}
        if len(blocks) == 1:
            found[address] = blocks.pop()
    return found


def _block(address: str, source: Source) -> Block | None:
    path = module_path(address)
    names = [str(step.value) for step in steps(address) if not step.indexes][2 * len(path) :]
    mode = "data" if names[:1] == ["data"] else "managed"
    own = names[1:] if mode == "data" else names
    if len(own) != 2:
        return None
    place = source.locate(without_keys(path), mode, own[0], own[1])
    return Block(place.file, place.line, place.end_line, place.chain) if place is not None else None


def blocks_of(target: Target | None, configuration: Configuration) -> tuple[str, ...]:
    """Addresses, without instance keys, of what an inline waiver is on: one for each way that leads to it.

    On a provider block it is on all blocks that use it. A waiver that is on nothing of the kind names nothing, so it is
    shown as unused.
    """
    if target is None:
        return ("no block",)
    if target.kind == "provider":
        used = tuple(address for path in target.paths for address in _users(target, path, configuration))
        return used or (f"provider.{target.name}",)
    return tuple(".".join([*_modules(path), _own_address(target)]) for path in target.paths)


def _modules(path: tuple[str, ...]) -> list[str]:
    return [f"module.{name}" for name in path]


def _own_address(target: Target) -> str:
    if target.kind == "module":
        return f"module.{target.name}"
    return f"{'data.' if target.mode == 'data' else ''}{target.type}.{target.name}"


def _users(target: Target, path: tuple[str, ...], configuration: Configuration) -> Iterator[str]:
    """Blocks that use a provider configuration: a plan names it `ibm.alias`, or `module.a:ibm.alias` in a module."""
    name = f"{target.name}.{target.alias}" if target.alias else target.name
    key = f"{'.'.join(_modules(path))}:{name}" if path else name
    pending: list[tuple[list[str], ModuleConfiguration]] = [([], configuration.root)]
    while pending:
        modules, module = pending.pop()
        for block in module.resources:
            if block.provider_config_key == key:
                yield ".".join([*modules, block.address])
        pending += [([*modules, f"module.{call}"], inner.module) for call, inner in module.calls.items()]
