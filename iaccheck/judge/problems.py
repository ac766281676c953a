"""problems: a policy as written -> what is wrong with it, each with the key where it stands."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from iaccheck.judge.fields import FIELDS, FLAG, LIST, NAMES, NUMBER, TEXT, Field
from iaccheck.judge.matching import COMPARISONS
from iaccheck.userfile import Path, shown, similar

if TYPE_CHECKING:
    from iaccheck.judge.policies import Policy

NAME = re.compile(r"\{([A-Za-z_]+)\}")
_MOST_CHARACTERS = 500
_FORMS: dict[type, tuple[str, ...]] = {
    str: (TEXT, LIST),
    bool: (FLAG,),
    int: (NUMBER, LIST),
    type(None): (TEXT, FLAG, NUMBER),
}

Problem = tuple[Path, str]


def problems(policy: "Policy") -> Iterator[Problem]:
    """What is wrong, in the order in which a person would mend it."""
    yield from _kinds(policy)
    if any(kind not in FIELDS for kind in policy.kinds):
        return
    if policy.forbid is None and policy.require is None and policy.when is None:
        yield (), "one of forbid, require and when says what breaks the policy"
    if policy.forbid is not None and policy.require is not None:
        yield ("require",), "there is a forbid already"
    if policy.since and policy.until and policy.until < policy.since:
        yield ("until",), "it is before since"
    for name in policy.parameters:
        if not name.isidentifier():
            yield ("parameters", name), "this is no plain name"
    yield from _match(policy, policy.select, ("select",))
    yield from _match(policy, policy.require or {}, ("require",))
    for index, wanted in enumerate(policy.forbidden):
        yield from _match(policy, wanted, ("forbid", index) if isinstance(policy.forbid, list) else ("forbid",))
    if policy.when is not None:
        yield from _when(policy)
    yield from _texts(policy)


def _kinds(policy: "Policy") -> Iterator[Problem]:
    if not policy.kinds:
        yield ("over",), f"it is empty; it is one or more of {', '.join(FIELDS)}"
    for kind in policy.kinds:
        if kind not in FIELDS:
            yield ("over",), f"{shown(kind)} is none of {', '.join(FIELDS)}{similar(kind, FIELDS)}"


# --- select, forbid, require ---------------------------------------------------------------------------------------


def _match(policy: "Policy", wanted: dict[str, Any], path: Path) -> Iterator[Problem]:
    """A match is over the kinds that its `kind` names, else the one of `select`, else over all of the policy."""
    kinds = wanted.get("kind", policy.select.get("kind", list(policy.kinds)))
    kinds = kinds if isinstance(kinds, list) else [kinds]
    strange = [kind for kind in kinds if kind not in policy.kinds]
    if strange:
        yield (*path, "kind"), f"{shown(str(strange[0]))} is none of {', '.join(policy.kinds)}"
        return
    for name, value in wanted.items():
        if name == "kind":
            continue
        for kind in kinds:
            field = FIELDS[kind].get(name)
            if field is None:
                close = similar(name, FIELDS[kind])
                yield (*path, name), f"there is no such field over {kind}{close}"
                return
            yield from _value(policy, field, value, (*path, name))


def _value(policy: "Policy", field: Field, value: Any, path: Path) -> Iterator[Problem]:
    if isinstance(value, list):
        for item in value:
            yield from _scalar(field, item, path)
    elif isinstance(value, dict):
        yield from _comparison(policy, field, value, path)
    else:
        yield from _scalar(field, value, path)


def _comparison(policy: "Policy", field: Field, value: dict[str, Any], path: Path) -> Iterator[Problem]:
    if not value:
        yield path, f"it is empty; it can say {', '.join(COMPARISONS)}"
    for word, inner in value.items():
        if word not in COMPARISONS:
            yield (
                (*path, word),
                f"there is no such comparison; it can be {', '.join(COMPARISONS)}{similar(word, COMPARISONS)}",
            )
        elif word == "not":
            if isinstance(inner, dict):
                yield (*path, word), "it takes a value or a list"
            else:
                yield from _value(policy, field, inner, (*path, word))
        elif field.form != NUMBER:
            yield (*path, word), "the field is no number"
        elif isinstance(inner, str) and inner not in policy.parameters:
            yield (*path, word), f"there is no parameter {shown(inner)}{similar(inner, policy.parameters)}"
        elif not isinstance(inner, str) and type(inner) is not int:
            yield (*path, word), "it takes a whole number or the name of a parameter"


def _scalar(field: Field, value: Any, path: Path) -> Iterator[Problem]:
    forms = _FORMS.get(type(value))
    if forms is None or field.form not in forms:
        yield path, f"{shown(str(value))} cannot be: the field is a {field.form}"
    elif isinstance(value, str):
        if len(value) > _MOST_CHARACTERS:
            yield path, f"it is longer than {_MOST_CHARACTERS} characters"
        elif field.words and value not in field.words and not {"*", "?"} & set(value):
            yield path, f"{shown(value)} is none of {', '.join(field.words)}{similar(value, field.words)}"


# --- when, message, help -------------------------------------------------------------------------------------------


def _when(policy: "Policy") -> Iterator[Problem]:
    from iaccheck.judge import expressions

    assert policy.when is not None
    samples = {TEXT: "", FLAG: False, NUMBER: 0, LIST: ("",)}
    chosen = policy.select.get("kind", list(policy.kinds))
    for kind in chosen if isinstance(chosen, list) else [chosen]:
        fields = {name: samples[field.form] for name, field in FIELDS[kind].items()} | {"kind": kind}
        try:
            expressions.compiled(policy.when, [*fields, *policy.parameters]).try_on({**fields, **policy.parameters})
        except expressions.Problem as problem:
            yield ("when",), str(problem)
            return


def _texts(policy: "Policy") -> Iterator[Problem]:
    if not policy.title.strip():
        yield ("title",), "it is empty"
    if isinstance(policy.message, dict):
        for kind in policy.kinds:
            if kind not in policy.message:
                yield ("message",), f"there is none for {kind}"
        for kind in policy.message:
            if kind not in policy.kinds:
                yield ("message", kind), f"the policy is not over {shown(kind)}"
    for kind in policy.kinds:
        names = {*FIELDS[kind], *NAMES.get(kind, ()), *policy.parameters, "location", "address"}
        message = policy.message if isinstance(policy.message, str) else policy.message.get(kind, "")
        path: Path = ("message",) if isinstance(policy.message, str) else ("message", kind)
        yield from _names(message, names, path)
        yield from _names(policy.help, names, ("help",))


def _names(text: str, names: set[str], path: Path) -> Iterator[Problem]:
    for name in NAME.findall(text):
        if name not in names:
            yield path, f"there is no name {{{name[:60]}}}{similar(name, names)}"
            return
