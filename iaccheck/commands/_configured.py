"""configured: commands whose options a configuration and the environment can give: flags over IACCHECK_* over file."""

import os
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from iaccheck import pipeline, settings, userfile
from iaccheck.commands._day import Day
from iaccheck.errors import ConfigError
from iaccheck.judge import baseline
from iaccheck.judge.policies import Selection
from iaccheck.settings import Configuration

F = TypeVar("F", bound=Callable[..., Any])

_KEY = "iaccheck.configuration"
_NOT_SETTINGS = ("config", "help")


class Configured(click.Command):
    """A command that looks for its configuration before it reads its options."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for param in self.params:
            named = isinstance(param, click.Option) and any(name.startswith("--") for name in param.opts)
            if named and param.envvar is None and flag(param) not in _NOT_SETTINGS:
                param.envvar = settings.PREFIX + flag(param).upper()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        given, _, _ = self.make_parser(ctx).parse_args(list(args))
        flags = {flag(param): param for param in self.params if isinstance(param, click.Option)}
        settings.check_environment(os.environ, {*settings.Settings.__struct_fields__, *flags})
        configuration = _found(given)
        ctx.meta[_KEY] = configuration
        ctx.default_map = {
            str(flags[name].name): [value] if flags[name].multiple and not isinstance(value, list) else value
            for name, value in configuration.values().items()
            if name in flags
        }
        try:
            return super().parse_args(ctx, args)
        except click.BadParameter as error:
            param = error.param
            if param is None or ctx.get_parameter_source(str(param.name)) is not ParameterSource.DEFAULT_MAP:
                raise
            problem = f"{configuration.origin(flag(param))}: {flag(param)}: {error.message}"
            raise ConfigError(problem, "compare it with `iaccheck schema config`") from None


def flag(param: click.Parameter) -> str:
    """The name of an option in a configuration: `fail_on` of `--fail-on`."""
    long = next((name for name in param.opts if name.startswith("--")), param.name or "")
    return long.removeprefix("--").replace("-", "_")


def _found(given: Mapping[str, Any]) -> Configuration:
    """The configuration that a command line means: the named one, none, or the nearest to its first plan."""
    named = given.get("config")
    if isinstance(named, str):
        return settings.read(named) if named else Configuration()
    labelled = [name.rpartition("=")[2] for name in _words(given.get("names"))]
    plans = [*_words(given.get("plans")), *_words(given.get("plan")), *labelled]
    first = next((plan for plan in plans if plan and plan != "-"), "")
    return settings.find((first if os.path.isdir(first) else os.path.dirname(first)) or ".")


def _words(given: object) -> list[str]:
    """What was given for an argument or option; click marks what wasn't with a value of its own."""
    if isinstance(given, str):
        return [given]
    return [word for word in given if isinstance(word, str)] if isinstance(given, (list, tuple)) else []


def configuration_of(ctx: click.Context) -> Configuration:
    found: Configuration = ctx.meta.get(_KEY, Configuration())
    return found


# --- options that all of them share --------------------------------------------------------------------------------

configured = click.option(
    "--config",
    metavar="FILE",
    expose_value=False,
    help="The configuration (default: the nearest .iaccheck.yaml; '' is none).",
)
_JUDGING = (
    configured,
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
    click.option(
        "--today", type=Day(), metavar="DATE", help="The day by which waivers expire (default: the day of the run)."
    ),
)


def judging(command: F) -> F:
    """The options that say how to judge; a command takes them as one `**judging`."""
    for option in reversed(_JUDGING):
        command = option(command)
    return command


def options(ctx: click.Context, *, as_of: date | None, refresh: bool, **told: Any) -> pipeline.Options:
    """What the command line, the environment and the configuration say, for the pipeline."""
    configuration = configuration_of(ctx)
    waivers = [rule for file in told["waiver_files"] for rule in settings.waivers_of(file)]
    selection = Selection(
        folders=tuple(told["policies"]),
        only=tuple(told["only"]),
        skip=tuple(told["skip"]),
        adjustments=configuration.settings.policy,
        origins={id_: configuration.origin("policy", id_) for id_ in configuration.settings.policy},
    )
    return pipeline.Options(
        as_of=as_of,
        refresh=refresh,
        fail_on=told.get("fail_on", pipeline.Options().fail_on),
        environment=os.environ,
        policies=selection,
        today=told["today"] or date.today(),
        trackers=configuration.trackers,
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
