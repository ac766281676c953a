"""options: those that several commands share, and what they say for the pipeline.

A command takes them as one `**told`: its own options are its parameters, these belong to the pipeline.
"""

import os
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import click
from msgspec import structs

from iaccheck import pipeline, settings, userfile
from iaccheck.commands._configured import configuration_of
from iaccheck.commands._day import Day
from iaccheck.judge import baseline
from iaccheck.judge.policies import Selection

F = TypeVar("F", bound=Callable[..., Any])

_READING = (
    click.option(
        "--evidence",
        "shown",
        multiple=True,
        metavar="FILE",
        help="A plan, state or snapshot that shows trackers; it is only looked at. May be given several times.",
    ),
    click.option(
        "--source",
        type=click.Path(file_okay=False, exists=True),
        help="Folder of the configuration (default: where the plan lies, if there is any).",
    ),
    click.option(
        "--var-file",
        "variable_files",
        multiple=True,
        type=click.Path(dir_okay=False),
        help="A file of variables, for a folder without a plan.",
    ),
    click.option(
        "--terraform", metavar="PATH", envvar="IACCHECK_TERRAFORM", help="The program that shows a saved plan."
    ),
    click.option("--as-of", type=Day(), metavar="DATE", help="Judge by the facts of this day (from 2023-04-18 on)."),
    click.option(
        "--refresh/--no-refresh", default=True, help="Whether the plan was made with a refresh (the default)."
    ),
    click.option(
        "--config",
        metavar="FILE",
        expose_value=False,
        help="The configuration (default: the nearest .iaccheck.yaml; '' is none).",
    ),
    click.option(
        "--today",
        type=Day(),
        metavar="DATE",
        help="The day by which waivers and declared trackers expire (default: the day of the run).",
    ),
)
_JUDGING = (
    click.option("--name", "names", multiple=True, metavar="LABEL=PLAN", help="A plan, with its label in the report."),
    click.option(
        "--policies", multiple=True, metavar="DIR", help="A folder of policies of your own, besides the shipped."
    ),
    click.option("--only", multiple=True, metavar="ID", help="Only these policies, such as COV* (may be repeated)."),
    click.option("--skip", multiple=True, metavar="ID", help="All but these policies, such as COV004."),
    click.option("--waivers", "waiver_files", multiple=True, metavar="FILE", help="A file of waivers."),
    click.option(
        "--max-waiver-days",
        type=click.IntRange(1, 3650),
        default=90,
        show_default=True,
        help="How far ahead one may end.",
    ),
    click.option(
        "--inline-waivers/--no-inline-waivers", default=True, help="Whether waivers in comments of the source count."
    ),
)


def reading(command: F) -> F:
    """The options that say what is looked at, and as of when."""
    for option in reversed(_READING):
        command = option(command)
    return command


def judging(command: F) -> F:
    """The options that say how to judge, and those of `reading`."""
    for option in reversed((*_JUDGING, *_READING)):
        command = option(command)
    return command


def looking(ctx: click.Context, *, as_of: date | None, refresh: bool, today: date | None, **_: Any) -> pipeline.Options:
    """What the options of `reading`, the environment and the configuration say, for the pipeline."""
    return pipeline.Options(
        as_of=as_of,
        refresh=refresh,
        environment=os.environ,
        today=today or date.today(),
        trackers=configuration_of(ctx).trackers,
    )


def options(ctx: click.Context, **told: Any) -> pipeline.Options:
    """What the options of `judging`, the environment and the configuration say, for the pipeline."""
    configuration = configuration_of(ctx)
    waivers = [rule for file in told["waiver_files"] for rule in settings.waivers_of(file)]
    selection = Selection(
        folders=tuple(told["policies"]),
        only=tuple(told["only"]),
        skip=tuple(told["skip"]),
        adjustments=configuration.settings.policy,
        origins={id_: configuration.origin("policy", id_) for id_ in configuration.settings.policy},
    )
    return structs.replace(
        looking(ctx, **told),
        fail_on=told.get("fail_on", pipeline.Options().fail_on),
        policies=selection,
        waivers=(*configuration.waivers, *waivers),
        max_waiver_days=told["max_waiver_days"],
        baseline=_baseline(told.get("baseline")),
        no_fail=bool(told.get("no_fail")),
        inline_waivers=told["inline_waivers"],
    )


def _baseline(file: str | None) -> baseline.Baseline | None:
    if file is None:
        return None
    data = userfile.read(file, file, "make it: iaccheck baseline plan.json -o FILE", baseline.MOST_BYTES)
    return baseline.load(file, data)
