"""variables: files of variable values, and the types that variables are declared with -> the values of a root module.

https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence; the environment's
`TF_VAR_` isn't looked at: a reading of the source is to be the same everywhere.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from iaccheck.errors import InputError
from iaccheck.read.source.evaluation import constant
from iaccheck.read.source.files import Root, names
from iaccheck.read.source.forms import literal
from iaccheck.read.source.parse import Body
from iaccheck.read.source.syntax import Call, Expression, Mapping, Reference
from iaccheck.read.source.values import UNKNOWN, Set, Unknown, as_bool, as_number, as_string, bounded

_FIRST = ("terraform.tfvars", "terraform.tfvars.json")
_AUTOMATIC = (".auto.tfvars", ".auto.tfvars.json")


def given_values(root: Root, files: Sequence[Path]) -> dict[str, Any]:
    """Values of root variables: of the files that Terraform finds by itself, then of those that are named."""
    present = names(root, root.path)
    found = [name for name in _FIRST if name in present]
    found += [name for name in present if name.endswith(_AUTOMATIC) and not name.startswith(".")]
    values: dict[str, Any] = {}
    for name in found:
        text = root.read(os.path.join(root.path, name))
        if text is not None:
            values |= _values(root, name, text)
    for file in files:
        values |= _values(root, str(file), _named(file))
    return values


def _named(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise InputError(
            f"{file}: the variables can't be read ({type(error).__name__})", "name a file of Terraform variables"
        ) from None


def _values(root: Root, name: str, text: str) -> dict[str, Any]:
    if name.endswith(".json"):
        try:
            found = msgspec.json.decode(text, type=dict[str, Any])
            return {key: bounded(value) for key, value in found.items()}
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            root.note(f"{name}: not valid JSON; not read")
            return {}
    body = Body(text, 0, len(text))
    return {key: constant(tree) for key in body.attributes if (tree := body.expression(key)) is not None}


def converted(value: Any, kind: Expression | None) -> Any:
    """A value as the type of its variable makes it: https://developer.hashicorp.com/terraform/language/expressions/type-constraints."""
    if value is None or isinstance(value, Unknown):
        return value
    match kind:
        case Reference("string", ()):
            return _or_unknown(as_string(value))
        case Reference("number", ()):
            return _or_unknown(as_number(value))
        case Reference("bool", ()):
            return _or_unknown(as_bool(value))
        case Call("set", (inner,)) if isinstance(value, list):
            return Set(converted(item, inner) for item in value)
        case Call("list", (inner,)) if isinstance(value, list):
            return [converted(item, inner) for item in value]
        case Call("map", (inner,)) if isinstance(value, dict):
            return {key: converted(item, inner) for key, item in value.items()}
        case Call("object", (Mapping(items),)) if isinstance(value, dict):
            return {
                key: _attribute(value, key, inner) for name, inner in items if isinstance(key := literal(name), str)
            }
    return value


def _or_unknown(value: Any) -> Any:
    return UNKNOWN if value is None else value


def _attribute(value: dict[str, Any], key: str, kind: Expression) -> Any:
    """An attribute of an object; `optional(TYPE, DEFAULT)` fills in what isn't there."""
    if not (isinstance(kind, Call) and kind.name == "optional" and kind.arguments):
        return converted(value.get(key, UNKNOWN), kind)
    inner, *default = kind.arguments
    found = value.get(key)
    if found is None and default:
        found = constant(default[0])
    return converted(found, inner)
