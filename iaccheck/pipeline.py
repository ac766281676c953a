"""pipeline: files in, a report out. Read this first: each line of check() is a stage, and each stage a folder."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from msgspec import Struct

from iaccheck import __version__
from iaccheck.cover import Covered, cover
from iaccheck.cover.views import views
from iaccheck.facts import Facts
from iaccheck.judge import judge
from iaccheck.judge.policies import load
from iaccheck.model import Document, Finding, Plan, Report, Resolution, Severity, Tracker
from iaccheck.predict import Prediction, predict
from iaccheck.read import read, read_evidence
from iaccheck.resolve import resolve

NEVER = "never"
_ORDER = [Severity.ERROR.value, Severity.WARNING.value, Severity.NOTE.value]


class Options(Struct, frozen=True, kw_only=True):
    """What a run can be told. `environment`: where the provider may take its region from."""

    as_of: date | None = None
    refresh: bool = True
    fail_on: str = Severity.ERROR.value
    environment: Mapping[str, str] = {}


class Analysis(NamedTuple):
    """What the stages made, for those who want to see between them."""

    facts: Facts
    plans: tuple[Plan, ...]
    evidence: tuple[Plan, ...]
    resolution: Resolution
    prediction: Prediction
    covered: Covered


def analyse(documents: Sequence[Document], options: Options, evidence: Sequence[Document] = ()) -> Analysis:
    """The stages from the bytes to the coverage. Raises InputError, ConfigError or UsageError."""
    facts = Facts(options.as_of)

    plans = tuple(read(document, facts) for document in documents)
    shown = tuple(read_evidence(document, facts) for document in evidence)
    resolution = resolve(
        plans, facts, evidence=shown, refresh=options.refresh, environment=options.environment, local_values=()
    )
    prediction = predict(resolution.operations, facts)
    covered = cover(prediction.events, resolution, facts)

    return Analysis(facts, plans, shown, resolution, prediction, covered)


def check(documents: Sequence[Document], options: Options, evidence: Sequence[Document] = ()) -> Report:
    """The report on one or more plans, judged with all that is shown beside them.

    Raises InputError, ConfigError or UsageError for what a person can mend.
    """
    facts, plans, shown, resolution, prediction, covered = analyse(documents, options, evidence)
    findings = judge(covered.events, covered.locations, covered.unlisted, resolution, load(), facts.as_of)

    return Report(
        version=__version__,
        as_of=facts.as_of,
        inputs=tuple(plan.input for plan in (*plans, *shown)),
        verdict="fail" if fails(findings, options.fail_on) else "pass",
        fail_on=options.fail_on,
        locations=covered.locations,
        trackers=_trackers(resolution),
        coverage=covered.events,
        findings=findings,
        notes=(*resolution.notes, *prediction.notes),
        views=views(covered.events, resolution, facts),
    )


def fails(findings: Sequence[Finding], fail_on: str) -> bool:
    """Whether a finding is at or above the level that fails the run."""
    if fail_on == NEVER:
        return False
    failing = _ORDER[: _ORDER.index(fail_on) + 1]
    return any(finding.severity in failing for finding in findings)


def _trackers(resolution: Resolution) -> tuple[Tracker, ...]:
    """Every tracker of both worlds once, sorted."""
    worlds = (resolution.estate.after, resolution.estate.before)
    found = {
        (tracker.address, tracker.id or ""): tracker
        for world in reversed(worlds)
        for tracker in (*world.hosted, *world.targets.values(), *world.declared)
    }
    return tuple(found[key] for key in sorted(found))
