"""regions: the region that the provider will call, where it isn't that of the instance.

The provider block's region (constant, variable, alias, inherited by a module), else the environment of the run, else
the provider's default, which is assumed (terraform-provider-ibm 2.5.0, ibm/provider/provider.go, providerConfigure).
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from iaccheck.facts import Locations
from iaccheck.model import Configuration, ResourceConfiguration
from iaccheck.resolve.blocks import Blocks
from iaccheck.resolve.instances import ServiceInstance, location_of_crn
from iaccheck.resolve.references import References
from iaccheck.resolve.traces import NOTHING, Scope, Trace, grouped

_INSTANCE = frozenset({"service_instance"})


class Region(Struct, frozen=True):
    """A region and how it is known; `name` None: not known, and `reason` says why.

    `binding`: the plan itself says that this region will be called; the environment of the run is not the apply's.
    """

    name: str | None
    reason: str
    assumed: bool = False
    binding: bool = False


class Regions:
    """The regions of one plan's provider configurations."""

    def __init__(
        self,
        configuration: Configuration,
        instances: Iterable[ServiceInstance],
        label: str | None,
        blocks: Blocks,
        references: References,
        environment: Mapping[str, str],
        locations: Locations,
    ) -> None:
        self._configuration = configuration
        self._by_address = own_by_address(instances, label)
        self._blocks = blocks
        self._references = references
        self._environment = environment
        self._regions = frozenset(locations.regions)
        self._unset = locations.provider_region
        self._known: dict[str, Region] = {}

    def of_provider(self, block: ResourceConfiguration) -> Region:
        """The region of the provider configuration that a block uses."""
        key = block.provider_config_key
        region = self._known.get(key)
        if region is None:
            region = self._known[key] = self._read(key)
        return region

    def traced(self, trace: Trace, expression: Any, what: str) -> Region:
        """A region by reference: the location of an instance, or the name of one region.

        A variable that an expression only mentions, in a condition or as a part of a name, is none; and its value is
        nobody's business.
        """
        written = expression.get("constant_value") if isinstance(expression, dict) else None
        if isinstance(written, str):
            return Region(written, f"{what} is set", binding=True)
        names = {self._by_address[a].location for a in trace.objects if a in self._by_address}
        texts = {location_of_crn(text) or text for text in trace.literals}
        names |= texts & self._regions
        if len(names) == 1 and None not in names and not trace.gaps and texts <= self._regions:
            return Region(names.pop(), f"{what} refers to it", binding=True)
        if trace.gaps:
            return Region(None, f"{what} comes from {listed(sorted(trace.gaps))}, which the plan does not show")
        if texts <= self._regions and names:
            return Region(None, f"{what} can be any of {listed(sorted(str(n) for n in names))}")
        mentioned = [r.text for r in grouped(expression.get("references", ()))] if isinstance(expression, dict) else []
        return Region(None, f"{what} is made from {listed(mentioned) or 'a function'}, and the plan does not say how")

    def _read(self, key: str) -> Region:
        provider = self._configuration.providers.get(key)
        while provider is None and ":" in key:
            # A module without a provider block of its own inherits that of its caller.
            module, name = key.rsplit(":", 1)
            key = f"{module.rpartition('.module.')[0]}:{name}" if ".module." in module else name
            provider = self._configuration.providers.get(key)
        expression = provider.expressions.get("region", UNSET) if provider else UNSET
        if provider is None or expression is UNSET:
            return self._of_environment()
        scope = Scope(self._blocks.path(provider.module_address))
        trace = self._references.expression(expression, scope, (), _INSTANCE)
        if trace == NOTHING:
            return self._of_environment()
        return self.traced(trace, msgspec.json.decode(expression), "the provider's region")

    def _of_environment(self) -> Region:
        for name in self._unset.environment:
            if self._environment.get(name):
                return Region(self._environment[name], f"{name} of this run is the provider's region")
        default = self._unset.default
        return Region(default, f"no region is set anywhere; the provider's default {default} is assumed", assumed=True)


def own_by_address(instances: Iterable[ServiceInstance], label: str | None) -> dict[str, ServiceInstance]:
    """Instances by address. By address a plan can only mean its own; by GUID any."""
    return {i.address: i for i in instances if i.label == label and (i.after or not i.managed)}


def listed(names: Iterable[str], most: int = 4) -> str:
    """The first few names, and how many more there are."""
    items = list(names)
    shown = ", ".join(items[:most])
    return shown if len(items) <= most else f"{shown} and {len(items) - most} more"
