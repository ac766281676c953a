"""state: terraform.tfstate -> Plan without changes: what exists, and nothing that happens."""

from collections.abc import Iterator

import msgspec
from msgspec import Raw, Struct

from iaccheck.address import format_key
from iaccheck.errors import InputError
from iaccheck.facts import Facts
from iaccheck.model import Document, Object, Plan, StateObject
from iaccheck.read import objects
from iaccheck.read.document import input_of

_HINT = "write the state with: terraform show -json > state.json (or hand over terraform.tfstate)"


class RawInstance(Struct):
    """An instance in terraform.tfstate (format 4)."""

    index_key: str | int | float | None = None
    deposed: str | None = None
    attributes: Raw = Raw(b"{}")
    dependencies: list[str] | None = None


class RawStateResource(Struct):
    mode: str = "managed"
    type: str = ""
    name: str = ""
    module: str = ""
    instances: list[RawInstance] = []


class RawStateFile(Struct):
    """terraform.tfstate: https://github.com/hashicorp/terraform/blob/main/internal/states/statefile/version4.go"""

    version: int = 0
    terraform_version: str | None = None
    resources: list[RawStateResource] = []


def read_state_file(document: Document, data: bytes, facts: Facts) -> Plan:
    """terraform.tfstate as Terraform keeps it. Raises InputError for a format other than 4."""
    try:
        raw = msgspec.json.decode(data, type=RawStateFile)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise InputError(
            f"{document.name}: this state does not have its form ({type(error).__name__})", _HINT
        ) from None
    if raw.version != 4:
        raise InputError(f"{document.name}: state format {raw.version} is not known; iaccheck reads format 4", _HINT)
    return Plan(
        input=input_of(document, "state", raw.terraform_version),
        prior=tuple(_objects(raw, facts)),
    )


def _objects(raw: RawStateFile, facts: Facts) -> Iterator[StateObject]:
    for resource in raw.resources:
        if not facts.relevant(resource.type):
            continue
        prefix = f"{resource.module}." if resource.module else ""
        data = "data." if resource.mode == "data" else ""
        for instance in resource.instances:
            key = int(instance.index_key) if isinstance(instance.index_key, float) else instance.index_key
            values = objects.attributes(instance.attributes)
            table = objects.table_of(facts, resource.type, resource.mode)
            yield StateObject(
                address=f"{prefix}{data}{resource.type}.{resource.name}{format_key(key)}",
                module=resource.module,
                mode=resource.mode,
                type=resource.type,
                name=resource.name,
                key=key,
                object=objects.admit(table, values) if values else Object({}),
                deposed=instance.deposed,
                depends_on=tuple(instance.dependencies or ()),
            )
