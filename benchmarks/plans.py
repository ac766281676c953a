"""Plans of any size, in the form that Terraform writes them."""

import json
from typing import Any

REGIONS = ("us-south", "eu-de", "jp-tok", "au-syd")


def modules(number: int, resources: int) -> bytes:
    """`number` modules with an instance, and as many with `resources` secrets of it, referred to through outputs."""
    calls: dict[str, Any] = {}
    changes: list[dict[str, Any]] = []
    for n in range(number):
        region = REGIONS[n % len(REGIONS)]
        calls[f"sm{n}"] = {"expressions": {"region": {"constant_value": region}}, "module": _INSTANCE}
        guid = {"references": [f"module.sm{n}.guid", f"module.sm{n}"]}
        calls[f"app{n}"] = {"expressions": {"instance_id": guid}, "module": _secrets(resources)}
        values = {"service": "secrets-manager", "location": region, "plan": "standard"}
        changes.append(_change(f"module.sm{n}", "ibm_resource_instance", "this", values))
        changes += [
            _change(f"module.app{n}", "ibm_sm_arbitrary_secret", f"s{m}", {"name": "token", "payload": "x" * 40})
            for m in range(resources)
        ]
    return _plan(changes, {"module_calls": calls})


def unrelated(number: int) -> bytes:
    """`number` resources of other providers, about 2.5 kB each."""
    values = {f"attribute_{n}": "value " * 6 for n in range(25)}
    changes = [_change("", "aws_s3_bucket", f"b{n}", values) for n in range(number)]
    return _plan(changes, {})


def _plan(changes: list[dict[str, Any]], root: dict[str, Any]) -> bytes:
    provider = {"ibm": {"name": "ibm", "expressions": {"region": {"constant_value": "us-south"}}}}
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "complete": True,
        "planned_values": {},
        "resource_changes": changes,
        "configuration": {"provider_config": provider, "root_module": root},
    }
    return json.dumps(plan, separators=(",", ":")).encode()


def _change(module: str, type_name: str, name: str, values: dict[str, Any]) -> dict[str, Any]:
    unknown = dict.fromkeys(_UNKNOWN, True) if type_name.startswith("ibm_") else {}
    return {
        "address": f"{module}.{type_name}.{name}" if module else f"{type_name}.{name}",
        **({"module_address": module} if module else {}),
        "mode": "managed",
        "type": type_name,
        "name": name,
        "provider_name": "registry.terraform.io/ibm-cloud/ibm",
        "change": {
            "actions": ["create"],
            "before": None,
            "after": values,
            "after_unknown": unknown,
            "before_sensitive": False,
            "after_sensitive": {"payload": True},
        },
    }


_UNKNOWN = (
    "created_at", "created_by", "crn", "custom_metadata", "downloaded", "guid", "id", "instance_id", "labels",
    "locks_total", "region", "retrieved_at", "secret_group_id", "secret_id", "secret_type", "state", "updated_at",
)  # fmt: skip
_GUID = {"references": ["ibm_resource_instance.this.guid", "ibm_resource_instance.this"]}


def _block(type_name: str, name: str, expressions: dict[str, Any]) -> dict[str, Any]:
    return {
        "address": f"{type_name}.{name}",
        "mode": "managed",
        "type": type_name,
        "name": name,
        "provider_config_key": "ibm",
        "expressions": expressions,
    }


_INSTANCE: dict[str, Any] = {
    "resources": [_block("ibm_resource_instance", "this", {"location": {"references": ["var.region"]}})],
    "outputs": {"guid": {"expression": _GUID}},
}


def _secrets(number: int) -> dict[str, Any]:
    expressions = {"instance_id": {"references": ["var.instance_id"]}}
    return {"resources": [_block("ibm_sm_arbitrary_secret", f"s{n}", expressions) for n in range(number)]}
