"""evaluation: the tree of an expression -> its value, by constants, comparisons and known names; else UNKNOWN.

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
from iaccheck.read.source.values import (
    LARGEST,
    UNKNOWN,
    Set,
    Unknown,
    as_bool,
    as_number,
    as_string,
    elements,
    taken,
    undecided,
    unknown_in,
)

Names = Callable[[str, tuple[Step, ...]], Any]
Evaluator = Callable[[Expression], Any]
_CASTS = frozenset({"toset", "tolist", "tomap"})
# A `for` in a `for` multiplies: what takes more steps than this is given up.
_MOST_STEPS = 200_000
_LONGEST = 100_000


class Budget:
    """How much evaluating one expression may still take, and which functions are computed."""

    def __init__(self, casts: frozenset[str] = _CASTS) -> None:
        self.casts = casts
        self._steps = _MOST_STEPS

    def spent(self) -> bool:
        self._steps -= 1
        return self._steps < 0


def _nothing(root: str, steps: tuple[Step, ...]) -> Any:
    return UNKNOWN


def constant(tree: Expression) -> Any:
    """The value of an expression that refers to nothing and calls nothing; else UNKNOWN."""
    value = evaluate(tree, _nothing, Budget(frozenset()))
    return UNKNOWN if unknown_in(value) else value


def evaluate(tree: Expression, names: Names, budget: Budget | None = None) -> Any:
    """The value of an expression; lists and objects may hold UNKNOWN in their parts. `names` knows references."""
    limits = budget or Budget()
    if limits.spent():
        return UNKNOWN
    match tree:
        case Literal(value):
            return value
        case Reference(root, steps):
            return names(root, steps)
        case For():
            return _for(tree, names, limits)
    return _composed(tree, lambda part: evaluate(part, names, limits), limits.casts)


def _composed(tree: Expression, of: Evaluator, casts: frozenset[str]) -> Any:
    """The value of an expression from the values of its parts."""
    match tree:
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
    return UNKNOWN


def _part(tree: Access | Index, of: Evaluator) -> Any:
    if isinstance(tree, Access):
        return taken(of(tree.source), tree.steps)
    key = of(tree.key)
    if isinstance(key, Unknown):
        return key
    return taken(of(tree.source), (Step(key, True),)) if isinstance(key, str | int) else UNKNOWN


def _joined(values: list[Any]) -> Any:
    unknown = undecided(values)
    if unknown is not None:
        return unknown
    texts = [text for value in values if (text := as_string(value)) is not None]
    # Strings that hold strings that hold strings double at every step.
    return "".join(texts) if len(texts) == len(values) and sum(map(len, texts)) <= _LONGEST else UNKNOWN


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
    if compute is None or None in numbers:
        return Unknown(operator)
    result = compute(*numbers)
    return result if abs(result) < LARGEST else UNKNOWN


def _for(tree: For, names: Names, budget: Budget) -> Any:
    collection = evaluate(tree.collection, names, budget)
    if isinstance(collection, Unknown):
        return collection
    if not isinstance(collection, list | dict) or tree.grouped:
        return Unknown("for")
    pairs: list[tuple[Any, Any]] = []
    for key, value in elements(collection):
        bound = dict(zip(tree.names, (key, value) if len(tree.names) == 2 else (value,), strict=False))
        inner = _bound(bound, names)
        kept = True if tree.condition is None else evaluate(tree.condition, inner, budget)
        if not isinstance(kept, bool):
            return kept if isinstance(kept, Unknown) else UNKNOWN
        if kept:
            made = None if tree.key is None else evaluate(tree.key, inner, budget)
            pairs.append((made, evaluate(tree.value, inner, budget)))
    return [value for _, value in pairs] if tree.key is None else _object(pairs)


def _bound(bound: dict[str, Any], names: Names) -> Names:
    def known(root: str, steps: tuple[Step, ...]) -> Any:
        return taken(bound[root], steps) if root in bound else names(root, steps)

    return known
