"""document: JSON bytes -> the raw parts of a plan or a state, or the error that says what they are instead."""

import re

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from iaccheck.digest import Digest
from iaccheck.errors import InputError
from iaccheck.model import Configuration, Document, Input
from iaccheck.read.text import MAKE_PLAN, TO_JSON

# msgspec calls what follows half a surrogate pair a truncated input.
_LONE_SURROGATE = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])")
_TRAILING = re.compile(r"trailing characters \(byte (\d+)\)")


_JSON_MARKS = (b"{", b"}", b"[", b"]", b",")


class RawChange(Struct):
    """An entry of `resource_changes` or `resource_drift`; `change` stays raw until its type is known to matter."""

    type: str = ""
    address: str = ""
    mode: str = "managed"
    name: str = ""
    index: str | int | float | None = None
    module_address: str | None = ""
    provider_name: str = ""
    previous_address: str | None = None
    deposed: str | None = None
    change: Raw = Raw(b"{}")


class RawResource(Struct):
    """A resource of a state."""

    type: str = ""
    address: str = ""
    mode: str = "managed"
    name: str = ""
    index: str | int | float | None = None
    values: Raw = Raw(b"{}")
    deposed_key: str | None = None
    depends_on: list[str] | None = None


class RawModule(Struct):
    address: str | None = ""
    resources: list[RawResource] = []
    child_modules: list["RawModule"] = []


class RawValues(Struct):
    root_module: RawModule = field(default_factory=RawModule)


class RawState(Struct):
    values: RawValues | None = None


class RawVariable(Struct):
    value: Raw = Raw(b"null")


class RawDocument(Struct):
    """A plan, or a state in the form of `terraform show -json`; the fields that neither has tell other files."""

    format_version: str | UnsetType = UNSET
    terraform_version: str | None = None
    resource_changes: list[RawChange] | None = None
    resource_drift: list[RawChange] | None = None
    prior_state: RawState | None = None
    configuration: Raw = Raw(b"{}")
    variables: Raw = Raw(b"{}")
    relevant_attributes: Raw = Raw(b"[]")
    planned_values: Raw | UnsetType = UNSET
    values: RawValues | None = None
    complete: bool | None = None
    errored: bool | None = None
    # other files
    log_level: Raw | UnsetType = field(default=UNSET, name="@level")
    plan_format_version: Raw | UnsetType = UNSET
    provider_schemas: Raw | UnsetType = UNSET
    serial: Raw | UnsetType = UNSET
    lineage: Raw | UnsetType = UNSET

    @property
    def is_plan(self) -> bool:
        return self.resource_changes is not None or self.planned_values is not UNSET or self.prior_state is not None

    @property
    def is_state(self) -> bool:
        return not self.is_plan and (self.values is not None or self.is_state_file)

    @property
    def is_state_file(self) -> bool:
        """terraform.tfstate, as Terraform keeps it."""
        return self.serial is not UNSET or self.lineage is not UNSET


def parse(name: str, data: bytes) -> RawDocument:
    """One JSON object -> its parts. Raises InputError where it isn't JSON, or not of a plan's or state's form."""
    try:
        document = _decode(data)
    except msgspec.ValidationError as error:
        raise InputError(
            f"{name}: this JSON does not have the form of a plan ({error})", f"make the file again: {TO_JSON}"
        ) from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise InputError(f"{name}: {_json_problem(data, error)}", f"make the file again: {TO_JSON}") from None
    except RecursionError:
        raise InputError(f"{name}: the JSON is nested too deeply to be a plan", f"make a plan: {MAKE_PLAN}") from None
    _refuse_other_files(name, document)
    return document


def _decode(data: bytes) -> RawDocument:
    try:
        return msgspec.json.decode(data, type=RawDocument)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError as error:
        match = _TRAILING.search(str(error))
        if match is None:
            raise
        # msgspec counts from 1. CI wrappers also print lines after the object, but nothing that is JSON.
        end = int(match[1]) - 1
        first = msgspec.json.decode(memoryview(data)[:end], type=RawDocument)
        if data[end : end + 1] in _JSON_MARKS and first.log_level is UNSET:
            raise
        return first


def _json_problem(data: bytes, error: Exception) -> str:
    message = str(error)
    if isinstance(error, UnicodeError) or "surrogate" in message or _LONE_SURROGATE.search(data):
        return "the text is not valid Unicode"
    if "truncated" in message:
        return f"the JSON ends in the middle (after {len(data)} bytes); the file is cut off"
    trailing = _TRAILING.search(message)
    if trailing and data[int(trailing[1]) - 1 :][:1] == b"{":
        return "the file holds several JSON documents; hand over each plan in a file of its own"
    return f"this is not valid JSON ({message})"


def _refuse_other_files(name: str, document: RawDocument) -> None:
    if document.log_level is not UNSET:
        raise InputError(
            f"{name}: this is the log that `terraform plan -json` prints, not the plan",
            f"keep the plan and show it: {MAKE_PLAN}",
        )
    if document.plan_format_version is not UNSET:
        raise InputError(
            f"{name}: this is a redacted plan of HCP Terraform, which leaves out the configuration",
            "download the unredacted JSON output of the plan, or run: " + MAKE_PLAN,
        )
    if document.provider_schemas is not UNSET:
        raise InputError(f"{name}: this holds provider schemas, not a plan", f"make a plan: {MAKE_PLAN}")
    if document.is_state_file:
        return
    if document.format_version is UNSET:
        raise InputError(f"{name}: this JSON has no format_version, so it is not a plan", f"make a plan: {MAKE_PLAN}")
    major = document.format_version.split(".")[0]
    if major not in ("0", "1"):
        raise InputError(
            f"{name}: plan format {_short(document.format_version)} is not known; iaccheck reads 0.1 to 1.x",
            "update iaccheck, or make the plan with a Terraform whose format is 1.x",
        )


def _short(text: str) -> str:
    return ascii(text[:20])


def configuration_of(name: str, raw: Raw) -> Configuration:
    """The configuration of a plan. Raises InputError where it isn't of that form."""
    try:
        return msgspec.json.decode(raw, type=Configuration)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise InputError(
            f"{name}: the configuration in the plan does not have its form ({type(error).__name__})",
            f"make the file again: {TO_JSON}",
        ) from None


def input_of(document: Document, kind: str, terraform_version: str | None, format_version: str | None = None) -> Input:
    """How the report names a file that was looked at."""
    return Input(
        name=document.name,
        kind=kind,
        format_version=format_version,
        terraform_version=terraform_version,
        sha256=Digest(document.data),
        label=document.label,
    )
