"""grammar: python-hcl2's parse tree of one expression -> the tree of syntax.

The only importer of python-hcl2 (https://github.com/amplify-education/python-hcl2), which is slow to load and to parse.
"""

from collections.abc import Callable
from typing import Any

import hcl2
from lark import Token, Tree

from iaccheck.address import Step
from iaccheck.read.source import syntax
from iaccheck.read.source.syntax import (
    Access,
    Call,
    Conditional,
    Expression,
    For,
    Index,
    Literal,
    Mapping,
    Operation,
    Reference,
    Sequence,
    Splat,
    Template,
)

Node = Any
# What walks a tree is recursive: longer chains of operators and deeper values aren't read.
_DEEPEST = 100
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_BLANK = "new_line_or_comment"


class UnreadableError(Exception):
    """A form that isn't known here, or is nested too deeply."""


def read_tree(text: str) -> Expression:
    """The tree of an expression. Raises UnreadableError, LarkError, RecursionError or ValueError."""
    start = hcl2.parses_to_tree(f"x = {text}")
    attributes = [node for node in start.children[0].children if isinstance(node, Tree) and node.data != _BLANK]
    if len(attributes) != 1 or attributes[0].data != "attribute":
        raise UnreadableError
    return _read(attributes[0].children[2], 0)


def _read(node: Node, depth: int) -> Expression:
    if depth > _DEEPEST or not isinstance(node, Tree):
        raise UnreadableError
    reader = _READERS.get(str(node.data))
    if reader is None:
        raise UnreadableError
    return reader(node, depth + 1)


def _nodes(node: Node) -> list[Node]:
    """The parts of a node that are no signs and no white space."""
    return [child for child in node.children if isinstance(child, Tree) and child.data != _BLANK]


def _word(node: Node) -> str:
    return str(node.children[0])


def _term(node: Node, depth: int) -> Expression:
    (inner,) = _nodes(node)
    return _read(inner, depth - 1)


def _identifier(node: Node, depth: int) -> Expression:
    return Reference(_word(node))


def _literal_word(node: Node, depth: int) -> Expression:
    return Literal(_WORDS[_word(node)])


def _number(node: Node, depth: int) -> Expression:
    return syntax.number(_word(node))


# --- taking parts --------------------------------------------------------------------------------------------------


def _attribute(node: Node, depth: int) -> Expression:
    source, taken = _nodes(node)
    return _taken(_read(source, depth), Step(_word(_nodes(taken)[0]), False))


def _index(node: Node, depth: int) -> Expression:
    source, taken = _nodes(node)
    key = _key(taken, depth)
    inner = _read(source, depth)
    return _taken(inner, key) if isinstance(key, Step) else Index(inner, key)


def _key(node: Node, depth: int) -> Step | Expression:
    """A constant key is a step of a reference, as in HCL's own parser; any other stands for itself."""
    if node.data == "short_index":
        return Step(int(node.children[1]), True)
    key = _read(_nodes(node)[0], depth)
    if isinstance(key, Literal) and isinstance(key.value, str | int) and not isinstance(key.value, bool):
        return Step(key.value, True)
    return key


def _taken(source: Expression, step: Step) -> Expression:
    match source:
        case Reference(root, steps):
            return Reference(root, (*steps, step))
        case Access(inner, steps):
            return Access(inner, (*steps, step))
    return Access(source, (step,))


def _splat(node: Node, depth: int) -> Expression:
    source, taken = _nodes(node)
    steps = tuple(
        Step(_word(_nodes(step)[0]), False) if step.data == "get_attr" else _key(step, depth) for step in _nodes(taken)
    )
    return Splat(_read(source, depth), steps)


# --- strings -------------------------------------------------------------------------------------------------------


def _string(node: Node, depth: int) -> Expression:
    parts = [part.children[0] for part in _nodes(node)]
    if all(isinstance(part, Token) for part in parts):
        return Literal(syntax.unescaped("".join(parts), quoted=True))
    items, rest, plain = _template_parts(parts, depth)
    if rest:
        raise UnreadableError
    if len(items) == 1 and plain and not isinstance(parts[0], Token):
        return items[0]
    return Template(tuple(items), plain)


def _template_parts(parts: list[Node], depth: int) -> tuple[list[Expression], list[Node], bool]:
    """The parts up to the end of the innermost `%{ for }`, those after it, and whether there is no `%{`."""
    if depth > _DEEPEST:
        raise UnreadableError
    found: list[Expression] = []
    plain = True
    while parts:
        part, *parts = parts
        if isinstance(part, Token):
            found.append(Literal(syntax.unescaped(str(part), quoted=True)))
            continue
        if part.data == "template_endfor":
            return found, parts, False
        plain = plain and part.data == "interpolation"
        inner = _nodes(part)
        if part.data == "template_for_start":
            *names, collection = inner
            body, parts, _ = _template_parts(parts, depth + 1)
            words = tuple(_word(name) for name in names)
            found.append(For(words, _read(collection, depth), None, Template(tuple(body), False)))
        elif inner:
            found.append(_read(inner[0], depth))
    return found, parts, plain


# --- collections and calls -----------------------------------------------------------------------------------------


def _tuple(node: Node, depth: int) -> Expression:
    return Sequence(tuple(_read(item, depth) for item in _nodes(node)))


def _object(node: Node, depth: int) -> Expression:
    pairs = (_nodes(element) for element in _nodes(node))
    return Mapping(tuple((_object_key(key.children[0], depth), _read(value, depth)) for key, value in pairs))


def _object_key(key: Node, depth: int) -> Expression:
    """A key that is one bare word is a string, not a reference: `{ name = 1 }`."""
    if key.data == "keyword":
        return Literal(_word(key))
    bare = key.data == "expr_term" and len(key.children) == 1
    if bare and key.children[0].data in ("identifier", "literal_value"):
        return Literal(_word(key.children[0]))
    return _read(key, depth)


def _call(node: Node, depth: int) -> Expression:
    names = [_word(part) for part in _nodes(node) if part.data == "identifier"]
    arguments = [_nodes(part) for part in _nodes(node) if part.data == "arguments"]
    return Call("::".join(names), tuple(_read(part, depth) for part in arguments[0]) if arguments else ())


def _for(node: Node, depth: int) -> Expression:
    intro, *rest = _nodes(node)
    *names, collection = _nodes(intro)
    condition = rest.pop() if rest[-1].data == "for_cond" else None
    return For(
        names=tuple(_word(name) for name in names),
        collection=_read(collection, depth),
        key=_read(rest[0], depth) if len(rest) > 1 else None,
        value=_read(rest[-1], depth),
        condition=_read(_nodes(condition)[0], depth) if condition is not None else None,
        grouped=any(str(child) == "..." for child in node.children if isinstance(child, Token)),
    )


# --- operators -----------------------------------------------------------------------------------------------------


def _conditional(node: Node, depth: int) -> Expression:
    condition, yes, no = (_read(part, depth) for part in _nodes(node))
    return Conditional(condition, yes, no)


def _binary(node: Node, depth: int) -> Expression:
    left, term = _nodes(node)
    operator, right = _nodes(term)
    return Operation(_word(operator), (_read(left, depth), _read(right, depth)))


def _unary(node: Node, depth: int) -> Expression:
    return Operation(str(node.children[0]), (_read(node.children[1], depth),))


_READERS: dict[str, Callable[[Node, int], Expression]] = {
    "expr_term": _term,
    "identifier": _identifier,
    "literal_value": _literal_word,
    "int_lit": _number,
    "float_lit": _number,
    "get_attr_expr_term": _attribute,
    "index_expr_term": _index,
    "attr_splat_expr_term": _splat,
    "full_splat_expr_term": _splat,
    "string": _string,
    "tuple": _tuple,
    "object": _object,
    "function_call": _call,
    "for_tuple_expr": _for,
    "for_object_expr": _for,
    "conditional": _conditional,
    "binary_op": _binary,
    "unary_op": _unary,
}
