"""dynamic: a `dynamic` block -> the forms, and the values, of the blocks that it makes.

https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks; plans leave their expressions out.
"""

from collections.abc import Collection
from typing import Any

from iaccheck.address import Step
from iaccheck.read.source.evaluation import constant
from iaccheck.read.source.known import Stand, attribute_form, pruned
from iaccheck.read.source.parse import Body
from iaccheck.read.source.scopes import Scope
from iaccheck.read.source.syntax import Expression, Literal, Mapping, Reference, Sequence
from iaccheck.read.source.values import UNKNOWN, Unknown, elements, taken, unknown_in


def dynamic_values(scope: Scope, name: str, body: Body, names: dict[str, Any]) -> list[Any] | None:
    """The values of the blocks; None where their number isn't known."""
    collection = scope.value(body.expression("for_each"), names)
    content = _content(body)
    if content is None or not isinstance(collection, list | dict):
        return None
    word = _iterator(name, body)
    return [
        block_values(scope, content, {**names, word: {"key": key, "value": value}})
        for key, value in elements(collection)
    ]


def block_values(scope: Scope, body: Body, names: dict[str, Any]) -> dict[str, Any]:
    return {name: scope.value(body.expression(name), names) for name in body.attributes}


def dynamic_forms(name: str, body: Body, admitted: Collection[str], stands: list[Stand]) -> list[dict[str, Any]]:
    """The forms of the blocks, with what their iterator stands for put in; none where that isn't written down."""
    content, tree = _content(body), body.expression("for_each")
    if content is None or tree is None or not stands:
        return []
    word = _iterator(name, body)
    return [
        {
            attribute: attribute_form(_replaced(inner, word, element), stands)
            for attribute in content.attributes
            if attribute in admitted and (inner := content.expression(attribute)) is not None
        }
        for element in _elements(tree, stands)
    ]


def _content(body: Body) -> Body | None:
    return next((block.body for block in body.blocks if block.name == "content"), None)


def _iterator(name: str, body: Body) -> str:
    word = body.expression("iterator")
    return word.root if isinstance(word, Reference) else name


def _elements(tree: Expression, stands: list[Stand]) -> list[Expression]:
    """The elements of a collection as they are written, or their values where those are known and the same for all."""
    tree = pruned(tree, stands)
    if isinstance(tree, Reference) and tree.root == "local" and len(tree.steps) == 1:
        local = stands[0].scope.module.local(str(tree.steps[0].value))
        tree = pruned(local, stands) if local is not None else tree
    match tree:
        case Sequence(items):
            return list(items)
        case Mapping(items):
            found = {str(constant(key)): value for key, value in items}
            return [found[key] for key in sorted(found)]
    values = [scope.value(tree, names) for scope, names in stands]
    if not isinstance(values[0], list | dict) or any(unknown_in(v) or v != values[0] for v in values):
        return []
    return [Literal(value) for _, value in elements(values[0])]


def _replaced(tree: Expression, word: str, element: Expression) -> Expression:
    """The tree with `word.value.a.b` as what the element has there, where that is a tree of its own."""
    match tree:
        case Reference(root, (Step("value", False), *steps)) if root == word:
            return _part(element, tuple(steps)) or tree
        case Sequence(items):
            return Sequence(tuple(_replaced(item, word, element) for item in items))
        case Mapping(items):
            return Mapping(tuple((key, _replaced(value, word, element)) for key, value in items))
    return tree


def _part(element: Expression, steps: tuple[Step, ...]) -> Expression | None:
    for position, step in enumerate(steps):
        match element:
            case Mapping(items):
                found = [value for key, value in items if constant(key) == str(step.value)]
                if len(found) != 1:
                    return None
                element = found[0]
            case Reference(root, taken_already):
                return Reference(root, (*taken_already, *steps[position:]))
            case Literal(value):
                part = taken(value, steps[position:])
                return None if part is UNKNOWN or isinstance(part, Unknown) else Literal(part)
            case _:
                return None
    return element
