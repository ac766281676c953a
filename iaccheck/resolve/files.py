"""files: plans and evidence, each with its label and with what it takes to follow its references."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from iaccheck.facts import Facts
from iaccheck.model import Plan
from iaccheck.resolve.blocks import Blocks
from iaccheck.resolve.instances import ServiceInstance, service_instances
from iaccheck.resolve.references import References
from iaccheck.resolve.regions import Regions
from iaccheck.resolve.traces import Locals


class File(NamedTuple):
    """A plan or a piece of evidence, with what it shows. `label` is None for a plan that is the only one."""

    plan: Plan
    label: str | None
    evidence: bool
    blocks: Blocks
    references: References
    regions: Regions
    instances: tuple[ServiceInstance, ...]
    local_values: Locals | None


def opened(
    plans: Sequence[Plan],
    evidence: Sequence[Plan],
    facts: Facts,
    local_values: Sequence[Locals | None],
    environment: Mapping[str, str],
) -> Iterator[File]:
    """All files in order, the plans first, each with what following its references takes."""
    taken: set[str] = set()
    for position, plan in enumerate((*plans, *evidence)):
        only_looked_at = position >= len(plans)
        alone = len(plans) == 1 and not only_looked_at
        label = None if alone else _free(plan.input.label or plan.input.name, taken)
        own_locals = local_values[position] if position < len(local_values) else None
        blocks = Blocks(plan)
        references = References(plan, blocks, facts, own_locals)
        instances = tuple(service_instances(plan, facts, label, evidence=only_looked_at))
        regions = Regions(plan.configuration, instances, label, blocks, references, environment, facts.locations)
        yield File(plan, label, only_looked_at, blocks, references, regions, instances, own_locals)


def _free(label: str, taken: set[str]) -> str:
    number = 2
    free = label
    while free in taken:
        free, number = f"{label} ({number})", number + 1
    taken.add(free)
    return free
