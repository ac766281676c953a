"""where: addresses of a report -> the blocks in the source that they come from."""

from collections.abc import Iterable, Sequence

from iaccheck.address import module_path, steps, without_keys
from iaccheck.model import Source as Block
from iaccheck.read.source import Source


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
