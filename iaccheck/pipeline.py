"""pipeline: files in, a report out. Read this first: each line of check() is a stage, and each stage a folder."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, structs

from iaccheck import __version__
from iaccheck.cover import Covered, cover
from iaccheck.cover.views import views
from iaccheck.facts import Facts
from iaccheck.judge import gate, judge
from iaccheck.judge.baseline import Baseline, compare
from iaccheck.judge.policies import Selection, load
from iaccheck.judge.waivers import MOST_DAYS, WaiverRule, check_waivers, inline, waive
from iaccheck.model import Declared, Document, Finding, Note, Plan, Report, Resolution, Severity, Tracker
from iaccheck.model import Source as Block
from iaccheck.predict import Prediction, predict
from iaccheck.read import read, read_evidence
from iaccheck.resolve import resolve
from iaccheck.resolve.declared import declare
from iaccheck.resolve.traces import Locals

if TYPE_CHECKING:
    from iaccheck.read.source import Source


class Options(Struct, frozen=True, kw_only=True):
    """What a run can be told. `environment`: where the provider may take its region from.

    `today` is the only clock, and only waivers and declared trackers look at it; None: the day of the facts.
    `no_fail`: say what would fail the run, and pass.
    """

    as_of: date | None = None
    refresh: bool = True
    fail_on: str = Severity.ERROR.value
    environment: Mapping[str, str] = {}
    policies: Selection = Selection()
    today: date | None = None
    trackers: tuple[Declared, ...] = ()
    waivers: tuple[WaiverRule, ...] = ()
    inline_waivers: bool = True
    max_waiver_days: int = MOST_DAYS
    baseline: Baseline | None = None
    no_fail: bool = False


class Analysis(NamedTuple):
    """What the stages made, for those who want to see between them."""

    facts: Facts
    plans: tuple[Plan, ...]
    evidence: tuple[Plan, ...]
    sources: "tuple[Source | None, ...]"
    resolution: Resolution
    prediction: Prediction
    covered: Covered
    notes: tuple[Note, ...]


def analyse(documents: Sequence[Document], options: Options, evidence: Sequence[Document] = ()) -> Analysis:
    """The stages from the bytes to the coverage. Raises InputError, ConfigError or UsageError."""
    facts = Facts(options.as_of)

    files = tuple(_opened(document, facts) for document in documents)
    shown = tuple(read_evidence(document, facts) for document in evidence)
    resolution = resolve(
        [file.plan for file in files],
        facts,
        evidence=shown,
        refresh=options.refresh,
        environment=options.environment,
        local_values=[file.local_values for file in files],
    )
    resolution = declare(resolution, options.trackers, options.today or facts.as_of, facts)
    repeated = frozenset(address for file in files for address in file.repeated)
    prediction = predict(resolution.operations, facts, repeated)
    covered = cover(prediction.events, resolution, facts)

    plans, sources = tuple(file.plan for file in files), tuple(file.source for file in files)
    notes = tuple(Note("source-unread", None, text) for file in files for text in file.notes)
    return Analysis(facts, plans, shown, sources, resolution, prediction, covered, notes)


class _Opened(NamedTuple):
    """A plan with the source beside it, or a plan made up from the source. `repeated`: stand for one or more."""

    plan: Plan
    source: "Source | None" = None
    local_values: Locals | None = None
    repeated: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


def _opened(document: Document, facts: Facts) -> _Opened:
    """The reader of source costs start-up, so it is loaded only for what has one."""
    if document.variable_files is not None:
        from iaccheck.read.source.plan import plan_from_source

        made = plan_from_source(Path(document.name), facts, [Path(file) for file in document.variable_files])
        plan = structs.replace(made.plan, input=structs.replace(made.plan.input, label=document.label))
        return _Opened(plan, made.source, made.local_values, made.repeated, made.notes)
    plan = read(document, facts)
    if document.source is None:
        return _Opened(plan)
    from iaccheck.read.source import read_source

    source = read_source(Path(document.source))
    return _Opened(plan) if source.empty else _Opened(plan, source, source.local, notes=source.notes)


def check(documents: Sequence[Document], options: Options, evidence: Sequence[Document] = ()) -> Report:
    """The report on one or more plans, judged with all that is shown beside them.

    Raises InputError, ConfigError or UsageError for what a person can mend.
    """
    facts, plans, shown, sources, resolution, prediction, covered, unread = analyse(documents, options, evidence)
    policies = load(options.policies)
    today = options.today or facts.as_of

    waivers = (*options.waivers, *(_inline(plans, sources) if options.inline_waivers else ()))
    check_waivers(waivers, policies, today, options.max_waiver_days)
    found = judge(covered.events, covered.locations, covered.unlisted, resolution, policies, facts)
    waived, said = waive(found, waivers, policies, today)
    findings, fixed = compare(waived, options.baseline or Baseline(), [p.id for p in policies if p.enabled])
    failing = gate.reasons(findings, said, {p.id for p in policies if p.undecided}, options.fail_on)

    return Report(
        version=__version__,
        as_of=facts.as_of,
        inputs=tuple(plan.input for plan in (*plans, *shown)),
        verdict="fail" if failing and not options.no_fail else "pass",
        fail_on=gate.level(options.fail_on),
        locations=covered.locations,
        trackers=_trackers(resolution),
        coverage=covered.events,
        findings=findings,
        notes=(*resolution.notes, *prediction.notes, *unread, *said, *_told(failing, options)),
        fixed=fixed,
        sources=_blocks(covered, findings, sources),
        views=views(covered.events, resolution, facts),
    )


def _inline(plans: Sequence[Plan], sources: "Sequence[Source | None]") -> tuple[WaiverRule, ...]:
    """The waivers in comments of the sources. Raises ConfigError for a broken one."""
    if not any(source is not None for source in sources):
        return ()
    from iaccheck.read.where import blocks_of

    found = [
        inline(ignore.text, blocks_of(ignore.target, plan.configuration), f"{ignore.file}:{ignore.line}")
        for plan, source in zip(plans, sources, strict=True)
        if source is not None
        for ignore in source.ignores()
    ]
    return tuple(rule for rule in found if rule is not None)


def _blocks(covered: Covered, findings: Sequence[Finding], sources: "Sequence[Source | None]") -> dict[str, Block]:
    """Where the addresses of the report stand."""
    if not any(source is not None for source in sources):
        return {}
    from iaccheck.read.where import where

    addresses = {item.event.address for item in covered.events} | {f.address for f in findings if f.address}
    return where(sorted(addresses), sources)


def _told(failing: tuple[str, ...], options: Options) -> tuple[Note, ...]:
    """What a reader could not see in the findings: that the run would fail, or fails for more than their severity."""
    if not failing:
        return ()
    why = ", ".join(failing)
    if options.no_fail:
        return (Note("would-fail", None, f"without --no-fail this would fail: {why}"),)
    return (Note("fails", None, f"this fails: {why}"),) if set(gate.words(options.fail_on)) - {*gate.LEVELS} else ()


def _trackers(resolution: Resolution) -> tuple[Tracker, ...]:
    """Every tracker of both worlds once, sorted."""
    worlds = (resolution.estate.after, resolution.estate.before)
    found = {
        (tracker.address, tracker.id or ""): tracker
        for world in reversed(worlds)
        for tracker in (*world.hosted, *world.targets.values(), *world.declared)
    }
    return tuple(found[key] for key in sorted(found))
