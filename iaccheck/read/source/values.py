"""values: the tree of an expression -> its value where constants, comparisons and known names make one, else UNKNOWN.

Functions are never computed, but for the casts that change nothing of what JSON can say (`toset`, `tolist`, `tomap`).
"""

from collections.abc import Callable
from typing import Any

from iaccheck.address import Step
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
    Template,
)


class Unknown:
    """What no value is known of. `function`: it would take this to compute it, of values that are all known."""

    def __init__(self, function: str | None = None) -> None:
        self.function = function


UNKNOWN = Unknown()

Names = Callable[[str, tuple[Step, ...]], Any]
Evaluator = Callable[[Expression], Any]
_CASTS = frozenset({"toset", "tolist", "tomap"})


def _nothing(root: str, steps: tuple[Step, ...]) -> Any:
    return UNKNOWN


def constant(tree: Expression) -> Any:
    """The value of an expression that refers to nothing and calls nothing; else UNKNOWN."""
    value = evaluate(tree, _nothing, casts=frozenset())
    return UNKNOWN if unknown_in(value) else value


def unknown_in(value: Any) -> bool:
    """Whether a value or a part of it is unknown."""
    if isinstance(value, Unknown):
        return True
    if isinstance(value, list):
        return any(map(unknown_in, value))
    return isinstance(value, dict) and any(map(unknown_in, value.values()))


def evaluate(tree: Expression, names: Names, casts: frozenset[str] = _CASTS) -> Any:
    """The value of an expression; lists and objects may hold UNKNOWN in their parts. `names` knows references."""

    def of(part: Expression) -> Any:
        return evaluate(part, names, casts)

    match tree:
        case Literal(value):
            return value
        case Reference(root, steps):
            return names(root, steps)
        case Access() | Index():
            return _part(tree, of)
        case Template(parts, plain):
            return _joined([of(part) for part in parts]) if plain else Unknown("template")
        case Sequence(items):
            return [of(item) for item in items]
        case Mapping(items):
            return _object([(of(key), of(value)) for key, value in items])
        case Call(name, arguments):
            return _call(name, [of(part) for part in arguments], casts)
        case Conditional(condition, yes, no):
            return _conditional(of(condition), yes, no, of)
        case Operation(operator, operands):
            return _operation(operator, [of(part) for part in operands])
        case For():
            return _for(tree, names, casts)
    return UNKNOWN


def _part(tree: Access | Index, of: Evaluator) -> Any:
    if isinstance(tree, Access):
        return taken(of(tree.source), tree.steps)
    key = of(tree.key)
    if isinstance(key, Unknown):
        return key
    return taken(of(tree.source), (Step(key, True),)) if isinstance(key, str | int) else UNKNOWN


class Set(list[Any]):
    """The value of a set: its elements are their own keys."""


def taken(value: Any, steps: tuple[Step, ...]) -> Any:
    """What stands at these steps in a value; UNKNOWN where nothing is known to stand there."""
    for step in steps:
        if isinstance(value, Unknown):
            return value
        key = step.value
        if isinstance(value, dict) and str(key) in value:
            value = value[str(key)]
        elif isinstance(value, list) and isinstance(key, int) and not isinstance(key, bool) and 0 <= key < len(value):
            value = value[key]
        else:
            return UNKNOWN
    return value


def undecided(values: list[Any]) -> Unknown | None:
    """What is unknown among values: rather what no function could compute; None where all are known."""
    found: Unknown | None = None
    pending = list(values)
    while pending:
        value = pending.pop()
        if isinstance(value, Unknown):
            if value.function is None:
                return UNKNOWN
            found = value
        elif isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, dict):
            pending.extend(value.values())
    return found


def as_string(value: Any) -> str | None:
    """A primitive as a template shows it; None for what can't be shown so."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | str):
        return str(value)
    return None


def as_number(value: Any) -> int | float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.removeprefix("-").isdecimal() and len(value) < 16:
        return int(value)
    return None


def as_bool(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else None


def _joined(values: list[Any]) -> Any:
    unknown = undecided(values)
    if unknown is not None:
        return unknown
    texts = [as_string(value) for value in values]
    return UNKNOWN if None in texts else "".join(text for text in texts if text is not None)


def _object(pairs: list[tuple[Any, Any]]) -> Any:
    keys = [key if isinstance(key, Unknown) else as_string(key) for key, _ in pairs]
    unknown = undecided(keys)
    if unknown is not None or None in keys:
        return unknown or UNKNOWN
    return {key: value for key, (_, value) in zip(keys, pairs, strict=True)}


def _call(name: str, arguments: list[Any], casts: frozenset[str]) -> Any:
    if name in casts and len(arguments) == 1:
        (value,) = arguments
        if name != "toset" or not isinstance(value, list) or unknown_in(value):
            return value
        return Set(dict.fromkeys(value)) if all(isinstance(item, str) for item in value) else UNKNOWN
    return undecided(arguments) or Unknown(name)


def _conditional(condition: Any, yes: Expression, no: Expression, of: Evaluator) -> Any:
    if isinstance(condition, Unknown):
        return undecided([condition, of(yes), of(no)])
    decided = as_bool(condition)
    if decided is None:
        return UNKNOWN
    return of(yes) if decided else of(no)


def _operation(operator: str, operands: list[Any]) -> Any:
    unknown = undecided(operands)
    if unknown is not None:
        return unknown
    if operator in ("==", "!="):
        left, right = operands
        equal = left == right and isinstance(left, bool) == isinstance(right, bool)
        return equal if operator == "==" else not equal
    if operator in ("!", "&&", "||"):
        claims = [as_bool(value) for value in operands]
        if None in claims:
            return UNKNOWN
        return not claims[0] if operator == "!" else all(claims) if operator == "&&" else any(claims)
    return _arithmetic(operator, [as_number(value) for value in operands])


_ARITHMETIC: dict[str, Callable[..., Any]] = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "+": lambda a, b: a + b,
    "-": lambda a, b=None: -a if b is None else a - b,
    "*": lambda a, b: a * b,
}


def _arithmetic(operator: str, numbers: list[int | float | None]) -> Any:
    compute = _ARITHMETIC.get(operator)
    return Unknown(operator) if compute is None or None in numbers else compute(*numbers)


def _for(tree: For, names: Names, casts: frozenset[str]) -> Any:
    collection = evaluate(tree.collection, names, casts)
    if isinstance(collection, Unknown):
        return collection
    if not isinstance(collection, list | dict) or tree.grouped:
        return Unknown("for")
    pairs: list[tuple[Any, Any]] = []
    for key, value in elements(collection):
        bound = dict(zip(tree.names, (key, value) if len(tree.names) == 2 else (value,), strict=False))
        inner = _bound(bound, names)
        kept = True if tree.condition is None else evaluate(tree.condition, inner, casts)
        if not isinstance(kept, bool):
            return kept if isinstance(kept, Unknown) else UNKNOWN
        if kept:
            made = None if tree.key is None else evaluate(tree.key, inner, casts)
            pairs.append((made, evaluate(tree.value, inner, casts)))
    return [value for _, value in pairs] if tree.key is None else _object(pairs)


def elements(collection: list[Any] | dict[str, Any]) -> list[tuple[Any, Any]]:
    """Keys and values of a collection, as `for` and `for_each` see them."""
    if isinstance(collection, dict):
        return sorted(collection.items())
    if isinstance(collection, Set):
        return [(value, value) for value in collection]
    return list(enumerate(collection))


def _bound(bound: dict[str, Any], names: Names) -> Names:
    def known(root: str, steps: tuple[Step, ...]) -> Any:
        return taken(bound[root], steps) if root in bound else names(root, steps)

    return known
