"""expressions: the `when` of a policy, in CEL -> a test. Only a policy that has one pays for the import.

https://github.com/google/cel-spec; the evaluator is the Rust one behind the `common-expression-language` package, which
ends for every expression, with regular expressions in linear time. What is left to bound is bounded before it is run:
the length, loops in loops, and counted repetitions in regular expressions.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from iaccheck.userfile import shown, similar

MOST_CHARACTERS = 1000

_STRING = re.compile(
    r"""r?(?:\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
)
_LOOP = re.compile(r"\.\s*(?:all|exists|exists_one|existsOne|map|filter)\s*\(")
_HOPELESS = ("overload", "Undefined", "neither true nor false")
_COSTLY = re.compile(r"[{]|\\+[pPwWdDsSbBux]|\(\?")


class Problem(Exception):  # noqa: N818 - what is wrong with an expression, not with iaccheck
    """Why an expression can't be used."""


class Expression:
    """A compiled expression."""

    def __init__(self, program: Any) -> None:
        self._program = program
        self.names = set(program.variables())

    def holds(self, fields: Mapping[str, Any]) -> bool:
        """Whether it is true of fields. Raises Problem where it is neither true nor false of them."""
        return _holds(self._program, fields)

    def try_on(self, samples: Mapping[str, Any]) -> None:
        """Raises Problem for what no fields of these forms could ever make true or false."""
        try:
            self.holds(samples)
        except Problem as problem:
            if any(sign in str(problem) for sign in _HOPELESS):
                raise


def compiled(expression: str, known: Iterable[str]) -> Expression:
    """Raises Problem for what isn't CEL, costs too much, or names what isn't `known`."""
    _refuse_costly(expression)
    import cel

    try:
        program = cel.compile(expression)
    except (ValueError, RuntimeError) as error:
        raise Problem(f"this is not CEL: {_first_line(str(error))}") from None
    except BaseException as error:
        # A panic of the evaluator is no Exception.
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        raise Problem("this is not CEL") from None
    bound = set(re.findall(r"[A-Za-z_]\w*(?=\s*,)", _STRING.sub("''", expression)))
    strange = sorted(set(program.variables()) - set(known) - bound)
    if strange:
        raise Problem(f"there is no field {shown(strange[0])}{similar(strange[0], known)}")
    return Expression(program)


def _holds(program: Any, fields: Mapping[str, Any]) -> bool:
    try:
        result = program.execute(fields)
    except Exception as error:  # noqa: BLE001 - the evaluator raises of every kind
        raise Problem(f"it cannot be evaluated: {_first_line(str(error))}") from None
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        raise Problem("it cannot be evaluated") from None
    if not isinstance(result, bool):
        raise Problem("it is neither true nor false")
    return result


def _refuse_costly(expression: str) -> None:
    if len(expression) > MOST_CHARACTERS:
        raise Problem(f"it is longer than {MOST_CHARACTERS} characters")
    if "matches" in expression and any(_COSTLY.search(text) for text in _STRING.findall(expression)):
        raise Problem("a regular expression may not count repetitions ({n}) or use classes such as \\w; write [a-z]")
    bare = _STRING.sub("''", expression)
    loops: list[int] = []
    depth = 0
    starts = {match.end() - 1 for match in _LOOP.finditer(bare)}
    for position, character in enumerate(bare):
        if character == "(":
            if position in starts:
                if loops:
                    raise Problem("a loop (all, exists, map, filter) may not hold another")
                loops.append(depth)
            depth += 1
        elif character == ")":
            depth -= 1
            if loops and loops[-1] == depth:
                loops.pop()


def _first_line(text: str) -> str:
    """What the evaluator says, without what it quotes."""
    return text.split("\n", 1)[0].rsplit("ERROR: ", 1)[-1].split("expecting {")[0].removeprefix("<input>:")[:160]
