"""judge: coverage and policies -> findings, one for each policy, address and location that breaks it."""

from collections.abc import Iterable, Sequence

from iaccheck.facts import Facts
from iaccheck.judge.engine import asked, broken, judged
from iaccheck.judge.findings import findings
from iaccheck.judge.policies import Policy
from iaccheck.judge.routing import of_routing
from iaccheck.judge.subjects import apart, of_events, of_instances, of_locations, of_plan, of_resources
from iaccheck.judge.trackers import of_trackers
from iaccheck.model import Coverage, Finding, LocationCoverage, Resolution


def judge(
    coverage: Iterable[Coverage],
    locations: Sequence[LocationCoverage],
    unlisted: Sequence[LocationCoverage],
    resolution: Resolution,
    policies: Iterable[Policy],
    facts: Facts,
) -> tuple[Finding, ...]:
    """The findings, sorted by severity, policy, location and address.

    `unlisted`: locations without events or instances that policies still look at.
    """
    in_force = judged(policy for policy in policies if policy.enabled and policy.in_force(facts.as_of))
    outcomes = {at.location: at for at in locations}
    events = of_events(coverage, outcomes, asked(in_force.get("event", ())))
    others = [
        *of_instances(resolution.instances, outcomes),
        *of_locations([*locations, *unlisted], resolution),
        *of_trackers(resolution, [*locations, *unlisted], facts),
        *of_routing(resolution, facts),
        *of_resources(resolution, facts),
        *of_plan(resolution),
    ]
    return findings(broken([*events, *map(apart, others)], in_force))
