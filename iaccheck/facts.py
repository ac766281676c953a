"""facts: the dated YAML of `iaccheck/data/`, typed; each file is read when it is first asked for.

Every struct refuses unknown keys, so a misspelt fact is an error that names its file, not a fact that is missing.
"""

import os
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, field

from iaccheck import resources
from iaccheck.errors import ConfigError, UsageError

T = TypeVar("T")


class Period(Struct, frozen=True, forbid_unknown_fields=True):
    """From `since` to `until`, both included; None is open."""

    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


# --- provider tables: data/provider/<provider>/<type>.yaml ---------------------------------------------------------


class Condition(Struct, frozen=True, forbid_unknown_fields=True):
    """What has to hold for a call to be made. `of: state` asks the object before, else the planned one is asked."""

    attribute: str = ""
    of: str = "planned"
    is_: Any = field(default=msgspec.UNSET, name="is")
    is_not: Any = msgspec.UNSET
    in_: list[Any] | None = field(default=None, name="in")
    not_in: list[Any] | None = None
    set: bool | None = None
    was_set: bool | None = None
    valid_rfc3339: bool | None = None
    changed: list[str] | None = None
    all: list["Condition"] | None = None
    any: list["Condition"] | None = None
    not_: "Condition | None" = field(default=None, name="not")


class Call(Struct, frozen=True, forbid_unknown_fields=True):
    """A call, made `min` to `max` times when its condition holds (`max` null: it polls or pages)."""

    call: str
    when: Condition | None = None
    min: int = 1
    max: int | None = 1
    why: str = ""


class UpdateStep(Struct, frozen=True, forbid_unknown_fields=True):
    """Calls of an update that are made when one of `changed` changed and none of `unless_changed`; always without."""

    calls: list[Call]
    changed: list[str] | None = None
    unless_changed: list[str] = []


class Failure(Struct, frozen=True, forbid_unknown_fields=True):
    """What the plan lets through and the provider refuses: only `calls` are made."""

    during: list[str]
    when: Condition
    calls: list[Call]
    why: str


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """A resource type or a data source: what is read of it, and which calls each verb makes."""

    code: str
    id: str
    since: str = ""
    values: list[str] = []
    lists: list[str] = []
    presence: list[str] = []
    within: dict[str, list[str]] = {}
    destinations: dict[str, str] = {}
    keys: dict[str, list[str]] = {}
    unmarked_secrets: list[str] = []
    create: list[Call] = []
    read: list[Call] = []
    update: list[UpdateStep] = []
    delete: list[Call] = []
    fails: list[Failure] = []


class Type(Struct, frozen=True, forbid_unknown_fields=True):
    """A Terraform type. `where`: attribute values without which it causes no event."""

    role: str
    where: dict[str, str] = {}
    location: str | None = None
    instance_attribute: str = "instance_id"
    resource: Table | None = None
    data: Table | None = None

    def table(self, mode: str) -> Table | None:
        return self.data if mode == "data" else self.resource


class Service(Struct, frozen=True, forbid_unknown_fields=True):
    prefixes: list[str]
    providers: list[str]


# --- catalog -------------------------------------------------------------------------------------------------------


class Action(Struct, frozen=True, forbid_unknown_fields=True):
    table: str
    meaning: str
    since: date
    calls: list[str]
    source: str
    until: date | None = None
    formerly: str | None = None
    confidence: str = "high"

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


class Catalog(Struct, frozen=True, forbid_unknown_fields=True):
    described: dict[str, date]
    page: str
    actions: dict[str, Action]
    silent_calls: list[str]
    platform: bool = False

    def on(self, day: date) -> dict[str, Action]:
        """The actions in force on a day, by name, sorted."""
        return {name: action for name, action in sorted(self.actions.items()) if action.holds(day)}


# --- locations and trackers ----------------------------------------------------------------------------------------


class Region(Struct, frozen=True, forbid_unknown_fields=True):
    hosted: Period | None = None
    routing: Period | None = None
    hosted_at: str | None = None


class Limit(Struct, frozen=True, forbid_unknown_fields=True):
    """How many there may be: the smallest and the largest number that a page documents."""

    what: str
    smallest: int
    largest: int
    source: str


class Permission(Struct, frozen=True, forbid_unknown_fields=True):
    """What a kind of target needs to be written to. `keyless`: the attribute that says that it has no own key."""

    services: list[str]
    role: str
    source: str
    keyless: str | None = None


class Authorizations(Struct, frozen=True, forbid_unknown_fields=True):
    source_service: str
    targets: dict[str, Permission]


class Bucket(Struct, frozen=True, forbid_unknown_fields=True):
    """The parameter of a service's instance that names where it keeps data."""

    service: str
    parameter: str
    source: str


class Locations(Struct, frozen=True, forbid_unknown_fields=True):
    regions: dict[str, Region]
    global_: Region = field(name="global")
    zones: int
    tree_since: date
    groups: dict[str, list[str]]
    undocumented_groups: dict[str, list[str]]
    data_centres: str = ""
    jurisdictions: dict[str, list[str]] = {}

    def jurisdiction(self, name: str | None) -> str | None:
        """The jurisdiction of a region, `other` for those of none that is listed; None for what is no region."""
        if name is None or name not in self.regions:
            return None
        return next((one for one, regions in self.jurisdictions.items() if name in regions), "other")


class Find(Struct, frozen=True, forbid_unknown_fields=True):
    """Where events can be looked at that a tracker received from `since` to `until`, and a query that finds them.

    `action` and `instance` are what the query asks of one action or instance; several are joined by `any`.
    """

    place: str
    query: str
    action: str = "{action}"
    instance: str = "{guid}"
    any: str = " || "
    with_instances: str = ""
    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        return Period(self.since, self.until).holds(day)


class TrackerKind(Struct, frozen=True, forbid_unknown_fields=True):
    """`receives` None: never a tracker. `why_not` says why, where it doesn't receive.

    `destination`: the attributes, `block.attribute`, that say where a target delivers to.
    """

    role: str
    where: dict[str, str]
    receives: Period | None = None
    why_not: str = ""
    destination: list[str] = []
    find: list[Find] = []


class Facts:
    """The facts, as of one day. Nothing is read before it is asked for, and nothing twice.

    `as_of` None is the newest day that the catalog describes, never the clock.
    """

    def __init__(self, as_of: date | None = None) -> None:
        described = self.catalog.described
        if as_of is not None and as_of < described["from"]:
            raise UsageError(
                f"--as-of {as_of}: no shipped fact describes a day before {described['from']}",
                f"use --as-of {described['from']} or a later day",
            )
        self.as_of = as_of or described["to"]
        self._types: dict[str, Type | None] = {}
        self._relevant: dict[str, bool] = {}

    @cached_property
    def catalog(self) -> Catalog:
        """The actions of the service's own events page."""
        return _load(Catalog, "catalog", "secrets-manager.yaml")

    @cached_property
    def platform(self) -> Catalog:
        """The actions of the resource controller on the service instance."""
        return _load(Catalog, "catalog", "platform.yaml")

    @cached_property
    def locations(self) -> Locations:
        return _load(Locations, "locations.yaml")

    @cached_property
    def limits(self) -> dict[str, Limit]:
        return _load(dict[str, Limit], "limits.yaml")

    @cached_property
    def authorizations(self) -> Authorizations:
        return _load(Authorizations, "authorizations.yaml")

    @cached_property
    def data_bucket(self) -> Bucket:
        return _load(Bucket, "data-bucket.yaml")

    @cached_property
    def trackers(self) -> dict[str, TrackerKind]:
        """Tracker kinds by name: the files of data/trackers/."""
        return {kind: _load(TrackerKind, "trackers", f"{kind}.yaml") for kind in resources.stems("trackers")}

    @cached_property
    def services(self) -> dict[str, Service]:
        return _load(dict[str, Service], "services.yaml")

    @cached_property
    def type_files(self) -> dict[str, tuple[str, str]]:
        """Types by name, with the folder and file under data/provider/ that describes each."""
        return {
            stem: (provider, f"{stem}.yaml")
            for provider in sorted(os.listdir(resources.data("provider")))
            for stem in resources.stems("provider", provider)
        }

    def type(self, name: str) -> Type | None:
        """What the tables say of a type; None where they don't know it."""
        if name not in self._types:
            file = self.type_files.get(name)
            self._types[name] = _load(Type, "provider", *file) if file else None
        return self._types[name]

    def type_of_role(self, role: str) -> str:
        """The type that plays a role that only one plays, such as `target` or `route`."""
        return next(name for name in self.type_files if (known := self.type(name)) is not None and known.role == role)

    def relevant(self, type_name: str) -> bool:
        """Whether a type is in the tables, or of the service though the tables don't know it."""
        answer = self._relevant.get(type_name)
        if answer is None:
            answer = self._relevant[type_name] = type_name in self.type_files or self.unmapped(type_name)
        return answer

    def unmapped(self, type_name: str) -> bool:
        """Whether a type is of the service and the tables don't know it."""
        return type_name not in self.type_files and type_name.startswith(self._prefixes)

    @cached_property
    def _prefixes(self) -> tuple[str, ...]:
        return tuple(prefix for service in self.services.values() for prefix in service.prefixes)


def _load(kind: type[T], *parts: str) -> T:
    try:
        with open(resources.data(*parts), "rb") as file:
            return msgspec.yaml.decode(file.read(), type=kind)
    except msgspec.MsgspecError as error:
        raise ConfigError(f"{'/'.join(parts)}: {error}", "reinstall iaccheck, or mend the file") from error
