"""forms: the types of the YAML files under `iaccheck/data/`.

Every struct refuses unknown keys, so a misspelt fact is an error that names its file, not a fact that is missing.
"""

from datetime import date
from typing import Any, TypeVar

import msgspec
from msgspec import Struct, field

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


class ProviderRegion(Struct, frozen=True, forbid_unknown_fields=True):
    """Variables that name the provider's region, the first that is set counts, and its region without any."""

    environment: list[str]
    default: str


class Locations(Struct, frozen=True, forbid_unknown_fields=True):
    regions: dict[str, Region]
    global_: Region = field(name="global")
    zones: int
    tree_since: date
    groups: dict[str, list[str]]
    undocumented_groups: dict[str, list[str]]
    provider_region: ProviderRegion
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
