"""facts: the dated YAML of `iaccheck/data/`, typed; each file is read when it is first asked for."""

import os
from datetime import date
from functools import cached_property
from typing import TypeVar

import msgspec

from iaccheck import resources
from iaccheck.errors import ConfigError, UsageError
from iaccheck.facts.forms import (
    Action,
    Authorizations,
    Bucket,
    Call,
    Catalog,
    Condition,
    Failure,
    Find,
    Limit,
    Locations,
    Period,
    Permission,
    Region,
    Service,
    Table,
    TrackerKind,
    Type,
    UpdateStep,
)

__all__ = [
    "Action",
    "Authorizations",
    "Bucket",
    "Call",
    "Catalog",
    "Condition",
    "Facts",
    "Failure",
    "Find",
    "Limit",
    "Locations",
    "Period",
    "Permission",
    "Region",
    "Service",
    "Table",
    "TrackerKind",
    "Type",
    "UpdateStep",
]

T = TypeVar("T")


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
