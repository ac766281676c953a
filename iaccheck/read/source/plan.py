"""plan: a folder without a plan -> SourcePlan: the plan of making everything that the folder configures.

What exists already, and what therefore changes or goes, is not in the source. Values are those that are written down,
of variables, locals and comparisons; a function is never computed.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Raw, Struct

from iaccheck.address import format_key, format_module
from iaccheck.facts import Facts, Table
from iaccheck.model import Change, Input, Object, Plan
from iaccheck.read.objects import admissible, admit, table_of
from iaccheck.read.source.configuration import ConfigurationReader
from iaccheck.read.source.dynamic import block_values, dynamic_values
from iaccheck.read.source.files import Root
from iaccheck.read.source.module import Located
from iaccheck.read.source.parse import Body
from iaccheck.read.source.scopes import MOST_INSTANCES, Instance, Scope, scopes
from iaccheck.read.source.tree import Source, read_source
from iaccheck.read.source.values import UNKNOWN, Unknown, unknown_in
from iaccheck.read.source.variables import given_values

# What the provider makes up where it isn't set; every other attribute of the tables is null then.
_COMPUTED = frozenset(
    {"id", "crn", "guid", "region", "versions_total", "target_resource_instance_id", "target_service_name"}
)
_NOT_SET = object()
# A `for_each` in a `for_each` multiplies.
MOST_CHANGES = 50_000


class SourcePlan(Struct, frozen=True, kw_only=True):
    """A plan read from source.

    `repeated`: addresses that stand for one or more, as their number isn't known. `local_values`: what a local is, for
    following references. `notes`: what could not be read, and what can't be known.
    """

    plan: Plan
    repeated: frozenset[str]
    notes: tuple[str, ...]
    source: Source
    local_values: Callable[[tuple[str, ...], str], Any]


def plan_from_source(root: Path, facts: Facts, variable_files: Sequence[Path] = ()) -> SourcePlan:
    """Read a folder as if everything in it were created. Raises InputError for a variable file that can't be read."""
    source = read_source(root)
    files = Root(str(root))
    given = given_values(files, variable_files)
    found = list(scopes(source, given))
    reader = ConfigurationReader(found, facts)
    changes = list(islice(_changes(found, facts), MOST_CHANGES))
    plan = Plan(
        input=Input(name=str(root), kind="source", sha256=_digest(source)),
        changes=tuple(change for change, _ in changes),
        has_changes=True,
        configuration=reader.read(),
        variables=_variables(found[0]) if found else {},
    )
    return SourcePlan(
        plan=plan,
        repeated=frozenset(change.address for change, guessed in changes if guessed),
        notes=(*source.notes, *files.notes, *_limits(len(found), len(changes)), *_doubts(plan, facts)),
        source=source,
        local_values=reader.local,
    )


def _limits(modules: int, changes: int) -> Iterator[str]:
    if modules >= MOST_INSTANCES:
        yield f"more than {MOST_INSTANCES} instances of modules; the rest isn't read"
    if changes >= MOST_CHANGES:
        yield f"more than {MOST_CHANGES} resources; the rest isn't read"


def _digest(source: Source) -> str:
    """One sum of all files that were read, so that two readings of the same source are known to be that."""
    total = hashlib.sha256()
    for name, digest in sorted(source.digests.items()):
        total.update(name.encode() + b"\0" + digest)
    return total.hexdigest()


def _variables(root: Scope) -> dict[str, Raw]:
    values = {name: root.variable(name) for name in root.module.variables}
    return {name: Raw(msgspec.json.encode(value)) for name, value in values.items() if not unknown_in(value)}


def _doubts(plan: Plan, facts: Facts) -> Iterator[str]:
    """Objects of which it isn't known what they are: whether they matter depends on an attribute that isn't known."""
    for change in plan.changes:
        known = facts.type(change.type)
        if known is None or change.mode == "data":
            continue
        doubtful = sorted(known.where.keys() & change.unknown) if known.where else []
        if doubtful:
            yield f"{change.address}: {' and '.join(doubtful)} can't be known from the source, so it is left out"


# --- changes ---------------------------------------------------------------------------------------------------------


def _changes(found: Sequence[Scope], facts: Facts) -> Iterator[tuple[Change, bool]]:
    """Every instance of every relevant resource, and whether it stands for one or more."""
    for scope in found:
        for (mode, type_name, name), block in scope.module.resources.items():
            if facts.relevant(type_name):
                for instance in scope.instances(block):
                    change = _change(scope, mode, type_name, name, block, instance, table_of(facts, type_name, mode))
                    yield change, scope.guessed or instance.guessed


def _change(
    scope: Scope, mode: str, type_name: str, name: str, block: Located, instance: Instance, table: Table
) -> Change:
    module = format_module(scope.path)
    local = f"{'data.' if mode == 'data' else ''}{type_name}.{name}{format_key(instance.key)}"
    after, unknown = _attributes(scope, mode, block.body, instance, table)
    return Change(
        address=f"{module}.{local}" if module else local,
        module=module,
        mode=mode,
        type=type_name,
        name=name,
        key=instance.key,
        actions=("read",) if mode == "data" else ("create",),
        before=None,
        after=after,
        unknown=unknown,
    )


def _attributes(scope: Scope, mode: str, body: Body, instance: Instance, table: Table) -> tuple[Object, frozenset[str]]:
    """The allow-listed attributes, known and unknown. No other attribute is looked at."""
    known: dict[str, Raw] = {}
    unknown: dict[str, Raw] = {}
    for name in (*table.values, *table.presence):
        value = _written(scope, body, instance, name)
        if value is _NOT_SET:
            value = UNKNOWN if mode == "data" or name in _COMPUTED else None
        if name in table.values and not admissible(table, name, value):
            value = UNKNOWN  # Terraform would refuse it; what the author means isn't known.
        shown, hidden = _split(value)
        if hidden is not False:
            unknown[name] = Raw(msgspec.json.encode(hidden))
        if hidden is not True:
            known[name] = Raw(msgspec.json.encode(shown))
    names = frozenset(name for name, raw in unknown.items() if b"true" in bytes(raw))
    return admit(table, known, unknown), names


def _written(scope: Scope, body: Body, instance: Instance, name: str) -> Any:
    """The value of an attribute, or of the nested blocks of that name, as they are written."""
    tree = body.expression(name)
    if tree is not None:
        return scope.value(tree, instance.names)
    blocks: list[Any] = []
    for block in body.blocks:
        if block.name == name:
            blocks.append(block_values(scope, block.body, instance.names))
        elif block.name == "dynamic" and block.labels == (name,):
            made = dynamic_values(scope, name, block.body, instance.names)
            if made is None:
                return UNKNOWN
            blocks += made
    return blocks or _NOT_SET


def _split(value: Any) -> tuple[Any, Any]:
    """A value as `after` has it, and as `after_unknown` has it: true for what isn't known, false for what is."""
    if isinstance(value, Unknown):
        return None, True
    if isinstance(value, list):
        parts = [_split(item) for item in value]
        return [shown for shown, _ in parts], [hidden for _, hidden in parts] if unknown_in(value) else False
    if isinstance(value, dict):
        split = {key: _split(item) for key, item in value.items()}
        shown = {key: part for key, (part, hidden) in split.items() if hidden is not True}
        return shown, {key: hidden for key, (_, hidden) in split.items()} if unknown_in(value) else False
    return value, False
