"""known: an expression and the instances in which it stands -> its form, with what is known of it by now.

Here nobody has computed the values. So what is known is constant, a conditional whose condition is known is the branch
that it takes, and what only a function would tell says so: in a reference that leads nowhere.
"""

from typing import Any, NamedTuple

from iaccheck.read.source.evaluation import constant
from iaccheck.read.source.forms import Form, local_form, plan_form, references
from iaccheck.read.source.scopes import Scope
from iaccheck.read.source.syntax import Call, Conditional, Expression, Mapping, Operation, Template
from iaccheck.read.source.syntax import Sequence as Items
from iaccheck.read.source.values import Unknown, as_bool, undecided, unknown_in


class Stand(NamedTuple):
    """One instance in which an expression stands: its module's, and the names of its block's."""

    scope: Scope
    names: dict[str, Any] = {}


def attribute_form(tree: Expression, stands: list[Stand]) -> Form:
    """The form of an attribute whose value is told elsewhere: what it refers to is kept even where that is known."""
    tree = pruned(tree, stands)
    form = plan_form(tree)
    missing = _missing(tree, _values(tree, stands))
    return {"references": [*form.get("references", ()), missing]} if missing else form


def known_form(tree: Expression | None, stands: list[Stand]) -> Form:
    """The form of what an expression leads to, in the form of locals: constant where every instance agrees."""
    if tree is None:
        return {}
    tree = pruned(tree, stands)
    values = _values(tree, stands)
    if values and not unknown_in(values[0]) and all(value == values[0] for value in values):
        return {"constant_value": values[0]}
    match tree:
        case Items(items):
            return {"list": [known_form(item, stands) for item in items]}
        case Mapping(items) if all(isinstance(constant(key), str) for key, _ in items):
            return {"object": {constant(key): known_form(value, stands) for key, value in items}}
    missing = _missing(tree, values)
    return {"references": [*references(tree), missing]} if missing else local_form(tree)


def _values(tree: Expression, stands: list[Stand]) -> list[Any]:
    return [scope.value(tree, names) for scope, names in stands]


def _missing(tree: Expression, values: list[Any]) -> str | None:
    """What it would take to compute the value, where all that it is computed from is known."""
    for value in values:
        unknown = undecided([value])
        if unknown is not None and unknown.function is not None:
            return f"the function {unknown.function}" if unknown.function.isidentifier() else "a computed value"
    if isinstance(tree, Template | Operation | Call | Conditional) and len(values) > 1 and not unknown_in(values):
        return "a value that differs by instance"
    return None


def pruned(tree: Expression, stands: list[Stand]) -> Expression:
    """The tree without the branches that aren't taken."""
    match tree:
        case Conditional(condition, yes, no):
            claims = {None if isinstance(v, Unknown) else as_bool(v) for v in _values(condition, stands)}
            if len(claims) == 1 and (claim := claims.pop()) is not None:
                return pruned(yes if claim else no, stands)
        case Items(items):
            return Items(tuple(pruned(item, stands) for item in items))
        case Mapping(pairs):
            return Mapping(tuple((key, pruned(value, stands)) for key, value in pairs))
    return tree
