"""places: the service instance of an object and, with it, the location of its events.

In this order: the instance that `instance_id` names or refers to, the id in the state, `region`, the region of the
provider, the environment of the run, us-south. For create, data sources and action resources that is also the order in
which the provider picks the host it calls (terraform-provider-ibm 2.5.0, ibm/service/secretsmanager/utils.go); what is
in the state is called where its id says.
"""

from typing import NamedTuple

import msgspec
from msgspec import Raw, Struct

from iaccheck.address import unkeyed
from iaccheck.facts import Facts
from iaccheck.model import Change, Object, Plan, ResourceConfiguration
from iaccheck.resolve.blocks import Blocks
from iaccheck.resolve.instances import ServiceInstance, guid_of, location_of_crn, service_of_crn, text_of
from iaccheck.resolve.references import References
from iaccheck.resolve.regions import Region, Regions, listed, own_by_address
from iaccheck.resolve.traces import NOTHING, Scope, Trace

_INSTANCE = frozenset({"service_instance"})
_NOT_SET = Raw(b"")


class Place(Struct, frozen=True, kw_only=True):
    """Where an operation happens. `region` is set where it contradicts the location, or is only assumed (`assumed`)."""

    location: str | None
    instance: ServiceInstance | None
    guid: str | None
    reason: str
    region: str | None = None
    assumed: bool = False
    sure: bool = True


class Owner(NamedTuple):
    """The instance of a service credential, as far as it is known; `sure` false: it may be of another service."""

    instance: ServiceInstance | None
    guid: str | None
    sure: bool


class Places:
    """Places the objects of one plan, against all instances that are known."""

    def __init__(
        self,
        plan: Plan,
        instances: tuple[ServiceInstance, ...],
        label: str | None,
        blocks: Blocks,
        references: References,
        facts: Facts,
        regions: Regions,
    ) -> None:
        self._plan = plan
        self._blocks = blocks
        self._references = references
        self._facts = facts
        self._regions = regions
        self._planned: dict[tuple[object, ...], Place] = {}
        self._by_guid: dict[str, ServiceInstance] = {}
        for instance in instances:
            known = self._by_guid.get(instance.guid or "")
            if instance.guid and (known is None or instance.managed or not known.location):
                self._by_guid[instance.guid] = instance
        self._by_address = own_by_address(instances, label)

    def in_state(self, object_: Object) -> Place | None:
        """Of an object that a state holds: its id says region and instance. None where it doesn't."""
        parts = str(object_.values.get("id") or "").split("/")
        guid = guid_of(parts[1]) if len(parts) > 1 else None
        if guid is None:
            return None
        instance = self._by_guid.get(guid)
        if instance is not None and instance.location:
            return Place(location=instance.location, instance=instance, guid=guid, reason=_known_by("its id", instance))
        return Place(
            location=parts[0] or None, instance=instance, guid=guid, reason="the id in the state names the region"
        )

    def planned(
        self, object_: Object, block: ResourceConfiguration | None, module: str, key: str | int | None
    ) -> Place:
        """Of an object that is made or read: by `instance_id`, else by the region that the provider will call."""
        if block is None:
            return self._place(object_, block, module, key)
        # The resources of a module mostly say the same: what decides is worked out once for each of its values.
        written = self._blocks.expressions(block)
        asked = (
            module,
            key,
            self._references.scope(block, module, key).for_each_text,
            bytes(written.get("instance_id", _NOT_SET)),
            bytes(written.get("region", _NOT_SET)),
            block.provider_config_key,
            text_of(object_.values.get("instance_id")),
            text_of(object_.values.get("region")),
        )
        known = self._planned.get(asked)
        if known is None:
            known = self._planned[asked] = self._place(object_, block, module, key)
        return known

    def _place(self, object_: Object, block: ResourceConfiguration | None, module: str, key: str | int | None) -> Place:
        guid, instance, trace, named = self._instance(object_, block, module, key)
        region = self._region(object_, block, module, key)
        candidates = [self._by_address[a] for a in sorted(trace.objects) if a in self._by_address]
        location, reason = self._location_of(instance, candidates, trace, named)
        if location is not None:
            contradicts = region.name if region.binding and region.name != location else None
            return Place(location=location, instance=instance, guid=guid, reason=reason, region=contradicts)
        elsewhere = bool(candidates) and all(c.location not in (None, region.name) for c in candidates)
        if elsewhere and not trace.gaps and not self._foreign(trace):
            # The events are those of the instance, and none that it can be is where the provider would call.
            return self._undecided(candidates, instance, guid, trace, region)
        if region.name is not None and not region.assumed:
            there = [candidate for candidate in candidates if candidate.location == region.name]
            only = there[0] if len(there) == 1 and guid is None else instance
            return Place(location=region.name, instance=only, guid=guid, reason=region.reason)
        return self._undecided(candidates, instance, guid, trace, region)

    def _location_of(
        self, instance: ServiceInstance | None, candidates: list[ServiceInstance], trace: Trace, named: str
    ) -> tuple[str | None, str]:
        """The location of the instance, or the one that all instances agree on which it can be."""
        if instance is not None:
            return instance.location, _known_by(named, instance)
        locations = {candidate.location for candidate in candidates}
        if len(locations) != 1 or trace.gaps or self._foreign(trace):
            return None, ""
        return (
            locations.pop(),
            f"instance_id is one of {listed(c.address for c in candidates)}, all in the same location",
        )

    def _undecided(
        self,
        candidates: list[ServiceInstance],
        instance: ServiceInstance | None,
        guid: str | None,
        trace: Trace,
        region: Region,
    ) -> Place:
        """No certain location and no certain region: us-south where nothing else is named, else unknown and why."""
        depended_on = self._depended_on() if trace.gaps else []
        locations = {candidate.location for candidate in (*candidates, *depended_on)}
        if depended_on and len(locations) == 1 and None not in locations:
            only = depended_on[0] if len(depended_on) == 1 and not candidates else None
            reason = f"instance_id comes from {listed(sorted(trace.gaps))}; what it can depend on is in one location"
            return Place(location=locations.pop(), instance=only, guid=guid, reason=reason)
        reasons = []
        if candidates:
            reasons.append(f"instance_id can be any of {listed(c.address for c in candidates)}")
        if trace.gaps:
            reasons.append(f"instance_id comes from {listed(sorted(trace.gaps))}, which the plan does not show")
        reasons.append(region.reason)
        reason = "; ".join(reasons)
        if region.assumed and not candidates:
            return Place(
                location=region.name, instance=instance, guid=guid, reason=reason, region=region.name, assumed=True
            )
        return Place(location=None, instance=instance, guid=guid, reason=reason)

    def _depended_on(self) -> list[ServiceInstance]:
        """Instances without a GUID yet that the plan names in `relevant_attributes`: one of them is an unknown id."""
        named = {unkeyed(address) for address, _ in self._plan.relevant_attributes}
        return [i for address, i in sorted(self._by_address.items()) if i.guid is None and unkeyed(address) in named]

    def owner(self, change: Change, subject: Object) -> Owner | None:
        """The instance that a service credential belongs to; None where it surely belongs to another service."""
        known = self._facts.type(change.type)
        attribute = known.instance_attribute if known is not None else ""
        written = text_of(subject.values.get(attribute))
        if written is not None:
            return self._written_owner(written)
        block = self._blocks.block(change)
        if block is None:
            return None
        trace = self._references.attribute(block, change.module, change.key, attribute, _INSTANCE)
        ours = [self._by_address[a] for a in sorted(trace.objects) if a in self._by_address]
        if not ours:
            return None
        sure = len(ours) == len(trace.objects) and not trace.gaps
        return Owner(ours[0] if len(ours) == 1 else None, ours[0].guid if len(ours) == 1 else None, sure)

    def _written_owner(self, written: str) -> Owner | None:
        """By the CRN, which names the service, or by a GUID that is known."""
        guid, service = guid_of(written), service_of_crn(written)
        if service is not None and service not in self._facts.services:
            return None
        instance = self._by_guid.get(guid or "")
        return Owner(instance, guid, sure=True) if instance is not None or service is not None else None

    # --- the instance ------------------------------------------------------------------------------------------

    def _instance(
        self, object_: Object, block: ResourceConfiguration | None, module: str, key: str | int | None
    ) -> tuple[str | None, ServiceInstance | None, Trace, str]:
        guid = guid_of(object_.values.get("instance_id"))
        if guid is not None:
            return guid, self._by_guid.get(guid) or self._from_variables(guid), NOTHING, "instance_id"
        if block is None:
            return None, None, Trace(gaps=frozenset({"a block that the plan does not hold"})), ""
        trace = self._references.attribute(block, module, key, "instance_id", _INSTANCE)
        if len(trace.objects) == 1 and not trace.gaps:
            instance = self._by_address.get(next(iter(trace.objects)))
            if instance is not None and not self._foreign(trace):
                return instance.guid, instance, trace, "instance_id refers to it"
        literal = self._foreign(trace)
        if len(literal) == 1 and not trace.objects and not trace.gaps:
            guid = literal[0]
            return guid, self._by_guid.get(guid) or self._from_variables(guid), trace, "instance_id"
        return None, None, trace, ""

    def _foreign(self, trace: Trace) -> list[str]:
        """GUIDs of instances among the plain strings of a trace."""
        return sorted({guid for text in trace.literals if (guid := guid_of(text))})

    def _from_variables(self, guid: str) -> ServiceInstance | None:
        """An instance of which only a CRN in a variable says the location."""
        for name in sorted(self._plan.variables):
            raw = bytes(self._plan.variables[name])
            if guid.encode() not in raw.lower() or b"crn:" not in raw:
                continue
            for text in self._references.expression({"references": [f"var.{name}"]}, Scope(()), (), _INSTANCE).literals:
                location = location_of_crn(text)
                if location and guid_of(text) == guid:
                    return ServiceInstance(
                        address=guid, service="", guid=guid, location=location, before=True, after=True, managed=False
                    )
        return None

    def _region(
        self, object_: Object, block: ResourceConfiguration | None, module: str, key: str | int | None
    ) -> Region:
        region = text_of(object_.values.get("region"))
        if region:
            return Region(region, "region is set", binding=True)
        if block is None:
            return Region(None, "the plan holds no block for it")
        trace = self._references.attribute(block, module, key, "region", _INSTANCE)
        written = self._blocks.expressions(block).get("region")
        if written is None or trace == NOTHING:
            return self._regions.of_provider(block)
        return self._regions.traced(trace, msgspec.json.decode(written), "region")


def _known_by(how: str, instance: ServiceInstance) -> str:
    return f"{how}: the instance is {instance.address}"
