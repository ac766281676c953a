"""parse: a block of a file -> its attributes and nested blocks, each read when it is first asked for."""

from functools import cached_property
from typing import Any, NamedTuple

from iaccheck.read.source import text as texts
from iaccheck.read.source.blocks import Cut, cut
from iaccheck.read.source.scan import Mark
from iaccheck.read.source.syntax import Expression, Literal, Mapping, Opaque, Sequence

# Nested blocks whose content is Terraform's own, not the provider's.
META_BLOCKS = frozenset({"lifecycle", "provisioner", "connection", "timeouts"})


class NestedBlock(NamedTuple):
    name: str
    labels: tuple[str, ...]
    body: "Body"


class Body:
    """What stands in a block. `attributes` are the names of all; the tree of one is read when it is asked for."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self._text = text
        self._span = (start, end)
        self._trees: dict[str, Expression] = {}

    @cached_property
    def _cuts(self) -> list[Cut]:
        marks: list[Mark] = []
        return cut(self._text, *self._span, marks)[0]

    @cached_property
    def _attributes(self) -> dict[str, Cut]:
        found: dict[str, Cut] = {}
        for item in self._cuts:
            if item.attribute:
                found.setdefault(item.name, item)
        return found

    @property
    def attributes(self) -> tuple[str, ...]:
        return tuple(self._attributes)

    @cached_property
    def blocks(self) -> tuple[NestedBlock, ...]:
        return tuple(
            NestedBlock(item.name, item.labels, Body(self._text, item.inner, item.inner_end))
            for item in self._cuts
            if not item.attribute and item.depth <= texts.DEEPEST
        )

    def expression(self, name: str) -> Expression | None:
        """The tree of an attribute; None where it isn't set."""
        item = self._attributes.get(name)
        if item is None:
            return None
        tree = self._trees.get(name)
        if tree is None:
            tree = texts.value(self._text, item.inner, item.inner_end, item.marks, item.depth)
            self._trees[name] = tree
        return tree


class JsonBody(Body):
    """A block in JSON syntax, decoded: lists of objects are nested blocks, all else are attributes.

    https://developer.hashicorp.com/terraform/language/syntax/json#nested-block-mapping
    """

    def __init__(self, content: dict[str, Any]) -> None:
        super().__init__("", 0, 0)
        self._content = {name: value for name, value in content.items() if name != "//"}

    @property
    def attributes(self) -> tuple[str, ...]:
        return tuple(name for name, value in self._content.items() if not _is_blocks(value))

    @cached_property
    def blocks(self) -> tuple[NestedBlock, ...]:
        return tuple(
            NestedBlock(name, (), JsonBody(element))
            for name, value in self._content.items()
            if _is_blocks(value)
            for element in value
        )

    def expression(self, name: str) -> Expression | None:
        if name not in self._content or _is_blocks(self._content[name]):
            return None
        tree = self._trees.get(name)
        if tree is None:
            tree = self._trees[name] = json_expression(self._content[name])
        return tree


class MergedBody(Body):
    """A block and what an override file says of it: attributes replace attributes, nested blocks all of their name.

    https://developer.hashicorp.com/terraform/language/files/override#merging-behavior
    """

    def __init__(self, base: Body, override: Body) -> None:
        super().__init__("", 0, 0)
        self._base = base
        self._override = override

    @property
    def attributes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self._base.attributes, *self._override.attributes)))

    @cached_property
    def blocks(self) -> tuple[NestedBlock, ...]:
        names = {block.name for block in self._override.blocks if block.name not in META_BLOCKS}
        return (*(b for b in self._base.blocks if b.name not in names), *self._override.blocks)

    def expression(self, name: str) -> Expression | None:
        tree = self._override.expression(name)
        return self._base.expression(name) if tree is None else tree


def _is_blocks(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def json_expression(value: Any, depth: int = 0) -> Expression:
    """A value of the JSON syntax, in which every string is a template."""
    if depth > texts.DEEPEST or (isinstance(value, int | float) and not abs(value) < 2**53):
        return Opaque()
    if isinstance(value, str):
        return texts.template(value)
    if isinstance(value, list):
        return Sequence(tuple(json_expression(item, depth + 1) for item in value))
    if isinstance(value, dict):
        return Mapping(tuple((texts.template(key), json_expression(item, depth + 1)) for key, item in value.items()))
    return Literal(value)
