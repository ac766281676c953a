"""forms: the tree of an expression -> the form in which a plan's configuration has it.

As `terraform show -json` writes it (internal/command/jsonconfig/expression.go of Terraform; OpenTofu has the same):
`{"constant_value": …}`; `{"references": […]}`, each reference in full, then without its last steps one by one, down to
the object it names; `{}` for what has neither, such as a function of constants.

`local_form` says more, where a plan says nothing: of locals.

- `{"object": {"a": FORM, …}}` and `{"list": [FORM, …]}`: a constructor that isn't constant, each part a local form.
  Keys are constant, or the whole is `{"references": […]}`.
- `{"references": […], "keyed": true, "element": ["guid"]}`: `{ for k, v in X : k => v.guid }`: the keys are those of X,
  which is the first reference, and what stands at a key is that step (none: all) of what X has there.
- `{"keyed": true, "every": FORM}`: `{ for k, v in X : k => E }` where E says neither k nor v: E, in its local form,
  stands at every key.
- `toset`, `tolist` and `tomap` of a constant are that constant; any other function keeps only what it refers to.
"""

from collections.abc import Iterator
from typing import Any

from iaccheck.address import Step, format_key
from iaccheck.read.source.evaluation import constant
from iaccheck.read.source.parse import META_BLOCKS, Body
from iaccheck.read.source.syntax import Call, Expression, For, Literal, Mapping, Reference, Sequence, children
from iaccheck.read.source.values import UNKNOWN

Form = dict[str, Any]
META_ATTRIBUTES = frozenset({"count", "for_each", "provider", "depends_on"})
_CASTS = frozenset({"toset", "tolist", "tomap"})
_PAIRS = frozenset({"var", "local", "each", "count", "path", "terraform", "self"})


def plan_form(tree: Expression) -> Form:
    """An expression as a plan has it."""
    value = constant(tree)
    if value is not UNKNOWN:
        return {"constant_value": value}
    found = list(references(tree))
    return {"references": found} if found else {}


def body_form(body: Body, *, leave_out: frozenset[str] = META_ATTRIBUTES) -> dict[str, Any]:
    """The `expressions` of a block: its attributes, and lists of nested blocks. Plans leave `dynamic` blocks out."""
    forms: dict[str, Any] = {
        name: plan_form(tree)
        for name in body.attributes
        if name not in leave_out and (tree := body.expression(name)) is not None
    }
    for block in body.blocks:
        if block.name in META_BLOCKS or block.name == "dynamic":
            continue
        forms.setdefault(block.name, [])
        if isinstance(forms[block.name], list):
            forms[block.name].append(body_form(block.body, leave_out=frozenset()))
    return forms


def local_form(tree: Expression) -> Form:
    """An expression with the structure that following a local needs."""
    if isinstance(tree, Call) and tree.name in _CASTS and len(tree.arguments) == 1:
        inner = local_form(tree.arguments[0])
        return inner if "constant_value" in inner else plan_form(tree)
    form = plan_form(tree)
    if "constant_value" in form:
        return form
    if isinstance(tree, Sequence):
        return {"list": [local_form(item) for item in tree.items]}
    if isinstance(tree, Mapping):
        keys = [constant(key) for key, _ in tree.items]
        if all(isinstance(key, str) for key in keys):
            return {"object": {key: local_form(value) for key, (_, value) in zip(keys, tree.items, strict=True)}}
    if isinstance(tree, For):
        return _keyed(tree, form)
    return form


def _keyed(tree: For, form: Form) -> Form:
    if len(tree.names) != 2 or tree.condition is not None or tree.grouped or tree.key != Reference(tree.names[0]):
        return form
    match tree.value:
        case Reference(root, steps) if root == tree.names[1] and isinstance(tree.collection, Reference):
            return {**form, "keyed": True, "element": [step.value for step in steps]}
    if not _roots(tree.value) & set(tree.names):
        return {"keyed": True, "every": local_form(tree.value)}
    return form


def _roots(tree: Expression) -> set[str]:
    if isinstance(tree, Reference):
        return {tree.root}
    return {root for part in children(tree) for root in _roots(part)}


# --- references ----------------------------------------------------------------------------------------------------


def references(tree: Expression, bound: frozenset[str] = frozenset()) -> Iterator[str]:
    """What an expression refers to, as a plan lists it; `bound` are the names of the `for` around it."""
    match tree:
        case Reference(root, steps):
            if root not in bound:
                yield from _spelt(root, steps)
        case For(names, collection):
            yield from references(collection, bound)
            inner = bound | set(names)
            for part in (tree.key, tree.value, tree.condition):
                if part is not None:
                    yield from references(part, inner)
        case _:
            for part in children(tree):
                yield from references(part, bound)


def _spelt(root: str, steps: tuple[Step, ...]) -> Iterator[str]:
    """A reference and its prefixes, down to what has an address of its own; nothing where it isn't a reference."""
    if root == "resource":
        if not steps:
            return
        root, steps = str(steps[0].value), steps[1:]
    subject = _subject_length(root, steps)
    if subject is None:
        return
    for length in range(len(steps), subject - 1, -1):
        yield root + "".join(_step(step) for step in steps[:length])
    yield from _without_key(root, steps, subject)


def _subject_length(root: str, steps: tuple[Step, ...]) -> int | None:
    """How many steps belong to the object that is referred to, its instance key included."""
    if root == "self":
        return 0
    if root in _PAIRS:
        return 1 if steps and not steps[0].indexes else None
    named = {"module": 1, "data": 2}.get(root, 1)
    if len(steps) < named or any(step.indexes for step in steps[:named]):
        return None
    keyed = named + (1 if len(steps) > named and steps[named].indexes else 0)
    if root == "module" and len(steps) > keyed:
        return keyed + 1
    return keyed


def _without_key(root: str, steps: tuple[Step, ...], subject: int) -> Iterator[str]:
    if root in _PAIRS or subject == 0:
        return
    if steps[subject - 1].indexes or (root == "module" and subject > 1):
        yield root + "".join(_step(step) for step in steps[: subject - 1])


def _step(step: Step) -> str:
    return format_key(step.value) if step.indexes else f".{step.value}"


def literal(tree: Expression | None) -> Any:
    """The value of a literal; None for anything else."""
    return tree.value if isinstance(tree, Literal) else None
