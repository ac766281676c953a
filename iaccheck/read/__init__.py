"""read: the bytes of a file -> Plan, by an allow-list."""

from collections.abc import Iterator

import msgspec

from iaccheck.errors import InputError
from iaccheck.facts import Facts
from iaccheck.model import Change, Configuration, Document, Object, Plan, StateObject
from iaccheck.read import document as documents
from iaccheck.read import objects
from iaccheck.read.document import RawChange, RawDocument, RawModule, RawResource, input_of
from iaccheck.read.text import MAKE_PLAN, TO_JSON, json_of

_OPENTOFU = "registry.opentofu.org/"
# https://developer.hashicorp.com/terraform/internals/json-format#change-representation
_ACTIONS = frozenset({"no-op", "create", "read", "update", "delete", "forget"})


def read(document: Document, facts: Facts) -> Plan:
    """Decode the JSON of a plan (`terraform show -json`, `tofu show -json`; formats 0.1 to 1.x).

    Only objects of types that the tables know, or that are of the service, get in; of those only allow-listed values.
    Raises InputError for every other file, with what it is and what to type instead.
    """
    raw = documents.parse(document.name, json_of(document.name, document.data))
    if not raw.is_plan:
        what = "this is a Terraform state, not a plan" if raw.is_state else "this holds neither a plan nor a state"
        raise InputError(f"{document.name}: {what}", f"make a plan: {MAKE_PLAN}")
    return _checked(document, raw, facts)


def read_evidence(document: Document, facts: Facts) -> Plan:
    """Decode a file that is only looked at: a plan, a state (its JSON, or terraform.tfstate), a snapshot.

    Raises InputError for every other file, ConfigError for a snapshot that isn't of its schema.
    """
    try:
        return _evidence(document, facts)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        what = f"{document.name}: what it shows does not have its form ({type(error).__name__})"
        raise InputError(what, "make the file again: terraform show -json > state.json") from None


def _evidence(document: Document, facts: Facts) -> Plan:
    from iaccheck.read import snapshot, state

    if snapshot.is_snapshot(document.data):
        return snapshot.read_snapshot(document, facts)
    data = json_of(document.name, document.data)
    raw = documents.parse(document.name, data)
    if raw.is_state_file:
        return state.read_state_file(document, data, facts)
    if raw.is_plan:
        return _checked(document, raw, facts)
    found = input_of(document, "state", raw.terraform_version, raw.format_version or None)
    # Of a state that holds nothing `terraform show -json` prints its format alone.
    return Plan(input=found, prior=tuple(_state(raw.values.root_module, facts)) if raw.values else ())


def _checked(document: Document, raw: RawDocument, facts: Facts) -> Plan:
    try:
        return _plan(document, raw, facts)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise InputError(
            f"{document.name}: a change in the plan does not have its form ({type(error).__name__})",
            f"make the file again: {TO_JSON}",
        ) from None


def _plan(document: Document, raw: RawDocument, facts: Facts) -> Plan:
    changes = tuple(_changes(document, raw.resource_changes or (), facts))
    prior = (
        tuple(_state(raw.prior_state.values.root_module, facts)) if raw.prior_state and raw.prior_state.values else ()
    )
    vanished = tuple(_vanished(raw.resource_drift or (), facts))
    matters = bool(changes or prior)
    return Plan(
        input=input_of(document, "plan", raw.terraform_version, raw.format_version or None),
        changes=changes,
        prior=prior,
        vanished=vanished,
        has_changes=bool(raw.resource_changes),
        complete=raw.complete,
        errored=bool(raw.errored),
        opentofu=any(entry.provider_name.startswith(_OPENTOFU) for entry in raw.resource_changes or ()),
        configuration=documents.configuration_of(document.name, raw.configuration) if matters else Configuration(),
        variables=_variables(raw) if matters else {},
        relevant_attributes=_relevant_attributes(raw) if matters else (),
    )


def _key(index: str | float | None) -> str | int | None:
    return int(index) if isinstance(index, float) else index


def _changes(document: Document, entries: list[RawChange] | tuple[()], facts: Facts) -> Iterator[Change]:
    for entry in entries:
        if not facts.relevant(entry.type):
            continue
        delta = objects.decode_delta(entry.change)
        if not _ACTIONS.issuperset(delta.actions):
            raise InputError(
                f"{document.name}: {entry.address[:200]} has an action that iaccheck does not know", "update iaccheck"
            )
        table = objects.table_of(facts, entry.type, entry.mode)
        before, after = delta.before, delta.after
        unknown = _part(delta.after_unknown)
        update = before is not None and after is not None
        yield Change(
            address=entry.address,
            module=entry.module_address or "",
            mode=entry.mode,
            type=entry.type,
            name=entry.name,
            key=_key(entry.index),
            actions=tuple(delta.actions),
            before=objects.admit(table, before) if before is not None else None,
            after=objects.admit(table, after, unknown) if after is not None else None,
            changed=objects.changed_names(before, after, unknown) if update and before and after else frozenset(),
            unknown=objects.unknown_names(unknown),
            previous_address=entry.previous_address,
            deposed=entry.deposed,
            importing=delta.importing is not None,
            exposed=objects.exposed(table, after, unknown, _part(delta.after_sensitive)) if after else frozenset(),
        )


def _part(marks: objects.RawAttributes | bool | None) -> objects.RawAttributes | None:
    """What is marked attribute by attribute; a plan writes `false` where nothing is."""
    return marks if isinstance(marks, dict) else None


def _state(module: RawModule, facts: Facts) -> Iterator[StateObject]:
    pending = [module]
    while pending:
        module = pending.pop()
        pending.extend(module.child_modules)
        for resource in module.resources:
            if facts.relevant(resource.type):
                yield _state_object(resource, module.address or "", facts)


def _state_object(resource: RawResource, module: str, facts: Facts) -> StateObject:
    values = objects.attributes(resource.values)
    return StateObject(
        address=resource.address,
        module=module,
        mode=resource.mode,
        type=resource.type,
        name=resource.name,
        key=_key(resource.index),
        object=objects.admit(objects.table_of(facts, resource.type, resource.mode), values) if values else Object({}),
        deposed=resource.deposed_key,
        depends_on=tuple(resource.depends_on or ()),
    )


def _vanished(entries: list[RawChange] | tuple[()], facts: Facts) -> Iterator[StateObject]:
    """What the refresh looked for and did not find: drift whose action is delete."""
    for entry in entries:
        if not facts.relevant(entry.type):
            continue
        delta = objects.decode_delta(entry.change)
        before = delta.before
        if delta.actions == ["delete"] and before is not None:
            yield StateObject(
                address=entry.address,
                module=entry.module_address or "",
                mode=entry.mode,
                type=entry.type,
                name=entry.name,
                key=_key(entry.index),
                object=objects.admit(objects.table_of(facts, entry.type, entry.mode), before),
            )


def _variables(raw: RawDocument) -> dict[str, msgspec.Raw]:
    variables = msgspec.json.decode(raw.variables, type=dict[str, documents.RawVariable] | None) or {}
    return {name: variable.value for name, variable in variables.items()}


def _relevant_attributes(raw: RawDocument) -> tuple[tuple[str, str], ...]:
    """(resource, attribute) of the resources that the plan names as what its changes depend on."""
    entries = msgspec.json.decode(raw.relevant_attributes, type=list[_RelevantAttribute] | None) or []
    return tuple(sorted({(entry.resource, str(entry.attribute[0]) if entry.attribute else "") for entry in entries}))


class _RelevantAttribute(msgspec.Struct):
    resource: str = ""
    attribute: list[str | int | float] = []
