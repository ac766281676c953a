"""plans: small plan JSON built by hand, and what `iaccheck` finds in it."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from iaccheck.model import Document, Report
from iaccheck.pipeline import Options, check

Findings = set[tuple[str, str | None, str | None]]

GUID = "0a1b2c3d-1111-4222-8333-444455556666"
SETTINGS_LIKE = {"private_api_endpoint_only": False, "metadata_region_primary": "us-south"}


def change(
    address: str,
    actions: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    unknown: Mapping[str, Any] | None = None,
    sensitive: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """An entry of `resource_changes`; `actions` such as `create` or `delete,create`."""
    type_name, name = address.rsplit(".", 2)[-2:]
    return {
        "address": address,
        "mode": "managed",
        "type": type_name,
        "name": name,
        "provider_name": "registry.terraform.io/ibm-cloud/ibm",
        "change": {
            "actions": actions.split(","),
            "before": before,
            "after": after,
            "after_unknown": unknown or {},
            "before_sensitive": {},
            "after_sensitive": sensitive or {},
        },
    }


def block(address: str, expressions: Mapping[str, Any], provider: str = "ibm") -> dict[str, Any]:
    """A resource of the configuration; expressions as a plan writes them."""
    type_name, name = address.split(".")
    return {
        "address": address,
        "mode": "managed",
        "type": type_name,
        "name": name,
        "provider_config_key": provider,
        "expressions": expressions,
    }


def references(*names: str) -> dict[str, Any]:
    return {"references": [part for name in names for part in (name, name.rpartition(".")[0])]}


def plan(
    changes: Sequence[Mapping[str, Any]],
    blocks: Sequence[Mapping[str, Any]] = (),
    providers: Mapping[str, Any] | None = None,
    prior: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    document = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "resource_changes": list(changes),
        "prior_state": {"values": {"root_module": {"resources": list(prior)}}},
        "configuration": {"provider_config": providers or {}, "root_module": {"resources": list(blocks)}},
    }
    return json.dumps(document).encode()


def report(data: bytes, **options: Any) -> Report:
    return check([Document("plan.json", data)], Options(**options))


def found(data: bytes, *ids: str, **options: Any) -> Findings:
    """(policy, address, location) of the findings of some policies; globs are not needed: a prefix is enough."""
    findings = report(data, **options).findings
    return {(f.policy, f.address, f.location) for f in findings if not ids or f.policy.startswith(ids)}


def as_of(text: str) -> date:
    return date.fromisoformat(text)


# --- objects of IBM Cloud ------------------------------------------------------------------------------------------


def guid(number: int) -> str:
    return f"{number:08x}-1111-4222-8333-444455556666"


def crn(service: str, location: str, number: int) -> str:
    return f"crn:v1:bluemix:public:{service}:{location}:a/0123456789abcdef0123456789abcdef:{guid(number)}::"


def instance(service: str, location: str, number: int, **more: Any) -> dict[str, Any]:
    name = crn(service, location, number)
    return {
        "id": name,
        "crn": name,
        "guid": guid(number),
        "service": service,
        "plan": "standard",
        "location": location,
        **more,
    }


def target(number: int, kind: str = "cloud_logs", region: str = "eu-de", **more: Any) -> dict[str, Any]:
    endpoints = {
        "cloud_logs": {"cloudlogs_endpoint": [{"target_crn": crn("logs", region, 900 + number)}]},
        "app_config": {"appconfig_endpoint": [{"target_crn": crn("apprapp", region, 900 + number)}]},
        "logdna": {"logdna_endpoint": [{"target_crn": crn("logdnaat", region, 900 + number)}]},
    }
    return {"id": guid(number), "name": "t", "target_type": kind, "region": region, **endpoints.get(kind, {}), **more}


def route(number: int, *rules: tuple[Sequence[str], Sequence[str]]) -> dict[str, Any]:
    """Rules as (locations, ids of targets)."""
    return {
        "id": guid(number),
        "name": "r",
        "rules": [{"locations": list(locations), "target_ids": list(ids)} for locations, ids in rules],
    }


def keep(address: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return change(address, "no-op", before=values, after=values)


def create(address: str, values: Mapping[str, Any], unknown: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What is made has no id yet."""
    known = {name: value for name, value in values.items() if name not in ("id", "crn", "guid")}
    return change(address, "create", after=known, unknown={"id": True, **(unknown or {})})


def delete(address: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return change(address, "delete", before=values)


def state(address: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A resource of the prior state."""
    type_name, name = address.split(".")
    return {"address": address, "mode": "managed", "type": type_name, "name": name, "values": values}
