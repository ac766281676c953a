"""Small plans by hand, in the form that Terraform writes."""

from typing import Any

GUID = "aaaaaaaa-1111-4222-8333-444444444444"
OTHER = "bbbbbbbb-1111-4222-8333-444444444444"
CRN = f"crn:v1:bluemix:public:secrets-manager:ca-tor:a/0123456789abcdef0123456789abcdef:{GUID}::"


def refers(*names: str) -> dict[str, Any]:
    return {"references": list(names)}


def constant(value: object) -> dict[str, Any]:
    return {"constant_value": value}


class PlanBuilder:
    """A plan, block by block; each call adds a block, its object and its change."""

    def __init__(self, region: dict[str, Any] | None = None) -> None:
        expressions = {"region": region} if region is not None else {}
        self.providers: dict[str, Any] = {"ibm": {"name": "ibm", "expressions": expressions}}
        self.changes: list[dict[str, Any]] = []
        self.prior: list[dict[str, Any]] = []
        self.blocks: list[dict[str, Any]] = []
        self.variables: dict[str, Any] = {}
        self.relevant: list[dict[str, Any]] = []

    def add(
        self,
        address: str,
        actions: tuple[str, ...],
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        unknown: tuple[str, ...] | dict[str, Any] = (),
        depends_on: tuple[str, ...] = (),
        state_depends_on: tuple[str, ...] = (),
        previous: str | None = None,
        **expressions: dict[str, Any] | list[Any],
    ) -> "PlanBuilder":
        type_name, name = address.split(".")
        known = {"address": address, "mode": "managed", "type": type_name, "name": name}
        after_unknown = unknown if isinstance(unknown, dict) else dict.fromkeys(unknown, True)
        change = {"actions": list(actions), "before": before, "after": after, "after_unknown": after_unknown}
        moved = {"previous_address": previous} if previous else {}
        self.changes.append({**known, **moved, "change": change})
        if before is not None:
            self.prior.append({**known, "values": before, "depends_on": list(state_depends_on)})
        if after is not None:
            block = {**known, "provider_config_key": "ibm", "expressions": expressions, "depends_on": list(depends_on)}
            self.blocks.append(block)
        return self

    def instance(self, name: str = "sm", location: str = "us-south", service: str = "secrets-manager") -> "PlanBuilder":
        """A service instance that is made."""
        values = {"service": service, "location": location, "plan": "standard"}
        return self.add(f"ibm_resource_instance.{name}", ("create",), None, values, ("id", "guid", "crn"))

    def secret(self, name: str = "s", **expressions: dict[str, Any]) -> "PlanBuilder":
        """A secret that is made, of the instance `sm` unless `instance_id` says otherwise."""
        own = {"instance_id": refers("ibm_resource_instance.sm.guid", "ibm_resource_instance.sm"), **expressions}
        known = {key: value["constant_value"] for key, value in own.items() if "constant_value" in value}
        unknown = ["id", *(key for key in ("instance_id", "region") if key not in known)]
        return self.add(f"ibm_sm_arbitrary_secret.{name}", ("create",), None, known, tuple(unknown), **own)

    def target(self, name: str = "logs", kind: str = "cloud_logs") -> "PlanBuilder":
        """A target that is made."""
        return self.add(f"ibm_atracker_target.{name}", ("create",), None, {"target_type": kind}, ("id",))

    def route(self, target_ids: dict[str, Any], *locations: str, name: str = "r", **more: Any) -> "PlanBuilder":
        """A route that is made, with one rule whose targets aren't known yet."""
        unknown = {"id": True, "rules": [{"locations": [False] * len(locations), "target_ids": True}]}
        rules = [{"locations": constant(list(locations)), "target_ids": target_ids}]
        values = {"rules": [{"locations": list(locations)}]}
        return self.add(f"ibm_atracker_route.{name}", ("create",), None, values, unknown, rules=rules, **more)

    def json(self) -> dict[str, Any]:
        return {
            "format_version": "1.2",
            "terraform_version": "1.11.4",
            "complete": True,
            "planned_values": {},
            "variables": self.variables,
            "resource_changes": self.changes,
            "relevant_attributes": self.relevant,
            "prior_state": {"format_version": "1.0", "values": {"root_module": {"resources": self.prior}}},
            "configuration": {"provider_config": self.providers, "root_module": {"resources": self.blocks}},
        }
